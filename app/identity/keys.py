"""Use cases of API keys: make, rotate with an overlap, revoke."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.identity import queries
from app.identity.errors import KeyEnded
from app.identity.models import ApiKey, User
from app.kit.events import record
from app.kit.problems import Fault, Malformed, NotFound
from app.kit.security import new_secret, secret_sha256
from app.kit.types import new_id

KEY_LIFE = timedelta(days=365)
LONGEST_LIFE = timedelta(days=2 * 365)


@dataclass(frozen=True)
class NewKey:
    """A key and its secret, which is shown this once."""

    key: ApiKey
    secret: str


def make_key(
    session: Session,
    user: User,
    *,
    label: str,
    scopes: Iterable[str],
    powers: Iterable[str] = (),
    by: str,
    at: datetime,
    expires_at: datetime | None,
) -> NewKey:
    """Make a key for a user; only its hash is stored."""
    secret = new_secret()
    key = ApiKey(
        id=new_id("key"),
        user_id=user.id,
        organisation_id=user.organisation_id,
        label=label,
        secret_sha256=secret_sha256(secret),
        scopes=sorted(scopes),
        powers=sorted(powers),
        made_by=by,
        created_at=at,
        expires_at=_end(expires_at, at),
    )
    session.add(key)
    session.flush()
    record(
        session,
        "key.made",
        subject=key.id,
        at=at,
        organisation=user.organisation_id,
        actor=by,
        data={"user_id": user.id, "scopes": key.scopes, "powers": key.powers},
    )
    return NewKey(key, secret)


def rotate(
    session: Session,
    key: ApiKey,
    *,
    overlap: timedelta,
    by: str,
    at: datetime,
    expires_at: datetime | None,
) -> NewKey:
    """Make a key like another one, which ends after the overlap; a key is rotated once."""
    user = queries.user(session, key.user_id)
    if key.revoked_at is not None or key.replaced_by is not None or key.expires_at <= at:
        raise KeyEnded
    if user is None or user.erased_at is not None:
        raise KeyEnded
    made = make_key(
        session,
        user,
        label=key.label,
        scopes=key.scopes,
        powers=key.powers,
        by=by,
        at=at,
        expires_at=expires_at,
    )
    key.replaced_by = made.key.id
    key.expires_at = min(key.expires_at, at + overlap)
    session.flush()
    record(
        session,
        "key.rotated",
        subject=key.id,
        at=at,
        organisation=key.organisation_id,
        actor=by,
        data={"replaced_by": made.key.id},
    )
    return made


def revoke_key(
    session: Session, organisation_id: str, key_id: str, *, by: str, at: datetime
) -> None:
    """End a key at once; ending it twice is no error."""
    key = queries.key_of(session, organisation_id, key_id)
    if key is None:
        raise NotFound
    if key.revoked_at is None:
        key.revoked_at = at
        record(
            session, "key.revoked", subject=key.id, at=at, organisation=organisation_id, actor=by
        )
    session.flush()


def _end(asked: datetime | None, at: datetime) -> datetime:
    end = asked or at + KEY_LIFE
    if not at < end <= at + LONGEST_LIFE:
        fault = Fault("/expires_at", "key_life", "must lie ahead, and at most two years")
        raise Malformed(faults=[fault])
    return end
