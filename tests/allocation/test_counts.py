"""Rules of kind count: how many bidders, firms, groups or lots have an award."""

from typing import Any

import pytest

from tests.allocation.documents import (
    cost,
    item,
    lot,
    offer,
    package,
    problem,
    quantities,
    solved,
    totals,
)


def count(**fields: Any) -> list[dict[str, Any]]:
    return [{"id": "R", "kind": "count", "of": "bidder", **fields}]


def three(**more: Any) -> dict[str, Any]:
    """A can make 6 cheaply, B 3, C all of it dearly."""
    return problem(
        offer("a", "A", price="1", maximum="6"),
        offer("b", "B", price="2", maximum="3"),
        offer("c", "C", price="9"),
        **more,
    )


def violation(result: dict[str, Any]) -> str:
    (rule,) = result["rules"]
    return str(rule["violation"])


def test_max_allows_as_many_and_no_more() -> None:
    assert len(quantities(solved(three(rules=count(max=3))))) == 3
    assert totals(solved(three(rules=count(max=2)))) == {"a": 6, "c": 4}
    assert totals(solved(three(rules=count(max=1)))) == {"c": 10}


def test_min_asks_for_as_many() -> None:
    document = problem(offer("a", "A", price="1"), offer("b", "B", price="2"))
    assert totals(solved(document)) == {"a": 10}
    assert totals(solved({**document, "rules": count(min=2)})) == {"a": 9, "b": 1}


def test_min_binds_only_where_something_is_awarded() -> None:
    document = problem(offer("a", "A"), lots=[lot(demand="0")], rules=count(min=2))
    assert solved(document)["status"] == "optimal"


def test_always_binds_everywhere() -> None:
    document = problem(offer("a", "A"), rules=count(min=2, always=True))
    result = solved(document)
    assert (result["status"], result["conflict"]) == ("infeasible", ["R"])


def test_per_lot_counts_in_each_lot() -> None:
    document = problem(
        offer("a1", "A", of="L1", price="1"),
        offer("b1", "B", of="L1", price="2"),
        offer("a2", "A", of="L2", price="2"),
        offer("b2", "B", of="L2", price="1"),
        lots=[lot("L1"), lot("L2")],
    )
    assert set(totals(solved(document))) == {"a1", "b2"}
    per_lot = solved({**document, "rules": count(min=2, per="lot")})
    assert set(totals(per_lot)) == {"a1", "b1", "a2", "b2"}
    assert [cell["lot"] for cell in per_lot["rules"][0]["cells"]] == ["L1", "L2"]
    overall = solved({**document, "rules": count(max=1)})
    assert len({name[0] for name in totals(overall)}) == 1


def test_per_period_counts_deliveries() -> None:
    document = problem(
        offer("a", "A", price="1", maximum=["9", "1"]),
        offer("b", "B", price="2"),
        lots=[lot(demand=["10", "10"])],
        periods=["W1", "W2"],
        rules=count(max=1, per="period"),
    )
    result = solved(document)
    for t in range(2):
        assert sum(row[t] != "0" for row in quantities(result).values()) == 1
    assert result["complete"] is True


def test_firms_are_counted_by_their_workshare() -> None:
    document = problem(
        offer("ab", "AB", price="1", workshare={"A": "1", "B": "0"}),
        rules=[{**count()[0], "of": "firm", "min": 2, "always": True}],
    )
    assert solved(document)["status"] == "infeasible"
    document["offers"][0]["workshare"] = {"A": "0.5", "B": "0.5"}
    assert solved(document)["status"] == "optimal"


def test_groups_are_counted_and_a_firm_without_one_is_its_own() -> None:
    document = three(rules=[{**count()[0], "of": "firm_group", "max": 2}])
    document["firms"] = [{"id": "A", "group": "G"}, {"id": "B", "group": "G"}, {"id": "C"}]
    assert len(totals(solved(document))) == 3


def test_lots_are_counted() -> None:
    document = problem(
        offer("a", of="L1"),
        offer("b", of="L2"),
        lots=[lot("L1", shortfall_cost="6"), lot("L2", shortfall_cost="7")],
        rules=[{**count()[0], "of": "lot", "max": 1}],
    )
    assert totals(solved(document)) == {"b": 10}


def test_a_package_counts_in_the_lots_and_periods_that_it_serves() -> None:
    document = problem(
        packages=[package("P", "A", "1", item("L1", ["10", "0"]), item("L2", "0"))],
        lots=[lot("L1"), lot("L2", "0")],
        periods=["W1", "W2"],
    )
    result = solved({**document, "rules": count(max=5, per="lot")})
    assert [cell["selected"] for cell in result["rules"][0]["cells"]] == ["1", "0"]
    result = solved({**document, "rules": count(max=5, per="period")})
    assert [cell["selected"] for cell in result["rules"][0]["cells"]] == ["1", "0"]


def test_scope_limits_what_is_counted() -> None:
    limited = count(max=0, scope={"bidders": ["A"]})
    assert set(totals(solved(three(rules=limited)))) == {"b", "c"}


def test_a_penalty_is_paid_where_breaking_the_rule_is_cheaper() -> None:
    broken = solved(three(rules=count(max=2, penalty="3")))
    kept = solved(three(rules=count(max=2, penalty="30")))
    assert (violation(broken), broken["cost"]["penalties"], cost(broken)) == ("1", "3", 24)
    assert broken["rules"][0]["holds"] is False
    assert (violation(kept), cost(kept)) == ("0", 42)


@pytest.mark.parametrize(("always", "missing"), [(False, "0"), (True, "2")])
def test_a_penalised_minimum_misses_by_what_is_lacking(always: bool, missing: str) -> None:
    rule = count(min=2, always=always, penalty="5")
    document = problem(lots=[lot(demand="1")], rules=rule)
    assert violation(solved(document)) == missing
