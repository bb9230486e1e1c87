"""Requests and responses about networks."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.kit.http import Body, View
from app.kit.types import Instant, Share, Text

Purpose = Literal["scope", "scale", "shared_services", "market_access"]
ContractForm = Literal["single", "several"]
Status = Literal["proposed", "active", "dissolved"]
OrganisationId = Annotated[str, Field(min_length=1, max_length=40)]


class NetworkMemberBody(Body):
    """A firm that is asked into a network, and its share."""

    organisation_id: OrganisationId
    share: Annotated[Share, Field(gt=0)]


class NetworkRequest(Body):
    """A proposed hard network (in Indonesian law a joint operation, KSO)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "KSO Pelat Tegal",
                    "purpose": "scale",
                    "contract_form": "several",
                    "lead_id": "org_01k9zq4m8x7n2b5c6d8e9f0g1h",
                    "charter": "Each member makes its part and answers for it.",
                    "members": [
                        {"organisation_id": "org_01k9zq4m8x7n2b5c6d8e9f0g1h", "share": "0.6"},
                        {"organisation_id": "org_01k9zq4p3r5t7v9w1x3y5z7a2c", "share": "0.4"},
                    ],
                }
            ]
        }
    )

    name: Text
    purpose: Annotated[
        Purpose,
        Field(
            description=(
                "`scope`: no member alone makes everything; `scale`: pooled volume; "
                "`shared_services`: bought together; `market_access`: joint bids."
            )
        ),
    ]
    contract_form: Annotated[
        ContractForm,
        Field(description="`single`: one contract with the lead; `several`: one with each member."),
    ]
    lead_id: Annotated[OrganisationId, Field(description="The lead firm, one of the members.")]
    charter: Annotated[str, Field(min_length=1, max_length=4000)]
    members: Annotated[
        list[NetworkMemberBody],
        Field(min_length=2, max_length=100, description="Shares add up to exactly 1."),
    ]


class NetworkConsentRequest(Body):
    """A member's consent to the very terms that it has read."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"terms_sha256": "3f" * 32}]})

    terms_sha256: Annotated[
        str, Field(pattern=r"^[0-9a-f]{64}$", description="As the network states it.")
    ]


class NetworkMemberView(View):
    """A member, and whether it has consented or declined."""

    organisation_id: str
    name: str
    share: Share
    consented_at: Instant | None
    declined_at: Instant | None


class NetworkItem(View):
    """A network in a list."""

    id: str
    name: str
    purpose: Purpose
    contract_form: ContractForm
    lead_id: str
    status: Status
    created_at: Instant
    activated_at: Instant | None


class NetworkView(NetworkItem):
    """A network with its terms and members."""

    charter: str
    terms_sha256: str = Field(
        description=(
            "SHA-256 of the RFC 8785 form of an object with the fields `format` "
            "(`jejaring.network-terms/1`), `id`, `name`, `purpose`, `contract_form`, `lead_id`, "
            "`charter` and `members` (each `organisation_id` and `share`, in the order of ids)."
        )
    )
    members: list[NetworkMemberView]
