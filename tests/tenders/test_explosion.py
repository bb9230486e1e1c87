from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.directory.calendar import Span
from app.tenders.explosion import demand, due_period

# Four weeks, four weeks, two weeks and one.
SPANS = [
    Span(date(2027, 1, 4), 4),
    Span(date(2027, 2, 1), 4),
    Span(date(2027, 3, 1), 2),
    Span(date(2027, 3, 15), 1),
]


def exploded(schedule, *, per="1", lead=0, increment="1", spans=SPANS) -> list[str]:
    quantities = demand(
        quantity_per=Decimal(per),
        lead_time_weeks=lead,
        increment=Decimal(increment),
        schedule=[Decimal(machines) for machines in schedule],
        spans=spans,
    )
    return [str(quantity) for quantity in quantities]


def test_without_lead_time_a_part_is_due_in_its_own_period() -> None:
    assert exploded([100, 200, 300, 400], per="2") == ["200", "400", "600", "800"]


@pytest.mark.parametrize(
    ("period", "lead", "due"),
    [
        (1, 1, 0),  # the last week of January's period
        (1, 4, 0),  # its very first week
        (1, 5, 0),  # before all periods: the first
        (2, 4, 1),
        (2, 5, 0),
        (3, 1, 2),
        (3, 2, 2),
        (3, 3, 1),
        (3, 104, 0),
        (0, 1, 0),
    ],
)
def test_demand_lies_in_the_period_that_contains_the_due_week(
    period: int, lead: int, due: int
) -> None:
    assert due_period(SPANS, period, lead) == due
    schedule = [0] * 4
    schedule[period] = 10
    expected = ["0"] * 4
    expected[due] = "10"
    assert exploded(schedule, lead=lead) == expected


def test_several_periods_may_need_a_part_in_the_same_week() -> None:
    assert exploded([100, 200, 300, 400], lead=2) == ["300", "300", "400", "0"]


def test_rounding_up_to_increments_never_adds_up_to_a_whole_one() -> None:
    # 101, 202, 303 and 404 needed in all by the end of each period, in boxes of 100.
    assert exploded([101, 101, 101, 101], increment="100") == ["200", "100", "100", "100"]
    assert exploded([10, 10, 10, 10], increment="100") == ["100", "0", "0", "0"]


def test_nothing_is_rounded_on_the_way() -> None:
    digits = "123456789012.123456789012"
    exact = Fraction(digits) ** 2
    found = exploded([digits], per=digits, increment="0.000000000000000000000001", spans=SPANS[:1])
    assert Fraction(found[0]) == exact


quantities = st.decimals(min_value=0, max_value=5000, places=3)


@given(
    schedule=st.lists(quantities, min_size=4, max_size=4),
    per=st.decimals(min_value="0.001", max_value=50, places=3),
    increment=st.decimals(min_value="0.01", max_value=200, places=2),
    lead=st.integers(0, 20),
)
def test_demand_covers_the_need_in_whole_increments_and_no_more(
    schedule: list[Decimal], per: Decimal, increment: Decimal, lead: int
) -> None:
    found = demand(
        quantity_per=per,
        lead_time_weeks=lead,
        increment=increment,
        schedule=schedule,
        spans=SPANS,
    )
    need = [Fraction(0)] * 4
    for period, machines in enumerate(schedule):
        need[due_period(SPANS, period, lead)] += Fraction(machines) * Fraction(per)
    assert all(quantity >= 0 for quantity in found)
    assert all(Fraction(quantity) % Fraction(increment) == 0 for quantity in found)
    covered = list(accumulate(map(Fraction, found)))
    for needed, bought in zip(accumulate(need), covered, strict=True):
        assert 0 <= bought - needed < Fraction(increment)
