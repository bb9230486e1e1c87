"""Which engines search a model, in which order, for how long: by its features and size."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from app.allocation.linear import Linear
from app.allocation.model import SHARED, Model
from app.allocation.solvers import cp_sat, scip
from app.allocation.solvers.arrays import arrays_of
from app.allocation.solvers.lotwise import completed, improve, relax
from app.allocation.solvers.search import Limits, Outcome, Watch
from app.allocation.solvers.state import State

# Models of fewer columns are CP-SAT's alone, where quantities are large of still fewer; above the
# last it is never given the whole.
SMALL_WIDE, SMALL, LARGE = 100, 500, 5_000
# A quantity of more steps than this is large: engines that count in fractions do better on it.
_WIDE = 100
# The part of the time that CP-SAT has for the whole before the others begin.
WHOLE = 0.2


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
    state = State(arrays_of(model, objective), objective, limits, watch)
    large = len(model.names) >= LARGE
    if not large:
        outcome = _whole(state, model, objective, hint, state.left(WHOLE))
        if outcome.complete or state.over():
            return state.outcome(complete=outcome.complete, infeasible=outcome.infeasible)
        _search_beside(state)
    if state.best is None:
        completed(state, hint)
    if state.best is not None:
        improve(state, relax(state))
    if state.best is None or (not large and not state.over()):
        start = hint if state.best is None else dict(enumerate(state.best.tolist()))
        outcome = _whole(state, model, objective, start, state.left())
        return state.outcome(complete=outcome.complete, infeasible=outcome.infeasible)
    return state.outcome()


def _alone(model: Model, objective: Linear, limits: Limits) -> bool:
    """Return whether CP-SAT has the whole search."""
    owned = [(j, home) for j, home in enumerate(model.homes) if home != SHARED]
    wide = any(model.upper[j] > _WIDE for j, _ in owned)
    small = len(model.names) < (SMALL_WIDE if wide else SMALL)
    endless = limits.seconds is None and limits.work is None
    lots = len({home for _, home in owned})
    return endless or small or lots <= 1 or not any(objective.terms.values())


def _search_beside(state: State) -> None:
    """Let SCIP search beside the others where a thread is to spare and the time is limited."""
    limits = state.left()
    if limits.threads > 1 and limits.work is None:
        state.beside = scip.Searching(state.arrays, limits.seed, limits.seconds)
        state.steps.append(
            {"engine": f"{scip.NAME}, beside the following", "seconds": "", "work": ""}
        )


def _whole(
    state: State, model: Model, objective: Linear, hint: Mapping[int, int], limits: Limits
) -> Outcome:
    """Give the whole model to CP-SAT."""

    def look(value: Fraction | None, bound: Fraction | None) -> bool:
        state.raise_bound(bound)
        if state.beside is not None:
            state.keep(state.beside.best)
        known = [one for one in (value, state.value) if one is not None]
        state.stopped = state.stopped or state.watch(min(known, default=None), state.bound)
        return state.stopped

    with state.step(cp_sat.NAME):
        outcome = cp_sat.minimise(model, objective, hint, limits, look)
        state.work += outcome.work
        state.raise_bound(outcome.bound)
        if outcome.point is not None:
            state.keep(np.array(outcome.point, np.int64))
    return outcome
