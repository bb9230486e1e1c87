"""Requests and responses about products and tenders."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.kit.http import Body, View
from app.kit.types import Amount, Code, Instant, Monday, Quantity, Text, Whole
from app.tenders.examples import PRODUCT, TENDER_OF_LOTS, TENDER_OF_PRODUCT

MAX_LOTS = 5000
MAX_PERIODS = 104
Unit = Annotated[
    str, Field(pattern=r"^\S{1,20}$", examples=["pc"], description="What is counted in.")
]
Increment = Annotated[
    Quantity, Field(gt=0, description="Awards are whole multiples of it; default 1.")
]
Process = Annotated[Code, Field(max_length=40, description="A code of jejaring-process, 2026.")]
Tag = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$")]
Tags = Annotated[
    list[Tag], Field(max_length=20, default_factory=list, description="Words for rules to select.")
]
Status = Literal[
    "draft", "published", "closed", "opened", "evaluated", "awarded", "completed", "cancelled"
]


class PartBody(Body):
    """A line of a bill of materials."""

    code: Code
    name: Text
    unit: Unit = "pc"
    quantity_per: Annotated[Quantity, Field(gt=0, description="Units in one machine.")]
    make: Annotated[
        Literal["kept", "subcontracted"],
        Field(description="Whether the centre factory makes it or has it made."),
    ]
    process: Process
    lead_time_weeks: Annotated[
        Whole, Field(ge=0, le=104, description="From the part's arrival to the start of assembly.")
    ] = 0
    increment: Increment = Decimal(1)
    tags: Tags


class ProductRequest(Body):
    """A machine or good with its bill of materials."""

    model_config = ConfigDict(json_schema_extra={"examples": [PRODUCT]})

    code: Code
    name: Text
    parts: Annotated[list[PartBody], Field(min_length=1, max_length=MAX_LOTS)]


class PartView(View):
    """A line of a bill of materials."""

    code: str
    name: str
    unit: str
    quantity_per: Quantity
    make: str
    process: str
    lead_time_weeks: int
    increment: Quantity
    tags: list[str]


class ProductItem(View):
    """A product in a list."""

    id: str
    code: str
    name: str
    created_at: Instant


class ProductView(ProductItem):
    """A product with its bill of materials."""

    parts: list[PartView]


class PeriodBody(Body):
    """A delivery period of whole weeks."""

    id: Annotated[Code, Field(examples=["2027-01"])]
    starts_on: Annotated[Monday, Field(ge=date(2000, 1, 1), le=date(2200, 1, 1))]
    weeks: Annotated[Whole, Field(ge=1, le=53)]


class _Costs(Body):
    shortfall_cost: Annotated[
        Amount | None,
        Field(description="Per unit left unfilled; absent: only if nothing else is possible."),
    ] = None
    carry_cost: Annotated[
        Amount | None,
        Field(description="Per unit and period delivered early; absent: no early delivery."),
    ] = None
    over_cost: Annotated[
        Amount | None,
        Field(description="Per unit beyond demand; absent: nothing beyond demand."),
    ] = None


class OverrideBody(_Costs):
    """What deviations cost for one part of the product."""

    part: Annotated[Code, Field(description="The code of a subcontracted part.")]


class LotBody(_Costs):
    """A lot in its own words, where no product stands behind the tender."""

    code: Code
    name: Text
    unit: Unit = "pc"
    process: Process
    increment: Increment = Decimal(1)
    demand: Annotated[
        list[Quantity], Field(min_length=1, max_length=MAX_PERIODS, description="One per period.")
    ]
    tags: Tags


class TenderRequest(Body):
    """A tender's content: of a product with its assembly schedule, or of lots given as such."""

    model_config = ConfigDict(json_schema_extra={"examples": [TENDER_OF_PRODUCT, TENDER_OF_LOTS]})

    title: Text
    description: Annotated[str, Field(max_length=4000)] = ""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217.")] = "IDR"
    delivery_regency: Annotated[
        Code, Field(max_length=10, description="Kemendagri code of where the parts are needed.")
    ]
    payment_days: Annotated[
        Whole, Field(ge=0, le=60, description="From acceptance to payment; at most 60.")
    ] = 30
    periods: Annotated[
        list[PeriodBody],
        Field(min_length=1, max_length=MAX_PERIODS, description="Ascending, without gaps."),
    ]
    product_id: Annotated[
        str | None, Field(max_length=40, description="A product of yours; else give `lots`.")
    ] = None
    schedule: Annotated[
        list[Quantity] | None,
        Field(
            max_length=MAX_PERIODS,
            description=(
                "Machines to assemble in each period. A part is due its lead time before the "
                "Monday on which its assembly period starts: in the delivery period that contains "
                "that week, at the earliest the first. Demand is rounded up to whole increments, "
                "counted from the start."
            ),
        ),
    ] = None
    overrides: Annotated[
        list[OverrideBody],
        Field(max_length=MAX_LOTS, default_factory=list, description="Costs of single parts."),
    ]
    lots: Annotated[
        list[LotBody] | None,
        Field(min_length=1, max_length=MAX_LOTS, description="Instead of a product."),
    ] = None
    rules: Annotated[
        list[dict[str, Any]],
        Field(
            max_length=500,
            default_factory=list,
            description=(
                "Rules in the words of the allocation format. They stand before anybody bids, so "
                "they cannot name single firms, bidders or offers."
            ),
        ),
    ]
    objective: Annotated[
        list[dict[str, Any]] | None,
        Field(
            max_length=20,
            description="Stages in the words of the allocation format; default: the least cost.",
        ),
    ] = None
    closes_at: Annotated[Instant, Field(description="Bids are taken before this instant.")]
    opens_at: Annotated[
        Instant | None, Field(description="When bids are opened; default: at closing.")
    ] = None


class CancellationRequest(Body):
    """Why a tender is cancelled."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "The machine's design has changed."}]}
    )

    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class PeriodView(View):
    """A delivery period of whole weeks."""

    id: str
    starts_on: date
    weeks: int


class LotView(View):
    """A lot with its demand."""

    code: str
    name: str
    unit: str
    process: str
    increment: Quantity
    demand: list[str] = Field(description="Exact quantities, one per period.")
    shortfall_cost: Amount | None
    carry_cost: Amount | None
    over_cost: Amount | None
    tags: list[str]


class TenderItem(View):
    """A tender in a list."""

    id: str
    organisation_id: str
    title: str
    status: Status
    currency: str
    delivery_regency: str
    closes_at: Instant
    opens_at: Instant
    created_at: Instant
    published_at: Instant | None


class TenderView(TenderItem):
    """A tender with its terms and lots."""

    product_id: str | None
    description: str
    payment_days: int
    periods: list[PeriodView]
    schedule: list[str] | None
    rules: list[dict[str, Any]]
    objective: list[dict[str, Any]]
    lots: list[LotView]
    closed_at: Instant | None
    opened_at: Instant | None
    evaluated_at: Instant | None
    awarded_at: Instant | None
    cancelled_at: Instant | None
    cancel_reason: str | None
