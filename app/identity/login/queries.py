"""Every SELECT on passwords, second factors, sessions and attempts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from app.identity.login.models import (
    Credential,
    LoginAttempt,
    LoginSession,
    PasswordTicket,
    RecoveryCode,
    Totp,
)
from app.identity.models import User


def signing_in(
    session: Session, login: str, organisation_id: str | None
) -> tuple[Credential, User] | None:
    """Return the one user with a password that signs in so; none where there are several."""
    rows = (
        select(Credential, User)
        .join(User, User.id == Credential.user_id)
        .where(Credential.login == login, User.erased_at.is_(None))
    )
    if organisation_id is not None:
        rows = rows.where(User.organisation_id == organisation_id)
    found = session.execute(rows.limit(2)).all()
    return (found[0][0], found[0][1]) if len(found) == 1 else None


def credential(session: Session, user_id: str) -> Credential | None:
    """Return a user's password hash."""
    return session.get(Credential, user_id)


def session_and_user(session: Session, secret_sha256: str) -> tuple[LoginSession, User] | None:
    """Return a browser's session by the hash of its cookie, with its user."""
    row = session.execute(
        select(LoginSession, User)
        .join(User, User.id == LoginSession.user_id)
        .where(LoginSession.secret_sha256 == secret_sha256)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def sessions_of(user_id: str, at: datetime) -> Select[LoginSession]:
    """Return a user's sessions that still hold."""
    return select(LoginSession).where(
        LoginSession.user_id == user_id,
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > at,
    )


def session_of(session: Session, user_id: str, session_id: str) -> LoginSession | None:
    """Return one session of a user."""
    return session.scalar(
        select(LoginSession).where(LoginSession.id == session_id, LoginSession.user_id == user_id)
    )


def end_sessions(session: Session, user_id: str, *, at: datetime, but: str | None = None) -> None:
    """End every session of a user, but one."""
    session.execute(
        update(LoginSession)
        .where(
            LoginSession.user_id == user_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.id != (but or ""),
        )
        .values(revoked_at=at)
    )


def attempts(session: Session, bucket: str, since: datetime) -> tuple[int, datetime | None]:
    """Return how often a bucket was tried since a time, and the first of these times."""
    row = session.execute(
        select(func.count(), func.min(LoginAttempt.at)).where(
            LoginAttempt.bucket == bucket, LoginAttempt.at > since
        )
    ).one()
    return row[0], row[1]


def forget_attempts(session: Session, buckets: Sequence[str]) -> None:
    """Forget the failures of these buckets."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.bucket.in_(buckets)))


def totp(session: Session, user_id: str) -> Totp | None:
    """Return a user's second factor, locked against a second use of one code."""
    return session.scalar(select(Totp).where(Totp.user_id == user_id).with_for_update())


def has_totp(session: Session, user_id: str) -> bool:
    """Tell whether a user signs in with a second factor."""
    found = session.scalar(
        select(Totp.user_id).where(Totp.user_id == user_id, Totp.confirmed_at.is_not(None))
    )
    return found is not None


def recovery_codes_left(session: Session, user_id: str) -> int:
    """Return how many recovery codes a user has not used."""
    return session.execute(
        select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    ).scalar_one()


def use_recovery_code(session: Session, user_id: str, sha256: str, at: datetime) -> bool:
    """Use up a recovery code; tell whether it was there to be used."""
    used = session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.code_sha256 == sha256,
            RecoveryCode.user_id == user_id,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
        .returning(RecoveryCode.code_sha256)
    )
    return used is not None


def drop_second_factor(session: Session, user_id: str) -> None:
    """Forget a user's second factor and its recovery codes."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(delete(Totp).where(Totp.user_id == user_id))


def ticket(session: Session, secret_sha256: str) -> PasswordTicket | None:
    """Return a ticket by the hash of its secret, locked against a second use."""
    return session.scalar(
        select(PasswordTicket)
        .where(PasswordTicket.secret_sha256 == secret_sha256)
        .with_for_update()
    )


def end_tickets(session: Session, user_id: str, at: datetime) -> None:
    """Use up whatever tickets a user has."""
    session.execute(
        update(PasswordTicket)
        .where(PasswordTicket.user_id == user_id, PasswordTicket.used_at.is_(None))
        .values(used_at=at)
    )
