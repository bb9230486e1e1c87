"""What every engine takes and gives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

# (best value so far, bound): called about ten times a second; returning True stops the search.
Watch = Callable[[Fraction | None, Fraction | None], bool]


@dataclass(frozen=True)
class Limits:
    """How far a search may go; ``None`` is no limit. Work is in the engine's own units.

    ``known`` is a bound that has been proven elsewhere.
    """

    seconds: float | None
    work: float | None
    gap: Fraction
    seed: int
    threads: int
    known: Fraction | None = None


@dataclass(frozen=True)
class Outcome:
    """What a search found.

    ``point`` has a whole number for every column and keeps every row; ``bound`` holds for every
    point. ``infeasible`` is proven; ``complete`` says that the search was not cut short. ``steps``
    names the engines that took part, where it was more than one.
    """

    point: Sequence[int] | None
    bound: Fraction | None
    infeasible: bool
    complete: bool
    work: float
    steps: Sequence[Mapping[str, str]] = ()
