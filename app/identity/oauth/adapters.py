"""Clients, codes, tokens and requests in the words of authlib."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # it ships no types
    InvalidScopeError,
    OAuth2Payload,
    OAuth2Request,
)

from app.identity.models import User
from app.identity.oauth import tokens
from app.identity.oauth.clients import LOOPBACK
from app.identity.oauth.models import AuthorizationCode, OAuthClient, OAuthGrant, RefreshToken
from app.kit.security import secret_sha256

Form = Mapping[str, Sequence[str]]


class ClientView:
    """A client in authlib's words."""

    def __init__(self, row: OAuthClient) -> None:
        self.row = row
        self.client_id = row.id

    def get_client_id(self) -> str:
        """Return its id."""
        return self.row.id

    def get_default_redirect_uri(self) -> None:
        """Return none: an app always says where to."""

    def get_allowed_scope(self, scope: str | None) -> str:
        """Return what it asked for and may have; all that it may have if it named nothing."""
        allowed = self.row.scopes, self.row.powers
        if not scope:
            return tokens.scope_text(self.row.scopes, [] if self.row.kind == "app" else allowed[1])
        scopes, powers = tokens.split_scope(scope)
        if not scopes <= set(allowed[0]) or not powers <= set(allowed[1]):
            raise InvalidScopeError
        return tokens.scope_text(scopes, powers)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Tell whether an address was registered; a loopback one with any port (RFC 8252, 7.3)."""
        return any(
            redirect_uri == known or _same_but_port(redirect_uri, known)
            for known in self.row.redirect_uris
        )

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare a secret in constant time."""
        known = self.row.secret_sha256 or ""
        return compare_digest(known, secret_sha256(client_secret))

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Tell whether it authenticates in this way."""
        return (method == "none") == (self.row.secret_sha256 is None)

    def check_response_type(self, response_type: str) -> bool:
        """Only apps send browsers here, and only for a code."""
        return self.row.kind == "app" and response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Services have credentials, apps have consents."""
        service = grant_type == "client_credentials"
        return service == (self.row.kind == "service")


def _same_but_port(asked: str, known: str) -> bool:
    try:
        one, other = urlsplit(asked), urlsplit(known)
        port = one.port
    except ValueError:  # no number for a port
        return False
    host = other.hostname
    if other.scheme != "http" or host is None or other.netloc.split(":")[0] not in LOOPBACK:
        return False
    plain = asked.replace(f":{port}", "", 1) if port is not None else asked
    return plain == known.replace(f":{other.port}", "", 1)


@dataclass(frozen=True)
class Holder:
    """Whom a token is for: a user, under a consent or as a service."""

    user: User
    grant: OAuthGrant | None


class CodeView:
    """A code in authlib's words."""

    code_challenge_method = "S256"

    def __init__(self, row: AuthorizationCode, grant: OAuthGrant) -> None:
        self.row = row
        self.grant = grant
        self.code_challenge = row.code_challenge

    def get_redirect_uri(self) -> str:
        """Return where the code was sent."""
        return self.row.redirect_uri

    def get_scope(self) -> str:
        """Return what was consented to."""
        return tokens.scope_text(self.grant.scopes, self.grant.powers)


class TokenView:
    """A token in authlib's words: one to be renewed or revoked."""

    def __init__(self, client_id: str, grant: OAuthGrant | None, row: RefreshToken | None) -> None:
        self.client_id = client_id
        self.grant = grant
        self.row = row
        self.claims: tokens.Claims | None = None

    def check_client(self, client: ClientView) -> bool:
        """Tell whether it was issued to this client."""
        return self.client_id == client.client_id

    def get_scope(self) -> str:
        """Return what was consented to."""
        return tokens.scope_text(self.grant.scopes, self.grant.powers) if self.grant else ""


class _Payload(OAuth2Payload):  # type: ignore[misc]  # authlib ships no types
    def __init__(self, fields: Form) -> None:
        self._fields = fields

    @property
    def data(self) -> dict[str, str]:
        return {name: values[0] for name, values in self._fields.items()}

    @property
    def datalist(self) -> Form:
        return self._fields


class ProtocolRequest(OAuth2Request):  # type: ignore[misc]
    """A request as authlib reads it."""

    def __init__(self, method: str, fields: Form, headers: Mapping[str, str]) -> None:
        # TLS ends before this process; whether there is any is the operator's setting.
        super().__init__(method, "https://localhost/", headers=_readable(headers))
        self.payload = _Payload(fields)
        self._form = self.payload.data

    @property
    def form(self) -> dict[str, str]:
        """Return the fields of the body."""
        return self._form

    @property
    def args(self) -> dict[str, str]:
        """Return the fields of the query."""
        return self._form


def _readable(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the one header that counts; a Basic one that is no text is none."""
    given = headers.get("authorization", "")
    kind, _, code = given.partition(" ")
    if kind.lower() != "basic":
        return {}
    try:
        base64.b64decode(code.strip(), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    if not code.strip():
        return {}
    return {"Authorization": f"Basic {code.strip()}"}
