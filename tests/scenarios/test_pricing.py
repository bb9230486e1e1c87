from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scenarios.pricing import cost_stage, rule_price, without

LOTS = [{"id": "a", "demand": "1", "shortfall_cost": "9"}]
amounts = st.decimals(min_value=0, max_value=10**9, places=3)


def result(*stages: tuple[str | None, str | None], status: str = "feasible") -> dict[str, Any]:
    return {"status": status, "stages": [{"value": v, "bound": b} for v, b in stages]}


@pytest.mark.parametrize(
    ("objective", "stage"),
    [
        (None, 0),
        ([{"terms": [{"measure": "cost"}]}], 0),
        ([{"terms": [{"measure": "cost", "weight": Decimal("1.0")}]}], 0),
        ([{"terms": [{"measure": "winners"}]}, {"terms": [{"measure": "cost", "weight": 1}]}], 1),
        ([{"terms": [{"measure": "cost", "weight": "2"}]}], None),
        ([{"terms": [{"measure": "cost"}, {"measure": "winners", "weight": "5"}]}], None),
    ],
)
def test_which_stage_is_the_plain_cost(objective: Any, stage: int | None) -> None:
    document = {"lots": LOTS} | ({} if objective is None else {"objective": objective})
    assert cost_stage(document) == stage


def test_a_rule_is_left_out_and_the_others_stay() -> None:
    document = {"lots": LOTS, "rules": [{"id": "a"}, {"id": "b"}]}
    assert without(document, "a") == {"lots": LOTS, "rules": [{"id": "b"}]}
    assert document["rules"] == [{"id": "a"}, {"id": "b"}]


def test_the_interval_comes_from_both_values_and_both_bounds() -> None:
    price = rule_price({"lots": LOTS}, "r", result(("120", "110.5")), result(("100", "99.25")))
    assert price == {
        "rule": "r",
        "cost_low": "10.5",
        "cost_high": "20.75",
        "status": "feasible",
    }


def test_leaving_a_rule_out_never_costs_more() -> None:
    price = rule_price({"lots": LOTS}, "r", result(("120", "90")), result(("118", "95")))
    assert (price["cost_low"], price["cost_high"]) == ("0", "25")


def test_after_an_earlier_stage_that_differs_the_cost_may_be_lower_with_the_rule() -> None:
    """With the rule less demand is met, so it costs less: no lower end is claimed."""
    open_lots = {"lots": [{"id": "a", "demand": "1"}]}
    kept = result(("0.5", "0.5"), ("100", "100"))
    free = result(("0", "0"), ("180", "180"))
    price = rule_price(open_lots, "r", kept, free)
    assert (price["cost_low"], price["cost_high"]) == ("-80", "-80")


@pytest.mark.parametrize(
    ("kept", "free"),
    [
        (result(status="infeasible"), result(("100", "99"))),
        (result(("100", "99")), result(status="unsolved")),
    ],
)
def test_without_both_allocations_there_is_no_interval(kept: Any, free: Any) -> None:
    price = rule_price({"lots": LOTS}, "r", kept, free)
    assert (price["cost_low"], price["cost_high"]) == (None, None)
    assert price["status"] == free["status"]


def test_an_unknown_bound_leaves_its_end_open() -> None:
    price = rule_price({"lots": LOTS}, "r", result(("120", None)), result(("100", None)))
    assert (price["cost_low"], price["cost_high"]) == ("0", None)


@given(optimum=amounts, extra=amounts, gaps=st.tuples(amounts, amounts, amounts, amounts))
def test_the_true_difference_lies_in_the_interval(
    optimum: Decimal, extra: Decimal, gaps: tuple[Decimal, ...]
) -> None:
    with_rule = optimum + extra
    kept = result((str(with_rule + gaps[0]), str(with_rule - gaps[1])))
    free = result((str(optimum + gaps[2]), str(optimum - gaps[3])))
    price = rule_price({"lots": LOTS}, "r", kept, free)
    assert Decimal(price["cost_low"]) <= extra <= Decimal(price["cost_high"])
