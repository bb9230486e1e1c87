"""Requests and responses about organisations, users, keys and authorisations."""

from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from app.identity.login.schemas import NewPassword
from app.identity.words import BindingPower, Currency, Email, Power, Role, Scope
from app.kit.http import Body, View
from app.kit.types import Amount, Instant, Text, Whole


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
    password: NewPassword | None = Field(None, description="To sign in with; keys need none.")


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
    erased_at: Instant | None


class KeyView(View):
    """An API key without its secret."""

    id: str
    user_id: str
    label: str
    scopes: list[str]
    powers: list[str]
    made_by: str | None
    replaced_by: str | None
    created_at: Instant
    expires_at: Instant
    revoked_at: Instant | None
    last_used_at: Instant | None = Field(description="To about an hour.")


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
    powers: list[BindingPower] = Field(
        [],
        max_length=3,
        description="Binding acts that the key may do without a fresh sign-in; none by default.",
    )
    expires_at: Instant | None = Field(None, description="Default: in a year.")


class RotationRequest(Body):
    """How long the old key goes on working, and when the new one ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 24}]})

    overlap_hours: Whole = Field(24, ge=0, le=720, description="0 ends the old key at once.")
    expires_at: Instant | None = Field(None, description="Default: in a year.")


class LimitRequest(Body):
    """The largest amount that an authorisation covers."""

    amount: Amount
    currency: Currency


class AuthorisationRequest(Body):
    """A power to bind your organisation, for a user of yours or another organisation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "user_id": "usr_01kb3x8v0aemm9v5c2q7w4t6zn",
                    "power": "submit",
                    "evidence": "Board resolution 12/2026",
                    "limit": {"amount": "500000000", "currency": "IDR"},
                }
            ]
        }
    )

    user_id: str | None = Field(None, max_length=40)
    holder_organisation_id: str | None = Field(
        None,
        max_length=40,
        description="Another organisation, such as a broker: for whoever may represent it.",
    )
    power: Power
    evidence: Annotated[Text, Field(examples=["Board resolution 12/2026"])]
    limit: LimitRequest | None = None
    valid_until: Instant | None = None

    @model_validator(mode="after")
    def _one_holder(self) -> "AuthorisationRequest":
        if (self.user_id is None) == (self.holder_organisation_id is None):
            msg = "name either user_id or holder_organisation_id"
            raise ValueError(msg)
        return self


class AuthorisationView(View):
    """Who may bind a firm, how, up to what, since when and on what evidence."""

    id: str
    user_id: str | None
    holder_organisation_id: str | None
    firm_id: str
    power: str
    limit_amount: Amount | None
    limit_currency: str | None
    evidence: str
    granted_by: str
    valid_from: Instant
    valid_until: Instant | None
    revoked_at: Instant | None


class BindingActView(View):
    """Who acted for the firm, in which way, under which authorisation, and by what."""

    id: str
    firm_id: str
    authorisation_id: str
    user_id: str
    power: str
    via: str = Field(examples=["session"], description="key, client or session.")
    via_id: str
    request_id: str
    at: Instant


class ActorView(View):
    """Who the server takes you for."""

    user_id: str
    organisation_id: str
    role: str
    scopes: list[str]
    powers: list[str] = Field(description="Binding acts granted to the key or client expressly.")
    via: str = Field(examples=["key"], description="What you showed: key, client or session.")
    fresh_until: Instant | None = Field(description="Of a session: until when it is fresh.")
