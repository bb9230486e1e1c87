"""Dividing quantities and amounts among firms so that the parts add up to exactly the whole."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from app.awards import exact
from app.kit.types import round_money

Weights = Mapping[str, Fraction]


def divide_series(
    wholes: Sequence[Decimal], weights: Weights, unit: Decimal
) -> list[dict[str, Decimal]]:
    """Return the firms' parts of several wholes, by the method of the largest remainder (Hamilton).

    Of each whole everybody first gets its exact part rounded down to a multiple of the unit; the
    units left over go one each to those who are owed most, counting what the wholes before left
    owing (else one of two equal firms would get the odd piece of every period); between two who
    are owed the same, to the smaller id. A firm of weight 0 gets nothing.

    Raises
    ------
    ValueError
        No weight is above 0, one is negative, or a whole is no multiple of the unit.
    """
    weight = sum(weights.values(), Fraction(0))
    if weight <= 0 or min(weights.values()) < 0:
        raise ValueError("a division needs weights that are not negative, one of them above 0")
    owed = {firm: Fraction(0) for firm, part in weights.items() if part}
    series = []
    for whole in wholes:
        units, rest = divmod(Fraction(whole), Fraction(unit))
        if rest:
            raise ValueError(f"{whole} is no multiple of {unit}")
        parts = dict.fromkeys(weights, 0)
        for firm in owed:
            due = units * weights[firm] / weight
            parts[firm] = due // 1
            owed[firm] += due - parts[firm]
        left = units - sum(parts.values())
        for firm in sorted(owed, key=lambda one: (-owed[one], one))[:left]:
            parts[firm] += 1
            owed[firm] -= 1
        series.append({firm: exact.as_decimal(n * Fraction(unit)) for firm, n in parts.items()})
    return series


def divide(whole: Decimal, weights: Weights, unit: Decimal) -> dict[str, Decimal]:
    """Return the firms' parts of one whole, in multiples of the unit: see `divide_series`."""
    return divide_series([whole], weights, unit)[0]


def divide_finely(amount: Decimal, weights: Weights) -> dict[str, Decimal]:
    """Return the firms' parts of an exact amount; workshares of twelve decimals divide it exactly.

    The unit lies twelve decimals behind the amount's own last one.
    """
    unit = Decimal(1).scaleb(-(exact.places(amount) + 12))
    return divide(amount, weights, unit)


def smallest_unit(currency: str) -> Decimal:
    """Return the smallest amount that a contract in this currency states."""
    return Decimal(1).scaleb(-exact.places(round_money(Decimal(0), currency)))
