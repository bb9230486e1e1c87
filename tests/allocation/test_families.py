"""Each family of constraints allows its limit, refuses one more, and leaves the rest alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pytest

from app.allocation.document import read
from app.allocation.formulation import CONSTRAINTS, formulate
from app.allocation.linear import Linear
from app.allocation.solvers import engine
from app.allocation.solvers.search import Limits
from app.allocation.verify.checking import evaluate
from tests.allocation.documents import item, lot, offer, package, problem

Entry = dict[str, Any]
Amounts = Any  # a number, or one per period
LIMITS = Limits(None, None, Fraction(0), 0, 1)


@dataclass(frozen=True)
class Case:
    """An allocation of a problem, and columns of which the model says what they are."""

    document: Entry
    plan: Mapping[str, Amounts]
    columns: Mapping[str, int] = field(default_factory=dict)
    packages: tuple[str, ...] = ()

    def rows(self) -> dict[str, list[int]]:
        periods = len(self.document.get("periods", [""]))
        listed = {o: q if isinstance(q, list) else [q] for o, q in self.plan.items()}
        return {one["id"]: listed.get(one["id"], [0] * periods) for one in self.document["offers"]}


def in_model(case: Case) -> bool:
    """Whether the model has a point with these quantities and columns."""
    made = formulate(read(case.document))
    fixed = dict(case.columns)
    for offer_id, row in case.rows().items():
        for period, amount in zip(made.problem.periods, row, strict=True):
            fixed[f"quantity[{offer_id},{period}]"] = amount
    for name in made.problem.packages:
        fixed[f"use[{name}]"] = int(name in case.packages)
    for name, value in fixed.items():
        column = Linear.of(made.model.names.index(name))
        made.model.row(f"fixed {name}", column, lower=value, upper=value)
    found = engine.minimise(made.model, Linear(), {}, LIMITS, lambda _value, _bound: False)
    assert (found.point is None) == found.infeasible
    return found.point is not None


def in_verifier(case: Case) -> bool:
    """Whether the verifier, which knows no columns, allows these quantities."""
    rows = {name: [Fraction(q) for q in row] for name, row in case.rows().items()}
    return evaluate(case.document, rows, case.packages).breaches == []


def two(**more: Any) -> Entry:
    """Ten pieces from A, B or both."""
    return problem(offer("a"), offer("b", "B"), **more)


def weeks(*offers: Entry, **more: Any) -> Entry:
    """Four pieces in each of two weeks."""
    lots = [lot(demand=["4", "4"], **more.pop("of_lot", {}))]
    return problem(*(offers or (offer("a"),)), lots=lots, periods=["W1", "W2"], **more)


def three_lots() -> list[Entry]:
    return [lot(name, "4") for name in "LMN"]


def in_lots(**more: Any) -> Entry:
    """Offers of A and B in each of three lots."""
    offers = [offer(f"{b.lower()}{at}", b, of=at) for b in "AB" for at in "LMN"]
    return problem(*offers, lots=three_lots(), **more)


def rule(kind: str, **fields: Any) -> Entry:
    return {"rules": [{"id": "R", "kind": kind, **fields}]}


GLAD = {"objective": [{"terms": [{"measure": "cost", "weight": "-1"}]}]}
TIERS = [{"from": "0", "unit": "5"}, {"from": "5", "unit": "4"}]
TIERED = problem(offer("a", price={"kind": "all_units", "tiers": TIERS}), offer("b", "B"))
DISCOUNTED = two(
    discounts=[
        {
            "id": "D",
            "on": ["a"],
            "basis": "quantity",
            "kind": "all_units",
            "tiers": [{"from": "0", "percent": "0"}, {"from": "5", "percent": "9"}],
        }
    ]
)
SURPLUS = {"over_cost": "1", "carry_cost": "1"}
MACHINE = [{"id": "R", "firm": "A", "capacity": ["3", "4"]}]
USED = weeks(
    *(offer(n, b, uses=[{"resource": "R", "per_unit": "1"}]) for n, b in (("a", "A"), ("b", "B"))),
    resources=MACHINE,
)
HALF = rule("share", measure="quantity", each="bidder", max="0.5", scope={"lots": ["L", "M"]})
LARGEST = rule(
    "top_share", measure="quantity", each="bidder", n=1, max="0.5", scope={"lots": ["L"]}
)
AT_MOST = rule("amount", measure="quantity", each="bidder", max="5", scope={"lots": ["L", "M"]})
PAIR = rule("consistent", of="bidder", scope={"lots": ["L", "M"]})
SPLIT = rule("split", shares=["0.75", "0.25"], tolerance="0", scope={"lots": ["L"]})
ONE_EACH = rule("count", of="bidder", per="lot", max=1, scope={"lots": ["L", "M"]})

MIN_3 = problem(offer("a", minimum="3"))
MIN_2_EACH = weeks(offer("a", delivery_minimum="2"))
CHARGED = two(charges=[{"id": "C", "amount": "1", "any_of": ["a", "b"]}])
ONE_OF = in_lots(choices=[{"id": "X", "of": ["aL", "bL"], "max": 1}])
NEEDS = in_lots(requires=[{"id": "Q", "if": "aL", "then_any_of": ["bM", "bN"]}])
UP_TO_3 = in_lots(pins=[{"id": "P", "offer": "aL", "max": "3"}])

# By function: at the limit, beyond it, where the family has nothing to say.
FAMILIES = {
    "demand_is_met": (
        Case(two(), {"a": 5, "b": 5}),
        Case(two(), {"a": 6, "b": 5}),
        Case(two(lots=[lot(over_cost="0")]), {"a": 6, "b": 5}),
    ),
    "demand_is_served_first": (
        Case(two(**GLAD, lots=[lot(over_cost="1")]), {"a": 10, "b": 2}, {"shortfall[L,]": 0}),
        Case(two(**GLAD, lots=[lot(over_cost="1")]), {"a": 10, "b": 2}, {"shortfall[L,]": 1}),
        Case(two(lots=[lot(over_cost="1")]), {"a": 10, "b": 2}, {"shortfall[L,]": 1}),
    ),
    "surplus_is_carried_first": (
        Case(weeks(of_lot=SURPLUS), {"a": [8, 0]}, {"early[L,W1]": 4, "excess[L,W1]": 0}),
        Case(weeks(of_lot=SURPLUS), {"a": [8, 0]}, {"early[L,W1]": 3, "excess[L,W1]": 1}),
        Case(weeks(of_lot={"over_cost": "1"}), {"a": [8, 0]}, {"excess[L,W1]": 4}),
    ),
    "use_is_linked": (
        Case(MIN_3, {"a": 3}, {"use[a]": 1}),
        Case(MIN_3, {"a": 2}),
        Case(MIN_3, {"a": 0}, {"use[a]": 0}),
    ),
    "deliveries_are_linked": (
        Case(MIN_2_EACH, {"a": [4, 2]}, {"deliver[a,W2]": 1}),
        Case(MIN_2_EACH, {"a": [4, 1]}),
        Case(MIN_2_EACH, {"a": [4, 0]}, {"deliver[a,W2]": 0}),
    ),
    "one_tier_is_paid": (
        Case(TIERED, {"a": 5}, {"tier[a,0]": 0, "tier[a,1]": 1}),
        Case(TIERED, {"a": 5}, {"tier[a,0]": 1}),
        Case(TIERED, {"b": 5}, {"tier[a,0]": 0, "tier[a,1]": 0}),
    ),
    "capacity_is_kept": (
        Case(USED, {"a": [2, 0], "b": [1, 0]}),
        Case(USED, {"a": [2, 0], "b": [2, 0]}),
        Case(USED, {"a": [0, 2], "b": [0, 2]}),
    ),
    "charges_fall_due": (
        Case(CHARGED, {"a": 10}, {"charges[C]": 1}),
        Case(CHARGED, {"a": 10}, {"charges[C]": 0}),
        Case(CHARGED, {}, {"charges[C]": 0}),
    ),
    "discounts_are_taken": (
        Case(DISCOUNTED, {"a": 5}, {"level[D,1]": 1}),
        Case(DISCOUNTED, {"a": 5}, {"level[D,0]": 1}),
        Case(DISCOUNTED, {"b": 5}, {"level[D,0]": 1}),
    ),
    "choices_are_kept": (
        Case(ONE_OF, {"aL": 4}),
        Case(ONE_OF, {"aL": 2, "bL": 2}),
        Case(ONE_OF, {"aM": 2, "bM": 2}),
    ),
    "requires_are_kept": (
        Case(NEEDS, {"aL": 4, "bN": 1}),
        Case(NEEDS, {"aL": 4}),
        Case(NEEDS, {"bL": 4}),
    ),
    "counts_are_kept": (
        Case(in_lots(**ONE_EACH), {"aL": 4, "bM": 4}),
        Case(in_lots(**ONE_EACH), {"aL": 3, "bL": 1}),
        Case(in_lots(**ONE_EACH), {"aN": 3, "bN": 1}),
    ),
    "shares_are_kept": (
        Case(in_lots(**HALF), {"aL": 4, "bM": 4}),
        Case(in_lots(**HALF), {"aL": 4, "bM": 3}),
        Case(in_lots(**HALF), {"aN": 4}),
    ),
    "top_shares_are_kept": (
        Case(in_lots(**LARGEST), {"aL": 2, "bL": 2}),
        Case(in_lots(**LARGEST), {"aL": 3, "bL": 1}),
        Case(in_lots(**LARGEST), {"aM": 3, "bM": 1}),
    ),
    "amounts_are_kept": (
        Case(in_lots(**AT_MOST), {"aL": 4, "aM": 1}),
        Case(in_lots(**AT_MOST), {"aL": 4, "aM": 2}),
        Case(in_lots(**AT_MOST), {"aL": 4, "aM": 1, "aN": 4}),
    ),
    "winners_are_consistent": (
        Case(in_lots(**PAIR), {"aL": 4, "aM": 1}),
        Case(in_lots(**PAIR), {"aL": 4, "aM": 1, "bM": 1}),
        Case(in_lots(**PAIR), {"aN": 4}),
    ),
    "splits_are_kept": (
        Case(in_lots(**SPLIT), {"aL": 1, "bL": 3}),
        Case(in_lots(**SPLIT), {"aL": 2, "bL": 2}),
        Case(in_lots(**SPLIT), {"aM": 2, "bM": 2}),
    ),
    "pins_hold": (
        Case(UP_TO_3, {"aL": 3}),
        Case(UP_TO_3, {"aL": 4}),
        Case(UP_TO_3, {"aM": 4}),
    ),
}

WITH_A_PACKAGE = in_lots(
    packages=[package("P", "A", "9", item("L", "4"), item("M", "4"))],
    choices=[{"id": "X", "of": ["P", "bN"], "max": 1}],
)
PER_DELIVERY = weeks(
    offer("a", uses=[{"resource": "R", "per_unit": "1", "per_delivery": "1"}]), resources=MACHINE
)
QUARTER = in_lots(**rule("share", measure="quantity", select={"bidders": ["A"]}, min="0.25"))
TWO_EACH = in_lots(**rule("count", of="bidder", per="lot", min=2))
FIVE_IF = in_lots(**rule("amount", measure="quantity", each="bidder", min="5", if_awarded=True))
FROM_3 = in_lots(pins=[{"id": "P", "offer": "aL", "min": "3"}])

# What a family refuses besides.
OTHER_LIMITS = {
    "a maximum": (
        Case(weeks(offer("a", maximum="5")), {"a": [4, 1]}),
        Case(weeks(offer("a", maximum="5")), {"a": [4, 2]}),
        Case(weeks(offer("a", maximum=["5", "5"])), {"a": [4, 4]}),
    ),
    "a use per delivery": (
        Case(PER_DELIVERY, {"a": [2, 3]}),
        Case(PER_DELIVERY, {"a": [3, 3]}),
        Case(PER_DELIVERY, {"a": [0, 3]}),
    ),
    "early delivery": (
        Case(weeks(of_lot={"carry_cost": "1"}), {"a": [8, 0]}),
        Case(weeks(offer("a", maximum="9"), of_lot={"carry_cost": "1"}), {"a": [8, 1]}),
        Case(weeks(offer("a", maximum="9"), of_lot={"over_cost": "1"}), {"a": [8, 1]}),
    ),
    "a choice among packages": (
        Case(WITH_A_PACKAGE, {"aN": 4}, packages=("P",)),
        Case(WITH_A_PACKAGE, {"bN": 4}, packages=("P",)),
        Case(WITH_A_PACKAGE, {"aL": 4, "bN": 4}),
    ),
    "a minimum of a share": (
        Case(QUARTER, {"aL": 1, "bL": 3}),
        Case(QUARTER, {"aL": 1, "bL": 3, "bM": 1}),
        Case(QUARTER, {}),
    ),
    "a minimum of a count": (
        Case(TWO_EACH, {"aL": 3, "bL": 1}),
        Case(TWO_EACH, {"aL": 3}),
        Case(TWO_EACH, {}),
    ),
    "a worthwhile minimum": (
        Case(FIVE_IF, {"aL": 4, "aM": 1}),
        Case(FIVE_IF, {"aL": 4}),
        Case(FIVE_IF, {}),
    ),
    "a pin that forces": (
        Case(FROM_3, {"aL": 3}),
        Case(FROM_3, {"aL": 2}),
        Case(FROM_3, {"aL": 3, "aM": 1}),
    ),
}
EVERY = {**FAMILIES, **OTHER_LIMITS}


def test_every_family_of_the_formulation_is_here() -> None:
    assert list(FAMILIES) == [function.__name__ for function in CONSTRAINTS]


@pytest.mark.parametrize("name", EVERY)
def test_the_limit_is_allowed(name: str) -> None:
    case = EVERY[name][0]
    assert in_model(case)
    assert in_verifier(case)


@pytest.mark.parametrize("name", EVERY)
def test_one_more_is_refused(name: str) -> None:
    case = EVERY[name][1]
    assert not in_model(case)
    # What only columns say, the verifier reckons itself: the quantities alone are allowed.
    assert in_verifier(case) == bool(case.columns)


@pytest.mark.parametrize("name", EVERY)
def test_the_rest_is_left_alone(name: str) -> None:
    case = EVERY[name][2]
    assert in_model(case)
    assert in_verifier(case)
