"""Parts add up to exactly the whole, and nobody is far from what its share says."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.orders.division import divide, divide_finely, divide_series, smallest_unit

UNITS = st.sampled_from([Decimal(1), Decimal("0.01"), Decimal(25)])
WEIGHTS = st.dictionaries(
    st.sampled_from("ABCDEF"),
    st.fractions(min_value=0, max_value=1, max_denominator=97),
    min_size=1,
).filter(lambda weights: any(weights.values()))
COUNTS = st.lists(st.integers(0, 10**15), min_size=1, max_size=6)


def added(parts: dict[str, Decimal]) -> Fraction:
    return sum(map(Fraction, parts.values()), Fraction(0))


@given(COUNTS, WEIGHTS, UNITS)
def test_the_parts_of_each_whole_add_up_to_it(
    counts: list[int], weights: dict[str, Fraction], unit: Decimal
) -> None:
    wholes = [count * unit for count in counts]
    series = divide_series(wholes, weights, unit)
    assert [added(parts) for parts in series] == wholes
    for parts in series:
        assert set(parts) == set(weights)
        assert all(part >= 0 and part % unit == 0 for part in parts.values())
        assert all(not parts[firm] for firm, weight in weights.items() if not weight)


@given(COUNTS, WEIGHTS, UNITS)
def test_every_part_is_within_a_unit_of_its_share(
    counts: list[int], weights: dict[str, Fraction], unit: Decimal
) -> None:
    series = divide_series([count * unit for count in counts], weights, unit)
    for count, parts in zip(counts, series, strict=True):
        for firm, part in parts.items():
            due = count * weights[firm] / sum(weights.values())
            assert abs(Fraction(part) / Fraction(unit) - due) < 1


@given(st.decimals(0, 10**15, places=6), st.lists(st.integers(0, 10**12), min_size=1, max_size=5))
def test_finely_divided_amounts_are_exact_for_shares_of_twelve_decimals(
    amount: Decimal, parts: list[int]
) -> None:
    left = 10**12
    weights = {}
    for number, part in enumerate(parts):
        weights[str(number)] = Fraction(min(part, left), 10**12)
        left -= min(part, left)
    weights["rest"] = Fraction(left, 10**12)
    divided = divide_finely(amount, weights)
    assert {firm: Fraction(part) for firm, part in divided.items()} == {
        firm: Fraction(amount) * weight for firm, weight in weights.items()
    }


def test_the_odd_piece_goes_to_whoever_is_owed_most() -> None:
    half = {"S2": Fraction(1, 2), "S1": Fraction(1, 2)}
    series = divide_series([Decimal(3)] * 4, half, Decimal(1))
    assert [parts["S1"] for parts in series] == [2, 1, 2, 1]
    assert [parts["S2"] for parts in series] == [1, 2, 1, 2]


def test_thirds_of_a_rupiah_total() -> None:
    thirds = dict.fromkeys(("A", "B", "C"), Fraction(1, 3))
    assert divide(Decimal(100), thirds, Decimal(1)) == {"A": 34, "B": 33, "C": 33}
    rounded = dict.fromkeys(("A", "B", "C"), Fraction("0.333333333333"))
    assert divide(Decimal(100), rounded, Decimal(1)) == {"A": 34, "B": 33, "C": 33}


@pytest.mark.parametrize(
    ("whole", "weights"),
    [
        (Decimal(1), {}),
        (Decimal(1), {"A": Fraction(0)}),
        (Decimal(1), {"A": Fraction(2), "B": Fraction(-1)}),
        (Decimal("0.5"), {"A": Fraction(1)}),
    ],
)
def test_what_cannot_be_divided_is_refused(whole: Decimal, weights: dict[str, Fraction]) -> None:
    with pytest.raises(ValueError, match=r"a division needs|no multiple"):
        divide(whole, weights, Decimal(1))


def test_the_smallest_units_are_those_of_contracts() -> None:
    assert smallest_unit("IDR") == 1
    assert smallest_unit("EUR") == Decimal("0.01")
