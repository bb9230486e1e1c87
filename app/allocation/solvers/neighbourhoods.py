"""Which lots go together: those that want the same machines, or stand under the same rule."""

import random
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.allocation.solvers.arrays import Arrays, Ints, spans

# Rows of more lots than this say little about which lots belong together.
_WIDEST = 400


class Neighbourhoods:
    """The columns of each lot, and its ties to others.

    Parameters
    ----------
    arrays
        The model; ``home`` says which columns are whose.
    """

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.lots = int(arrays.home.max()) + 1 if arrays.columns else 0
        order = np.argsort(arrays.home, kind="stable")
        first = np.searchsorted(arrays.home[order], np.arange(self.lots + 1))
        self.own: list[Ints] = [order[first[k] : first[k + 1]] for k in range(self.lots)]
        self._shared: dict[int, Ints] = {}

    def free(self, lots: list[int]) -> Ints:
        """Return the columns of some lots, and the shared ones that depend on them."""
        parts = [self.own[k] for k in lots] + [self.shared(k) for k in lots]
        return np.unique(np.concatenate(parts))

    def shared(self, lot: int) -> Ints:
        """Return the shared columns that stand in a row with a lot's, or depend on those."""
        if lot not in self._shared:
            near = self._shared_in(self._rows_of(self.own[lot]))
            rows = self._rows_of(near)
            beyond = self._shared_in(rows[self._all_shared[rows]])
            self._shared[lot] = np.union1d(near, beyond)
        return self._shared[lot]

    def _rows_of(self, columns: Ints) -> Ints:
        return np.unique(self.arrays.row[self.arrays.coefficients_of(columns)])

    def _shared_in(self, rows: Ints) -> Ints:
        columns, start = self._shared_entries
        return np.unique(columns[spans(start[rows], start[rows + 1])])

    @cached_property
    def _shared_entries(self) -> tuple[Ints, Ints]:
        """Shared columns sorted by row, and where each row's begin."""
        where = np.flatnonzero(self.arrays.home[self.arrays.column] < 0)
        start = np.searchsorted(self.arrays.row[where], np.arange(self.arrays.rows + 1))
        return self.arrays.column[where], start

    @cached_property
    def _all_shared(self) -> NDArray[np.bool_]:
        """Return which rows have no lot's column at all."""
        _, start = self._shared_entries
        whole: NDArray[np.bool_] = np.diff(start) == np.diff(self.arrays.start)
        return whole

    @cached_property
    def lots_of_row(self) -> tuple[Ints, Ints, Ints]:
        """Pairs of a row and a lot in it, sorted by row: rows, lots, and where each row's begin."""
        arrays = self.arrays
        home = arrays.home[arrays.column]
        own = home >= 0
        pairs = np.unique(arrays.row[own] * (self.lots + 1) + home[own])
        rows, lots = np.divmod(pairs, self.lots + 1)
        return rows, lots, np.searchsorted(rows, np.arange(arrays.rows + 1))

    @cached_property
    def owner(self) -> Ints:
        """Return the one lot that each column concerns; -1 where it may be several.

        A shared column is a lot's own where every row of a single lot that it stands in is that
        lot's; a row of shared columns alone passes ownership on.
        """
        columns, start = self._shared_entries
        _, lots, begin = self.lots_of_row
        owners: dict[int, set[int]] = {}
        row = np.repeat(np.arange(self.arrays.rows), np.diff(start))
        single = np.diff(begin)[row] == 1
        pairs = zip(columns[single].tolist(), lots[begin[row[single]]].tolist(), strict=True)
        for column, lot in pairs:
            owners.setdefault(column, set()).add(lot)
        alone = [
            columns[start[i] : start[i + 1]].tolist() for i in np.flatnonzero(self._all_shared)
        ]
        for _ in range(3):
            for members in alone:
                known = set().union(*(owners.get(j, set()) for j in members))
                if len(known) == 1:
                    for j in members:
                        owners.setdefault(j, set(known))
        owner = self.arrays.home.copy()
        for column, found in owners.items():
            owner[column] = found.pop() if len(found) == 1 else -1
        return owner

    @cached_property
    def coupling(self) -> NDArray[np.bool_]:
        """Return which rows concern more than one lot."""
        owner = self.owner[self.arrays.column]
        least = np.full(self.arrays.rows, self.lots, np.int64)
        most = np.full(self.arrays.rows, -1, np.int64)
        np.minimum.at(least, self.arrays.row, owner)
        np.maximum.at(most, self.arrays.row, owner)
        found: NDArray[np.bool_] = (least != most) | (least < 0)
        return found

    def related(self, lots: list[int], size: int, dice: random.Random) -> list[list[int]]:
        """Return the lots in groups of a size, each grown along shared rows from a random lot."""
        rows, members, start = self.lots_of_row
        narrow = (np.diff(start) > 1) & (np.diff(start) <= _WIDEST)
        ties: dict[int, list[int]] = {}
        for row, lot in zip(rows.tolist(), members.tolist(), strict=True):
            if narrow[row]:
                ties.setdefault(lot, []).append(row)
        left = set(lots)
        order = list(lots)
        dice.shuffle(order)
        groups: list[list[int]] = []
        for seed in order:
            if seed not in left:
                continue
            left.remove(seed)
            group = [seed]
            for _ in range(4 * size):
                row = dice.choice(ties.get(dice.choice(group), [-1]))
                near = members[start[row] : start[row + 1]].tolist() if row >= 0 else order
                other = dice.choice(near)
                if other in left:
                    left.remove(other)
                    group.append(other)
                if len(group) == size:
                    break
            groups.append(group)
        return groups
