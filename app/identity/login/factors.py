"""Use cases of the second factor: enrol, confirm, accept a code once, remove."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy.orm import Session

from app.identity.login import queries
from app.identity.login.errors import SecondFactorNeeded, SecondFactorState
from app.identity.login.models import RecoveryCode, Totp
from app.identity.models import User
from app.kit.events import record
from app.kit.secretbox import Box
from app.kit.security import secret_sha256

ISSUER = "Jejaring"
STEP_SECONDS = 30
DRIFT = 1  # steps that a phone's clock may be off either way
RECOVERY_CODES = 10


@dataclass(frozen=True)
class Enrolment:
    """A secret for an authenticator app, shown this once."""

    secret: str
    uri: str


def enrol(session: Session, box: Box, user: User, at: datetime) -> Enrolment:
    """Make a second factor that holds once its first code is confirmed."""
    known = queries.totp(session, user.id)
    if known is not None and known.confirmed_at is not None:
        raise SecondFactorState
    if known is not None:
        session.delete(known)
        session.flush()
    secret = pyotp.random_base32()
    session.add(
        Totp(
            user_id=user.id,
            sealed_secret=box.seal(secret.encode(), _context(user.id)),
            created_at=at,
            last_step=0,
        )
    )
    session.flush()
    return Enrolment(
        secret, pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)
    )


def confirm(session: Session, box: Box, user: User, code: str, at: datetime) -> Sequence[str]:
    """Put a second factor in force; return its recovery codes, shown this once."""
    row = queries.totp(session, user.id)
    if row is None or row.confirmed_at is not None:
        raise SecondFactorState
    if not _taken(row, box, code, at):
        raise SecondFactorNeeded
    row.confirmed_at = at
    codes = [secrets.token_hex(8) for _ in range(RECOVERY_CODES)]
    for made in codes:
        session.add(RecoveryCode(code_sha256=secret_sha256(made), user_id=user.id))
    session.flush()
    _tell(session, "second_factor.enabled", user, at)
    return codes


def accept(session: Session, box: Box, user: User, code: str, at: datetime) -> bool:
    """Tell whether a code is the present one, or an unused recovery code; it is used up."""
    row = queries.totp(session, user.id)
    if row is None or row.confirmed_at is None:
        return False
    if _taken(row, box, code, at):
        session.flush()
        return True
    if not queries.use_recovery_code(session, user.id, secret_sha256(code.strip().lower()), at):
        return False
    _tell(session, "second_factor.recovered", user, at)
    return True


def remove(session: Session, user: User, at: datetime) -> None:
    """Sign in without a second factor from now on."""
    queries.drop_second_factor(session, user.id)
    _tell(session, "second_factor.disabled", user, at)


def _context(user_id: str) -> str:
    return f"totp:{user_id}"


def _taken(row: Totp, box: Box, code: str, at: datetime) -> bool:
    """Use the code's step up; an older or the same step never counts again."""
    secret = box.open(row.sealed_secret, _context(row.user_id)).decode()
    maker = pyotp.TOTP(secret)
    now = int(at.timestamp()) // STEP_SECONDS
    fitting = [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if secrets.compare_digest(maker.generate_otp(step).encode(), code.strip().encode())
    ]
    if not fitting or fitting[-1] <= row.last_step:
        return False
    row.last_step = fitting[-1]
    return True


def _tell(session: Session, kind: str, user: User, at: datetime) -> None:
    record(
        session,
        kind,
        subject=user.id,
        at=at,
        organisation=user.organisation_id,
        actor=user.id,
    )
