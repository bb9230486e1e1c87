"""Use cases: register an organisation, add users, make and revoke keys, grant powers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.identity import queries
from app.identity.models import ApiKey, Authorisation, Organisation, User
from app.identity.scopes import POWERS, SCOPES
from app.kit.events import record
from app.kit.problems import NotFound
from app.kit.security import new_secret, secret_sha256
from app.kit.types import new_id

KEY_LIFE = timedelta(days=365)


@dataclass(frozen=True)
class NewKey:
    """A key and its secret, which is shown this once."""

    key: ApiKey
    secret: str


@dataclass(frozen=True)
class Registration:
    """A new organisation with its first user and that user's key."""

    organisation: Organisation
    user: User
    key: NewKey


def register(
    session: Session,
    *,
    name: str,
    country: str,
    business_id: str | None,
    user_name: str,
    email: str,
    at: datetime,
) -> Registration:
    """Register an organisation; its first user is its owner and may bind it in every way."""
    organisation = Organisation(
        id=new_id("org"), name=name, country=country, business_id=business_id, created_at=at
    )
    session.add(organisation)
    session.flush()
    user = add_user(
        session, organisation.id, name=user_name, email=email, role="owner", at=at, by=None
    )
    for power in POWERS:
        grant(
            session,
            firm_id=organisation.id,
            user=user,
            power=power,
            evidence="registration",
            by=user.id,
            at=at,
            until=None,
        )
    key = make_key(session, user, label="first key", scopes=SCOPES, at=at, expires_at=None)
    record(
        session,
        "organisation.registered",
        subject=organisation.id,
        at=at,
        organisation=organisation.id,
        actor=user.id,
    )
    return Registration(organisation, user, key)


def add_user(
    session: Session,
    organisation_id: str,
    *,
    name: str,
    email: str,
    role: str,
    at: datetime,
    by: str | None,
) -> User:
    """Add a user to an organisation."""
    user = User(
        id=new_id("usr"),
        organisation_id=organisation_id,
        name=name,
        email=email,
        role=role,
        created_at=at,
    )
    session.add(user)
    session.flush()
    record(
        session,
        "user.added",
        subject=user.id,
        at=at,
        organisation=organisation_id,
        actor=by or user.id,
        data={"role": role},
    )
    return user


def make_key(
    session: Session,
    user: User,
    *,
    label: str,
    scopes: Iterable[str],
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
        created_at=at,
        expires_at=expires_at or at + KEY_LIFE,
    )
    session.add(key)
    session.flush()
    record(
        session,
        "key.made",
        subject=key.id,
        at=at,
        organisation=user.organisation_id,
        actor=user.id,
        data={"scopes": key.scopes},
    )
    return NewKey(key, secret)


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


def grant(
    session: Session,
    *,
    firm_id: str,
    user: User,
    power: str,
    evidence: str,
    by: str,
    at: datetime,
    until: datetime | None,
) -> Authorisation:
    """Record that a user may bind a firm."""
    row = Authorisation(
        id=new_id("aut"),
        user_id=user.id,
        firm_id=firm_id,
        power=power,
        evidence=evidence,
        granted_by=by,
        valid_from=at,
        valid_until=until,
    )
    session.add(row)
    session.flush()
    record(
        session,
        "authorisation.granted",
        subject=row.id,
        at=at,
        organisation=firm_id,
        actor=by,
        data={"user_id": user.id, "power": power},
    )
    return row


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
