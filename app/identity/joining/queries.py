"""Every SELECT on invitations, offices and verifications."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.identity.joining.models import Invitation, Office, Verification


def invitations_of(organisation_id: str) -> Select[Invitation]:
    """Return the invitations of an organisation."""
    return select(Invitation).where(Invitation.organisation_id == organisation_id)


def invitation(session: Session, organisation_id: str, invitation_id: str) -> Invitation | None:
    """Return one invitation of an organisation."""
    return session.scalar(
        select(Invitation).where(
            Invitation.id == invitation_id, Invitation.organisation_id == organisation_id
        )
    )


def invited(session: Session, secret_sha256: str) -> Invitation | None:
    """Return an invitation by the hash of its secret, locked against a second acceptance."""
    return session.scalar(
        select(Invitation).where(Invitation.secret_sha256 == secret_sha256).with_for_update()
    )


def office(session: Session, organisation_id: str) -> Office | None:
    """Return the office that an organisation holds."""
    return session.get(Office, organisation_id)


def verifications_of(organisation_id: str) -> Select[Verification]:
    """Return what was found out about an organisation, whether it still holds or not."""
    return select(Verification).where(Verification.organisation_id == organisation_id)


def verification(
    session: Session, organisation_id: str, verification_id: str
) -> Verification | None:
    """Return one verification of an organisation."""
    return session.scalar(
        select(Verification).where(
            Verification.id == verification_id, Verification.organisation_id == organisation_id
        )
    )


def levels_in_force(session: Session, organisation_id: str, at: datetime) -> Sequence[str]:
    """Return the levels that hold of an organisation at this moment."""
    return session.scalars(
        select(Verification.level).where(
            Verification.organisation_id == organisation_id,
            Verification.revoked_at.is_(None),
            or_(Verification.valid_until.is_(None), Verification.valid_until > at),
        )
    ).all()
