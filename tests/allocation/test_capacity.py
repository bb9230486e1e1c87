"""Capacity of resources: per unit, per delivery, of packages, shared between consortia."""

from typing import Any

import pytest

from tests.allocation.documents import (
    item,
    lot,
    offer,
    package,
    problem,
    quantities,
    solved,
    totals,
    unfilled,
)

TWO = {"periods": ["W1", "W2"]}


def resource(capacity: Any) -> list[dict[str, Any]]:
    return [{"id": "R", "firm": "A", "capacity": capacity}]


def using(**amounts: str) -> list[dict[str, Any]]:
    return [{"resource": "R", **amounts}]


@pytest.mark.parametrize(("capacity", "filled"), [("5", 10), ("4.9", 9)])
def test_capacity_allows_the_limit_and_refuses_one_more(capacity: str, filled: int) -> None:
    document = problem(offer(uses=using(per_unit="0.5")), resources=resource(capacity))
    assert totals(solved(document)) == {"O": filled}


def test_capacity_does_not_bind_offers_that_do_not_use_it() -> None:
    document = problem(offer(), resources=resource("0"))
    assert totals(solved(document)) == {"O": 10}


def test_a_delivery_takes_capacity_in_every_period_of_delivery() -> None:
    document = problem(
        offer(uses=using(per_unit="1", per_delivery="2")),
        lots=[lot(demand=["5", "5"])],
        resources=resource(["7", "6"]),
        **TWO,
    )
    assert quantities(solved(document)) == {"O": ["5", "4"]}


def test_one_firms_capacity_is_wanted_by_two_bidders() -> None:
    document = problem(
        offer("O", uses=using(per_unit="1")),
        offer("P", bidder="AB", uses=using(per_unit="1")),
        lots=[lot(demand="20")],
        resources=resource("12"),
    )
    result = solved(document)
    assert unfilled(result) == {"L": 8}
    assert sum(totals(result).values()) == 12


@pytest.mark.parametrize(("capacity", "taken"), [("3", ["P"]), ("2.5", [])])
def test_a_package_takes_its_amount(capacity: str, taken: list[str]) -> None:
    used = [{"resource": "R", "amount": "3"}]
    document = problem(
        packages=[package("P", "A", "1", item("L", "10"), uses=used)], resources=resource(capacity)
    )
    assert solved(document)["packages"] == taken


def test_one_capacity_stands_for_every_period() -> None:
    document = problem(
        offer(uses=using(per_unit="1")),
        lots=[lot(demand=["5", "5"])],
        resources=resource("3"),
        **TWO,
    )
    assert quantities(solved(document)) == {"O": ["3", "3"]}
