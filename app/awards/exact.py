"""Exact sums and products: fractions inside, decimals at the edge, never rounded on the way."""

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact
from fractions import Fraction

# Python's default context would round a sum of long amounts at 28 digits without a word.
_WIDE = Context(prec=400, traps=[Inexact])


def as_decimal(value: Fraction) -> Decimal:
    """Return a fraction as the same decimal; one that no decimal equals raises `Inexact`."""
    return _WIDE.divide(Decimal(value.numerator), Decimal(value.denominator))


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return an exact sum."""
    return as_decimal(sum(map(Fraction, amounts), Fraction(0)))


def places(value: Decimal) -> int:
    """Return how many decimals a number is written with."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
