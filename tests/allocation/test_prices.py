"""Tiers of both kinds, set-up, delivery cost and freight."""

from typing import Any

import pytest

from tests.allocation.documents import cost, lot, offer, problem, quantities, solved


def tiers(kind: str, *pairs: tuple[str, str]) -> dict[str, Any]:
    return {"kind": kind, "tiers": [{"from": start, "unit": unit} for start, unit in pairs]}


FALLING = (("0", "10"), ("5", "6"))


@pytest.mark.parametrize(
    ("kind", "demand", "price", "tier"),
    [
        ("all_units", "4", 40, 0),
        ("all_units", "5", 30, 1),
        ("incremental", "4", 40, 0),
        ("incremental", "5", 50, 1),
        ("incremental", "7", 62, 1),
    ],
)
def test_the_tier_reached_sets_the_price(kind: str, demand: str, price: int, tier: int) -> None:
    result = solved(problem(offer(price=tiers(kind, *FALLING)), lots=[lot(demand=demand)]))
    assert cost(result) == price
    assert result["allocations"][0]["tier"] == tier


def test_a_lower_price_is_not_had_below_its_tier() -> None:
    document = problem(
        offer(price=tiers("all_units", *FALLING), maximum="4"),
        offer("P", bidder="B", price="7"),
        lots=[lot(demand="8")],
    )
    assert quantities(solved(document)) == {"P": ["8"]}


def test_a_tier_is_chosen_over_all_periods_together() -> None:
    document = problem(
        offer(price=tiers("all_units", *FALLING)),
        lots=[lot(demand=["3", "3"])],
        periods=["W1", "W2"],
    )
    assert cost(solved(document)) == 36


def test_rising_prices_are_paid_as_they_rise() -> None:
    rising = (("0", "4"), ("5", "9"))
    document = problem(
        offer(price=tiers("all_units", *rising)),
        offer("P", bidder="B", price="7"),
        lots=[lot(demand="8")],
    )
    # Four units stay below the dear tier; the others come from elsewhere.
    assert quantities(solved(document)) == {"O": ["4"], "P": ["4"]}
    steps = problem(
        offer(price=tiers("incremental", *rising)),
        offer("P", bidder="B", price="7"),
        lots=[lot(demand="8")],
    )
    assert quantities(solved(steps)) == {"O": ["5"], "P": ["3"]}


def test_tiers_between_steps_are_reached_by_the_next_step() -> None:
    document = problem(
        offer(price=tiers("all_units", ("0", "10"), ("4.5", "1")), increment="2"),
        lots=[lot(demand="6")],
    )
    assert cost(solved(document)) == 6


def test_a_plain_price_is_the_only_tier() -> None:
    result = solved(problem(offer(price="2.5")))
    assert (cost(result), result["allocations"][0]["tier"]) == (25, 0)


def test_set_up_is_paid_once_if_used() -> None:
    document = problem(offer(setup="12"), lots=[lot(demand=["5", "5"])], periods=["W1", "W2"])
    assert solved(document)["cost"]["setup"] == "12"


def test_set_up_is_not_paid_for_what_is_not_used() -> None:
    result = solved(problem(offer(price="4"), offer("P", bidder="B", price="3.9", setup="2")))
    assert quantities(result) == {"O": ["10"]}
    assert result["cost"]["setup"] == "0"


def test_delivery_cost_is_paid_for_every_period_of_delivery() -> None:
    document = problem(
        offer(delivery_cost="9"),
        lots=[lot(demand=["5", "5"], carry_cost="1")],
        periods=["W1", "W2"],
    )
    together = solved(document)
    assert (quantities(together), together["cost"]["delivery"]) == ({"O": ["10", "0"]}, "9")
    document["lots"] = [lot(demand=["5", "5"], carry_cost="2")]
    apart = solved(document)
    assert (quantities(apart), apart["cost"]["delivery"]) == ({"O": ["5", "5"]}, "18")


def test_freight_is_paid_per_unit() -> None:
    result = solved(problem(offer(price="4", freight="1.5")))
    assert (result["cost"]["freight"], cost(result)) == ("15", 55)
    assert result["allocations"][0]["freight"] == "15"
