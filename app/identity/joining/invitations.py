"""Use cases of invitations: invite, withdraw, accept with a password of one's own."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.identity.joining import queries
from app.identity.joining.errors import InvitationEnded, InvitationInvalid
from app.identity.joining.models import Invitation
from app.identity.login import tickets
from app.identity.membership import add_user
from app.identity.models import User
from app.kit.events import record
from app.kit.problems import NotFound
from app.kit.security import secret_sha256
from app.kit.types import new_id

INVITATION_LIFE = timedelta(days=7)
PREFIX = "jji_"


@dataclass(frozen=True)
class NewInvitation:
    """An invitation and its secret, which is shown this once."""

    row: Invitation
    secret: str


def invite(
    session: Session, organisation_id: str, *, email: str, role: str, by: str, at: datetime
) -> NewInvitation:
    """Invite somebody under a role; whoever invites hands the secret over."""
    secret = PREFIX + secrets.token_urlsafe(32)
    row = Invitation(
        id=new_id("inv"),
        organisation_id=organisation_id,
        email=email,
        role=role,
        secret_sha256=secret_sha256(secret),
        invited_by=by,
        created_at=at,
        expires_at=at + INVITATION_LIFE,
    )
    session.add(row)
    session.flush()
    _tell(session, "invitation.made", row, at, by)
    return NewInvitation(row, secret)


def withdraw(
    session: Session, organisation_id: str, invitation_id: str, *, by: str, at: datetime
) -> None:
    """Withdraw an invitation; doing it twice is no error."""
    row = queries.invitation(session, organisation_id, invitation_id)
    if row is None:
        raise NotFound
    if row.accepted_by is not None:
        raise InvitationEnded
    if row.ended_at is None:
        row.ended_at = at
        _tell(session, "invitation.withdrawn", row, at, by)
    session.flush()


def open_invitation(session: Session, secret: str, at: datetime) -> Invitation:
    """Return an invitation that can be accepted, or refuse."""
    row = queries.invited(session, secret_sha256(secret))
    if row is None or row.ended_at is not None or row.expires_at <= at:
        raise InvitationInvalid
    return row


def accept(session: Session, secret: str, *, name: str, password_hash: str, at: datetime) -> User:
    """Become a user of the organisation, under the role that the invitation names."""
    row = open_invitation(session, secret, at)
    user = add_user(
        session,
        row.organisation_id,
        name=name,
        email=row.email,
        role=row.role,
        at=at,
        by=row.invited_by,
    )
    tickets.set_password(session, user, password_hash, at)
    row.accepted_by = user.id
    row.ended_at = at
    session.flush()
    _tell(session, "invitation.accepted", row, at, user.id)
    return user


def _tell(session: Session, kind: str, row: Invitation, at: datetime, by: str) -> None:
    record(
        session,
        kind,
        subject=row.id,
        at=at,
        organisation=row.organisation_id,
        actor=by,
        data={"role": row.role},
    )
