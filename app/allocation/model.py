"""An integer linear model with exact coefficients, between formulation and engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd, lcm

from app.allocation.linear import Exact, Linear

SHARED = -1


@dataclass(frozen=True, slots=True)
class Row:
    """``lower ≤ Σ coefficients·columns ≤ upper``, all whole numbers without a common factor."""

    name: str
    columns: tuple[int, ...]
    coefficients: tuple[int, ...]
    lower: int | None
    upper: int | None


class Model:
    """Columns that take whole numbers within bounds, and rows over them.

    Attributes
    ----------
    homes
        The lot that a column belongs to, counted from 0; ``SHARED`` where it may concern several.
        A hint for searches that take a problem apart: any value is right.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.lower: list[int] = []
        self.upper: list[int] = []
        self.homes: list[int] = []
        self.rows: list[Row] = []

    def column(self, name: str, lower: int, upper: int, home: int = SHARED) -> int:
        """Add a column and return its index."""
        self.names.append(name)
        self.lower.append(lower)
        self.upper.append(upper)
        self.homes.append(home)
        return len(self.names) - 1

    def row(
        self, name: str, body: Linear, *, lower: Exact | None = None, upper: Exact | None = None
    ) -> None:
        """Add ``lower ≤ body ≤ upper``."""
        self.rows.append(self.made_row(name, body, lower=lower, upper=upper))

    @staticmethod
    def made_row(
        name: str, body: Linear, *, lower: Exact | None = None, upper: Exact | None = None
    ) -> Row:
        """Return ``lower ≤ body ≤ upper`` as a row.

        The row is multiplied up to whole numbers and divided by their common factor; a bound that
        is then no whole number is rounded inward, which cuts off no whole point.
        """
        terms = [(column, value) for column, value in body.terms.items() if value]
        scale = lcm(*(value.denominator for _, value in terms))
        whole = [value.numerator * (scale // value.denominator) for _, value in terms]
        divisor = gcd(*whole) or 1
        low = None if lower is None else -((body.constant - lower) * scale // divisor)
        high = None if upper is None else (upper - body.constant) * scale // divisor
        columns = tuple(column for column, _ in terms)
        return Row(name, columns, tuple(c // divisor for c in whole), low, high)

    def range_of(self, body: Linear) -> tuple[Exact, Exact]:
        """Return the least and the greatest value that the columns' bounds allow ``body``."""
        least: Exact = body.constant
        greatest: Exact = body.constant
        for column, value in body.terms.items():
            ends = (value * self.lower[column], value * self.upper[column])
            least += min(ends)
            greatest += max(ends)
        return least, greatest

    def violated(self, point: Sequence[int]) -> list[str]:
        """Return the names of the rows and columns that a point does not keep."""
        names = [
            name
            for name, low, value, high in zip(
                self.names, self.lower, point, self.upper, strict=True
            )
            if not low <= value <= high
        ]
        for row in self.rows:
            value = sum(c * point[j] for j, c in zip(row.columns, row.coefficients, strict=True))
            if (row.lower is not None and value < row.lower) or (
                row.upper is not None and value > row.upper
            ):
                names.append(row.name)
        return names
