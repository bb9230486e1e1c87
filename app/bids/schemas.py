"""Requests and responses about bids."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, WithJsonSchema

from app.bids.content import MAX_OFFERS
from app.bids.offer_schema import offer_schema
from app.kit.http import Body, View
from app.kit.types import Instant

Status = Literal["awaiting_consent", "submitted", "replaced", "withdrawn", "lapsed"]
Sha256 = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{64}$",
        description=(
            'SHA-256 of `{"offers": […]}` in canonical form (RFC 8785, numbers as their '
            "shortest decimal text)."
        ),
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]
Offers = Annotated[
    list[Any],
    Field(min_length=1, max_length=MAX_OFFERS),
    WithJsonSchema(
        {
            "type": "array",
            "items": offer_schema(),
            "minItems": 1,
            "maxItems": MAX_OFFERS,
            "description": "Offers in the words of the allocation format.",
        }
    ),
]
BidderStatus = Annotated[
    Status,
    Field(
        description=(
            "`awaiting_consent`: a network's bid that a member has not consented to; `submitted`: "
            "it stands; `replaced`: a later bid stands instead; `lapsed`: it still waited for a "
            "consent at the closing, so it does not count."
        )
    ),
]


class SubmissionRequest(Body):
    """A bid: of your own firm, or of a network whose lead firm you are."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "network_id": "net_01k9zq4r6t8v0x2z4b6d8f0h2k",
                    "offers": [
                        {
                            "id": "bracket",
                            "lot": "BRACKET-04",
                            "price": {
                                "kind": "incremental",
                                "tiers": [
                                    {"from": "0", "unit": "12500"},
                                    {"from": "500", "unit": "11900"},
                                ],
                            },
                            "minimum": "100",
                            "maximum": "1000",
                            "setup": "2500000",
                            "freight": "75",
                            "uses": [
                                {
                                    "resource": "res_01k9zq4t7w9y1a3c5e7g9j1m3p",
                                    "per_unit": "0.05",
                                    "per_delivery": "2",
                                }
                            ],
                            "workshare": {
                                "org_01k9zq4m8x7n2b5c6d8e9f0g1h": "0.6",
                                "org_01k9zq4p3r5t7v9w1x3y5z7a2c": "0.4",
                            },
                        }
                    ],
                }
            ]
        }
    )

    network_id: Annotated[
        str | None,
        Field(min_length=1, max_length=40, description="Default: your own firm bids alone."),
    ] = None
    offers: Offers


class BidConsentRequest(Body):
    """The content that you consent to for your firm."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "content_sha256": (
                        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                    )
                }
            ]
        }
    )

    content_sha256: Sha256


class ReceiptView(View):
    """What a bidder keeps of a submission."""

    id: str
    tender_id: str
    number: Annotated[
        int, Field(description="Counts your submissions to this tender.", examples=[1])
    ]
    content_sha256: Sha256
    submitted_at: Instant
    status: BidderStatus


class BidItem(ReceiptView):
    """A bid without its content."""

    organisation_id: Annotated[str, Field(description="The firm that submitted it.")]
    network_id: str | None
    bidder_id: Annotated[str, Field(description="The network, or the firm itself.")]
    complete_at: Annotated[Instant | None, Field(description="When the last consent came.")]
    ended_at: Instant | None


class BidMemberView(View):
    """A firm that the bid binds."""

    organisation_id: str
    consented_at: Instant | None


class ContentView(View):
    """What is offered, in the words of the allocation format, each number as decimal text."""

    offers: Offers


class BidView(BidItem):
    """A bid with its content and the consents of its members."""

    members: list[BidMemberView]
    content: ContentView
