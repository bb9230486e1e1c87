"""Every SELECT on OAuth clients, grants, codes, tokens and signing keys."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session

from app.identity.models import User
from app.identity.oauth.models import (
    AuthorizationCode,
    OAuthClient,
    OAuthGrant,
    RefreshToken,
    RevokedToken,
    SigningKey,
)


def clients_of(organisation_id: str) -> Select[OAuthClient]:
    """Return the clients that an organisation registered."""
    return select(OAuthClient).where(OAuthClient.organisation_id == organisation_id)


def client_of(session: Session, organisation_id: str, client_id: str) -> OAuthClient | None:
    """Return one client of an organisation."""
    return session.scalar(
        select(OAuthClient).where(
            OAuthClient.id == client_id, OAuthClient.organisation_id == organisation_id
        )
    )


def client(session: Session, client_id: str) -> OAuthClient | None:
    """Return a client that still may act."""
    return session.scalar(
        select(OAuthClient).where(OAuthClient.id == client_id, OAuthClient.revoked_at.is_(None))
    )


def acts_as(session: Session, user_id: str) -> bool:
    """Tell whether a user is no person but a service's own."""
    found = session.scalar(select(OAuthClient.id).where(OAuthClient.user_id == user_id).limit(1))
    return found is not None


def grants_of(user_id: str) -> Select[OAuthGrant]:
    """Return what a user consented to and has not taken back."""
    return select(OAuthGrant).where(OAuthGrant.user_id == user_id, OAuthGrant.revoked_at.is_(None))


def grant_of(session: Session, user_id: str, grant_id: str) -> OAuthGrant | None:
    """Return one consent of a user."""
    return session.scalar(
        select(OAuthGrant).where(OAuthGrant.id == grant_id, OAuthGrant.user_id == user_id)
    )


def grant(session: Session, grant_id: str) -> OAuthGrant | None:
    """Return a consent."""
    return session.get(OAuthGrant, grant_id)


def code_and_grant(
    session: Session, code_sha256: str
) -> tuple[AuthorizationCode, OAuthGrant] | None:
    """Return a code with its consent, locked against a second use."""
    row = session.execute(
        select(AuthorizationCode, OAuthGrant)
        .join(OAuthGrant, OAuthGrant.id == AuthorizationCode.grant_id)
        .where(AuthorizationCode.code_sha256 == code_sha256)
        .with_for_update()
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def refresh_and_grant(
    session: Session, secret_sha256: str
) -> tuple[RefreshToken, OAuthGrant] | None:
    """Return a refresh token with its consent, locked against a second use."""
    row = session.execute(
        select(RefreshToken, OAuthGrant)
        .join(OAuthGrant, OAuthGrant.id == RefreshToken.grant_id)
        .where(RefreshToken.secret_sha256 == secret_sha256)
        .with_for_update()
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def end_grants_of_client(session: Session, client_id: str, at: datetime) -> None:
    """End whatever users consented to for a client."""
    session.execute(
        update(OAuthGrant)
        .where(OAuthGrant.client_id == client_id, OAuthGrant.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def end_grants_of_user(session: Session, user_id: str, at: datetime) -> None:
    """End whatever a user consented to."""
    session.execute(
        update(OAuthGrant)
        .where(OAuthGrant.user_id == user_id, OAuthGrant.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def standing(
    session: Session, *, client_id: str, user_id: str, grant_id: str | None, jti: str
) -> tuple[OAuthClient, User, OAuthGrant | None] | None:
    """Return a token's client, user and consent where none of them has ended."""
    acting = client(session, client_id)
    user = session.scalar(
        select(User).where(
            User.id == user_id,
            User.erased_at.is_(None),
            ~exists().where(RevokedToken.jti == jti),
        )
    )
    if acting is None or user is None:
        return None
    if grant_id is None:
        return (acting, user, None) if acting.user_id == user_id else None
    consent = session.scalar(
        select(OAuthGrant).where(
            OAuthGrant.id == grant_id,
            OAuthGrant.client_id == client_id,
            OAuthGrant.user_id == user_id,
            OAuthGrant.revoked_at.is_(None),
        )
    )
    return None if consent is None else (acting, user, consent)


def signing_keys(session: Session) -> Sequence[SigningKey]:
    """Return every signing key, the newest first."""
    return session.scalars(
        select(SigningKey).order_by(SigningKey.active_from.desc(), SigningKey.kid.desc())
    ).all()
