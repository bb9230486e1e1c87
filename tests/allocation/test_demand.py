"""Demand, early delivery, shortfall and excess."""

from fractions import Fraction

import pytest

from tests.allocation.documents import cost, lot, offer, problem, quantities, solved, unfilled


def test_demand_is_filled_exactly() -> None:
    result = solved(problem(offer(maximum="50")))
    assert quantities(result) == {"O": ["10"]}
    assert result["complete"] is True
    assert [stage["value"] for stage in result["stages"]] == ["0", "50"]


def test_what_nobody_can_fill_is_a_shortfall_and_no_failure() -> None:
    result = solved(problem(offer(maximum="9")))
    assert unfilled(result) == {"L": 1}
    assert result["complete"] is False
    assert result["stages"][0]["value"] == "0.1"


def test_nothing_is_bought_where_nothing_is_demanded() -> None:
    result = solved(problem(offer(maximum="5"), lots=[lot(demand="0")]))
    assert result["allocations"] == []
    assert result["complete"] is True


def test_a_shortfall_cost_decides_whether_filling_pays() -> None:
    dear = solved(problem(offer(), lots=[lot(shortfall_cost="4.99")]))
    cheap = solved(problem(offer(), lots=[lot(shortfall_cost="5.01")]))
    assert (unfilled(dear), cost(dear)) == ({"L": 10}, Fraction("49.9"))
    assert (unfilled(cheap), cost(cheap)) == ({}, 50)
    # Without a lot that lacks a shortfall cost there is no stage 0.
    assert len(dear["stages"]) == 1


def test_unfilled_shares_are_added_up_not_units() -> None:
    document = problem(
        offer("O", of="big", uses=[{"resource": "R", "per_unit": "1"}]),
        offer("P", of="small", uses=[{"resource": "R", "per_unit": "1"}]),
        lots=[lot("big", "100"), lot("small", "10")],
        resources=[{"id": "R", "firm": "A", "capacity": "10"}],
    )
    result = solved(document)
    assert unfilled(result) == {"big": 100}
    assert result["stages"][0]["value"] == "1"


TWO = {"periods": ["W1", "W2"]}


def test_early_delivery_pays_carry_cost() -> None:
    document = problem(
        offer(maximum=["30", "0"]), lots=[lot(demand=["10", "20"], carry_cost="2")], **TWO
    )
    result = solved(document)
    assert quantities(result) == {"O": ["30", "0"]}
    assert result["early"] == [{"lot": "L", "quantities": ["20", "0"]}]
    assert result["cost"]["carry"] == "40"


def test_without_carry_cost_nothing_comes_early() -> None:
    document = problem(offer(maximum=["30", "5"]), lots=[lot(demand=["10", "20"])], **TWO)
    result = solved(document)
    assert quantities(result) == {"O": ["10", "5"]}
    assert result["shortfalls"][0]["quantities"] == ["0", "15"]


def test_no_more_is_carried_than_is_still_to_come() -> None:
    document = problem(
        offer(minimum="31", maximum=["31", "0"]),
        lots=[lot(demand=["10", "20"], carry_cost="2")],
        **TWO,
    )
    assert solved(document)["allocations"] == []


def test_excess_needs_an_over_cost_and_pays_it() -> None:
    packs = offer(increment="4", maximum="12")
    without = solved(problem(packs))
    free = solved(problem(packs, lots=[lot(over_cost="0")]))
    dear = solved(problem(packs, lots=[lot(over_cost="3")]))
    assert quantities(without) == {"O": ["8"]}
    assert quantities(free) == {"O": ["12"]}
    assert free["excess"] == [{"lot": "L", "quantities": ["2"]}]
    assert dear["cost"]["over"] == "6"


def test_surplus_is_carried_before_it_is_excess() -> None:
    # 12 arrive at once: 2 are needed, 3 more later, so 3 are carried and 7 are excess. Calling
    # all 10 excess would save the carrying, but that is not what happens to them.
    document = problem(
        offer("O", minimum="12", maximum=["12", "0"]),
        offer("P", price="1", maximum=["0", "3"]),
        lots=[lot(demand=["2", "3"], carry_cost="10", over_cost="1")],
        pins=[{"id": "N", "offer": "O", "min": "12"}],
        **TWO,
    )
    result = solved(document)
    assert quantities(result) == {"O": ["12", "0"]}
    assert result["early"] == [{"lot": "L", "quantities": ["3", "0"]}]
    assert result["excess"] == [{"lot": "L", "quantities": ["7", "0"]}]
    assert cost(result) == 60 + 30 + 7


@pytest.mark.parametrize(("stated", "first"), [("7", "7"), (["0", "7"], "0")])
def test_a_single_demand_is_the_first_periods(stated: object, first: str) -> None:
    result = solved(problem(offer(), lots=[lot(demand=stated)], **TWO))
    assert quantities(result)["O"][0] == first
