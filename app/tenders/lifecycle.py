"""The life of a tender: which state may follow which, and what time alone brings about."""

from collections.abc import Mapping
from datetime import datetime

TRANSITIONS: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"published", "cancelled"}),
    "published": frozenset({"closed", "cancelled"}),
    "closed": frozenset({"opened", "cancelled"}),
    "opened": frozenset({"evaluated", "cancelled"}),
    "evaluated": frozenset({"awarded", "cancelled"}),
    "awarded": frozenset({"completed"}),
    "completed": frozenset(),
    "cancelled": frozenset(),
}


def may(status: str, to: str) -> bool:
    """Return whether a tender may go from one state to another."""
    return to in TRANSITIONS[status]


def takes_bids(status: str, *, closes_at: datetime, now: datetime) -> bool:
    """Return whether a bid that holds the tender at this instant is in time."""
    return status == "published" and now < closes_at


def next_deadline(status: str, *, closes_at: datetime, opens_at: datetime) -> datetime | None:
    """Return when time alone moves a tender on; None where it does not."""
    return {"published": closes_at, "closed": opens_at}.get(status)


def brought_by_time(
    status: str, *, closes_at: datetime, opens_at: datetime, now: datetime
) -> list[str]:
    """Return the states that time has brought a tender into by now, in order."""
    steps = []
    if status == "published" and now >= closes_at:
        steps.append("closed")
        status = "closed"
    if status == "closed" and now >= opens_at:
        steps.append("opened")
    return steps
