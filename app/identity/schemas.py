"""Requests and responses about organisations, users, keys and authorisations."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.kit.http import Body, View
from app.kit.types import Instant, Text

Role = Literal["owner", "purchasing", "sales", "viewer"]
Power = Literal["edit", "submit", "consent", "sign", "represent"]
Scope = Literal[
    "keys:write",
    "profile:read",
    "profile:write",
    "networks:read",
    "networks:write",
    "tenders:read",
    "tenders:write",
    "bids:read",
    "bids:write",
    "scenarios:read",
    "scenarios:write",
    "awards:read",
    "awards:write",
    "orders:read",
    "orders:write",
    "events:read",
]
Email = Annotated[
    str,
    Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254, examples=["sari@example.co.id"]),
]


class RegistrationRequest(Body):
    """A new organisation and its first user."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "CV Logam Presisi Tegal",
                    "business_id": "9120001234567",
                    "user_name": "Sari Wulandari",
                    "email": "sari@example.co.id",
                }
            ]
        }
    )

    name: Annotated[Text, Field(examples=["CV Logam Presisi Tegal"])]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["ID"])] = "ID"
    business_id: Annotated[str | None, Field(max_length=40, examples=["9120001234567"])] = None
    user_name: Annotated[Text, Field(examples=["Sari Wulandari"])]
    email: Email


class OrganisationView(View):
    """An organisation."""

    id: str
    name: str
    country: str
    created_at: Instant


class UserView(View):
    """A user."""

    id: str
    organisation_id: str
    name: str
    email: str
    role: str
    created_at: Instant


class KeyView(View):
    """An API key without its secret."""

    id: str
    user_id: str
    label: str
    scopes: list[str]
    created_at: Instant
    expires_at: Instant
    revoked_at: Instant | None


class NewKeyView(KeyView):
    """An API key with its secret: shown once, never again."""

    secret: str = Field(examples=["jjk_…"], description="Keep it: it is not stored.")


class RegistrationView(View):
    """What a registration gives."""

    organisation: OrganisationView
    user: UserView
    key: NewKeyView


class UserRequest(Body):
    """A new user of your organisation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Budi Santoso", "email": "budi@example.co.id", "role": "sales"}]
        }
    )

    name: Text
    email: Email
    role: Role


class KeyRequest(Body):
    """A new API key for a user of your organisation."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"label": "ERP", "scopes": ["tenders:read", "bids:write"]}]}
    )

    user_id: str | None = Field(None, description="Default: yourself.")
    label: Annotated[Text, Field(max_length=100, examples=["ERP"])]
    scopes: list[Scope] = Field(min_length=1, examples=[["tenders:read", "bids:write"]])
    expires_at: Instant | None = Field(None, description="Default: in a year.")


class AuthorisationRequest(Body):
    """A power for a user of your organisation to bind it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "user_id": "usr_01kb3x8v0aemm9v5c2q7w4t6zn",
                    "power": "submit",
                    "evidence": "Board resolution 12/2026",
                }
            ]
        }
    )

    user_id: str
    power: Power
    evidence: Annotated[Text, Field(examples=["Board resolution 12/2026"])]
    valid_until: Instant | None = None


class AuthorisationView(View):
    """Who may bind a firm, how, since when and on what evidence."""

    id: str
    user_id: str
    firm_id: str
    power: str
    evidence: str
    granted_by: str
    valid_from: Instant
    valid_until: Instant | None
    revoked_at: Instant | None


class ActorView(View):
    """Who the server takes you for."""

    user_id: str
    organisation_id: str
    role: str
    scopes: list[str]
