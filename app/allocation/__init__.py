"""The optimizer: a pure room that turns an allocation problem into a verified result."""

from collections.abc import Mapping
from typing import Any

from app.allocation.options import AllocationFailed, OnProgress, Options, Progress, ShouldStop

__all__ = ["AllocationFailed", "Options", "Progress", "solve"]


def solve(
    document: Mapping[str, Any],
    options: Options,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> dict[str, Any]:
    """Return the verified result of a problem; see ``app.allocation.solving.solve``.

    The engines are imported only here: whoever reads documents never loads them.
    """
    from app.allocation import solving  # noqa: PLC0415  # OR-Tools loads on first use

    return solving.solve(document, options, on_progress, should_stop)
