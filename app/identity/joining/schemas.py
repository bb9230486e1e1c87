"""Requests and responses about invitations and verification."""

from typing import Annotated, Literal

from pydantic import Field

from app.identity.login.schemas import PASSWORD, NewPassword
from app.identity.words import Email, Role, examples
from app.kit.http import Body, View
from app.kit.types import Instant, Text


class InvitationRequest(Body):
    """Who is invited, and under which role."""

    model_config = examples({"email": "budi@example.co.id", "role": "sales"})

    email: Email
    role: Role


class AcceptanceRequest(Body):
    """The invitation's secret, your name and a password of your own."""

    model_config = examples({"invitation": "jji_…", "name": "Budi Santoso", "password": PASSWORD})

    invitation: str = Field(min_length=1, max_length=100, examples=["jji_…"])
    name: Text
    password: NewPassword


class InvitationView(View):
    """An invitation without its secret."""

    id: str
    email: str
    role: str
    invited_by: str
    created_at: Instant
    expires_at: Instant
    accepted_by: str | None
    ended_at: Instant | None


class NewInvitationView(InvitationView):
    """An invitation with its secret: shown once; hand it over yourself."""

    invitation: str = Field(examples=["jji_…"])


class VerificationRequest(Body):
    """How sure you are of an organisation, on what evidence, until when."""

    model_config = examples(
        {
            "level": "verified",
            "evidence": "NIB 9120001234567 found in the register on 24 November 2026",
            "valid_until": "2027-11-24T00:00:00Z",
        }
    )

    level: Literal["evidence_seen", "verified"]
    evidence: Annotated[str, Field(min_length=1, max_length=500)]
    valid_until: Instant | None = None


class VerificationView(View):
    """What an office found out about an organisation."""

    id: str
    organisation_id: str
    level: str
    office_id: str
    verified_by: str
    verified_at: Instant
    valid_until: Instant | None
    revoked_at: Instant | None
    evidence: str | None = Field(
        description="For the organisation itself and the office that saw it; null for others."
    )


class KnownOrganisationView(View):
    """An organisation, and how well it is known."""

    id: str
    name: str
    country: str
    created_at: Instant
    level: str = Field(
        examples=["self_declared"], description="self_declared, evidence_seen or verified."
    )
