"""From an assembly schedule to what is needed when: quantities, lead times, whole increments."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import timedelta
from decimal import Context, Decimal, Inexact
from fractions import Fraction

from app.directory.calendar import Span

# A quantity has up to 24 digits and so has a number of machines; nothing is rounded on the way.
_EXACT = Context(prec=100, traps=[Inexact])


def due_period(spans: Sequence[Span], period: int, lead_time_weeks: int) -> int:
    """Return the delivery period in which a part for a period's assembly is due.

    A part with a lead time of L weeks is due L weeks before the Monday on which its assembly
    period starts. Its demand lies in the delivery period that contains that week, and in the first
    one where that week comes before all of them.

    Parameters
    ----------
    spans
        The delivery periods, ascending and without gaps.
    period
        The position of the assembly period among them.
    lead_time_weeks
        Weeks from the part's arrival to the start of assembly, 0 or more.
    """
    due = spans[period].starts_on - timedelta(weeks=lead_time_weeks)
    return max(0, bisect_right(spans, due, key=lambda span: span.starts_on) - 1)


def demand(
    *,
    quantity_per: Decimal,
    lead_time_weeks: int,
    increment: Decimal,
    schedule: Sequence[Decimal],
    spans: Sequence[Span],
) -> list[Decimal]:
    """Return a part's demand per delivery period.

    Each period's machines need `quantity_per` of the part, moved forward by the lead time. As
    awards are whole multiples of the increment, the demand from the start up to each period is
    rounded up to the next multiple: what is bought too much never adds up to a whole increment.

    Parameters
    ----------
    quantity_per
        Units of the part in one machine.
    lead_time_weeks
        Weeks from the part's arrival to the start of assembly.
    increment
        The step in which the part is bought, above 0.
    schedule
        Machines to be assembled in each period.
    spans
        The periods.
    """
    gross = [Decimal(0)] * len(spans)
    for period, machines in enumerate(schedule):
        at = due_period(spans, period, lead_time_weeks)
        gross[at] = _EXACT.add(gross[at], _EXACT.multiply(quantity_per, machines))
    needed, bought, net = Decimal(0), Decimal(0), []
    for quantity in gross:
        needed = _EXACT.add(needed, quantity)
        steps = -(-Fraction(needed) // Fraction(increment))
        total = _EXACT.multiply(Decimal(steps), increment)
        net.append(_EXACT.subtract(total, bought))
        bought = total
    return net
