"""Use cases: a tender is drafted, and changed for as long as it is a draft."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.identity.actor import Actor
from app.kit.events import record
from app.kit.problems import Malformed
from app.kit.types import decimal_text, json_ready, new_id
from app.tenders import queries
from app.tenders.content import examine, objective
from app.tenders.errors import NotDraft
from app.tenders.models import Tender, TenderLot
from app.tenders.schemas import TenderRequest


def draft(session: Session, asked: TenderRequest, *, actor: Actor, at: datetime) -> Tender:
    """Store a tender that only its buyer sees.

    Raises
    ------
    Malformed
        With every defect of the request, the rules and the lots together.
    """
    lots = _sound_lots(session, asked, actor, at)
    tender = Tender(
        id=new_id("ten"),
        organisation_id=actor.organisation_id,
        status="draft",
        created_at=at,
        **_fields(asked),
    )
    session.add(tender)
    session.flush()
    _add_lots(session, tender, lots)
    _note(session, "tender.drafted", tender, lots, actor=actor, at=at)
    return tender


def change(
    session: Session, tender: Tender, asked: TenderRequest, *, actor: Actor, at: datetime
) -> Tender:
    """Write a locked draft anew, its lots included.

    Raises
    ------
    NotDraft
        Where it has been published or cancelled.
    Malformed
        With every defect of the request, the rules and the lots together.
    """
    if tender.status != "draft":
        raise NotDraft(status=tender.status)
    lots = _sound_lots(session, asked, actor, at)
    for name, value in _fields(asked).items():
        setattr(tender, name, value)
    # A change of lots alone is a change of the tender to those who hold its ETag.
    flag_modified(tender, "title")
    for lot in queries.lots(session, tender.id):
        session.delete(lot)
    session.flush()
    _add_lots(session, tender, lots)
    _note(session, "tender.changed", tender, lots, actor=actor, at=at)
    return tender


def _sound_lots(
    session: Session, asked: TenderRequest, actor: Actor, at: datetime
) -> list[TenderLot]:
    lots, found = examine(session, asked, organisation_id=actor.organisation_id, now=at)
    if found:
        raise Malformed(faults=found)
    return lots


def _fields(asked: TenderRequest) -> dict[str, Any]:
    schedule = asked.schedule
    return {
        "product_id": asked.product_id,
        "title": asked.title,
        "description": asked.description,
        "currency": asked.currency,
        "delivery_regency": asked.delivery_regency,
        "payment_days": asked.payment_days,
        "periods": [
            {"id": period.id, "starts_on": period.starts_on.isoformat(), "weeks": period.weeks}
            for period in asked.periods
        ],
        "schedule": None if schedule is None else [decimal_text(machines) for machines in schedule],
        "rules": json_ready(asked.rules),
        "objective": json_ready(objective(asked)),
        "closes_at": asked.closes_at,
        "opens_at": asked.opens_at or asked.closes_at,
    }


def _add_lots(session: Session, tender: Tender, lots: list[TenderLot]) -> None:
    for lot in lots:
        lot.tender_id = tender.id
    session.add_all(lots)
    session.flush()


def _note(
    session: Session,
    kind: str,
    tender: Tender,
    lots: list[TenderLot],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    record(
        session,
        kind,
        subject=tender.id,
        at=at,
        organisation=tender.organisation_id,
        actor=actor.user_id,
        data={"lots": len(lots), "rules": len(tender.rules)},
    )
