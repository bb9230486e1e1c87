"""Large-neighbourhood search (Shaw 1998): a few lots anew at a time, everything else as it is."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.allocation.solvers.arrays import Arrays, Ints
from app.allocation.solvers.neighbourhoods import Neighbourhoods
from app.allocation.solvers.parts import Solved, Solving, part_of

# Deterministic work that one neighbourhood may take, and how many lots it has at first and at most.
_WORK = 1.0
_FIRST, _LARGEST = 5, 16
_GAP = 1e-4
LOOK = 0.05


@dataclass
class Standing:
    """A point that keeps every row, its rows' sums and its objective."""

    point: Ints
    activity: Ints
    value: int

    @classmethod
    def at(cls, arrays: Arrays, point: Ints) -> "Standing":
        """Return the standing of a point."""
        return cls(point, arrays.activity(point), int(arrays.cost @ point))


class Improving:
    """A search that goes on from a standing, pass after pass over all lots.

    Parameters
    ----------
    arrays
        The model.
    standing
        A point that keeps every row; it is changed in place.
    seed, threads
        Of the random choices; how many neighbourhoods are solved at a time. Each round of them
        starts from one standing and is applied in order, so that the same work gives the same
        point however fast the machine is.
    """

    def __init__(self, arrays: Arrays, standing: Standing, seed: int, threads: int) -> None:
        self.arrays = arrays
        self.near = Neighbourhoods(arrays)
        self.standing = standing
        self.best = standing.point.copy()
        self.best_value = standing.value
        self.dice = random.Random(seed)  # noqa: S311  # no secret depends on it
        self.threads = max(1, threads)
        self.size = min(_FIRST, self.near.lots)
        self.improved = True
        self._work = 0.0

    def sweep(
        self, stop: Callable[[], bool], cost: NDArray[np.object_] | None = None
    ) -> Iterator[None]:
        """Solve every lot anew once, in groups; yield after each round of them.

        Parameters
        ----------
        stop
            Asked about twenty times a second.
        cost
            Costs to go by instead of the objective's: then whatever is found is taken.
        """
        groups = self.near.related(list(range(self.near.lots)), self.size, self.dice)
        costs = self.arrays.cost if cost is None else cost.astype(np.int64)
        before, proven, tried = self.best_value, 0, 0
        for first in range(0, len(groups), self.threads):
            runs = [self._run(group, costs) for group in groups[first : first + self.threads]]
            answers = together(runs, _WORK, self.dice.randrange(2**31), _GAP, stop)
            for run, solved in zip(runs, answers, strict=True):
                self._work += solved.work
                tried += 1
                proven += solved.proven
                self._take(run, solved, anything=cost is not None)
            yield
            if stop():
                return
        self.improved = self.best_value < before
        self._resize(proven / max(tried, 1))

    def taken(self) -> float:
        """Return the deterministic work done since the last time of asking."""
        work, self._work = self._work, 0.0
        return work

    def exhausted(self) -> bool:
        """Return whether the last sweep found nothing, its groups being as large as they get."""
        return not self.improved and self.size in (_LARGEST, self.near.lots)

    def _resize(self, proven: float) -> None:
        """Grow the groups where they are easy or yield nothing more; shrink them where too hard."""
        gain = 1 if self.improved else 3
        size = self.size + gain if proven > 0.9 else self.size - 1 if proven < 0.6 else self.size
        self.size = max(2, min(size, _LARGEST, self.near.lots)) if self.near.lots > 1 else 1

    def _run(self, lots: list[int], costs: Ints) -> Solving:
        free = self.near.free(lots)
        standing = self.standing
        part = part_of(self.arrays, free, standing.point, standing.activity)
        return Solving(part, costs[free], standing.point[free])

    def _take(self, run: Solving, solved: Solved, *, anything: bool) -> None:
        """Move to what was found, where it still fits together with what moved meanwhile."""
        if solved.point is None:
            return
        arrays, standing, free = self.arrays, self.standing, run.part.columns
        change = solved.point - standing.point[free]
        gain = int(arrays.cost[free] @ change)
        if (gain > 0 and not anything) or not change.any():
            return
        where = arrays.coefficients_of(free)
        begin = arrays.by_column[1]
        moved = np.repeat(change, begin[free + 1] - begin[free]) * arrays.value[where]
        rows, row = np.unique(arrays.row[where], return_inverse=True)
        shift = np.zeros(len(rows), np.int64)
        np.add.at(shift, row, moved)
        after = standing.activity[rows] + shift
        if ((after < arrays.row_lower[rows]) | (after > arrays.row_upper[rows])).any():
            return
        standing.point[free] = solved.point
        standing.activity[rows] = after
        standing.value += gain
        if standing.value < self.best_value:
            self.best, self.best_value = standing.point.copy(), standing.value


def together(
    runs: list[Solving], work: float, seed: int, gap: float, stop: Callable[[], bool]
) -> list[Solved]:
    """Solve parts side by side, and return the answers in order once all have ended.

    Parameters
    ----------
    runs
        One thread each.
    work, seed, gap
        Of each: deterministic work at most, first seed, and how closely.
    stop
        Asked about twenty times a second; once it returns true, every run gives its best so far.
    """
    with ThreadPoolExecutor(len(runs)) as pool:
        answers = [
            pool.submit(run.solve, work, (seed + k) % 2**31, gap) for k, run in enumerate(runs)
        ]
        waiting = set(answers)
        while waiting:
            waiting = wait(waiting, timeout=LOOK).not_done
            if waiting and stop():
                for run in runs:
                    run.stop()
        return [answer.result() for answer in answers]
