"""The Lagrangian bound: what is shared at a price, every lot on its own solved exactly."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from app.allocation.solvers.arrays import Arrays
from app.allocation.solvers.improving import together
from app.allocation.solvers.neighbourhoods import Neighbourhoods
from app.allocation.solvers.parts import Solving, own_rows
from app.allocation.solvers.relaxation import (
    PLACES,
    Multipliers,
    column_part,
    reduced_costs,
    row_part,
)
from app.allocation.solvers.wide import LARGEST

_WORK = 2.0


class LotBounds:
    """A bound that rises lot by lot (Geoffrion 1974), from that of the linear relaxation.

    Rows of several lots are priced by their multipliers. What each lot then costs at least stands
    in the bound twice over: first by its own rows' multipliers, then, once it is solved in whole
    numbers, by its optimum.

    Parameters
    ----------
    arrays, near
        The model, and whose its columns are.
    multipliers
        Of every row; any prove something.
    """

    def __init__(self, arrays: Arrays, near: Neighbourhoods, multipliers: Multipliers) -> None:
        self.arrays = arrays
        self.near = near
        self.bound = multipliers.bound(arrays)
        self.work = 0.0
        coupling = near.coupling
        priced = Multipliers(np.where(coupling, multipliers.whole, 0))
        self.costs = reduced_costs(arrays, priced)
        self.local = ~coupling
        owner = np.full(arrays.rows, -1, np.int64)
        owner[arrays.row] = near.owner[arrays.column]
        rows = row_part(arrays, multipliers)
        columns = column_part(arrays, reduced_costs(arrays, multipliers))
        self.linear = [0] * near.lots
        for who, part in ((np.where(coupling, -1, owner), rows), (near.owner, columns)):
            for lot, amount in zip(who.tolist(), part.tolist(), strict=True):
                if lot >= 0:
                    self.linear[lot] += amount
        # A cost rounded down proves less, but only for columns that are never negative.
        nowhere_negative = bool((arrays.lower >= 0).all())
        self.left = list(range(near.lots)) if nowhere_negative else []

    def raise_by(self, lots: int, seed: int, stop: Callable[[], bool]) -> None:
        """Solve the next few lots side by side, and raise the bound by what they prove."""
        taken, self.left = self.left[:lots], self.left[lots:]
        runs, shifts = [], []
        for lot in taken:
            free = np.flatnonzero(self.near.owner == lot)
            cost, shift = _fitting(self.costs[free].tolist(), self.arrays.upper[free].tolist())
            runs.append(Solving(own_rows(self.arrays, free, self.local), cost))
            shifts.append(shift)
        answers = together(runs, _WORK, seed, 0.0, stop)
        for lot, shift, solved in zip(taken, shifts, answers, strict=True):
            self.work += solved.work
            # 0 is also what a search reports that was cut short before it proved anything.
            if solved.bound is not None and (solved.proven or solved.bound):
                more = (solved.bound << shift) - self.linear[lot]
                self.bound += max(Fraction(more, 2**PLACES), Fraction(0))


def _fitting(costs: Sequence[int], upper: Sequence[int]) -> tuple[np.ndarray, int]:
    """Return costs divided by a power of two, rounded down, so that their sum fits 64 bits."""
    reach = sum(abs(c) * max(u, 1) for c, u in zip(costs, upper, strict=True))
    shift = max(0, reach.bit_length() - LARGEST.bit_length() + 2)
    return np.array([c >> shift for c in costs], np.int64), shift
