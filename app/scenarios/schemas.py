"""Requests and responses about allocation runs and scenarios."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from app.kit.http import Body, View
from app.kit.types import Instant, Quantity, Share, Text, Whole

MAX_PRICED_RULES = 20
DEFAULT_SECONDS = Decimal(60)
RunStatus = Literal["queued", "running", "done", "cancelled", "failed"]
# Control characters: PostgreSQL stores no NUL, and a list shows no line breaks.
PLAIN = r"^[^\x00-\x1f\x7f]*$"
RuleId = Annotated[str, Field(min_length=1, max_length=200)]

EXAMPLE_PROBLEM: dict[str, Any] = {
    "format": "jejaring.allocation-problem/1",
    "currency": "IDR",
    "lots": [{"id": "bracket", "unit": "pc", "demand": "1000"}],
    "firms": [
        {"id": "S1", "size": "micro", "region": "ID-JT"},
        {"id": "S2", "size": "medium", "region": "ID-JB"},
    ],
    "bidders": [{"id": "K1", "members": ["S1"]}, {"id": "K2", "members": ["S2"]}],
    "resources": [{"id": "S1/press", "firm": "S1", "capacity": "40"}],
    "offers": [
        {
            "id": "O1",
            "bidder": "K1",
            "lot": "bracket",
            "price": "12500",
            "setup": "250000",
            "uses": [{"resource": "S1/press", "per_unit": "0.05"}],
        },
        {"id": "O2", "bidder": "K2", "lot": "bracket", "price": "13100"},
    ],
    "rules": [
        {
            "id": "small-firms",
            "kind": "share",
            "select": {"firm_sizes": ["micro", "small"]},
            "measure": "value",
            "min": "0.4",
        }
    ],
}


class RunOptions(Body):
    """How long to look for an allocation, and when it is good enough."""

    seconds: Annotated[
        Quantity | None,
        Field(gt=0, description="Limit in seconds; 60 when no limit is given.", examples=["30"]),
    ] = None
    deterministic: Annotated[
        Quantity | None,
        Field(
            gt=0,
            description="Limit in the engines' own units of work: the same allocation every time.",
            examples=["20"],
        ),
    ] = None
    gap: Annotated[
        Share,
        Field(description="Stop when the proven gap is at most this.", examples=["0.001"]),
    ] = Decimal(0)
    seed: Annotated[Whole, Field(ge=0, lt=2**31)] = 0
    price_rules: Annotated[
        list[RuleId],
        Field(
            max_length=MAX_PRICED_RULES,
            default_factory=list,
            description=(
                "Ids of rules to price: each is left out once, and the difference in cost is "
                "told as an interval."
            ),
            examples=[["small-firms"]],
        ),
    ]

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if self.seconds is not None and self.deterministic is not None:
            msg = "give a limit in seconds or in deterministic work, not both"
            raise ValueError(msg)
        if len(set(self.price_rules)) < len(self.price_rules):
            msg = "a rule to be priced is named twice"
            raise ValueError(msg)
        return self


class AllocationRequest(Body):
    """An allocation problem and how to solve it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "brackets, first look",
                    "problem": EXAMPLE_PROBLEM,
                    "options": {"seconds": "10", "price_rules": ["small-firms"]},
                }
            ]
        }
    )

    name: Annotated[str, Field(max_length=200, pattern=PLAIN)] = ""
    problem: Annotated[
        dict[str, Any],
        Field(description="A document of the format `jejaring.allocation-problem/1`."),
    ]
    options: Annotated[RunOptions, Field(default_factory=RunOptions)]


class ScenarioRequest(Body):
    """A scenario of an opened tender: its bids and rules, and what the buyer wants to try."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "at most three suppliers",
                    "rules": [{"id": "few", "kind": "count", "of": "bidder", "max": 3}],
                    "options": {"seconds": "30", "price_rules": ["few"]},
                }
            ]
        }
    )

    name: Annotated[Text, Field(pattern=PLAIN)]
    rules: Annotated[
        list[dict[str, Any]],
        Field(
            max_length=200,
            default_factory=list,
            description=(
                "Rules on top of the published ones, in the words of the allocation format; they "
                "are marked as unpublished in the scenario and in its award."
            ),
        ),
    ]
    objective: Annotated[
        list[dict[str, Any]] | None,
        Field(
            min_length=1,
            max_length=20,
            description="Stages in place of the published objective; marked as unpublished.",
        ),
    ] = None
    options: Annotated[RunOptions, Field(default_factory=RunOptions)]


class OptionsView(View):
    """The options of a run."""

    seconds: str | None = None
    deterministic: str | None = None
    gap: str
    seed: int
    price_rules: list[str]


class ProgressView(View):
    """A sign of life: what is being solved, the best value found and its proven bound."""

    number: int
    at: Instant
    phase: Annotated[
        str,
        Field(description="`award`, or `without <rule>` while a rule is being priced."),
    ]
    attempt: Annotated[int, Field(description="More than 1 after a worker was lost.")]
    stage: Annotated[int | None, Field(description="The objective's stage, from 0.")] = None
    incumbent: str | None = None
    bound: str | None = None
    gap: str | None = None
    seconds: str | None = None


class RulePriceView(View):
    """What a rule costs: the optimum with it minus the one without it lies in this interval."""

    rule: str
    cost_low: str | None = Field(None, description="Null where no bound is known.")
    cost_high: str | None = None
    status: Annotated[str, Field(description="Status of the result without the rule.")]


class FailureView(View):
    """Why a run failed."""

    code: Annotated[str, Field(examples=["solver_failed"])]
    detail: str


class RunItem(View):
    """A run in a list."""

    id: Annotated[str, Field(examples=["run_06a8t7w2v9c4k1s3q5r7"])]
    tender_id: str | None
    name: str
    status: RunStatus
    result_status: Annotated[
        str | None,
        Field(description="The result's own status: optimal, feasible, infeasible, …"),
    ]
    problem_sha256: str
    unpublished_rules: Annotated[
        list[str], Field(description="Rules that the buyer added after the bids were opened.")
    ]
    unpublished_objective: bool
    options: OptionsView
    attempts: Annotated[int, Field(description="How often a worker took it up.")]
    created_at: Instant
    started_at: Instant | None
    cancel_requested_at: Instant | None
    finished_at: Instant | None


class RunView(RunItem):
    """A run with its latest progress and, when there is one, its verified result."""

    progress: ProgressView | None
    failure: FailureView | None
    rule_prices: list[RulePriceView]
    result: Annotated[
        dict[str, Any] | None,
        Field(description="A document of the format `jejaring.allocation-result/1`."),
    ]


class FinishedView(View):
    """The last event of a stream."""

    id: str
    status: RunStatus
    result_status: str | None = None
