"""Every SELECT on organisations, users, keys and authorisations."""

from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.identity.models import ApiKey, Authorisation, Organisation, User


def key_and_user(session: Session, secret_sha256: str) -> tuple[ApiKey, User] | None:
    """Return a key by the hash of its secret, with its user."""
    row = session.execute(
        select(ApiKey, User)
        .join(User, User.id == ApiKey.user_id)
        .where(ApiKey.secret_sha256 == secret_sha256)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


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


def holds_power(session: Session, *, user_id: str, firm_id: str, power: str, at: datetime) -> bool:
    """Tell whether a user may bind a firm in this way at this moment."""
    found = session.scalar(
        select(Authorisation.id)
        .where(
            Authorisation.user_id == user_id,
            Authorisation.firm_id == firm_id,
            Authorisation.power == power,
            Authorisation.revoked_at.is_(None),
            Authorisation.valid_from <= at,
            or_(Authorisation.valid_until.is_(None), Authorisation.valid_until > at),
        )
        .limit(1)
    )
    return found is not None


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
