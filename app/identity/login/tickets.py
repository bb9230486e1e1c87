"""Use cases of setting a password: by its user, or by a ticket that an owner hands over."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.identity import queries as identity
from app.identity.login import passwords, queries
from app.identity.login.errors import TicketInvalid
from app.identity.login.models import Credential, PasswordTicket
from app.identity.models import User
from app.kit.events import record
from app.kit.security import secret_sha256
from app.kit.types import new_id

TICKET_LIFE = timedelta(days=3)
PREFIX = "jjt_"


@dataclass(frozen=True)
class NewTicket:
    """A ticket and its secret, which is shown this once."""

    row: PasswordTicket
    secret: str


def set_password(session: Session, user: User, password_hash: str, at: datetime) -> None:
    """Keep a user's new password hash."""
    known = queries.credential(session, user.id)
    if known is None:
        session.add(
            Credential(
                user_id=user.id,
                login=user.email.casefold(),
                password_hash=password_hash,
                changed_at=at,
            )
        )
    else:
        known.password_hash = password_hash
        known.changed_at = at
    session.flush()
    record(
        session,
        "password.set",
        subject=user.id,
        at=at,
        organisation=user.organisation_id,
        actor=user.id,
    )


def change(
    session: Session, user: User, password_hash: str, *, at: datetime, keep: str | None
) -> None:
    """Change a password; every other session of the user ends."""
    set_password(session, user, password_hash, at)
    queries.end_sessions(session, user.id, at=at, but=keep)


def make_ticket(session: Session, user: User, *, by: str, at: datetime) -> NewTicket:
    """Make a ticket with which a user's password can be set once; older ones end."""
    queries.end_tickets(session, user.id, at)
    secret = PREFIX + secrets.token_urlsafe(32)
    row = PasswordTicket(
        id=new_id("tkt"),
        user_id=user.id,
        secret_sha256=secret_sha256(secret),
        made_by=by,
        created_at=at,
        expires_at=at + TICKET_LIFE,
    )
    session.add(row)
    session.flush()
    record(
        session,
        "password_ticket.made",
        subject=user.id,
        at=at,
        organisation=user.organisation_id,
        actor=by,
    )
    return NewTicket(row, secret)


def redeem(session: Session, secret: str, password: str, at: datetime) -> User:
    """Set a password with a ticket; every session of the user ends."""
    row = queries.ticket(session, secret_sha256(secret))
    if row is None or row.used_at is not None or row.expires_at <= at:
        raise TicketInvalid
    user = identity.user(session, row.user_id)
    if user is None or user.erased_at is not None:
        raise TicketInvalid
    password_hash = passwords.accepted(password, (user.name, user.email), "/new_password")
    row.used_at = at
    change(session, user, password_hash, at=at, keep=None)
    return user
