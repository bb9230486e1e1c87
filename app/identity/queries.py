"""Every SELECT on organisations, users, keys and authorisations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.identity.login.models import LoginSession
from app.identity.models import ApiKey, Authorisation, BindingAct, Organisation, User


def key_and_user(session: Session, secret_sha256: str) -> tuple[ApiKey, User] | None:
    """Return a key by the hash of its secret, with its user."""
    row = session.execute(
        select(ApiKey, User)
        .join(User, User.id == ApiKey.user_id)
        .where(ApiKey.secret_sha256 == secret_sha256)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def user(session: Session, user_id: str) -> User | None:
    """Return a user of any organisation."""
    return session.get(User, user_id)


def user_of(session: Session, organisation_id: str, user_id: str) -> User | None:
    """Return a user of an organisation."""
    return session.scalar(
        select(User).where(User.id == user_id, User.organisation_id == organisation_id)
    )


def key_of(session: Session, organisation_id: str, key_id: str) -> ApiKey | None:
    """Return a key of an organisation."""
    return session.scalar(
        select(ApiKey).where(ApiKey.id == key_id, ApiKey.organisation_id == organisation_id)
    )


def keys_of(organisation_id: str) -> Select[ApiKey]:
    """Return the keys of an organisation."""
    return select(ApiKey).where(ApiKey.organisation_id == organisation_id)


def users_of(organisation_id: str) -> Select[User]:
    """Return the users of an organisation."""
    return select(User).where(User.organisation_id == organisation_id)


def authorisations_of(firm_id: str) -> Select[Authorisation]:
    """Return who may bind a firm."""
    return select(Authorisation).where(Authorisation.firm_id == firm_id)


def authorisation(session: Session, firm_id: str, authorisation_id: str) -> Authorisation | None:
    """Return one authorisation of a firm."""
    return session.scalar(
        select(Authorisation).where(
            Authorisation.id == authorisation_id, Authorisation.firm_id == firm_id
        )
    )


def mandates(
    session: Session, *, user_id: str, organisation_id: str, firm_id: str, power: str, at: datetime
) -> Sequence[Authorisation]:
    """Return what lets a user bind a firm in this way at this moment.

    What the firm gave to another organisation counts for whoever may represent that organisation.
    """
    held = Authorisation.user_id == user_id
    if organisation_id != firm_id:
        held = or_(
            held,
            and_(
                Authorisation.holder_organisation_id == organisation_id,
                _represents(user_id, organisation_id, at),
            ),
        )
    return session.scalars(
        select(Authorisation)
        .where(held, Authorisation.firm_id == firm_id, Authorisation.power == power, *_in_force(at))
        .order_by(Authorisation.id)
    ).all()


def _in_force(at: datetime, of: type[Authorisation] = Authorisation) -> tuple[Any, ...]:
    return (
        of.revoked_at.is_(None),
        of.valid_from <= at,
        or_(of.valid_until.is_(None), of.valid_until > at),
    )


def _represents(user_id: str, organisation_id: str, at: datetime) -> Any:  # noqa: ANN401 - a clause
    own = aliased(Authorisation)
    return exists().where(
        own.user_id == user_id,
        own.firm_id == organisation_id,
        own.power == "represent",
        *_in_force(at, own),
    )


def acts_for(firm_id: str) -> Select[BindingAct]:
    """Return who bound a firm."""
    return select(BindingAct).where(BindingAct.firm_id == firm_id)


def organisation(session: Session, organisation_id: str) -> Organisation | None:
    """Return an organisation."""
    return session.get(Organisation, organisation_id)


def names(session: Session, ids: set[str]) -> dict[str, str]:
    """Return the names of organisations by id."""
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    )
    return {row.id: row.name for row in rows}


def country_of(session: Session, organisation_id: str) -> str:
    """Return the country of an organisation (ISO 3166-1 alpha-2)."""
    return session.execute(
        select(Organisation.country).where(Organisation.id == organisation_id)
    ).scalar_one()


def note_use(session: Session, kind: str, row_id: str, at: datetime) -> None:
    """Note when a key or a session was used, never moving the time back."""
    if kind == "key":
        session.execute(
            update(ApiKey)
            .where(
                ApiKey.id == row_id, or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < at)
            )
            .values(last_used_at=at)
        )
    else:
        session.execute(
            update(LoginSession)
            .where(LoginSession.id == row_id, LoginSession.last_seen_at < at)
            .values(last_seen_at=at)
        )
