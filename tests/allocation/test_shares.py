"""Rules of the kinds share, amount and top_share."""

from fractions import Fraction
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


def share(**fields: Any) -> list[dict[str, Any]]:
    return [{"id": "R", "kind": "share", "measure": "quantity", **fields}]


def amount(**fields: Any) -> list[dict[str, Any]]:
    return [{"id": "R", "kind": "amount", "measure": "quantity", **fields}]


def top(**fields: Any) -> list[dict[str, Any]]:
    return [
        {"id": "R", "kind": "top_share", "measure": "quantity", "each": "firm", "n": 1, **fields}
    ]


def two(*, price: str = "3", **more: Any) -> dict[str, Any]:
    """A makes a unit for 1, B for 3."""
    return problem(offer("a", "A", price="1"), offer("b", "B", price=price), **more)


SMALL = {"select": {"firm_sizes": ["small"]}}


def sized(document: dict[str, Any]) -> dict[str, Any]:
    sizes = {"A": "large", "B": "small", "C": "large"}
    return {**document, "firms": [{"id": name, "size": size} for name, size in sizes.items()]}


@pytest.mark.parametrize(("least", "units"), [("0.4", 4), ("0.41", 5), ("0", None)])
def test_a_minimum_share_is_given_to_the_selected(least: str, units: int | None) -> None:
    result = solved(sized(two(rules=share(min=least, **SMALL))))
    assert totals(result).get("b") == units


def test_a_share_of_value_counts_prices() -> None:
    rule = share(min="0.5", **SMALL)
    rule[0]["measure"] = "value"
    # 3·b ≥ 0.5·(a + 3·b) with a + b = 10 needs b ≥ 2.5.
    assert totals(solved(sized(two(rules=rule)))) == {"a": 7, "b": 3}


@pytest.mark.parametrize(("most", "units"), [("0.7", 7), ("0.69", 6)])
def test_a_maximum_share_holds_for_each(most: str, units: int) -> None:
    document = two(rules=share(each="bidder", max=most))
    document["offers"].append(offer("c", "C", price="4"))
    assert totals(solved(document))["a"] == units


def test_shares_bind_only_their_scope() -> None:
    document = two(rules=share(each="bidder", max="0.5", scope={"lots": ["other"]}))
    document["lots"].append(lot("other", "0"))
    assert totals(solved(document)) == {"a": 10}


def test_with_each_a_minimum_binds_only_winners() -> None:
    document = two(price="1.5", rules=share(each="bidder", min="0.4"))
    assert totals(solved(document)) == {"a": 10}
    document["offers"][0]["maximum"] = "9"
    assert totals(solved(document)) == {"a": 6, "b": 4}


def test_workshares_divide_an_award_among_firms() -> None:
    document = problem(
        offer("ab", "AB", price="1", workshare={"A": "0.75", "B": "0.25"}),
        offer("c", "C", price="2"),
        rules=share(each="firm", max="0.5"),
    )
    # A holds 0.75 of what AB makes, so 0.75·ab ≤ 5; C holds all of its own.
    assert totals(solved(document)) == {"ab": 6, "c": 4}


def test_a_scope_of_firms_counts_their_part_alone() -> None:
    document = problem(
        offer("ab", "AB", price="1"),
        offer("c", "C", price="2"),
        rules=share(scope={"firms": ["A", "C"]}, select={"firms": ["C"]}, min="0.5"),
    )
    # The base is half of AB's work and all of C's: c ≥ 0.5·(ab/2 + c).
    assert totals(solved(document)) == {"ab": 6, "c": 4}


def test_per_lot_is_a_share_of_each_lot() -> None:
    document = problem(
        offer("a1", "A", of="L1", price="1"),
        offer("b1", "B", of="L1", price="5"),
        offer("a2", "A", of="L2", price="1"),
        offer("b2", "B", of="L2", price="2"),
        lots=[lot("L1"), lot("L2")],
        rules=share(select={"bidders": ["B"]}, min="0.2"),
    )
    assert totals(solved(document)) == {"a1": 10, "a2": 6, "b2": 4}
    document["rules"][0]["per"] = "lot"
    assert totals(solved(document)) == {"a1": 8, "b1": 2, "a2": 8, "b2": 2}


def test_regions_are_held_and_firms_without_one_are_not() -> None:
    document = two(rules=share(each="firm_region", max="0.5"))
    document["firms"] = [{"id": "A"}, {"id": "B", "region": "ID-JB"}, {"id": "C"}]
    assert totals(solved(document)) == {"a": 10}
    document["firms"][0]["region"] = "ID-JT"
    assert totals(solved(document)) == {"a": 5, "b": 5}


