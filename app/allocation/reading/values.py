"""The type of what stands in a JSON document."""

from typing import Any, TypeAlias

# Whatever a document holds: a value is of no type before the place that reads it has looked.
Json: TypeAlias = Any
