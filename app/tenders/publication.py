"""Use cases: a buyer binds itself by publishing a tender, or cancels it with a reason."""

from sqlalchemy.orm import Session

from app.identity.actor import Actor
from app.kit.clock import Clock
from app.kit.jobs import Jobs
from app.kit.types import utc_text
from app.tenders import queries
from app.tenders.access import locked_for_buyer
from app.tenders.errors import DeadlinePassed
from app.tenders.jobs import CLOSE, OPEN, close_key, open_key
from app.tenders.models import Tender
from app.tenders.progress import advance


def publish(session: Session, tender_id: str, *, actor: Actor, clock: Clock, jobs: Jobs) -> Tender:
    """Publish a draft and have it closed and opened at its times; once published, do nothing.

    The jobs are rows of this very transaction: a tender is never published without them.
    """
    tender = locked_for_buyer(session, tender_id, actor)
    now = clock.now(session)
    actor.require_power(session, "sign", at=now)
    if tender.status == "published":
        return tender
    if tender.status == "draft" and tender.closes_at <= now:
        raise DeadlinePassed(closes_at=utc_text(tender.closes_at))
    lots = len(queries.lots(session, tender.id))
    advance(session, tender, "published", at=now, actor=actor.user_id, data={"lots": lots})
    for job, key, due in (
        (CLOSE, close_key(tender.id), tender.closes_at),
        (OPEN, open_key(tender.id), tender.opens_at),
    ):
        jobs.enqueue(session, job, key, argument=tender.id, delay=due - now)
    return tender


def cancel(
    session: Session, tender_id: str, reason: str, *, actor: Actor, clock: Clock, jobs: Jobs
) -> Tender:
    """Cancel a tender that is not awarded yet; the first reason stands."""
    tender = locked_for_buyer(session, tender_id, actor)
    now = clock.now(session)
    actor.require_power(session, "sign", at=now)
    if tender.status == "cancelled":
        return tender
    tender.cancel_reason = reason
    advance(session, tender, "cancelled", at=now, actor=actor.user_id)
    for key in (close_key(tender.id), open_key(tender.id)):
        jobs.cancel(session, key)
    return tender
