"""Slowing down guesses: an attempt is counted before the password is looked at."""

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.identity.login import queries
from app.identity.login.errors import TooManyAttempts
from app.identity.login.models import LoginAttempt
from app.kit.types import new_id

WINDOW = timedelta(minutes=15)
LOCK = 7305


@dataclass(frozen=True)
class Bucket:
    """What attempts are counted under, and how many may fail in the window."""

    sha256: str
    most: int


def _bucket(kind: str, value: str, most: int) -> Bucket:
    return Bucket(hashlib.sha256(f"{kind}\0{value}".encode()).hexdigest(), most)


def _place(address: str) -> str:
    """Return an address, or the /64 that one IPv6 subscriber holds."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((known, 64), strict=False))


def buckets(who: str, address: str) -> tuple[Bucket, ...]:
    """Return the buckets of an attempt: who from where, who at all, and where at all.

    Guessing from elsewhere fills only the wide bucket, so that a stranger has to go on guessing to
    keep the real user out.
    """
    place = _place(address)
    return (
        _bucket("pair", f"{who}\0{place}", 10),
        _bucket("who", who, 50),
        _bucket("place", place, 100),
    )


def count(session: Session, counted: Sequence[Bucket], at: datetime) -> None:
    """Count an attempt, or refuse it: unknown names are slowed down as known ones are."""
    _alone(session, counted[1])
    for bucket in counted:
        tries, first = queries.attempts(session, bucket.sha256, at - WINDOW)
        if tries >= bucket.most and first is not None:
            raise TooManyAttempts(max(1, int((first + WINDOW - at).total_seconds()) + 1))
    for bucket in counted:
        session.add(LoginAttempt(id=new_id("att"), bucket=bucket.sha256, at=at))
    session.flush()


def _alone(session: Session, bucket: Bucket) -> None:
    """Let attempts under one name count one after the other; SQLite's writers do so anyway."""
    if session.get_bind().dialect.name == "postgresql":
        lock = int(bucket.sha256[:8], 16) - 2**31
        session.execute(
            text("select pg_advisory_xact_lock(:room, :lock)"), {"room": LOCK, "lock": lock}
        )


def forgive(session: Session, counted: Sequence[Bucket]) -> None:
    """Forget the failures of who has shown the right password; the place stays counted."""
    queries.forget_attempts(session, [bucket.sha256 for bucket in counted[:2]])
