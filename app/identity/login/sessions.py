"""The browser's sessions: a random cookie, kept as a hash, and the proof that a page is ours."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request, Response
from sqlalchemy.orm import Session

from app.identity.login import queries
from app.identity.login.models import LoginSession
from app.identity.models import User
from app.kit.events import record
from app.kit.problems import NotFound
from app.kit.security import secret_sha256
from app.kit.types import new_id

COOKIE = "jejaring_session"
CSRF_HEADER = "X-CSRF-Token"
LIFE = timedelta(hours=12)
IDLE = timedelta(hours=1)
FRESH = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=5)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class NewSession:
    """A session and its cookie's value, which only the browser keeps."""

    row: LoginSession
    secret: str


def csrf_token(secret: str) -> str:
    """Return what a page of ours sends beside the cookie; nothing else can know it."""
    digest = hmac.new(secret.encode(), b"csrf", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_csrf_token(secret: str, given: str | None) -> bool:
    """Tell whether a token belongs to a cookie."""
    return hmac.compare_digest(csrf_token(secret).encode(), (given or "").encode())


def from_elsewhere(request: Request) -> bool:
    """Tell whether the browser says that another site's page sent this."""
    return request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}


def open_session(session: Session, user: User, *, second_factor: bool, at: datetime) -> NewSession:
    """Sign a user in; whoever signs in is fresh."""
    secret = secrets.token_urlsafe(32)
    row = LoginSession(
        id=new_id("ses"),
        user_id=user.id,
        organisation_id=user.organisation_id,
        secret_sha256=secret_sha256(secret),
        second_factor=second_factor,
        created_at=at,
        authenticated_at=at,
        last_seen_at=at,
        expires_at=at + LIFE,
    )
    session.add(row)
    session.flush()
    _tell(session, "session.opened", row, at, {"second_factor": second_factor})
    return NewSession(row, secret)


def refresh(session: Session, user: User, session_id: str, at: datetime) -> NewSession:
    """Mark a session as freshly signed in; its cookie changes with its standing."""
    row = queries.session_of(session, user.id, session_id)
    if row is None:
        raise NotFound
    secret = secrets.token_urlsafe(32)
    row.secret_sha256 = secret_sha256(secret)
    row.authenticated_at = row.last_seen_at = at
    session.flush()
    _tell(session, "session.confirmed", row, at)
    return NewSession(row, secret)


def end(session: Session, user_id: str, session_id: str, at: datetime) -> None:
    """Sign a browser out; doing it twice is no error."""
    row = queries.session_of(session, user_id, session_id)
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = at
        _tell(session, "session.ended", row, at)
    session.flush()


def holds(row: LoginSession, at: datetime) -> bool:
    """Tell whether a session is neither ended, nor too old, nor forgotten."""
    return row.revoked_at is None and at < row.expires_at and at < row.last_seen_at + IDLE


def set_cookie(response: Response, made: NewSession, *, secure: bool) -> None:
    """Give the browser its cookie, which no script reads and no other site sends."""
    response.set_cookie(
        COOKIE,
        made.secret,
        max_age=int(LIFE.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    response.headers["Cache-Control"] = "no-store"


def drop_cookie(response: Response, *, secure: bool) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, path="/", secure=secure, httponly=True, samesite="lax")


def _tell(
    session: Session,
    kind: str,
    row: LoginSession,
    at: datetime,
    data: dict[str, object] | None = None,
) -> None:
    record(
        session,
        kind,
        subject=row.id,
        at=at,
        organisation=row.organisation_id,
        actor=row.user_id,
        data=data,
    )
