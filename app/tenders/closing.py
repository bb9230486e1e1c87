"""Closing and opening: brought about by the clock, by job, without anybody calling."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.kit.clock import Clock
from app.kit.process import Process
from app.tenders import lifecycle, queries
from app.tenders.models import Tender
from app.tenders.progress import advance

SWEEP = 200
NOTHING = timedelta(0)


def close_due(process: Process, tender_id: str) -> timedelta:
    """Close a tender whose closing time has come.

    Returns how long there is to wait until that is so; 0 where there is nothing left to do.
    """
    return _move(process, tender_id, ("closed",))


def open_due(process: Process, tender_id: str) -> timedelta:
    """Open a tender whose opening time has come, closing it first where that is still to be done.

    Returns how long there is to wait until that is so; 0 where there is nothing left to do.
    """
    return _move(process, tender_id, ("closed", "opened"))


def sweep(process: Process) -> int:
    """Move on every tender that is overdue, each in its own transaction; return how many."""
    with process.database.read() as session:
        overdue = queries.overdue(session, process.clock.now(session), SWEEP)
    for tender_id in overdue:
        open_due(process, tender_id)
    return len(overdue)


def _move(process: Process, tender_id: str, wanted: tuple[str, ...]) -> timedelta:
    with process.database.unit_of_work() as session:
        return move(session, tender_id, wanted, process.clock)


def move(session: Session, tender_id: str, wanted: tuple[str, ...], clock: Clock) -> timedelta:
    """Move a tender into those of the wanted states that time has brought.

    The lock is had before the clock is read: every bid that was in time is stored by then.
    """
    tender = queries.locked(session, tender_id)
    if tender is None:
        return NOTHING
    now = clock.now(session)
    steps = lifecycle.brought_by_time(
        tender.status, closes_at=tender.closes_at, opens_at=tender.opens_at, now=now
    )
    for step in steps:
        if step in wanted:
            advance(session, tender, step, at=now, actor=None)
    return _left(tender, wanted, now)


def _left(tender: Tender, wanted: tuple[str, ...], now: datetime) -> timedelta:
    if tender.status == "closed" and "opened" not in wanted:
        return NOTHING
    deadline = lifecycle.next_deadline(
        tender.status, closes_at=tender.closes_at, opens_at=tender.opens_at
    )
    return NOTHING if deadline is None else max(NOTHING, deadline - now)
