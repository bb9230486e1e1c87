"""Use cases of verification: appoint an office, record what it found out, take it back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.identity import queries as identity
from app.identity.actor import Actor
from app.identity.joining import queries
from app.identity.joining.errors import NoOffice, OwnVerification
from app.identity.joining.models import LEVELS, Office, Verification
from app.kit.events import record
from app.kit.problems import NotFound
from app.kit.types import new_id


@dataclass(frozen=True)
class Finding:
    """How sure an office is of an organisation, on what evidence, until when."""

    level: str
    evidence: str
    valid_until: datetime | None = None


def appoint(session: Session, organisation_id: str, kind: str, at: datetime) -> Office:
    """Give an organisation an office; only a command on the server's machine does this."""
    if identity.organisation(session, organisation_id) is None:
        raise NotFound
    known = queries.office(session, organisation_id)
    if known is not None and known.kind == kind:
        return known
    row = known or Office(organisation_id=organisation_id)
    row.kind, row.appointed_at = kind, at
    session.add(row)
    session.flush()
    record(
        session,
        "office.appointed",
        subject=organisation_id,
        at=at,
        organisation=organisation_id,
        actor=None,
        data={"kind": kind},
    )
    return row


def require_office(session: Session, actor: Actor, *kinds: str) -> None:
    """Refuse unless the actor's organisation holds one of these offices."""
    row = queries.office(session, actor.organisation_id)
    if row is None or row.kind not in kinds:
        raise NoOffice


def verify(
    session: Session, organisation_id: str, finding: Finding, *, actor: Actor, at: datetime
) -> Verification:
    """Record what an office found out about an organisation."""
    require_office(session, actor, "authority", "operator")
    if identity.organisation(session, organisation_id) is None:
        raise NotFound
    if organisation_id == actor.organisation_id:
        raise OwnVerification
    row = Verification(
        id=new_id("ver"),
        organisation_id=organisation_id,
        level=finding.level,
        evidence=finding.evidence,
        office_id=actor.organisation_id,
        verified_by=actor.user_id,
        verified_at=at,
        valid_until=finding.valid_until,
    )
    session.add(row)
    session.flush()
    _tell(session, "organisation.verified", row, actor, at)
    return row


def revoke(
    session: Session, organisation_id: str, verification_id: str, *, actor: Actor, at: datetime
) -> None:
    """Take a verification back; only the office that made it, or the operator, may."""
    row = queries.verification(session, organisation_id, verification_id)
    if row is None:
        raise NotFound
    if row.office_id != actor.organisation_id:
        require_office(session, actor, "operator")
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by = at, actor.user_id
        _tell(session, "organisation.verification_revoked", row, actor, at)
    session.flush()


def level_of(session: Session, organisation_id: str, at: datetime) -> str:
    """Return how well an organisation is known at this moment."""
    held = queries.levels_in_force(session, organisation_id, at)
    return max(held, key=LEVELS.index, default=LEVELS[0])


def _tell(session: Session, kind: str, row: Verification, actor: Actor, at: datetime) -> None:
    record(
        session,
        kind,
        subject=row.id,
        at=at,
        organisation=row.organisation_id,
        actor=actor.user_id,
        data={"level": row.level, "office_id": actor.organisation_id},
    )
