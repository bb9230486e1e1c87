"""Use cases of the breach log: record a breach, and who was told when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.identity.actor import Actor
from app.identity.joining.verifying import require_office
from app.identity.privacy import queries
from app.identity.privacy.errors import AlreadyTold
from app.identity.privacy.models import Breach, BreachOrganisation
from app.kit.events import record
from app.kit.problems import Fault, Malformed, NotFound
from app.kit.types import new_id

NOTIFY_WITHIN = timedelta(hours=72)  # UU 27/2022, article 46: three times 24 hours


@dataclass(frozen=True)
class Finding:
    """What happened to whose data, and what is done about it."""

    discovered_at: datetime
    data_kinds: Sequence[str]
    what_happened: str
    measures: str
    people: int
    organisation_ids: Sequence[str]


def log(session: Session, finding: Finding, *, actor: Actor, at: datetime) -> Breach:
    """Record a breach; without organisations it concerns everybody."""
    require_office(session, actor, "operator")
    if finding.discovered_at > at:
        fault = Fault("/discovered_at", "in_future", "must not lie ahead")
        raise Malformed(faults=[fault])
    if queries.unknown_organisations(session, finding.organisation_ids):
        raise NotFound
    row = Breach(
        id=new_id("bre"),
        discovered_at=finding.discovered_at,
        notify_by=finding.discovered_at + NOTIFY_WITHIN,
        data_kinds=list(finding.data_kinds),
        what_happened=finding.what_happened,
        measures=finding.measures,
        people=finding.people,
        everybody=not finding.organisation_ids,
        recorded_by=actor.user_id,
        recorded_at=at,
    )
    session.add(row)
    session.flush()
    for organisation_id in dict.fromkeys(finding.organisation_ids):
        session.add(BreachOrganisation(breach_id=row.id, organisation_id=organisation_id))
        _tell(session, "breach.concerns_you", row, at, actor, organisation_id)
    session.flush()
    _tell(session, "breach.recorded", row, at, actor, actor.organisation_id)
    return row


def note_told(
    session: Session, breach_id: str, told: str, when: datetime, *, actor: Actor, at: datetime
) -> Breach:
    """Record when the people or the authority were told; once each."""
    require_office(session, actor, "operator")
    row = queries.breach(session, breach_id)
    if row is None:
        raise NotFound
    name = f"{told}_told_at"
    if getattr(row, name) is not None:
        raise AlreadyTold
    if not row.discovered_at <= when <= at:
        fault = Fault("/at", "out_of_order", "must lie between the discovery and now")
        raise Malformed(faults=[fault])
    setattr(row, name, when)
    session.flush()
    _tell(session, f"breach.{told}_told", row, at, actor, actor.organisation_id)
    return row


def _tell(
    session: Session,
    kind: str,
    row: Breach,
    at: datetime,
    actor: Actor,
    *organisation: str,
) -> None:
    for organisation_id in organisation:
        record(
            session,
            kind,
            subject=row.id,
            at=at,
            organisation=organisation_id,
            actor=actor.user_id,
        )
