"""A model as sparse arrays of 64-bit integers, for searches that take it apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.allocation.linear import Linear
from app.allocation.model import Model

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Stands for a limit that is not there: larger than any sum that fits.
UNLIMITED = 2**62


@dataclass(frozen=True)
class Arrays:
    """Rows, columns and objective of a model whose sums fit 64 bits.

    Attributes
    ----------
    lower, upper, home, cost
        Of each column; ``home`` counts lots from 0 and is ``SHARED`` elsewhere.
    row_lower, row_upper
        Of each row; ``±UNLIMITED`` where there is none.
    row, column, value
        The coefficients, sorted by row.
    start
        Where each row's coefficients begin; one more entry than rows.
    """

    lower: Ints
    upper: Ints
    home: Ints
    cost: Ints
    row_lower: Ints
    row_upper: Ints
    row: Ints
    column: Ints
    value: Ints
    start: Ints

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return len(self.lower)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.row_lower)

    @cached_property
    def by_column(self) -> tuple[Ints, Ints]:
        """The coefficients' positions sorted by column, and where each column's begin."""
        order = np.argsort(self.column, kind="stable")
        counts = np.bincount(self.column, minlength=self.columns)
        return order, np.concatenate([[0], np.cumsum(counts)])

    def coefficients_of(self, columns: Ints) -> Ints:
        """Return the positions of all coefficients of some columns, column after column."""
        order, start = self.by_column
        return order[spans(start[columns], start[columns + 1])]

    def activity(self, point: Ints) -> Ints:
        """Return every row's sum at a point, exactly."""
        # The running sum may pass 64 bits and wrap around; each row's difference is right again.
        running = np.concatenate([[0], np.cumsum(self.value * point[self.column])])
        return np.diff(running[self.start])

    def within(self, activity: Ints) -> NDArray[np.bool_]:
        """Return which rows' sums are within their limits."""
        return (activity >= self.row_lower) & (activity <= self.row_upper)

    def holds(self, point: Ints) -> bool:
        """Return whether a point keeps every bound and every row."""
        bounded = bool(((point >= self.lower) & (point <= self.upper)).all())
        return bounded and bool(self.within(self.activity(point)).all())


def spans(first: Ints, last: Ints) -> Ints:
    """Return ``first[0] … last[0]-1, first[1] … last[1]-1, …``."""
    length = last - first
    before = np.concatenate([[0], np.cumsum(length)[:-1]]) if len(length) else length
    whole: Ints = np.repeat(first - before, length) + np.arange(length.sum())
    return whole


def arrays_of(model: Model, objective: Linear) -> Arrays:
    """Return a model as arrays.

    Parameters
    ----------
    model
        Every row's sums fit 64 bits, whatever order they are added in (``wide.narrowed``).
    objective
        Whole coefficients whose sums fit (``wide.rounded``).
    """
    cost = np.zeros(len(model.names), np.int64)
    for column, coefficient in objective.terms.items():
        cost[column] = int(coefficient)
    lengths = _ints([len(row.columns) for row in model.rows])
    return Arrays(
        lower=_ints(model.lower),
        upper=_ints(model.upper),
        home=_ints(model.homes),
        cost=cost,
        row_lower=_ints(-UNLIMITED if r.lower is None else r.lower for r in model.rows),
        row_upper=_ints(UNLIMITED if r.upper is None else r.upper for r in model.rows),
        row=np.repeat(np.arange(len(model.rows)), lengths),
        column=_ints(j for row in model.rows for j in row.columns),
        value=_ints(a for row in model.rows for a in row.coefficients),
        start=np.concatenate([[0], np.cumsum(lengths)]),
    )


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)
