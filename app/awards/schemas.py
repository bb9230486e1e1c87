"""Requests and responses about awards."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from app.kit.http import Body, View
from app.kit.types import ExactNumber, Instant


class AwardRequest(Body):
    """Accept a scenario of the tender."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "scenario_id": "run_06f1m2x8qv7kd3nqj5t9w0rz4c",
                    "reason": "Lowest total cost that keeps half of the value with small firms.",
                }
            ]
        }
    )

    scenario_id: Annotated[str, Field(max_length=40)]
    reason: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
        Field(description="Why this scenario: it stays with the award."),
    ]


class PeriodQuantity(View):
    """A quantity in one of the tender's periods."""

    period: str
    quantity: ExactNumber


class AwardLineView(View):
    """What one offer was awarded, with its exact amounts."""

    lot: str
    name: str
    unit: str
    offer_id: str
    quantity: ExactNumber
    deliveries: list[PeriodQuantity] = Field(description="Periods without a delivery are left out.")
    price: ExactNumber
    setup: ExactNumber
    delivery: ExactNumber
    freight: ExactNumber
    total: ExactNumber
    workshare: dict[str, str] = Field(description="Each firm's share of the work, by id.")


class WinnerView(View):
    """A winning firm or network, and what it won."""

    bidder_id: str
    name: str
    firms: list[str] = Field(description="Ids of the firms that the award binds.")
    total: ExactNumber
    lines: list[AwardLineView]


class DecisionView(View):
    """How the buyer decided; only the buyer reads it."""

    scenario_id: str
    reason: str
    decided_by: str
    complete: bool = Field(description="False: some demand is left unfilled.")
    evaluated_cost: ExactNumber = Field(
        description="The cost that the scenario minimised: with unfilled demand and penalties."
    )
    unpublished_rules: list[dict[str, Any]] = Field(
        description="Rules that were added after the bids were opened."
    )
    unpublished_objective: list[dict[str, Any]] | None = Field(
        description="The objective's stages, where they are not the published ones."
    )


class AwardItem(View):
    """An award in a list."""

    id: str
    tender_id: str
    status: Literal["decided", "ordered"]
    currency: str
    total: ExactNumber
    decided_at: Instant


class AwardView(AwardItem):
    """An award: whole for the buyer; a winner reads its own part, and its total is that part's."""

    follows_published_rules: bool = Field(
        description="False: rules or an objective were used that were not published with the tender"
    )
    winners: list[WinnerView]
    decision: DecisionView | None = Field(description="Null for a winner.")
