"""The one place where a tender changes its state, with its time and its event."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.kit.events import record
from app.kit.problems import NotFound
from app.tenders import lifecycle, queries
from app.tenders.errors import WrongState
from app.tenders.models import Tender


def locked(session: Session, tender_id: str) -> Tender:
    """Return a tender locked against everybody who relies on its state."""
    tender = queries.locked(session, tender_id)
    if tender is None:
        raise NotFound
    return tender


def advance(
    session: Session,
    tender: Tender,
    to: str,
    *,
    at: datetime,
    actor: str | None,
    data: dict[str, Any] | None = None,
) -> None:
    """Move a locked tender to its next state.

    Raises
    ------
    WrongState
        Where that state may not follow the present one.
    """
    if not lifecycle.may(tender.status, to):
        raise WrongState(status=tender.status, to=to)
    before = tender.status
    tender.status = to
    setattr(tender, f"{to}_at", at)
    session.flush()
    record(
        session,
        f"tender.{to}",
        subject=tender.id,
        at=at,
        organisation=tender.organisation_id,
        actor=actor,
        data={"from": before, **(data or {})},
    )


def mark_evaluated(session: Session, tender: Tender, *, at: datetime, actor: str | None) -> None:
    """Note that a locked tender has been evaluated; evaluating it again changes nothing."""
    if tender.status != "evaluated":
        advance(session, tender, "evaluated", at=at, actor=actor)


def mark_awarded(session: Session, tender: Tender, *, at: datetime, actor: str | None) -> None:
    """Note that a locked tender has been awarded."""
    advance(session, tender, "awarded", at=at, actor=actor)
