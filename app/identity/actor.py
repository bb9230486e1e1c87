"""The one actor: who asks, for which organisation, with which scopes, and by what."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, Request, Response, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from app.identity import queries
from app.identity.errors import (
    CsrfFailed,
    KeyExpired,
    PowerMissing,
    ScopeMissing,
    TrustMissing,
    Unauthenticated,
)
from app.identity.login import queries as logins
from app.identity.login import sessions
from app.identity.mandates import covers, note_act
from app.identity.models import User
from app.identity.oauth import queries as clients
from app.identity.oauth import tokens
from app.identity.oauth.errors import TokenInvalid
from app.identity.scopes import BINDING, OWNER, ROLE_SCOPES
from app.identity.seeing import Seen, note
from app.identity.site import site_of
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.security import secret_sha256

TOKEN_DOTS = 2
bearer = HTTPBearer(
    auto_error=False,
    scheme_name="ApiKey",
    description=(
        "An API key (`jjk_…`) of a user, which acts for that user's organisation only; or an "
        "access token of an OAuth 2 client: see `/.well-known/oauth-authorization-server`."
    ),
)
cookie = APIKeyCookie(
    name=sessions.COOKIE,
    auto_error=False,
    scheme_name="Session",
    description=(
        "The cookie of a session opened at `POST /v1/sessions`; whatever writes sends its "
        f"`csrf_token` as `{sessions.CSRF_HEADER}` too."
    ),
)


@dataclass(frozen=True)
class Actor:
    """Who asks, and by what: a key, a client's token or a session of a user.

    `powers` are those that the key or the client was granted expressly.
    """

    user_id: str
    organisation_id: str
    role: str
    scopes: frozenset[str]
    via: str
    via_id: str
    powers: frozenset[str] = frozenset()
    fresh_until: datetime | None = None

    def is_fresh(self, at: datetime) -> bool:
        """Tell whether this is a session whose user has just signed in."""
        return self.fresh_until is not None and at < self.fresh_until

    def may_pass_on(self, at: datetime) -> frozenset[str]:
        """Return the binding powers that this actor may grant to a key or a client."""
        return BINDING if self.is_fresh(at) else self.powers

    def require_power(
        self,
        session: Session,
        power: str,
        *,
        at: datetime,
        firm_id: str | None = None,
        amount: Decimal | None = None,
        currency: str | None = None,
    ) -> None:
        """Refuse unless a recorded authorisation lets this user bind the firm.

        A binding act is recorded with its authorisation in the caller's transaction. An
        authorisation up to an amount counts only where the caller knows the amount.

        Raises
        ------
        PowerMissing
            When there is no authorisation, or only for less.
        TrustMissing
            When the user has not just signed in, and the key or client was not granted the power.
        """
        firm = firm_id or self.organisation_id
        mandates = queries.mandates(
            session,
            user_id=self.user_id,
            organisation_id=self.organisation_id,
            firm_id=firm,
            power=power,
            at=at,
        )
        covering = [mandate for mandate in mandates if covers(mandate, amount, currency)]
        if not covering:
            raise PowerMissing(power=power)
        if power in BINDING:
            if not (self.is_fresh(at) or power in self.powers):
                raise TrustMissing
            note_act(session, covering[0], self.user_id, via=(self.via, self.via_id), at=at)

    def require_trust(self, at: datetime) -> None:
        """Refuse unless this is a fresh session, or a key that may do all that its role may."""
        whole = self.powers == BINDING and self.scopes == ROLE_SCOPES[self.role]
        if not self.is_fresh(at) and not (self.via == "key" and whole):
            raise TrustMissing

    def require_person(self) -> None:
        """Refuse a client: what concerns a user's own account is no app's affair."""
        if self.via == "client":
            raise TrustMissing

    def require_owner(self, at: datetime) -> None:
        """Refuse unless an owner asks, who can be trusted to be there."""
        if self.role != OWNER:
            raise PowerMissing(power="grant")
        self.require_trust(at)


def authenticate(session: Session, secret: str, clock: Clock) -> Actor:
    """Return the actor of a key, or refuse it."""
    return by_key(session, secret, clock.now(session))[0]


def by_key(session: Session, secret: str, at: datetime) -> tuple[Actor, Seen | None]:
    """Return the actor of a key, and what to note of its use."""
    found = queries.key_and_user(session, secret_sha256(secret))
    if found is None:
        raise Unauthenticated
    key, user = found
    if key.revoked_at is not None or key.expires_at <= at or user.erased_at is not None:
        raise KeyExpired
    powers = frozenset(key.powers)
    actor = _actor(user, frozenset(key.scopes), via="key", via_id=key.id, powers=powers)
    return actor, Seen.of_key(key, at)


def by_session(session: Session, secret: str, at: datetime) -> tuple[Actor, Seen | None]:
    """Return the actor of a session's cookie, and what to note of its use."""
    found = logins.session_and_user(session, secret_sha256(secret))
    if found is None:
        raise Unauthenticated
    row, user = found
    if not sessions.holds(row, at) or user.erased_at is not None:
        raise Unauthenticated
    fresh_until = row.authenticated_at + sessions.FRESH
    actor = _actor(
        user, ROLE_SCOPES[user.role], via="session", via_id=row.id, fresh_until=fresh_until
    )
    return actor, Seen.of_session(row, at)


