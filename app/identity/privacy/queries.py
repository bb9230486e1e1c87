"""Every SELECT and every deletion that personal data needs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Select,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from app.identity.joining.models import Invitation
from app.identity.login.models import Credential, LoginAttempt, LoginSession, PasswordTicket
from app.identity.models import ApiKey, Authorisation, BindingAct, Organisation, User
from app.identity.oauth.models import (
    AuthorizationCode,
    OAuthGrant,
    RefreshToken,
    RevokedToken,
)
from app.identity.privacy.models import Breach, BreachOrganisation
from app.identity.scopes import OWNER
from app.kit.events import Event

ERASED = "erased.invalid"


def breaches(organisation_id: str, *, all_of_them: bool) -> Select[Breach]:
    """Return the breaches that concern an organisation, or every one for the operator."""
    if all_of_them:
        return select(Breach)
    concerned = exists().where(
        BreachOrganisation.breach_id == Breach.id,
        BreachOrganisation.organisation_id == organisation_id,
    )
    return select(Breach).where(or_(Breach.everybody, concerned))


def breach(session: Session, breach_id: str) -> Breach | None:
    """Return one breach, locked against another notice."""
    return session.scalar(select(Breach).where(Breach.id == breach_id).with_for_update())


def unknown_organisations(session: Session, ids: Sequence[str]) -> set[str]:
    """Return which of these organisations are not there."""
    known = session.scalars(select(Organisation.id).where(Organisation.id.in_(ids)))
    return set(ids) - set(known)


def concerned(session: Session, breach_id: str) -> Sequence[str]:
    """Return the organisations that a breach names."""
    return session.scalars(
        select(BreachOrganisation.organisation_id)
        .where(BreachOrganisation.breach_id == breach_id)
        .order_by(BreachOrganisation.organisation_id)
    ).all()


def lock_owners(session: Session, organisation_id: str) -> Sequence[str]:
    """Return the owners of an organisation, locked so that two cannot both leave last."""
    return session.scalars(
        select(User.id)
        .where(
            User.organisation_id == organisation_id,
            User.role == OWNER,
            User.erased_at.is_(None),
        )
        .with_for_update()
    ).all()


def end_access(session: Session, user_id: str, at: datetime) -> None:
    """End the keys and powers of a user, and forget how it signed in."""
    session.execute(
        update(ApiKey)
        .where(ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    session.execute(
        update(Authorisation)
        .where(Authorisation.user_id == user_id, Authorisation.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    for table in (Credential, LoginSession, PasswordTicket):
        session.execute(delete(table).where(table.user_id == user_id))
    session.execute(
        update(Invitation)
        .where(Invitation.accepted_by == user_id)
        .values(email=Invitation.id + "@" + ERASED)
    )


def tables_of(user_id: str) -> dict[str, Select[Any]]:
    """Return what is kept about a user in each table, for the copy that it may ask for."""
    return {
        "sessions": select(LoginSession).where(LoginSession.user_id == user_id),
        "api_keys": select(ApiKey).where(ApiKey.user_id == user_id),
        "authorisations": select(Authorisation).where(Authorisation.user_id == user_id),
        "binding_acts": select(BindingAct).where(BindingAct.user_id == user_id),
        "consents_to_apps": select(OAuthGrant).where(OAuthGrant.user_id == user_id),
        "invitations": select(Invitation).where(
            or_(Invitation.accepted_by == user_id, Invitation.invited_by == user_id)
        ),
        "events": select(Event).where(Event.actor_id == user_id),
    }


def rows(
    session: Session, statement: Select[Any], key: ColumnElement[str], most: int
) -> tuple[int, Sequence[Any]]:
    """Return how many rows a statement has, and the newest of them."""
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    return total, session.scalars(statement.order_by(key.desc()).limit(most)).all()


def _gone(session: Session, statement: Any) -> int:  # noqa: ANN401 - a DELETE or UPDATE
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def forget_attempts(session: Session, before: datetime) -> int:
    """Delete attempts to sign in."""
    return _gone(session, delete(LoginAttempt).where(LoginAttempt.at < before))


def forget_sessions(session: Session, before: datetime) -> int:
    """Delete sessions that ended."""
    ended = or_(LoginSession.expires_at < before, LoginSession.revoked_at < before)
    return _gone(session, delete(LoginSession).where(ended))


def forget_tickets(session: Session, before: datetime) -> int:
    """Delete tickets that ended."""
    return _gone(session, delete(PasswordTicket).where(PasswordTicket.expires_at < before))


def forget_invited(session: Session, before: datetime) -> int:
    """Erase the addresses of invitations that ended."""
    statement = (
        update(Invitation)
        .where(
            or_(Invitation.expires_at < before, Invitation.ended_at < before),
            Invitation.email.not_like(f"%@{ERASED}"),
        )
        .values(email=Invitation.id + "@" + ERASED)
    )
    return _gone(session, statement)


def forget_codes(session: Session, before: datetime) -> int:
    """Delete authorization codes that ended."""
    return _gone(session, delete(AuthorizationCode).where(AuthorizationCode.expires_at < before))


def forget_refresh_tokens(session: Session, before: datetime) -> int:
    """Delete refresh tokens that ended."""
    return _gone(session, delete(RefreshToken).where(RefreshToken.expires_at < before))


def forget_revoked_tokens(session: Session, before: datetime) -> int:
    """Delete the marks of access tokens that have ended by themselves."""
    return _gone(session, delete(RevokedToken).where(RevokedToken.expires_at < before))
