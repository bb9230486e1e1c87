"""Exact intervals: what is known of an optimum, and of the difference of two."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any, Literal

from app.allocation.document import decimal_text
from app.allocation.reading.numbers import PLACES, finite_places

Order = Literal["better", "not_better", "same", "unknown"]


@dataclass(frozen=True)
class Interval:
    """Everything from ``low`` to ``high``; ``None`` is an end that is not known."""

    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def exact(self) -> bool:
        """Whether it is one number."""
        return self.low is not None and self.low == self.high

    def minus(self, other: "Interval") -> "Interval":
        """Return the interval of the difference of any two numbers of the two."""
        low = None if self.low is None or other.high is None else self.low - other.high
        high = None if self.high is None or other.low is None else self.high - other.low
        return Interval(low, high)

    def within(self, other: "Interval") -> "Interval":
        """Return what lies in both."""
        return self.at_least(other.low).at_most(other.high)

    def at_least(self, low: Fraction | None) -> "Interval":
        """Return the part from ``low`` on; ``None`` cuts nothing off."""
        if low is None or (self.low is not None and self.low >= low):
            return self
        return Interval(low, self.high)

    def at_most(self, high: Fraction | None) -> "Interval":
        """Return the part up to ``high``; ``None`` cuts nothing off."""
        if high is None or (self.high is not None and self.high <= high):
            return self
        return Interval(self.low, high)

    def times(self, factor: Fraction) -> "Interval":
        """Return the interval times a number that is not negative."""
        return Interval(
            None if self.low is None else self.low * factor,
            None if self.high is None else self.high * factor,
        )

    def document(self) -> dict[str, Any]:
        """Return it as JSON; an end that is no finite decimal is rounded outward."""
        return {
            "low": None if self.low is None else outward(self.low, floor),
            "high": None if self.high is None else outward(self.high, ceil),
            "exact": self.exact,
        }


def outward(value: Fraction, way: Callable[[Fraction], int]) -> str:
    """Return the text of an interval's end: ``way`` is ``floor`` for a low and ``ceil`` for a high.

    A number that never ends as a decimal is cut after 12 decimals in that direction.
    """
    if finite_places(value.denominator) is not None:
        return decimal_text(value)
    return decimal_text(Fraction(way(value * 10**PLACES), 10**PLACES))


def stated_bound(text: str, value: Fraction) -> Fraction:
    """Return the bound that a result states for a stage whose exact value is ``value``.

    A bound that is written like the value is the value; one of 12 decimals may have been rounded
    up by half of the last of them, which is taken off.
    """
    if text == decimal_text(value):
        return value
    bound = Fraction(text)
    decimals = text.partition(".")[2]
    return bound if len(decimals) < PLACES else bound - Fraction(1, 2 * 10**PLACES)


def limit_of(value: Fraction, tolerance: Fraction) -> Fraction | None:
    """Return how far later stages may go where a stage's optimum is ``value`` or more.

    ``None`` where that says nothing: below 0 a tolerance above 1 turns the order round.
    """
    if value < 0 and tolerance > 1:
        return None
    return value + tolerance * abs(value)


def compared(
    base: Sequence[Interval], other: Sequence[Interval], tolerances: Sequence[Fraction]
) -> Order:
    """Return how a second optimum stands to a first one, stage before stage.

    Parameters
    ----------
    base, other
        The optima of each stage.
    tolerances
        How much each stage may be worsened by later ones; that of the last does not matter.

    Returns
    -------
    str
        ``better``: strictly better in the first stage that decides. ``not_better``: worse, or
        equal throughout but for ends that touch. ``same``: proven equal in every stage.
        ``unknown``: the intervals or a tolerance leave it open.
    """
    for k, (one, two) in enumerate(zip(base, other, strict=True)):
        if one.exact and two.exact and one.low == two.low:
            continue
        last = k == len(base) - 1
        tolerance = Fraction(0) if last else tolerances[k]
        if _beyond(two.high, one.low, tolerance):
            return "better"
        if _beyond(one.high, two.low, tolerance):
            return "not_better"
        if last and one.high is not None and two.low is not None and two.low >= one.high:
            return "not_better"
        return "unknown"
    return "same"


def _beyond(least: Fraction | None, other: Fraction | None, tolerance: Fraction) -> bool:
    """Return whether ``other`` lies above all that a stage of at most ``least`` allows."""
    if least is None or other is None:
        return False
    limit = limit_of(least, tolerance)
    return limit is not None and other > limit
