"""Requests and responses about OAuth clients, consents and keys."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.identity.words import BindingPower, Role, Scope, examples
from app.kit.http import Body, View
from app.kit.types import Flag, Instant, Text

Address = Annotated[str, Field(min_length=1, max_length=2000)]


class ClientRequest(Body):
    """A program that acts for your organisation, or an app that anybody may use."""

    model_config = examples(
        {"name": "ERP", "kind": "service", "role": "purchasing", "scopes": ["tenders:write"]},
        {
            "name": "Bengkel Saya",
            "kind": "app",
            "public": True,
            "redirect_uris": ["https://app.example.id/callback"],
            "scopes": ["tenders:read", "bids:write"],
            "powers": ["submit"],
        },
    )

    name: Text
    kind: Literal["service", "app"] = Field(
        description="A service has credentials; an app acts for whoever consents (PKCE, S256)."
    )
    public: Flag = Field(False, description="An app that can keep no secret, such as on a phone.")
    role: Role = Field("viewer", description="Of a service.")
    redirect_uris: list[Address] = Field([], max_length=10)
    scopes: list[Scope] = Field(min_length=1, max_length=30)
    powers: list[BindingPower] = Field(
        [],
        max_length=3,
        description=(
            "Binding acts: of a service, which also needs an authorisation; of an app, what it "
            "may ask of its users."
        ),
    )


class ClientView(View):
    """A registered client without its secret."""

    id: str = Field(description="Its client_id.")
    organisation_id: str
    name: str
    kind: str
    user_id: str | None = Field(description="The user that a service acts as.")
    redirect_uris: list[str]
    scopes: list[str]
    powers: list[str]
    registered_by: str
    created_at: Instant
    revoked_at: Instant | None


class NewClientView(ClientView):
    """A client with its secret: shown once; null for a public app."""

    client_secret: str | None = Field(examples=["jjc_…"])


class ConsentView(View):
    """What you let an app do for your organisation."""

    id: str
    client_id: str
    scopes: list[str]
    powers: list[str]
    created_at: Instant


class KeySetView(View):
    """The public keys of access tokens (RFC 7517)."""

    keys: list[dict[str, Any]]
