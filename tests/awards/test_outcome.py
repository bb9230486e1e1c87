"""What a result awards, computed exactly from it and its problem."""

from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.awards import exact
from app.awards.errors import NotAwardable, NothingToAward
from app.awards.outcome import outcome_of

PROBLEM: dict[str, Any] = {
    "format": "jejaring.allocation-problem/1",
    "currency": "IDR",
    "periods": ["2027-01", "2027-02"],
    "lots": [{"id": "bracket", "unit": "pc", "demand": ["600", "400"]}],
    "firms": [{"id": "S1"}, {"id": "S2"}, {"id": "S3"}],
    "bidders": [
        {"id": "K1", "members": ["S1", "S2", "S3"]},
        {"id": "S3", "members": ["S3"]},
        {"id": "S2", "members": ["S2"]},
    ],
    "resources": [
        {"id": "press", "firm": "S1", "capacity": ["480", "480"]},
        {"id": "laser", "firm": "S2", "capacity": "80"},
    ],
    "offers": [
        {
            "id": "K1/1/a",
            "bidder": "K1",
            "lot": "bracket",
            "price": "12500",
            "uses": [
                {"resource": "press", "per_unit": "0.05", "per_delivery": "2"},
                {"resource": "laser", "per_unit": "0.1"},
            ],
        },
        {
            "id": "S3/1/a",
            "bidder": "S3",
            "lot": "bracket",
            "price": "13000",
            "uses": [{"resource": "press", "per_unit": "0.333333333333", "per_delivery": "1"}],
        },
        {"id": "S2/1/a", "bidder": "S2", "lot": "bracket", "price": "99000"},
    ],
}
RESULT: dict[str, Any] = {
    "format": "jejaring.allocation-result/1",
    "status": "optimal",
    "complete": True,
    "cost": {"total": "14302500.5"},
    "allocations": [
        {
            "offer": "K1/1/a",
            "quantities": ["600", "0"],
            "tier": 0,
            "price": "7500000",
            "setup": "250000.25",
            "freight": "45000",
        },
        {"offer": "S3/1/a", "quantities": ["100", "300"], "tier": 0, "price": "5200000"},
    ],
    "packages": [],
}


def test_lines_carry_the_result_and_the_bids_workshares() -> None:
    outcome = outcome_of(PROBLEM, RESULT)
    first, second = outcome.lines
    assert (first.bidder, first.offer, first.lot) == ("K1", "K1/1/a", "bracket")
    assert first.quantities == (Decimal(600), Decimal(0))
    assert first.total == Decimal("7795000.25")
    assert first.workshare == dict.fromkeys(("S1", "S2", "S3"), Fraction(1, 3))
    assert (second.setup, second.delivery, second.freight) == (0, 0, 0)
    assert outcome.total == Decimal("12995000.25")
    assert outcome.evaluated_cost == Decimal("14302500.5")
    assert outcome.complete


def test_only_winners_are_bound() -> None:
    assert outcome_of(PROBLEM, RESULT).winners == {"K1": ("S1", "S2", "S3"), "S3": ("S3",)}


def test_needs_count_every_unit_and_every_period_with_a_delivery() -> None:
    needs = outcome_of(PROBLEM, RESULT).needs
    assert needs["laser"] == [Decimal(60), Decimal(0)]
    # 600 x 0.05 + 2 of K1 and 100 x 0.333… + 1 of S3; then S3 alone, since K1 delivers nothing.
    assert needs["press"] == [Decimal("66.3333333333"), Decimal("100.9999999999")]


def test_a_period_number_stands_for_every_period_of_the_problem() -> None:
    problem = {name: deepcopy(PROBLEM[name]) for name in PROBLEM if name != "periods"}
    problem["lots"] = [{"id": "bracket", "unit": "pc", "demand": "1000"}]
    problem["resources"][0]["capacity"] = "480"
    result = deepcopy(RESULT)
    result["allocations"] = [{"offer": "K1/1/a", "quantities": ["600"], "price": "7500000"}]
    assert outcome_of(problem, result).needs == {"press": [Decimal(32)], "laser": [Decimal(60)]}


@pytest.mark.parametrize("status", ["infeasible", "unsolved", "cancelled"])
def test_a_result_without_allocations_awards_nothing(status: str) -> None:
    result = {"format": RESULT["format"], "status": status, "complete": False}
    with pytest.raises(NothingToAward):
        outcome_of(PROBLEM, result)
    with pytest.raises(NothingToAward):
        outcome_of(PROBLEM, {**result, "allocations": []})


@pytest.mark.parametrize(
    ("element", "used"),
    [("packages", ["P1"]), ("charges", ["C1"]), ("discounts", [{"id": "D1", "amount": "5"}])],
)
def test_what_an_award_cannot_carry_is_refused(element: str, used: list[Any]) -> None:
    with pytest.raises(NotAwardable):
        outcome_of(PROBLEM, {**RESULT, element: used})


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=8),
    st.decimals(0, 10**6, places=12),
    st.decimals(0, 10**6, places=12),
)
def test_needs_are_exact_however_long_the_numbers(
    quantities: list[tuple[int, int]], per_unit: Decimal, per_delivery: Decimal
) -> None:
    use = {"resource": "press", "per_unit": str(per_unit), "per_delivery": str(per_delivery)}
    offers = [
        {"id": f"S3/1/{n}", "bidder": "S3", "lot": "bracket", "price": "1", "uses": [use]}
        for n in range(len(quantities))
    ]
    allocations = [
        {"offer": f"S3/1/{n}", "quantities": [str(one) for one in pair], "price": "1"}
        for n, pair in enumerate(quantities)
    ]
    needs = outcome_of({**PROBLEM, "offers": offers}, {**RESULT, "allocations": allocations}).needs
    for period in range(2):
        delivered = [pair[period] for pair in quantities]
        expected = sum(delivered) * Fraction(per_unit)
        expected += sum(1 for one in delivered if one) * Fraction(per_delivery)
        assert Fraction(needs["press"][period]) == expected


def test_sums_are_exact_beyond_pythons_default_precision() -> None:
    long = Decimal("123456789012345678901234567890.000000000000000001")
    assert exact.total([long, long]) == Decimal("246913578024691357802469135780.000000000000000002")
    with pytest.raises(ArithmeticError):
        exact.as_decimal(Fraction(1, 3))
