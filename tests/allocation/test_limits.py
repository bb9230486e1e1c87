"""Increments, pack sizes, minimum, maximum and limits of single deliveries."""

import pytest

from tests.allocation.documents import lot, offer, problem, quantities, solved, unfilled

TWO = {"periods": ["W1", "W2"]}


def test_awards_are_whole_multiples_of_the_lots_increment() -> None:
    result = solved(problem(offer(maximum="9.9"), lots=[lot(increment="0.5")]))
    assert quantities(result) == {"O": ["9.5"]}


def test_a_pack_size_is_the_offers_own_step() -> None:
    result = solved(problem(offer(increment="3")))
    assert quantities(result) == {"O": ["9"]}
    assert unfilled(result) == {"L": 1}


def test_a_minimum_allows_its_own_quantity() -> None:
    assert quantities(solved(problem(offer(minimum="10")))) == {"O": ["10"]}


def test_one_below_the_minimum_is_refused() -> None:
    document = problem(offer(minimum="11", maximum="20"))
    assert solved(document)["allocations"] == []


def test_a_minimum_does_not_force_an_unused_offer() -> None:
    result = solved(problem(offer("O"), offer("P", bidder="B", price="6", minimum="10")))
    assert quantities(result) == {"O": ["10"]}


def test_a_minimum_between_steps_means_the_next_step() -> None:
    document = problem(offer(increment="5", minimum="6", maximum="20"), lots=[lot(over_cost="0")])
    assert quantities(solved(document)) == {"O": ["10"]}


def test_a_maximum_allows_itself_and_no_more() -> None:
    assert quantities(solved(problem(offer(maximum="10")))) == {"O": ["10"]}
    assert quantities(solved(problem(offer(maximum="9")))) == {"O": ["9"]}


def test_the_default_maximum_is_the_demand_rounded_up() -> None:
    document = problem(offer(price="1", increment="4"), lots=[lot(over_cost="0")])
    assert quantities(solved(document)) == {"O": ["12"]}


def test_a_maximum_below_the_minimum_makes_an_offer_unusable() -> None:
    assert solved(problem(offer(minimum="5", maximum="4")))["allocations"] == []


def test_a_listed_maximum_holds_in_each_period() -> None:
    document = problem(
        offer(maximum=["6", "3"]), lots=[lot(demand=["5", "5"], carry_cost="0")], **TWO
    )
    assert quantities(solved(document)) == {"O": ["6", "3"]}


def test_a_single_maximum_holds_over_all_periods() -> None:
    result = solved(problem(offer(maximum="7"), lots=[lot(demand=["5", "5"])], **TWO))
    assert sum(map(int, quantities(result)["O"])) == 7


@pytest.mark.parametrize(("least", "filled"), [("3", "3"), ("4", "0")])
def test_a_delivery_minimum_holds_in_each_period_of_delivery(least: str, filled: str) -> None:
    document = problem(offer(delivery_minimum=least), lots=[lot(demand=["10", "3"])], **TWO)
    assert quantities(solved(document)) == {"O": ["10", filled]}


def test_a_delivery_minimum_does_not_force_a_delivery() -> None:
    document = problem(offer(delivery_minimum="2"), lots=[lot(demand=["10", "0"])], **TWO)
    assert quantities(solved(document)) == {"O": ["10", "0"]}
