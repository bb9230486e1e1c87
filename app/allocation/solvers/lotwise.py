"""A model taken apart by lots: prices from its relaxation, lots improved and bounded in turn."""

import threading
from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from app.allocation.solvers.improving import LOOK, Improving, Standing, together
from app.allocation.solvers.lots import LotBounds
from app.allocation.solvers.parts import Solving, part_of
from app.allocation.solvers.relaxation import PLACES, Multipliers, relaxed
from app.allocation.solvers.state import State, clipped

# The relaxation's part of the time, and the part of the work that goes to the lots' bounds.
_RELAXATION, _BOUNDS = 0.3, 0.35
# A start so far above the bound is not worth keeping: then the lots are bought anew, at prices.
_POOR = Fraction(1, 20)
_COMPLETION_WORK = 5.0
# Deterministic work of one iteration of a linear program, per coefficient of the model.
_ITERATION = 2e-9
# Above so many columns the simplex method takes too long.
_SIMPLEX = 200_000
_LONGEST_RELAXATION = 600.0


def completed(state: State, hint: Mapping[int, int]) -> None:
    """Find values for the columns that a hint leaves open, so that every row is kept."""
    arrays = state.arrays
    point = arrays.lower.copy()
    given = np.array([j for j in hint if j < arrays.columns], np.int64)
    point[given] = [hint[j] for j in given.tolist()]
    point = clipped(arrays, point)
    free = np.setdiff1d(np.arange(arrays.columns), given)
    with state.step("CP-SAT, completing the start"):
        run = Solving(part_of(arrays, free, point, arrays.activity(point)), arrays.cost[free])
        (solved,) = together([run], _COMPLETION_WORK, state.limits.seed, 0.01, state.over)
        state.work += solved.work
        if solved.point is not None:
            point[free] = solved.point
            if arrays.holds(point):
                state.keep(point)


def relax(state: State) -> Multipliers | None:
    """Solve the linear relaxation; its multipliers bound the objective exactly."""
    engine = "HIGHS" if state.arrays.columns < _SIMPLEX else "PDLP"
    seconds = state.left(_RELAXATION).seconds or _LONGEST_RELAXATION
    found: list[tuple[Multipliers, int] | None] = []
    # These engines hear no wish to stop: one that is not done by then is left behind.
    thread = threading.Thread(
        target=lambda: found.append(relaxed(state.arrays, engine, seconds)), daemon=True
    )
    with state.step(f"{engine}, relaxation"):
        thread.start()
        while thread.is_alive() and not state.over():
            thread.join(LOOK)
        if not found or found[0] is None:
            return None
        multipliers, iterations = found[0]
        state.work += iterations * len(state.arrays.value) * _ITERATION
        state.raise_bound(multipliers.bound(state.arrays) + state.constant)
    return multipliers


def improve(state: State, multipliers: Multipliers | None) -> None:
    """Improve the best point and its bound until nothing more is found, or the limits are."""
    if state.best is None:
        return
    arrays = state.arrays
    search = Improving(
        arrays, Standing.at(arrays, state.best.copy()), state.limits.seed, state.threads
    )
    bounds = None if multipliers is None else LotBounds(arrays, search.near, multipliers)
    prices = None if bounds is None else bounds.costs >> PLACES
    if state.limits.known is not None:
        bounds = None  # each lot has been bounded already
    with state.step("CP-SAT, lot by lot"):
        if prices is not None and _poor(state):
            for _ in search.sweep(state.over, prices):
                _told(state, search)
        while not state.over() and not (search.exhausted() and not _open(bounds)):
            for _ in search.sweep(state.over):
                _told(state, search)
                if bounds is not None and bounds.left and bounds.work < _BOUNDS * state.work:
                    _bounded(state, bounds)
                if state.over():
                    break
            while search.exhausted() and bounds is not None and bounds.left and not state.over():
                _bounded(state, bounds)


def _open(bounds: LotBounds | None) -> bool:
    return bounds is not None and bool(bounds.left)


def _poor(state: State) -> bool:
    value, bound = state.value, state.bound
    return value is not None and bound is not None and value - bound > _POOR * abs(value)


def _told(state: State, search: Improving) -> None:
    state.work += search.taken()
    state.keep(search.best)


def _bounded(state: State, bounds: LotBounds) -> None:
    before = bounds.work
    bounds.raise_by(state.threads, state.limits.seed, state.over)
    state.work += bounds.work - before
    state.raise_bound(bounds.bound + state.constant)