def test_prior_awards_count_in_selected_and_base() -> None:
    rule = share(each="firm", max="0.5", prior={"A": "4", "elsewhere": "6"}, prior_other="10")
    # A: 4 + a ≤ 0.5·(20 + a + b) with a + b = 10, so a ≤ 11.
    assert totals(solved(two(rules=rule))) == {"a": 10}
    rule[0]["prior_other"] = "0"
    # 4 + a ≤ 0.5·20.
    assert totals(solved(two(rules=rule))) == {"a": 6, "b": 4}


def test_without_each_the_prior_is_of_the_selected() -> None:
    rule = share(select={"bidders": ["B"]}, min="0.5", prior={"selected": "3"})
    # 3 + b ≥ 0.5·(3 + 10).
    assert totals(solved(two(rules=rule))) == {"a": 6, "b": 4}


def test_a_penalty_is_per_unit_of_what_is_missing() -> None:
    result = solved(sized(two(rules=share(min="0.5", penalty="1", **SMALL))))
    assert (result["rules"][0]["violation"], cost(result)) == ("5", 15)
    dear = solved(sized(two(rules=share(min="0.5", penalty="3", **SMALL))))
    assert (dear["rules"][0]["violation"], cost(dear)) == ("0", 20)


def test_a_package_counts_whole_or_by_its_items() -> None:
    document = problem(
        offer("a", "A", of="L1", price="1"),
        packages=[package("P", "B", "12", item("L1", "4", "2"), item("L2", "5", "10"))],
        lots=[lot("L1", "8"), lot("L2", "5")],
        rules=share(min="0", max="0.34", select={"bidders": ["B"]}, scope={"lots": ["L1"]}),
    )
    document["rules"][0]["measure"] = "value"
    # Of L1, the package's item is worth 2 of 2 + 4.
    result = solved(document)
    assert result["packages"] == ["P"]
    (cell,) = result["rules"][0]["cells"]
    assert (cell["selected"], cell["base"]) == ("2", "6")
    document["rules"][0]["scope"] = {}
    assert solved(document)["packages"] == []


def test_amount_limits_are_absolute() -> None:
    assert totals(solved(two(rules=amount(each="bidder", max="7")))) == {"a": 7, "b": 3}
    assert totals(solved(two(rules=amount(select={"bidders": ["B"]}, min="2"))))["b"] == 2


def test_amount_min_binds_everyone_unless_if_awarded() -> None:
    assert totals(solved(two(rules=amount(each="bidder", min="4")))) == {"a": 6, "b": 4}
    spared = amount(each="bidder", min="4", if_awarded=True)
    assert totals(solved(two(rules=spared))) == {"a": 10}


def test_a_worthwhile_minimum_binds_who_wins() -> None:
    document = two(rules=amount(each="bidder", min="4", if_awarded=True))
    document["offers"][0]["maximum"] = "9"
    assert totals(solved(document)) == {"a": 6, "b": 4}


@pytest.mark.parametrize(("most", "units"), [("0.6", 6), ("0.59", 5)])
def test_the_largest_hold_at_most_their_part(most: str, units: int) -> None:
    document = two(rules=top(max=most))
    document["offers"].append(offer("c", "C", price="8"))
    assert totals(solved(document))["a"] == units


def test_two_largest_are_added_up() -> None:
    document = two(rules=top(n=2, max="0.8"))
    document["offers"].append(offer("c", "C", price="8"))
    result = solved(document)
    assert sum(sorted(totals(result).values())[-2:]) == 8


def test_top_share_counts_those_with_a_prior_alone() -> None:
    rule = top(n=1, max="0.5", prior={"giant": "30"})
    assert solved(two(rules=rule))["status"] == "infeasible"
    rule[0]["penalty"] = "1"
    result = solved(two(rules=rule))
    assert result["rules"][0]["violation"] == "10"


def test_penalised_shares_of_thirds_are_exact() -> None:
    document = problem(
        offer("abc", "ABC", price="1"),
        rules=share(each="firm", max="0.3", penalty="1"),
    )
    document["bidders"].append({"id": "ABC", "members": ["A", "B", "C"]})
    result = solved(document)
    # Each firm holds 10/3 of 10, a third more than the allowed 3.
    assert Fraction(result["rules"][0]["violation"]) == 1
    assert cost(result) == 11
