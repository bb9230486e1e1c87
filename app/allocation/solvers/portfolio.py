"""Which engines search a model, in which order, for how long: by its features and size."""

import time
from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np

from app.allocation.linear import Linear
from app.allocation.model import SHARED, Model
from app.allocation.solvers import cp_sat, scip
from app.allocation.solvers.lotwise import completed, improve, relax
from app.allocation.solvers.search import Limits, Outcome, Watch
from app.allocation.solvers.state import State

# Models of fewer columns are CP-SAT's alone, and up to the second where no quantity is large; above
# that it is never given the whole.
SMALL, LARGE = 100, 5_000
# A quantity of more steps than this is large: engines that count in fractions do better on it.
WIDE = 100
# The part of the time that CP-SAT has for the whole before the others begin, the part that it has
# while it is close to a proof, and how close that is.
WHOLE, LONGEST = 0.2, 0.7
_CLOSE = Fraction(3, 100)


def minimise(
    model: Model, objective: Linear, hint: Mapping[int, int], limits: Limits, watch: Watch
) -> Outcome:
    """Search the point of a model with the least value of an objective.

    Parameters
    ----------
    model, objective
        Whole coefficients; the caller has seen that sums stay within 64 bits.
    hint
        Values of some columns to start from.
    limits
        How far to search.
    watch
        Told of progress; may stop the search.

    Returns
    -------
    Outcome
        ``bound`` is exact but where SCIP raised it, which its step says.
    """
    if _alone(model, objective, limits):
        return cp_sat.minimise(model, objective, hint, limits, watch)
    state = State(model, objective, limits, watch)
    large = len(model.names) >= LARGE
    completed(state, hint)
    if not large and limits.known is None:
        outcome = _first(state, _start(state, hint))
        if outcome.complete or state.over():
            return state.outcome(complete=outcome.complete, infeasible=outcome.infeasible)
    if not large:
        _search_beside(state)
    if state.best is not None:
        improve(state, relax(state))
    if state.best is None or (not large and not state.over()):
        outcome = _whole(state, _start(state, hint), state.left())
        return state.outcome(complete=outcome.complete, infeasible=outcome.infeasible)
    return state.outcome()


def _start(state: State, hint: Mapping[int, int]) -> Mapping[int, int]:
    return hint if state.best is None else dict(enumerate(state.best.tolist()))


def _alone(model: Model, objective: Linear, limits: Limits) -> bool:
    """Return whether CP-SAT has the whole search: on few columns, or indivisible ones."""
    owned = [(j, home) for j, home in enumerate(model.homes) if home != SHARED]
    wide = any(model.upper[j] > WIDE for j, _ in owned)
    small = len(model.names) < (SMALL if wide else LARGE)
    endless = limits.seconds is None and limits.work is None
    lots = len({home for _, home in owned})
    return endless or small or lots <= 1 or not any(objective.terms.values())


def _search_beside(state: State) -> None:
    """Let SCIP search beside the others where a thread is to spare and the time is limited."""
    limits = state.left()
    if limits.threads > 1 and limits.work is None:
        state.beside = scip.Searching(state.arrays, limits.seed, limits.seconds)


def _first(state: State, hint: Mapping[int, int]) -> Outcome:
    """Give the whole model to CP-SAT, for longer where its own bound comes close to a proof."""
    seconds = state.limits.seconds
    if seconds is None:
        return _whole(state, hint, state.left(WHOLE))
    began = time.monotonic()

    def enough() -> bool:
        value, bound = told[0], state.bound
        close = value is not None and bound is not None and value - bound <= _CLOSE * abs(value)
        return time.monotonic() - began >= WHOLE * seconds and not close

    told: list[Fraction | None] = [None]
    return _whole(state, hint, state.left(LONGEST), told, enough)


def _whole(
    state: State,
    hint: Mapping[int, int],
    limits: Limits,
    told: list[Fraction | None] | None = None,
    enough: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Give the whole model to CP-SAT until it is over, or enough; tell its best value meanwhile."""

    def look(value: Fraction | None, bound: Fraction | None) -> bool:
        state.raise_bound(bound)
        if state.beside is not None:
            state.keep(state.beside.best)
        best = min((one for one in (value, state.value) if one is not None), default=None)
        if told is not None:
            told[:] = [best]
        state.stopped = state.stopped or state.watch(best, state.bound)
        return state.stopped or enough()

    with state.step(cp_sat.NAME):
        outcome = cp_sat.minimise(state.model, state.objective, hint, limits, look)
        state.work += outcome.work
        state.raise_bound(outcome.bound)
        if outcome.point is not None:
            state.keep(np.array(outcome.point, np.int64))
    return outcome
