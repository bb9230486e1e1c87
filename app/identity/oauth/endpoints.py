"""The protocol's own endpoints, as RFC 6749, 7009 and 8414 describe them to any OAuth library."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.identity.oauth.adapters import ProtocolRequest
from app.identity.oauth.fields import FormFields, refused
from app.identity.oauth.flows import SECRET_METHODS
from app.identity.oauth.keys import ALGORITHM
from app.identity.oauth.protocol import Server
from app.identity.oauth.tokens import POWER
from app.identity.scopes import BINDING, SCOPES
from app.identity.site import ServerSite
from app.kit.db import UnitOfWork
from app.kit.deps import ServerClock

# Kept out of the OpenAPI document: a generated client would only get in an OAuth library's way.
router = APIRouter(prefix="/oauth", include_in_schema=False)
well_known = APIRouter(include_in_schema=False)


@router.post("/token")
def token(
    request: Request,
    form: FormFields,
    session: UnitOfWork,
    clock: ServerClock,
    site: ServerSite,
) -> Response:
    """Exchange credentials, a code or a refresh token for an access token."""
    if form is None:
        return refused()
    server = Server(session, site, clock.now(session))
    asked = ProtocolRequest("POST", form, request.headers)
    answer: Response = server.create_token_response(asked)
    return answer


@router.post("/revoke")
def revoke(
    request: Request,
    form: FormFields,
    session: UnitOfWork,
    clock: ServerClock,
    site: ServerSite,
) -> Response:
    """End a token (RFC 7009)."""
    if form is None:
        return refused()
    server = Server(session, site, clock.now(session))
    asked = ProtocolRequest("POST", form, request.headers)
    answer: Response = server.create_endpoint_response("revocation", asked)
    return answer


@well_known.get("/.well-known/oauth-authorization-server")
def metadata(site: ServerSite) -> dict[str, Any]:
    """Tell an OAuth library where everything is (RFC 8414)."""
    base = f"{site.url}/v1/oauth"
    return {
        "issuer": site.url,
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "revocation_endpoint": f"{base}/revoke",
        "jwks_uri": f"{base}/jwks",
        "scopes_supported": [*SCOPES, *(POWER + power for power in sorted(BINDING))],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_methods_supported": [*SECRET_METHODS, "none"],
        "revocation_endpoint_auth_methods_supported": [*SECRET_METHODS, "none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "access_token_signing_alg_values_supported": [ALGORITHM],
        "service_documentation": f"{site.url}/docs",
        "ui_locales_supported": ["id", "en"],
    }
