"""Every SELECT on the event log."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.kit.events.models import Event


def unsequenced(session: Session, limit: int) -> Sequence[Event]:
    """Return committed events that have no place yet, in the order of their ids."""
    return session.scalars(
        select(Event).where(Event.seq.is_(None)).order_by(Event.id).limit(limit)
    ).all()


def tip(session: Session) -> Event | None:
    """Return the last event of the chain."""
    newest = select(func.max(Event.seq)).scalar_subquery()
    return session.scalar(select(Event).where(Event.seq == newest))


def chain(session: Session, after: int, limit: int) -> Sequence[Event]:
    """Return sequenced events after a place, in the order of the chain."""
    return session.scalars(
        select(Event).where(Event.seq > after).order_by(Event.seq).limit(limit)
    ).all()


def feed_of(organisation_id: str) -> Select[Event]:
    """Return the sequenced events that are one organisation's affair."""
    return select(Event).where(Event.organisation_id == organisation_id, Event.seq.is_not(None))
