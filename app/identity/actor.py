"""The one actor dependency: who asks, for which organisation, with which scopes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from app.identity import queries
from app.identity.errors import KeyExpired, PowerMissing, ScopeMissing, Unauthenticated
from app.identity.scopes import ROLE_SCOPES
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.security import secret_sha256

bearer = HTTPBearer(
    auto_error=False,
    scheme_name="ApiKey",
    description="An API key (`jjk_…`) of a user; it acts for that user's organisation only.",
)


@dataclass(frozen=True)
class Actor:
    """Who asks."""

    user_id: str
    organisation_id: str
    role: str
    scopes: frozenset[str]
    key_id: str

    def require_power(
        self, session: Session, power: str, *, at: datetime, firm_id: str | None = None
    ) -> None:
        """Refuse unless a recorded authorisation lets this user bind the firm."""
        firm = firm_id or self.organisation_id
        if not queries.holds_power(session, user_id=self.user_id, firm_id=firm, power=power, at=at):
            raise PowerMissing(power=power)


def authenticate(session: Session, secret: str, clock: Clock) -> Actor:
    """Return the actor of a key, or refuse it."""
    found = queries.key_and_user(session, secret_sha256(secret))
    if found is None:
        raise Unauthenticated
    key, user = found
    if key.revoked_at is not None or key.expires_at <= clock.now(session):
        raise KeyExpired
    return Actor(
        user_id=user.id,
        organisation_id=user.organisation_id,
        role=user.role,
        scopes=frozenset(key.scopes) & ROLE_SCOPES[user.role],
        key_id=key.id,
    )


def current_actor(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
) -> Actor:
    """Authenticate the request in a short read of its own."""
    if credentials is None:
        raise Unauthenticated
    database: Database = request.app.state.database
    with database.read() as session:
        return authenticate(session, credentials.credentials, request.app.state.clock)


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
