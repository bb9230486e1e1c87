"""Intervals: arithmetic, outward rounding, and what two of them say of each other."""

from fractions import Fraction
from math import ceil, floor

import pytest

from app.allocation.explaining.intervals import (
    Interval,
    compared,
    limit_of,
    outward,
    stated_bound,
)

THIRD = Fraction(1, 3)
NONE = Fraction(0)


def between(low: int | None, high: int | None) -> Interval:
    return Interval(
        None if low is None else Fraction(low), None if high is None else Fraction(high)
    )


def test_a_difference_is_as_wide_as_both() -> None:
    assert between(5, 7).minus(between(1, 2)) == between(3, 6)
    assert between(5, None).minus(between(1, 2)) == between(3, None)
    assert between(5, 7).minus(between(None, 2)) == between(3, None)
    assert between(None, 7).minus(between(1, None)) == between(None, 6)
    assert not between(None, None).exact


def test_parts_of_an_interval() -> None:
    assert between(1, 9).within(between(3, None)) == between(3, 9)
    assert between(None, None).within(between(3, 4)) == between(3, 4)
    assert between(3, 4).within(between(1, 9)) == between(3, 4)
    assert between(1, None).times(Fraction(2)) == between(2, None)
    assert between(None, 3).times(Fraction(2)) == between(None, 6)


def test_ends_that_never_end_are_rounded_outward() -> None:
    assert outward(THIRD, floor) == "0.333333333333"
    assert outward(THIRD, ceil) == "0.333333333334"
    assert outward(-THIRD, floor) == "-0.333333333334"
    assert outward(Fraction(1, 8), floor) == "0.125"
    assert Interval(None, THIRD).document() == {
        "low": None,
        "high": "0.333333333334",
        "exact": False,
    }


def test_a_stated_bound_is_never_read_too_high() -> None:
    assert stated_bound("0.333333333333", THIRD) == THIRD
    assert stated_bound("0.3", THIRD) == Fraction("0.3")
    assert stated_bound("0.333333333332", THIRD) < Fraction("0.333333333332")


def test_limits_below_zero() -> None:
    assert limit_of(Fraction(-10), Fraction("0.1")) == -9
    assert limit_of(Fraction(10), Fraction(2)) == 30
    assert limit_of(Fraction(-10), Fraction(2)) is None


@pytest.mark.parametrize(
    ("base", "other", "tolerance", "order"),
    [
        ([between(0, 0), between(5, 5)], [between(0, 0), between(4, 4)], 0, "better"),
        ([between(0, 0), between(5, 5)], [between(0, 0), between(5, 5)], 0, "same"),
        ([between(0, 0), between(5, 5)], [between(0, 0), between(6, 6)], 0, "not_better"),
        ([between(0, 0), between(4, 5)], [between(0, 0), between(5, 8)], 0, "not_better"),
        ([between(0, 0), between(4, 5)], [between(0, 0), between(4, 8)], 0, "unknown"),
        ([between(0, 0), between(4, 5)], [between(0, 0), between(None, None)], 0, "unknown"),
        ([between(2, 2), between(5, 5)], [between(1, 1), between(9, 9)], 0, "better"),
        ([between(2, 2), between(5, 5)], [between(1, 1), between(9, 9)], 1, "unknown"),
        ([between(1, 1), between(5, 5)], [between(2, 2), between(0, 0)], 1, "unknown"),
        ([between(1, 1), between(5, 5)], [between(3, 3), between(0, 0)], 1, "not_better"),
        ([between(-1, -1), between(5, 5)], [between(3, 3), between(0, 0)], 2, "unknown"),
        # The last stage's own tolerance does not matter.
        ([between(10, 10)], [between(9, 9)], 5, "better"),
    ],
)
def test_the_first_stage_that_differs_decides(
    base: list[Interval], other: list[Interval], tolerance: int, order: str
) -> None:
    assert compared(base, other, [Fraction(tolerance)] * len(base)) == order
