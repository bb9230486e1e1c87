"""The kinds of value in the format: each reads, writes canonically and describes itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from app.allocation.reading.defects import Defect, defect, escape
from app.allocation.reading.numbers import NumberError, decimal_text, exact
from app.allocation.reading.parsing import is_unicode
from app.allocation.reading.values import Json

Defects = list[Defect]
# What a kind returns for a value that is no such thing; its defects have been recorded.
BAD: Json = None


class Kind(Protocol):
    """A kind of value: ``read`` records defects and returns ``BAD`` where it cannot be read."""

    def read(self, value: Json, at: str, found: Defects) -> Json:
        """Return the value converted, or ``BAD`` after recording why not."""
        ...

    def canonical(self, value: Json) -> Json:
        """Return the value with every number as its shortest plain decimal string."""
        ...

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema (2020-12) of the kind."""
        ...


def canonical_value(value: Json) -> Json:
    """Return JSON numbers as text; for places of which the format knows nothing."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, Decimal)):
        return decimal_text(value)
    if isinstance(value, Mapping):
        return {key: canonical_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [canonical_value(item) for item in value]
    raise TypeError(f"{type(value).__name__} is not a value of an exact JSON document")


@dataclass(frozen=True)
class Number:
    """An exact decimal, by default 0 or more."""

    low: int | None = 0
    high: int | None = None
    above_low: bool = False
    whole: bool = False

    def read(self, value: Json, at: str, found: Defects) -> Json:
        """Return a ``Decimal`` (an ``int`` where it must be whole)."""
        try:
            number = exact(value)
        except NumberError as error:
            found.append(defect(at, error.code))
            return BAD
        if self.low is not None and number <= self.low and (self.above_low or number < self.low):
            code = "not_above_zero" if self.above_low else "below_zero"
            found.append(defect(at, code, value=decimal_text(number)))
            return BAD
        if self.high is not None and number > self.high:
            found.append(
                defect(at, "above_limit", value=decimal_text(number), limit=str(self.high))
            )
            return BAD
        if not self.whole:
            return number
        if number != number.to_integral_value():
            found.append(defect(at, "not_whole", value=decimal_text(number)))
            return BAD
        return int(number)

    def canonical(self, value: Json) -> Json:
        """Return the shortest plain decimal string."""
        try:
            return decimal_text(exact(value))
        except NumberError:
            return canonical_value(value)

    def schema(self) -> dict[str, Any]:
        """Return a reference to the shared definition that fits the limits."""
        name = "decimal" if self.low is None else "positive" if self.above_low else "amount"
        if self.whole:
            name = "positive_whole" if self.above_low else "whole"
        if self.high is not None:
            name = "percent"
        return {"$ref": f"#/$defs/{name}"}


@dataclass(frozen=True)
class Text:
    """A text; by default not an empty one."""

    may_be_empty: bool = False
    allowed: tuple[str, ...] = ()

    def read(self, value: Json, at: str, found: Defects) -> Json:
        """Return the text itself."""
        if not isinstance(value, str):
            found.append(defect(at, "wrong_type", expected="a text"))
            return BAD
        if not value and not self.may_be_empty:
            found.append(defect(at, "empty_text"))
            return BAD
        if not value.isascii() and not is_unicode(value):
            found.append(defect(at, "not_text"))
            return BAD
        if self.allowed and value not in self.allowed:
            found.append(defect(at, "not_one_of", value=value, allowed=", ".join(self.allowed)))
            return BAD
        return value

    def canonical(self, value: Json) -> Json:
        """Return the text itself; a number here would be a defect."""
        return canonical_value(value)

    def schema(self) -> dict[str, Any]:
        """Return a string, with its choices where there are any."""
        if self.allowed:
            return {"enum": list(self.allowed)}
        return {"type": "string"} if self.may_be_empty else {"$ref": "#/$defs/id"}


@dataclass(frozen=True)
class Truth:
    """True or false."""

    def read(self, value: Json, at: str, found: Defects) -> Json:
        """Return the boolean."""
        if isinstance(value, bool):
            return value
        found.append(defect(at, "wrong_type", expected="true or false"))
        return BAD

    def canonical(self, value: Json) -> Json:
        """Return the value itself."""
        return canonical_value(value)

    def schema(self) -> dict[str, Any]:
        """Return a boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class ListOf:
    """A list of one kind; unreadable entries are kept as ``BAD`` so that positions stay true."""

    item: Kind
    may_be_empty: bool = True

    def read(self, value: Json, at: str, found: Defects) -> Json:
        """Return a tuple of the entries."""
        if not isinstance(value, (list, tuple)):
            found.append(defect(at, "wrong_type", expected="a list"))
            return BAD
        if not value and not self.may_be_empty:
            found.append(defect(at, "empty_list"))
            return BAD
        read = self.item.read
        return tuple([read(item, f"{at}/{i}", found) for i, item in enumerate(value)])

    def canonical(self, value: Json) -> Json:
        """Return the list of the entries' canonical forms."""
        if not isinstance(value, (list, tuple)):
            return canonical_value(value)
        return [self.item.canonical(item) for item in value]

    def schema(self) -> dict[str, Any]:
        """Return an array."""
        limits = {} if self.may_be_empty else {"minItems": 1}
        return {"type": "array", "items": self.item.schema(), **limits}


@dataclass(frozen=True)
class MapOf:
    """An object whose keys are names of the document's own, all values of one kind."""

    item: Kind

    def read(self, value: Json, at: str, found: Defects) -> Json:
        """Return a dict of the values."""
        if not isinstance(value, Mapping):
            found.append(defect(at, "wrong_type", expected="an object"))
            return BAD
        entries = {}
        for key, item in value.items():
            if not is_unicode(key):
                found.append(defect(at, "not_text"))
                continue
            entries[key] = self.item.read(item, f"{at}/{escape(key)}", found)
        return entries

    def canonical(self, value: Json) -> Json:
        """Return the object with canonical values."""
        if not isinstance(value, Mapping):
            return canonical_value(value)
        return {key: self.item.canonical(item) for key, item in value.items()}

    def schema(self) -> dict[str, Any]:
        """Return an object of any keys."""
        return {"type": "object", "additionalProperties": self.item.schema()}


@dataclass(frozen=True)
class PerPeriod:
    """One number, or a list of one per period (its length is checked against the periods later)."""

    item: Number = Number()

    def read(self, value: Json, at: str, found: Defects) -> Json:
        """Return a ``Decimal`` or a tuple of them."""
        if isinstance(value, (list, tuple)):
            return ListOf(self.item).read(value, at, found)
        return self.item.read(value, at, found)

    def canonical(self, value: Json) -> Json:
        """Return the number or the list of numbers as text."""
        if isinstance(value, (list, tuple)):
            return [self.item.canonical(item) for item in value]
        return self.item.canonical(value)

    def schema(self) -> dict[str, Any]:
        """Return a number or an array of numbers."""
        one = self.item.schema()
        return {"oneOf": [one, {"type": "array", "items": one, "minItems": 1}]}
