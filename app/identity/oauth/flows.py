"""The three grants and revocation as authlib runs them: PKCE with S256 only, rotation, reuse."""

import secrets
from typing import Any

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # it ships no types
    InvalidRequestError,
    grants,
)
from authlib.oauth2.rfc7009 import RevocationEndpoint  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import CodeChallenge  # type: ignore[import-untyped]

from app.identity.oauth import consents, queries, tokens
from app.identity.oauth.adapters import ClientView, CodeView, Holder, TokenView
from app.identity.oauth.consents import Consent
from app.identity.oauth.models import RevokedToken
from app.kit.security import secret_sha256

SECRET_METHODS = ["client_secret_basic", "client_secret_post"]


class S256(CodeChallenge):  # type: ignore[misc]
    """PKCE (RFC 7636) for every app, and never in clear."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012 - authlib's own attribute

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:  # noqa: ANN401
        """Refuse a request without a challenge, or with one in clear."""
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            message = "A code_challenge with code_challenge_method S256 is needed"
            raise InvalidRequestError(message)
        super().validate_code_challenge(grant, redirect_uri)


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    """Authorization code with PKCE."""

    TOKEN_ENDPOINT_AUTH_METHODS = [*SECRET_METHODS, "none"]  # noqa: RUF012

    def generate_authorization_code(self) -> str:
        """Return a random code."""
        return secrets.token_urlsafe(32)

    def save_authorization_code(self, code: str, request: Any) -> None:  # noqa: ANN401
        """Record the consent with its code."""
        approved: Consent = self.server.consent
        consents.consent_with_code(
            self.server.session,
            request.client.row,
            request.user,
            approved,
            code=code,
            redirect_uri=request.payload.redirect_uri,
            code_challenge=request.payload.data["code_challenge"],
            at=self.server.at,
        )

    def query_authorization_code(self, code: str, client: ClientView) -> CodeView | None:
        """Return a code that still counts for this client."""
        found = consents.take_code(self.server.session, code, client.client_id, self.server.at)
        return CodeView(*found) if found else None

    def delete_authorization_code(self, authorization_code: CodeView) -> None:
        """Use the code up; its row stays, so that a second use is noticed."""
        authorization_code.row.used_at = self.server.at
        self.server.session.flush()

    def authenticate_user(self, authorization_code: CodeView) -> Holder | None:
        """Return who consented."""
        holder: Holder | None = self.server.holder(authorization_code.grant)
        return holder


class RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]
    """Refresh tokens that are replaced at every use."""

    INCLUDE_NEW_REFRESH_TOKEN = True
    TOKEN_ENDPOINT_AUTH_METHODS = [*SECRET_METHODS, "none"]  # noqa: RUF012

    def authenticate_refresh_token(self, refresh_token: str) -> TokenView | None:
        """Return a token that still counts."""
        found = consents.take_refresh(self.server.session, refresh_token, self.server.at)
        return TokenView(found[1].client_id, found[1], found[0]) if found else None

    def authenticate_user(self, refresh_token: TokenView) -> Holder | None:
        """Return who consented."""
        holder: Holder | None = self.server.holder(refresh_token.grant)
        return holder

    def revoke_old_credential(self, refresh_token: TokenView) -> None:
        """Use the old token up; its row stays, so that a second use is noticed."""
        if refresh_token.row is not None:
            refresh_token.row.used_at = self.server.at
        self.server.session.flush()


class ServiceGrant(grants.ClientCredentialsGrant):  # type: ignore[misc]
    """Client credentials of a service."""

    TOKEN_ENDPOINT_AUTH_METHODS = SECRET_METHODS


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    """Revocation (RFC 7009): a refresh token ends its consent, an access token itself."""

    CLIENT_AUTH_METHODS = [*SECRET_METHODS, "none"]  # noqa: RUF012

    def query_token(self, token_string: str, _token_type_hint: str | None) -> TokenView | None:
        """Return the token, whatever the hint says of it."""
        session = self.server.session
        found = queries.refresh_and_grant(session, secret_sha256(token_string))
        if found is not None:
            return TokenView(found[1].client_id, found[1], found[0])
        claims = tokens.read(session, token_string, issuer=self.server.issuer, at=self.server.at)
        if claims is None:
            return None
        view = TokenView(claims.client_id, None, None)
        view.claims = claims
        return view

    def revoke_token(self, token: TokenView, _request: object) -> None:
        """End it."""
        if token.grant is not None:
            consents.end(self.server.session, token.grant, self.server.at, reason="revoked")
        elif token.claims is not None:
            known = self.server.session.get(RevokedToken, token.claims.jti)
            if known is None:
                row = RevokedToken(jti=token.claims.jti, expires_at=token.claims.expires_at)
                self.server.session.add(row)
                self.server.session.flush()
