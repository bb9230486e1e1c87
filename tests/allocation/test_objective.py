"""Stages, tolerances and every measure."""

from typing import Any

import pytest

from tests.allocation.documents import (
    cost,
    item,
    lot,
    offer,
    package,
    problem,
    solved,
    totals,
)


def stages(*stated: Any) -> list[dict[str, Any]]:
    """Each a measure, or a measure and a tolerance."""
    rows = []
    for one in stated:
        measure, tolerance = one if isinstance(one, tuple) else (one, "0")
        rows.append({"terms": [{"measure": measure}], "tolerance": tolerance})
    return rows


def three(**more: Any) -> dict[str, Any]:
    return problem(
        offer("a", "A", price="1", maximum="6", scores={"days": "9"}, order=3),
        offer("b", "B", price="2", maximum="5", scores={"days": "1"}, order=1),
        offer("c", "C", price="3", scores={"days": "4"}, order=2),
        **more,
    )


def test_cost_is_the_default() -> None:
    assert totals(solved(three())) == {"a": 6, "b": 4}


def test_a_later_stage_keeps_the_earlier_ones() -> None:
    result = solved(three(objective=stages("winners", "cost")))
    assert totals(result) == {"c": 10}
    assert [one["value"] for one in result["stages"]] == ["0", "1", "30"]


def test_a_tolerance_lets_a_later_stage_improve() -> None:
    tight = solved(three(objective=stages(("cost", "0.15"), "score:days")))
    loose = solved(three(objective=stages(("cost", "0.5"), "score:days")))
    assert tight["stages"][1] == {"value": "15", "bound": "14", "gap": "0.066666666667"}
    assert tight["status"] == "optimal"
    assert (totals(tight), totals(loose)) == ({"a": 5, "b": 5}, {"a": 2, "b": 5, "c": 3})


def test_weights_add_measures_up() -> None:
    terms = [{"measure": "cost"}, {"measure": "winners", "weight": "20"}]
    assert totals(solved(three(objective=[{"terms": terms}]))) == {"c": 10}


def test_a_negative_weight_asks_for_more() -> None:
    terms = [{"measure": "score:days", "weight": "-1"}]
    result = solved(three(objective=[{"terms": terms}]))
    assert totals(result) == {"a": 6, "c": 4}
    assert result["stages"][1]["value"] == "-70"


def test_even_cost_may_be_asked_for() -> None:
    terms = [{"measure": "cost", "weight": "-1"}]
    rules = [{"id": "R", "kind": "count", "of": "bidder", "max": 1, "penalty": "100"}]
    result = solved(three(objective=[{"terms": terms}], rules=rules))
    assert (totals(result), cost(result)) == ({"a": 1, "b": 1, "c": 8}, 227)


def test_a_packages_score_counts_once() -> None:
    document = problem(
        packages=[package("P", "A", "1", item("L", "10"), scores={"days": "7"})],
        objective=stages("score:days"),
    )
    assert [one["value"] for one in solved(document)["stages"]] == ["0", "7"]


def test_order_breaks_ties_by_a_published_rule() -> None:
    document = problem(
        offer("a", "A", price="2", order=2),
        offer("b", "B", price="2", order=1),
        objective=stages("cost", "order"),
    )
    assert totals(solved(document)) == {"b": 10}


def reference(document: dict[str, Any], packages: list[str], **quantities: str) -> dict[str, Any]:
    allocations = [{"offer": name, "quantities": one} for name, one in quantities.items()]
    return {**document, "reference": {"allocations": allocations, "packages": packages}}


def test_change_counts_a_moved_unit_once() -> None:
    document = reference(three(objective=stages("change", "cost")), [], a="2", b="5", c="3")
    assert solved(document)["stages"][1]["value"] == "0"
    document["offers"][1]["maximum"] = "3"
    result = solved(document)
    assert result["stages"][1]["value"] == "2"
    assert totals(result) == {"a": 4, "b": 3, "c": 3}


def test_change_counts_a_packages_items() -> None:
    document = problem(
        offer("a", "A", price="1"),
        packages=[package("P", "B", "99", item("L", "4"))],
        objective=stages("change"),
    )
    kept = solved(reference(document, ["P"], a="6"))
    assert (kept["packages"], kept["stages"][1]["value"]) == (["P"], "0")
    lost = solved(
        {
            **reference(document, ["P"], a="6"),
            "pins": [{"id": "N", "package": "P", "accept": False}],
        }
    )
    assert lost["stages"][1]["value"] == "4"


def test_peak_load_levels_resources() -> None:
    document = problem(
        offer("a", "A", price="1", uses=[{"resource": "RA", "per_unit": "1"}]),
        offer("b", "B", price="9", uses=[{"resource": "RB", "per_unit": "1"}]),
        resources=[
            {"id": "RA", "firm": "A", "capacity": "10"},
            {"id": "RB", "firm": "B", "capacity": "30"},
            {"id": "none", "firm": "B", "capacity": "0"},
        ],
        objective=stages("peak_load", "cost"),
    )
    result = solved(document)
    # 2/10 and 8/30 are as level as whole units get; the peak never ends as a decimal.
    assert totals(result) == {"a": 2, "b": 8}
    assert result["stages"][1]["value"] == "0.266666666667"


def test_peak_load_of_nothing_is_0() -> None:
    assert solved(three(objective=stages("peak_load")))["stages"][1]["value"] == "0"


@pytest.mark.parametrize(
    ("adjustment", "winner"),
    [
        ({"percent": "-40", "scope": {"bidders": ["C"]}}, "b"),
        ({"percent": "-60", "scope": {"bidders": ["C"]}}, "c"),
        ({"per_unit": "-1.5", "scope": {"firms": ["C"]}}, "b"),
        ({"per_unit": "-2.1", "scope": {"firms": ["C"]}}, "c"),
    ],
)
def test_adjustments_compare_and_are_not_paid(adjustment: dict[str, Any], winner: str) -> None:
    document = problem(
        offer("b", "B", price="2"),
        offer("c", "C", price="4" if "per_unit" in adjustment else "3.5"),
        adjustments=[{"id": "J", **adjustment}],
        objective=[{"terms": [{"measure": "cost"}, {"measure": "adjustment"}]}],
    )
    result = solved(document)
    paid = {"b": 20, "c": 40 if "per_unit" in adjustment else 35}
    assert (list(totals(result)), cost(result)) == ([winner], paid[winner])


def test_a_consortium_is_adjusted_by_the_part_in_scope() -> None:
    document = problem(
        offer("ab", "AB", price="10"),
        adjustments=[{"id": "J", "percent": "10", "per_unit": "1", "scope": {"firms": ["A"]}}],
        objective=stages("adjustment"),
        lots=[lot()],
    )
    # Half of the work is A's: 5 % of 100 and half a unit for each of 10.
    assert solved(document)["stages"][1]["value"] == "10"
