"""Calendars by ISO week: spans of whole weeks, and how a need finds its place in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.kit.types import exact_arithmetic

WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Span:
    """Whole weeks from a Monday on: a delivery period of a tender."""

    starts_on: date
    weeks: int

    def weeks_of(self) -> list[date]:
        """Return the Mondays of the span."""
        return [self.starts_on + WEEK * number for number in range(self.weeks)]

    @property
    def ends_on(self) -> date:
        """Return the last day of the span, a Sunday."""
        return self.starts_on + WEEK * self.weeks - timedelta(days=1)


@dataclass(frozen=True)
class Placement:
    """An amount of one week's capacity."""

    week: date
    amount: Decimal


@exact_arithmetic()
def place(need: Decimal, span: Span, free: Mapping[date, Decimal]) -> Sequence[Placement] | None:
    """Place a need in the earliest free weeks of a span, or return None where it does not fit.

    Filling from the front leaves the most room at the back, where later promises are made.
    """
    placed = []
    for week in span.weeks_of():
        amount = min(need, max(free.get(week, Decimal(0)), Decimal(0)))
        if amount > 0:
            placed.append(Placement(week, amount))
            need -= amount
        if need == 0:
            return placed
    return placed if need == 0 else None


def mondays(first: date, last: date) -> Iterator[date]:
    """Yield every Monday from the first to the last, both included."""
    week = first
    while week <= last:
        yield week
        week += WEEK