def by_token(session: Session, token: str, issuer: str, at: datetime) -> Actor:
    """Return the actor of a client's access token; nothing in it outlives what it stands on."""
    claims = tokens.read(session, token, issuer=issuer, at=at)
    if claims is None:
        raise TokenInvalid
    found = clients.standing(
        session,
        client_id=claims.client_id,
        user_id=claims.user_id,
        grant_id=claims.grant_id,
        jti=claims.jti,
    )
    if found is None or found[1].organisation_id != claims.organisation_id:
        raise TokenInvalid
    client, user, consent = found
    granted = frozenset((consent or client).powers)
    return _actor(
        user,
        claims.scopes & frozenset(client.scopes),
        via="client",
        via_id=client.id,
        powers=claims.powers & granted & frozenset(client.powers),
    )


def _actor(user: User, scopes: frozenset[str], **how: Any) -> Actor:  # noqa: ANN401 - Actor's own
    return Actor(
        user_id=user.id,
        organisation_id=user.organisation_id,
        role=user.role,
        scopes=scopes & ROLE_SCOPES[user.role],
        **how,
    )


def current_actor(
    request: Request,
    response: Response,
    background: BackgroundTasks,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
    browser: Annotated[str | None, Security(cookie)],
) -> Actor:
    """Authenticate the request in a short read of its own."""
    database: Database = request.app.state.database
    clock: Clock = request.app.state.clock
    with database.read() as session:
        at = clock.now(session)
        if "authorization" in request.headers:  # whoever sends a wrong key learns of it
            if credentials is None:
                raise Unauthenticated
            actor, seen = _bearer(request, session, credentials.credentials, at)
        elif browser is not None:
            actor, seen = by_session(session, browser, at)
            refuse_forgery(request, browser)
            response.headers["Cache-Control"] = "private, no-cache"
            response.headers["Vary"] = "Cookie"
        else:
            raise Unauthenticated
    if seen is not None:
        background.add_task(note, database, seen)
    return actor


def _bearer(
    request: Request, session: Session, secret: str, at: datetime
) -> tuple[Actor, Seen | None]:
    """Tell a key from a token by its look: only a token has two dots."""
    if secret.count(".") == TOKEN_DOTS:
        return by_token(session, secret, site_of(request).url, at), None
    return by_key(session, secret, at)


def refuse_forgery(request: Request, secret: str) -> None:
    """Refuse a write that the browser was made to send by another site."""
    if request.method in sessions.SAFE_METHODS:
        return
    given = request.headers.get(sessions.CSRF_HEADER)
    if sessions.from_elsewhere(request) or not sessions.is_csrf_token(secret, given):
        raise CsrfFailed


def scoped(scope: str) -> Callable[..., Actor]:
    """Return the dependency of a route that needs a scope."""

    def actor_with_scope(actor: Annotated[Actor, Depends(current_actor)]) -> Actor:
        if scope not in actor.scopes:
            raise ScopeMissing(scope=scope)
        return actor

    actor_with_scope.__dict__["scope"] = scope
    return actor_with_scope


def allowed(scope: str) -> Any:  # noqa: ANN401 - a FastAPI dependency marker
    """Return the `Depends` of an actor with a scope: `Annotated[Actor, allowed("bids:read")]`."""
    return Depends(scoped(scope))


def person(actor: Annotated[Actor, allowed("profile:read")]) -> Actor:
    """Return the actor of a route about one's own account."""
    actor.require_person()
    return actor


Person = Annotated[Actor, Depends(person)]
