"""Use cases: register an organisation and add its users."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.identity.authorising import Grant, grant
from app.identity.keys import NewKey, make_key
from app.identity.login import tickets
from app.identity.models import Organisation, User
from app.identity.scopes import BINDING, OWNER, POWERS, SCOPES
from app.kit.events import record
from app.kit.types import new_id


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
    password_hash: str | None = None,
    at: datetime,
) -> Registration:
    """Register an organisation; its first user is its owner and may bind it in every way."""
    organisation = Organisation(
        id=new_id("org"), name=name, country=country, business_id=business_id, created_at=at
    )
    session.add(organisation)
    session.flush()
    user = add_user(
        session, organisation.id, name=user_name, email=email, role=OWNER, at=at, by=None
    )
    if password_hash is not None:
        tickets.set_password(session, user, password_hash, at)
    for power in POWERS:
        mandate = Grant(power=power, evidence="registration", user_id=user.id)
        grant(session, mandate, firm_id=organisation.id, by=user.id, at=at)
    key = make_key(
        session,
        user,
        label="first key",
        scopes=SCOPES,
        powers=BINDING,
        by=user.id,
        at=at,
        expires_at=None,
    )
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
