"""Use cases of authorisations: grant a power to bind a firm, and take it back."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.identity import queries
from app.identity.models import Authorisation
from app.kit.events import record
from app.kit.problems import NotFound
from app.kit.types import new_id


@dataclass(frozen=True)
class Grant:
    """Which power is granted, to whom, how far, until when and on what evidence."""

    power: str
    evidence: str
    user_id: str | None = None
    holder_organisation_id: str | None = None
    limit_amount: Decimal | None = None
    limit_currency: str | None = None
    valid_until: datetime | None = None


def grant(session: Session, asked: Grant, *, firm_id: str, by: str, at: datetime) -> Authorisation:
    """Record that a user of the firm, or another organisation, may bind it.

    Raises
    ------
    NotFound
        When the firm has no such user, or there is no such other organisation.
    """
    _refuse_unknown(session, asked, firm_id)
    row = Authorisation(
        id=new_id("aut"),
        user_id=asked.user_id,
        holder_organisation_id=asked.holder_organisation_id,
        firm_id=firm_id,
        power=asked.power,
        limit_amount=asked.limit_amount,
        limit_currency=asked.limit_currency,
        evidence=asked.evidence,
        granted_by=by,
        valid_from=at,
        valid_until=asked.valid_until,
    )
    session.add(row)
    session.flush()
    holder = {
        "user_id": asked.user_id,
        "holder_organisation_id": asked.holder_organisation_id,
    }
    record(
        session,
        "authorisation.granted",
        subject=row.id,
        at=at,
        organisation=firm_id,
        actor=by,
        data={"power": asked.power, **{name: value for name, value in holder.items() if value}},
    )
    return row


def _refuse_unknown(session: Session, asked: Grant, firm_id: str) -> None:
    if asked.user_id is not None:
        user = queries.user_of(session, firm_id, asked.user_id)
        if user is None or user.erased_at is not None:
            raise NotFound
    other = asked.holder_organisation_id
    if other is not None and (other == firm_id or queries.organisation(session, other) is None):
        raise NotFound


def withdraw_power(
    session: Session, firm_id: str, authorisation_id: str, *, by: str, at: datetime
) -> None:
    """End an authorisation from this moment on."""
    row = queries.authorisation(session, firm_id, authorisation_id)
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = at
        record(
            session,
            "authorisation.withdrawn",
            subject=row.id,
            at=at,
            organisation=firm_id,
            actor=by,
        )
    session.flush()
