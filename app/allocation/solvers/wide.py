"""Rows and objectives whose numbers do not fit 64 bits, written exactly in ones that do."""

from dataclasses import dataclass
from fractions import Fraction

from app.allocation.linear import Exact, Linear, lattice
from app.allocation.model import Model, Row

# Sums that stay below this cannot overflow an engine that adds up in 64-bit integers.
LARGEST = 2**60
_FEWEST_BITS = 4


class TooWideError(ArithmeticError):
    """A column takes so many values that no way of writing it fits."""


def span(model: Model, row: Row) -> tuple[int, int]:
    """Return the least and greatest value of a row's left side within the columns' bounds."""
    least = greatest = 0
    for column, value in zip(row.columns, row.coefficients, strict=True):
        ends = (value * model.lower[column], value * model.upper[column])
        least += min(ends)
        greatest += max(ends)
    return least, greatest


def fits(model: Model, row: Row) -> bool:
    """Return whether a row's sums stay within 64 bits, in whatever order they are added."""
    whole = 0
    for column, value in zip(row.columns, row.coefficients, strict=True):
        whole += abs(value) * max(abs(model.lower[column]), abs(model.upper[column]), 1)
    return whole < LARGEST


def narrowed(model: Model, better: tuple[Linear, Exact] | None = None) -> Model:
    """Return a model with the same points in its first columns, every row within 64 bits.

    Parameters
    ----------
    model
        Rows of any width.
    better
        One more row: an expression, and the most that it may be.

    Raises
    ------
    TooWideError
        If a column alone is too wide.
    """
    narrow = Model()
    columns = zip(model.names, model.lower, model.upper, model.homes, strict=True)
    for name, low, high, home in columns:
        if max(abs(low), abs(high)) >= LARGEST // 4:
            raise TooWideError(f"{name} takes too many values")
        narrow.column(name, low, high, home)
    rows = list(model.rows)
    if better is not None:
        rows.append(model.made_row("better", better[0], upper=better[1]))
    for row in rows:
        if fits(model, row):
            narrow.rows.append(_clipped(model, row))
            continue
        if row.upper is not None:
            _at_most(narrow, row, row.upper)
        if row.lower is not None:
            negated = tuple(-value for value in row.coefficients)
            _at_most(narrow, Row(row.name, row.columns, negated, None, None), -row.lower)
    return narrow


def _clipped(model: Model, row: Row) -> Row:
    """Drop limits that cannot bind, which may themselves be too wide; keep what is impossible."""
    if max(abs(row.lower or 0), abs(row.upper or 0)) < LARGEST:
        return row
    least, greatest = span(model, row)
    low = None if row.lower is None or row.lower <= least else row.lower
    high = None if row.upper is None or row.upper >= greatest else row.upper
    if (low is not None and low > greatest) or (high is not None and high < least):
        return Row(row.name, (), (), 1, None)
    return Row(row.name, row.columns, row.coefficients, low, high)


def _at_most(narrow: Model, row: Row, limit: int) -> None:
    """Write ``Σ a·x ≤ limit`` digit by digit, like a long subtraction on paper.

    With ``x = low + x'`` the rest ``limit − Σ a·low − Σ a·x'`` must not be negative. It is
    subtracted in base B: each level's digits give ``digit + carry = B·next carry + remainder``,
    and the last level must not be negative.
    """
    width = sum(narrow.upper[j] - narrow.lower[j] for j in row.columns)
    bits = (LARGEST // 4).bit_length() - max(width, 1).bit_length() - 1
    if bits < _FEWEST_BITS:
        raise TooWideError(f"{row.name} adds up too many values")
    base = 1 << bits
    terms = tuple(zip(row.columns, row.coefficients, strict=True))
    rest = limit - sum(a * narrow.lower[j] for j, a in terms)
    largest = max([abs(rest), *(abs(a) for a in row.coefficients)])
    levels = -(-largest.bit_length() // bits)
    carry = Linear()
    for level in range(levels):
        last = level == levels - 1
        digit = rest if last else rest % base
        rest //= base
        body = carry.plus(digit)
        for j, a in terms:
            size = abs(a) >> (bits * level)
            own = (size if last else size % base) * (1 if a > 0 else -1)
            body = body.plus(Linear({j: -own}, own * narrow.lower[j]))
        if last:
            narrow.row(f"{row.name}.digit[{level}]", body, lower=0)
            return
        least, greatest = narrow.range_of(body)
        low, high = int(least // base), int(greatest // base)
        column = narrow.column(f"{row.name}.carry[{level}]", low, high)
        over = narrow.column(f"{row.name}.rest[{level}]", 0, base - 1)
        whole = body.plus(Linear({column: -base, over: -1}))
        narrow.row(f"{row.name}.digit[{level}]", whole, lower=0, upper=0)
        carry = Linear.of(column)


@dataclass(frozen=True)
class Rounded:
    """An objective rounded down so that its sums fit: never above the true one.

    ``body`` is whole; the true objective is at least ``unit·body + constant``, and equal where
    ``exact``.
    """

    body: Linear
    unit: Fraction
    constant: Fraction
    exact: bool

    def bound(self, value: Fraction) -> Fraction:
        """Return what a bound on ``body`` says about the true objective."""
        return self.unit * value + self.constant


def rounded(model: Model, objective: Linear) -> Rounded:
    """Return the objective in whole numbers that fit, exact where that is possible."""
    terms = {column: value for column, value in objective.terms.items() if value}
    unit = lattice(terms.values()) or Fraction(1)
    whole = {column: int(value / unit) for column, value in terms.items()}
    lows = {j: model.lower[j] for j in terms}
    reach = sum(abs(a) * max(abs(lows[j]), abs(model.upper[j]), 1) for j, a in whole.items())
    if reach < LARGEST:
        return Rounded(Linear(whole), unit, Fraction(objective.constant), exact=True)
    shift = reach.bit_length() - LARGEST.bit_length() + 2
    # Rounding down is safe for columns counted from their lower bounds, which are never negative.
    body = Linear({j: a >> shift for j, a in whole.items()})
    offset = sum(a * lows[j] for j, a in whole.items()) - sum(
        (a >> shift << shift) * lows[j] for j, a in whole.items()
    )
    return Rounded(body, unit * 2**shift, objective.constant + unit * offset, exact=False)
