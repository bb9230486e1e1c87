"""The OAuth 2 authorization server, which authlib runs inside one request's transaction."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # it ships no types
    AuthorizationServer,
    InvalidRequestError,
)
from fastapi import Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from app.identity import queries as identity
from app.identity.oauth import consents, queries, tokens
from app.identity.oauth.adapters import ClientView, Holder, ProtocolRequest
from app.identity.oauth.consents import Consent
from app.identity.oauth.flows import S256, CodeGrant, RefreshGrant, Revocation, ServiceGrant
from app.identity.oauth.keys import TOKEN_LIFE
from app.identity.oauth.models import OAuthGrant
from app.identity.site import Site

logging.getLogger("authlib").setLevel(logging.INFO)  # at DEBUG it writes tokens into the log


class Server(AuthorizationServer):  # type: ignore[misc]
    """The authorization server for one request, inside that request's transaction."""

    def __init__(self, session: Session, site: Site, at: datetime) -> None:
        super().__init__()
        self.session = session
        self.box = site.box
        self.issuer = site.url
        self.at = at
        self.consent = Consent((), ())
        self.register_grant(CodeGrant, [S256(required=True)])
        self.register_grant(RefreshGrant)
        self.register_grant(ServiceGrant)
        self.register_endpoint(Revocation)
        self.register_token_generator("default", self._make_token)

    def query_client(self, client_id: str) -> ClientView | None:
        """Return a client that still may act."""
        row = queries.client(self.session, client_id)
        return None if row is None else ClientView(row)

    def holder(self, grant: OAuthGrant | None) -> Holder | None:
        """Return whom a consent's tokens are for."""
        user = None if grant is None else identity.user(self.session, grant.user_id)
        return None if user is None or user.erased_at is not None else Holder(user, grant)

    def _make_token(
        self,
        *,
        client: ClientView,
        user: Holder | None,
        scope: str | None,
        include_refresh_token: bool,
        **_more: object,
    ) -> dict[str, Any]:
        holder = user or self._service(client)
        granted = client.get_allowed_scope(scope) if user is None else scope or ""
        grant = holder.grant
        made: dict[str, Any] = {
            "token_type": "Bearer",
            "access_token": tokens.issue(
                self.session,
                self.box,
                issuer=self.issuer,
                client_id=client.client_id,
                user_id=holder.user.id,
                organisation_id=holder.user.organisation_id,
                grant_id=grant.id if grant else None,
                scope=granted,
                at=self.at,
            ),
            "expires_in": int(TOKEN_LIFE.total_seconds()),
            "scope": granted,
        }
        if include_refresh_token and grant is not None:
            made["refresh_token"] = consents.new_refresh(self.session, grant, self.at)
        return made

    def _service(self, client: ClientView) -> Holder:
        user = identity.user(self.session, client.row.user_id or "")
        if user is None or user.erased_at is not None:
            raise InvalidRequestError
        return Holder(user, None)

    def save_token(self, token: dict[str, Any], request: object) -> None:
        """Do nothing more: a refresh token was stored as it was made, an access token never is."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Tell nobody: what happens is recorded where it happens."""

    def create_oauth2_request(self, request: ProtocolRequest) -> ProtocolRequest:
        """Return the request as it is: it was made for authlib."""
        return request

    def handle_response(
        self,
        status: int,
        body: dict[str, Any] | list[Any] | str | None,
        headers: Sequence[tuple[str, str]],
    ) -> Response:
        """Return authlib's answer as ours."""
        known = {**dict(headers), "Cache-Control": "no-store"}
        known.pop("Content-Type", None)
        if isinstance(body, str) or body is None:
            return Response(body, status_code=status, headers=known)
        return JSONResponse(dict(body), status_code=status, headers=known)
