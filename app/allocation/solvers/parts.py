"""A part of a model: some columns free, all others as they are, solved by CP-SAT."""

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model_helper as cp

from app.allocation.solvers.arrays import UNLIMITED, Arrays, Ints

_NO_LOWER, _NO_UPPER = -(2**63), 2**63 - 1


@dataclass(frozen=True)
class Part:
    """The free columns, and the rows that they can still break; columns count within the part."""

    columns: Ints
    lower: Ints
    upper: Ints
    row_lower: Ints
    row_upper: Ints
    start: Ints
    column: Ints
    value: Ints


@dataclass(frozen=True)
class Entries:
    """Coefficients of a part: row and column count within it."""

    row: Ints
    column: Ints
    value: Ints


@dataclass(frozen=True)
class Solved:
    """``point`` has a value per free column (``None``: none found); ``bound`` is exact."""

    point: Ints | None
    bound: int | None
    proven: bool
    work: float


def part_of(arrays: Arrays, free: Ints, point: Ints, activity: Ints) -> Part:
    """Return what is left of a model when only some columns may move.

    Parameters
    ----------
    arrays
        The model.
    free
        Indices of the columns that may move.
    point, activity
        The values of all columns, and every row's sum there.
    """
    where = arrays.coefficients_of(free)
    begin = arrays.by_column[1]
    local = np.repeat(np.arange(len(free)), begin[free + 1] - begin[free])
    rows, row = np.unique(arrays.row[where], return_inverse=True)
    own = np.zeros(len(rows), np.int64)
    np.add.at(own, row, arrays.value[where] * point[arrays.column[where]])
    rest = activity[rows] - own
    low, high = arrays.row_lower[rows], arrays.row_upper[rows]
    low = np.where(low > -UNLIMITED, low - rest, _NO_LOWER)
    high = np.where(high < UNLIMITED, high - rest, _NO_UPPER)
    entries = Entries(row, local, arrays.value[where])
    return _without_idle_rows(arrays, free, (low, high), entries)


def own_rows(arrays: Arrays, free: Ints, kept: NDArray[np.bool_]) -> Part:
    """Return the part that some columns make with the rows that are kept and wholly theirs."""
    where = arrays.coefficients_of(free)
    where = where[kept[arrays.row[where]]]
    index = np.zeros(arrays.columns, np.int64)
    index[free] = np.arange(len(free))
    rows, row = np.unique(arrays.row[where], return_inverse=True)
    low, high = arrays.row_lower[rows], arrays.row_upper[rows]
    low = np.where(low > -UNLIMITED, low, _NO_LOWER)
    high = np.where(high < UNLIMITED, high, _NO_UPPER)
    entries = Entries(row, index[arrays.column[where]], arrays.value[where])
    return _without_idle_rows(arrays, free, (low, high), entries)


def _without_idle_rows(
    arrays: Arrays, free: Ints, limits: tuple[Ints, Ints], entries: Entries
) -> Part:
    """Leave out rows that no values of the free columns can break."""
    lower, upper = arrays.lower[free], arrays.upper[free]
    (low, high), row = limits, entries.row
    ends = entries.value * lower[entries.column], entries.value * upper[entries.column]
    least, most = np.zeros(len(low), np.int64), np.zeros(len(low), np.int64)
    np.add.at(least, row, np.minimum(*ends))
    np.add.at(most, row, np.maximum(*ends))
    binding = (least < low) | (most > high)
    renumbered = np.cumsum(binding) - 1
    used = binding[row]
    order = np.argsort(row[used], kind="stable")
    sizes = np.bincount(renumbered[row[used]], minlength=int(binding.sum()))
    return Part(
        columns=free,
        lower=lower,
        upper=upper,
        row_lower=low[binding],
        row_upper=high[binding],
        start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        column=entries.column[used][order],
        value=entries.value[used][order],
    )


class Solving:
    """One part being solved; may be stopped from another thread."""

    def __init__(self, part: Part, cost: Ints, hint: Ints | None = None) -> None:
        self.part = part
        self.cost = cost
        self.hint = hint
        self.wrapper: cp.SolveWrapper | None = None
        self.stopped = threading.Event()

    def stop(self) -> None:
        """Ask for the best so far."""
        self.stopped.set()
        wrapper = self.wrapper
        if wrapper is not None:
            wrapper.stop_search()

    def solve(self, work: float, seed: int, gap: float = 0.0) -> Solved:
        """Search until proven, or until so much deterministic work is done."""
        parameters = cp.SatParameters()
        parameters.num_workers = 1
        parameters.max_deterministic_time = work
        parameters.random_seed = seed
        parameters.linearization_level = 2
        parameters.relative_gap_limit = gap
        parameters.catch_sigint_signal = False
        wrapper = cp.SolveWrapper()
        wrapper.set_parameters(parameters)
        self.wrapper = wrapper
        if self.stopped.is_set():
            return Solved(None, None, proven=False, work=0.0)
        answer = wrapper.solve(self._proto())  # type: ignore[no-untyped-call]  # theirs
        status = cp.CpSolverStatus
        found = answer.status in (status.OPTIMAL, status.FEASIBLE)
        return Solved(
            point=np.array(list(answer.solution), np.int64) if found else None,
            bound=answer.inner_objective_lower_bound if found else None,
            proven=answer.status == status.OPTIMAL,
            work=answer.deterministic_time,
        )

    def _proto(self) -> cp.CpModelProto:
        part, proto = self.part, cp.CpModelProto()
        for low, high in zip(part.lower.tolist(), part.upper.tolist(), strict=True):
            proto.variables.add().domain.extend((low, high))
        columns, values, start = part.column.tolist(), part.value.tolist(), part.start.tolist()
        limits = zip(part.row_lower.tolist(), part.row_upper.tolist(), strict=True)
        for i, domain in enumerate(limits):
            linear = proto.constraints.add().linear
            linear.vars.extend(columns[start[i] : start[i + 1]])
            linear.coeffs.extend(values[start[i] : start[i + 1]])
            linear.domain.extend(domain)
        costly = np.flatnonzero(self.cost)
        proto.objective.vars.extend(costly.tolist())
        proto.objective.coeffs.extend(self.cost[costly].tolist())
        if self.hint is not None:
            proto.solution_hint.vars.extend(range(len(part.columns)))
            proto.solution_hint.values.extend(self.hint.tolist())
        return proto
