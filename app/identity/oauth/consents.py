"""Use cases of consent: grant it with a code, exchange, renew, and end it."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.identity.models import User
from app.identity.oauth import queries
from app.identity.oauth.models import AuthorizationCode, OAuthClient, OAuthGrant, RefreshToken
from app.kit.events import record
from app.kit.problems import NotFound
from app.kit.security import secret_sha256
from app.kit.types import new_id

CODE_LIFE = timedelta(minutes=2)
REFRESH_LIFE = timedelta(days=30)
REFRESH_PREFIX = "jjr_"


@dataclass(frozen=True)
class Consent:
    """How far a user lets an app act for its organisation."""

    scopes: Iterable[str]
    powers: Iterable[str]


def consent_with_code(
    session: Session,
    client: OAuthClient,
    user: User,
    consent: Consent,
    *,
    code: str,
    redirect_uri: str,
    code_challenge: str,
    at: datetime,
) -> OAuthGrant:
    """Record a consent and the code with which the app takes it up."""
    grant = OAuthGrant(
        id=new_id("grt"),
        client_id=client.id,
        user_id=user.id,
        organisation_id=user.organisation_id,
        scopes=sorted(consent.scopes),
        powers=sorted(consent.powers),
        created_at=at,
    )
    session.add(grant)
    session.flush()
    session.add(
        AuthorizationCode(
            code_sha256=secret_sha256(code),
            grant_id=grant.id,
            redirect_uri=redirect_uri,
            code_challenge=code_challenge,
            expires_at=at + CODE_LIFE,
        )
    )
    session.flush()
    _tell(session, "consent.given", grant, at, user.id)
    return grant


def take_code(
    session: Session, code: str, client_id: str, at: datetime
) -> tuple[AuthorizationCode, OAuthGrant] | None:
    """Return a code of a client that still counts; a second use ends what the first one got."""
    found = queries.code_and_grant(session, secret_sha256(code))
    if found is None:
        return None
    row, grant = found
    if row.used_at is not None:
        end(session, grant, at, reason="code_used_twice")
        return None
    if row.expires_at <= at or grant.client_id != client_id or grant.revoked_at is not None:
        return None
    return row, grant


def take_refresh(
    session: Session, secret: str, at: datetime
) -> tuple[RefreshToken, OAuthGrant] | None:
    """Return a refresh token that still counts; a second use means theft and ends the grant."""
    found = queries.refresh_and_grant(session, secret_sha256(secret))
    if found is None:
        return None
    row, grant = found
    if row.used_at is not None:
        end(session, grant, at, reason="refresh_token_used_twice")
        return None
    if row.expires_at <= at or grant.revoked_at is not None:
        return None
    return row, grant


def new_refresh(session: Session, grant: OAuthGrant, at: datetime) -> str:
    """Make a grant's next refresh token."""
    secret = REFRESH_PREFIX + secrets.token_urlsafe(32)
    session.add(
        RefreshToken(
            secret_sha256=secret_sha256(secret),
            grant_id=grant.id,
            created_at=at,
            expires_at=at + REFRESH_LIFE,
        )
    )
    session.flush()
    return secret


def end(session: Session, grant: OAuthGrant, at: datetime, *, reason: str) -> None:
    """End a consent with its tokens; doing it twice is no error."""
    if grant.revoked_at is None:
        grant.revoked_at = at
        session.flush()
        _tell(session, "consent.ended", grant, at, None, reason=reason)


def withdraw(session: Session, user_id: str, grant_id: str, at: datetime) -> None:
    """Take one's consent back."""
    grant = queries.grant_of(session, user_id, grant_id)
    if grant is None:
        raise NotFound
    end(session, grant, at, reason="withdrawn")


def _tell(
    session: Session,
    kind: str,
    grant: OAuthGrant,
    at: datetime,
    by: str | None,
    **data: str,
) -> None:
    record(
        session,
        kind,
        subject=grant.id,
        at=at,
        organisation=grant.organisation_id,
        actor=by,
        data={"client_id": grant.client_id, **data},
    )
