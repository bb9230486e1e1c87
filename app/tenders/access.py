"""Who may see a tender and who may act on it; whoever may not is told that it does not exist."""

from sqlalchemy.orm import Session

from app.identity.actor import Actor
from app.kit.problems import NotFound
from app.tenders import queries
from app.tenders.models import Tender


def visible(session: Session, tender_id: str, actor: Actor) -> Tender:
    """Return a tender that the actor's organisation may see."""
    tender = queries.tender_for(session, tender_id, actor.organisation_id)
    if tender is None:
        raise NotFound
    return tender


def for_buyer(session: Session, tender_id: str, actor: Actor) -> Tender:
    """Return a tender of the actor's own organisation."""
    return _owned(queries.tender(session, tender_id), actor)


def locked_for_buyer(session: Session, tender_id: str, actor: Actor) -> Tender:
    """Return a tender of the actor's own organisation, locked against other writers."""
    for_buyer(session, tender_id, actor)  # a stranger must not hold up those who bid
    return _owned(queries.locked(session, tender_id), actor)


def _owned(tender: Tender | None, actor: Actor) -> Tender:
    if tender is None or tender.organisation_id != actor.organisation_id:
        raise NotFound
    return tender
