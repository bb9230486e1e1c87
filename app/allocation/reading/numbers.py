"""Exact decimals: from JSON and text in, shortest plain text out."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import reduce

PLACES = 12
LARGEST_DIGITS = 30
LARGEST_PLACES = 30

ZERO = Decimal(0)
_GRAMMAR = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
# Wide enough that no product of two numbers of the format is ever rounded.
EXACT = Context(prec=4 * (LARGEST_DIGITS + LARGEST_PLACES))
# Longer texts are refused before a Decimal is made of them, so that reading stays linear.
_LONGEST_TEXT = 80


class NumberError(ValueError):
    """The value is no decimal that the format accepts; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def exact(value: object) -> Decimal:
    """Return a JSON number, integer or decimal string as an exact decimal.

    Parameters
    ----------
    value
        A ``Decimal``, ``int`` or decimal string in JSON's own grammar.

    Returns
    -------
    Decimal
        The same number; at most 30 digits before and 30 after the decimal point.

    Raises
    ------
    NumberError
        ``binary_float`` for a float, ``not_a_decimal`` for anything else that is no number,
        ``number_out_of_range`` for one with too many digits.
    """
    kind = value.__class__
    if kind is str:
        text: str = value  # type: ignore[assignment]  # narrowed by the class above
        if len(text) > _LONGEST_TEXT:
            raise NumberError("number_out_of_range" if _GRAMMAR.match(text) else "not_a_decimal")
        if not _GRAMMAR.fullmatch(text):
            raise NumberError("not_a_decimal")
        number = Decimal(text)
        if len(text) <= LARGEST_DIGITS and "e" not in text and "E" not in text:
            # Too short to have too many digits; most numbers end here.
            return number or ZERO
    elif kind is Decimal:
        number = value  # type: ignore[assignment]  # narrowed by the class above
    elif kind is int:
        if abs(value) >= 10**LARGEST_DIGITS:  # type: ignore[arg-type]  # an int here
            raise NumberError("number_out_of_range")
        return Decimal(value)  # type: ignore[arg-type]  # an int here
    elif kind is float:
        raise NumberError("binary_float")
    else:
        raise NumberError("not_a_decimal")
    return _within_range(number)


def _within_range(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise NumberError("not_a_decimal")
    if number == 0:
        return ZERO
    _, digits, exponent = number.as_tuple()
    if (
        number.adjusted() >= LARGEST_DIGITS
        or not isinstance(exponent, int)
        or -exponent > LARGEST_PLACES + len(digits)
    ):
        raise NumberError("number_out_of_range")
    if -exponent > LARGEST_PLACES and number != round_to(number, LARGEST_PLACES):
        raise NumberError("number_out_of_range")
    return number


def round_to(number: Decimal, places: int) -> Decimal:
    """Return ``number`` rounded half to even at ``places`` decimals."""
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN, context=EXACT)


def total(values: Iterable[Decimal]) -> Fraction:
    """Return the exact sum, which Python's default decimal context might round."""
    return Fraction(reduce(EXACT.add, values, ZERO))


def decimal_text(value: Decimal | Fraction | int) -> str:
    """Return the shortest plain decimal text of a number.

    A fraction that is no finite decimal is written with 12 decimals, half to even.

    Parameters
    ----------
    value
        An exact number.

    Returns
    -------
    str
        Digits with an optional sign and point: no exponent, no trailing zero, no ``-0``.
    """
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return _trimmed(format(value, "f"))
    places = finite_places(value.denominator)
    if places is None:
        places = PLACES
    scaled = round(value * 10**places)
    digits = str(abs(scaled)).rjust(places + 1, "0")
    sign = "-" if scaled < 0 else ""
    if places == 0:
        return sign + digits
    return _trimmed(f"{sign}{digits[:-places]}.{digits[-places:]}")


def finite_places(denominator: int) -> int | None:
    """Return how many decimals 1/denominator needs, or None where it never ends."""
    twos = (denominator & -denominator).bit_length() - 1
    rest = denominator >> twos
    fives = 0
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    return max(twos, fives) if rest == 1 else None


def _trimmed(text: str) -> str:
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
