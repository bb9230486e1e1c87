"""Packages, charges, discounts, choices and requires."""

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
    unfilled,
)

PAIR = [lot("L1", "10"), lot("L2", "10")]


def pair(price: str, **more: Any) -> dict[str, Any]:
    return problem(
        offer("a", "A", of="L1", price="2"),
        offer("b", "B", of="L2", price="2"),
        lots=PAIR,
        packages=[package("P", "C", price, item("L1", "10"), item("L2", "10"))],
        **more,
    )


@pytest.mark.parametrize(("price", "taken"), [("39", ["P"]), ("41", [])])
def test_a_package_is_taken_where_it_is_cheaper(price: str, taken: list[str]) -> None:
    assert solved(pair(price))["packages"] == taken


def test_a_package_is_all_or_nothing() -> None:
    document = pair("1")
    document["lots"] = [lot("L1", "9"), lot("L2", "10")]
    assert solved(document)["packages"] == []
    document["lots"][0]["over_cost"] = "0"
    result = solved(document)
    assert (result["packages"], result["excess"]) == (["P"], [{"lot": "L1", "quantities": ["1"]}])


def test_a_package_may_serve_several_periods() -> None:
    document = problem(
        lots=[lot(demand=["4", "6"])],
        periods=["W1", "W2"],
        packages=[package("P", "A", "9", item("L", ["4", "6"]))],
    )
    assert solved(document)["complete"] is True


def test_a_charge_is_paid_once_if_any_is_used() -> None:
    charges = [{"id": "C", "amount": "7", "any_of": ["a", "b", "P"]}]
    result = solved(pair("99", charges=charges))
    assert (result["charges"], result["cost"]["charges"], cost(result)) == (["C"], "7", 47)


def test_a_charge_is_not_paid_if_none_is_used() -> None:
    charges = [{"id": "C", "amount": "7", "any_of": ["P"]}]
    result = solved(pair("34", charges=charges))
    assert (result["packages"], result["charges"], cost(result)) == ([], [], 40)


def discount(basis: str, kind: str, *tiers: tuple[str, str]) -> dict[str, Any]:
    rows = [{"from": start, "percent": percent} for start, percent in tiers]
    return {"id": "D", "on": ["a", "b"], "basis": basis, "kind": kind, "tiers": rows}


@pytest.mark.parametrize(
    ("basis", "kind", "start", "off"),
    [
        ("quantity", "all_units", "20", "4"),
        ("quantity", "all_units", "21", "0"),
        ("value", "all_units", "40", "4"),
        ("value", "all_units", "40.01", "0"),
        ("value", "incremental", "30", "1"),
        ("value", "incremental", "40", "0"),
    ],
)
def test_a_discount_takes_its_percent_from_its_tier_on(
    basis: str, kind: str, start: str, off: str
) -> None:
    rule = discount(basis, kind, ("0", "0"), (start, "10"))
    result = solved(pair("999", discounts=[rule]))
    assert result["discounts"][0]["amount"] == off
    assert result["cost"]["discounts"] == off
    assert cost(result) == 40 - int(off)


def test_a_discount_counts_all_of_its_offers_and_no_others() -> None:
    rule = discount("quantity", "all_units", ("0", "0"), ("11", "50"))
    alone = {**rule, "on": ["a"]}
    assert cost(solved(pair("999", discounts=[rule]))) == 20
    assert cost(solved(pair("999", discounts=[alone]))) == 40


def test_a_discount_is_compulsory() -> None:
    rule = discount("quantity", "all_units", ("0", "30"), ("15", "0"))
    result = solved(pair("999", discounts=[rule]))
    assert (result["discounts"][0]["tier"], cost(result)) == (1, 40)


def test_an_incremental_discount_gives_each_slice_its_own() -> None:
    rule = discount("value", "incremental", ("0", "10"), ("10", "20"), ("30", "50"))
    # 1 of the first 10, 4 of the next 20, 5 of the last 10.
    assert solved(pair("999", discounts=[rule]))["cost"]["discounts"] == "10"


def test_alternates_exclude_each_other() -> None:
    document = problem(
        offer("a", "A", price="1", maximum="6"),
        offer("b", "B", price="2", maximum="6"),
        choices=[{"id": "X", "of": ["a", "b"], "max": 1}],
    )
    assert totals(solved(document)) == {"a": 6}
    document["choices"][0]["max"] = 2
    assert totals(solved(document)) == {"a": 6, "b": 4}


def test_a_choice_may_ask_for_some() -> None:
    document = problem(
        offer("a", "A", price="1"),
        offer("b", "B", price="2"),
        offer("c", "C", price="3"),
        choices=[{"id": "X", "of": ["b", "c"], "min": 1}],
    )
    assert totals(solved(document)) == {"a": 9, "b": 1}


def test_a_choice_does_not_bind_others() -> None:
    document = problem(offer("a", "A", price="1"), choices=[{"id": "X", "of": ["a"], "max": 1}])
    assert totals(solved(document)) == {"a": 10}


def test_what_is_required_is_used() -> None:
    requires = [{"id": "Q", "if": "P", "then_any_of": ["a", "c"]}]
    document = pair("5", requires=requires)
    document["offers"].append(offer("c", "C", of="L1", price="1", maximum="5"))
    # The package fills both lots, so nothing else fits beside it.
    result = solved(document)
    assert result["packages"] == []
    document["packages"][0]["items"] = [item("L2", "10")]
    result = solved(document)
    assert (result["packages"], totals(result)) == (["P"], {"a": 5, "c": 5})
    assert unfilled(result) == {}


def test_nothing_is_required_where_the_first_is_not_used() -> None:
    requires = [{"id": "Q", "if": "P", "then_any_of": ["b"]}]
    document = pair("999", requires=requires)
    document["offers"].pop()
    document["offers"].append(offer("b", "B", of="L2", price="1000"))
    assert solved(document)["packages"] == []
