"""The reservation ledger: bids may exceed a firm's capacity, awards may not."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.directory import queries
from app.directory.calendar import Span, place
from app.directory.errors import CapacityTaken, Lack
from app.directory.models import Reservation
from app.kit.types import exact_arithmetic, new_id

ZERO = Decimal(0)


@exact_arithmetic()
def free_weeks(
    session: Session, resource_ids: Iterable[str], first: date, last: date
) -> dict[str, dict[date, Decimal]]:
    """Return what is left of each resource in each week: calendar minus reservations."""
    ids = set(resource_ids)
    free: dict[str, dict[date, Decimal]] = {resource_id: {} for resource_id in ids}
    for row in queries.capacity(session, ids, first, last):
        free[row.resource_id][row.week] = row.capacity
    for taken in queries.reservations(session, ids, first, last):
        weeks = free[taken.resource_id]
        weeks[taken.week] = weeks.get(taken.week, ZERO) - taken.amount
    return {
        resource_id: {week: max(amount, ZERO) for week, amount in weeks.items()}
        for resource_id, weeks in free.items()
    }


@exact_arithmetic()
def remaining(
    session: Session, resource_ids: Iterable[str], spans: Sequence[Span]
) -> dict[str, list[Decimal]]:
    """Return what is left of each resource in each span, in the resource's own unit."""
    ids = set(resource_ids)
    if not spans:
        return {resource_id: [] for resource_id in ids}
    first = min(span.starts_on for span in spans)
    last = max(span.ends_on for span in spans)
    free = free_weeks(session, ids, first, last)
    return {
        resource_id: [
            sum((weeks.get(week, ZERO) for week in span.weeks_of()), ZERO) for span in spans
        ]
        for resource_id, weeks in free.items()
    }


@exact_arithmetic()
def hold(
    session: Session,
    *,
    holder_id: str,
    needs: Mapping[str, Sequence[Decimal]],
    spans: Sequence[Span],
    at: datetime,
) -> None:
    """Hold what an award needs of each resource in each span, or refuse it all.

    The resources are locked in the order of their ids, so two awards that want the same press come
    one after the other and the second sees what the first took.

    Raises
    ------
    CapacityTaken
        Naming every resource and span with too little left.
    """
    wanted = {resource_id: amounts for resource_id, amounts in needs.items() if any(amounts)}
    if not wanted:
        return
    queries.locked_resources(session, wanted)
    first = min(span.starts_on for span in spans)
    last = max(span.ends_on for span in spans)
    free = free_weeks(session, wanted, first, last)
    lacks: list[Lack] = []
    for resource_id, amounts in sorted(wanted.items()):
        weeks = defaultdict(lambda: ZERO, free[resource_id])
        for span, need in zip(spans, amounts, strict=True):
            placed = place(need, span, weeks) if need else ()
            if placed is None:
                left = sum((weeks[week] for week in span.weeks_of()), ZERO)
                lacks.append(Lack(resource_id, span, need, left))
                continue
            for part in placed:
                weeks[part.week] -= part.amount
                session.add(
                    Reservation(
                        id=new_id("rsv"),
                        resource_id=resource_id,
                        week=part.week,
                        amount=part.amount,
                        state="held",
                        holder_id=holder_id,
                        created_at=at,
                    )
                )
    if lacks:
        raise CapacityTaken(lacks)
    session.flush()


def commit(session: Session, holder_id: str) -> None:
    """Turn what is held for an award into what is committed to its contracts."""
    for reservation in queries.reservations_of(session, holder_id):
        if reservation.state == "held":
            reservation.state = "committed"
    session.flush()


def release(session: Session, holder_id: str) -> None:
    """Give back everything that is held or committed for a holder."""
    for reservation in queries.reservations_of(session, holder_id):
        reservation.state = "released"
    session.flush()
