"""A rule's price in a scenario, from real results: the explanation's own numbers in short."""

from decimal import Decimal
from typing import Any

import pytest

from app.allocation import Options, solve
from app.allocation.document import read
from app.allocation.explaining import price_of_rules
from app.allocation.explaining.changing import money_stage, without
from app.scenarios.pricing import has_plain_cost, price_of
from tests.support.scenarios import AT_MOST_HALF, problem

COST = {"measure": "cost"}
WINNERS = {"measure": "winners"}


def solved(document: dict[str, Any]) -> dict[str, Any]:
    return solve(document, Options())


def cut_short(result: dict[str, Any], bound: str) -> dict[str, Any]:
    """The same result, had its last stage been proven no further."""
    stages = [*result["stages"][:-1], {**result["stages"][-1], "bound": bound}]
    return {**result, "status": "feasible", "stages": stages}


@pytest.mark.parametrize(
    ("objective", "priced"),
    [
        (None, True),
        ([{"terms": [COST]}], True),
        ([{"terms": [{**COST, "weight": "1.0"}]}], True),
        ([{"terms": [WINNERS]}, {"terms": [{**COST, "weight": 1}]}], True),
        ([{"terms": [{**COST, "weight": "2"}]}], False),
        ([{"terms": [COST, {**WINNERS, "weight": "5"}]}], False),
        ([{"terms": [COST, {**WINNERS, "weight": "5"}]}, {"terms": [COST]}], False),
        ([{"terms": [WINNERS]}], False),
    ],
)
def test_rules_are_priced_where_cost_first_counts_alone(objective: Any, *, priced: bool) -> None:
    document = problem(rules=[AT_MOST_HALF])
    if objective is not None:
        document["objective"] = objective
    assert has_plain_cost(document) is priced
    money = money_stage(read(document))
    alone = money is not None and len(read(document).objective[money[0]].terms) == 1
    assert priced == (alone and money is not None and money[1] == 1)
    kept, free = solved(document), solved(without(document, "half"))
    assert (price_of(document, "half", kept, free)["cost_high"] is not None) is priced


def test_the_price_is_the_one_that_the_explanation_gives() -> None:
    document = problem(rules=[AT_MOST_HALF])
    kept, free = solved(document), solved(without(document, "half"))
    [explained] = price_of_rules(document, Options())["rules"]
    price = price_of(document, "half", kept, free)
    assert price == {
        "rule": "half",
        "cost_low": explained["cost"]["low"],
        "cost_high": explained["cost"]["high"],
        "status": "optimal",
    }
    assert Decimal(price["cost_low"]) > 0


def test_what_was_not_proven_widens_the_interval_and_never_below_0() -> None:
    document = problem(rules=[AT_MOST_HALF])
    kept, free = solved(document), solved(without(document, "half"))
    exact = price_of(document, "half", kept, free)["cost_low"]
    low = price_of(document, "half", cut_short(kept, "1"), free)
    high = price_of(document, "half", kept, cut_short(free, "1"))
    assert (low["cost_low"], low["cost_high"]) == ("0", exact)
    assert high["cost_low"] == exact
    assert high["cost_high"] != exact


def test_without_both_allocations_there_is_no_interval() -> None:
    document = problem(rules=[AT_MOST_HALF])
    free = {"status": "infeasible", "stages": []}
    price = price_of(document, "half", free, free)
    assert (price["cost_low"], price["cost_high"], price["status"]) == (None, None, "infeasible")
