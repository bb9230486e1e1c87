"""The engine that searches, kept exact where numbers are too wide for it."""

import time
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from app.allocation.linear import Linear, lattice
from app.allocation.model import Model
from app.allocation.solvers import cp_sat, portfolio
from app.allocation.solvers.cp_sat import NAME, version
from app.allocation.solvers.search import Limits, Outcome, Watch
from app.allocation.solvers.wide import Rounded, narrowed, rounded

__all__ = ["NAME", "minimise", "version"]


def minimise(
    model: Model, objective: Linear, hint: Mapping[int, int], limits: Limits, watch: Watch
) -> Outcome:
    """Search the point of a model with the least value of an objective, in exact arithmetic.

    Parameters
    ----------
    model, objective
        Coefficients of any width.
    hint
        Values of some columns to start from.
    limits
        How far to search.
    watch
        Told of progress; may stop the search.

    Returns
    -------
    Outcome
        Points cover the model's own columns; the bound holds exactly.

    Raises
    ------
    TooWideError
        If a column takes more values than can be counted in 64 bits.
    """
    aim = rounded(model, objective)

    def look(value: Fraction | None, bound: Fraction | None) -> bool:
        return watch(
            None if value is None else aim.bound(value), None if bound is None else aim.bound(bound)
        )

    known = None if limits.known is None else (limits.known - aim.constant) / aim.unit
    within = replace(limits, known=known)
    found = portfolio.minimise(narrowed(model), aim.body, hint, within, look)
    bound = None if found.bound is None else aim.bound(found.bound)
    point = None if found.point is None else list(found.point[: len(model.names)])
    outcome = replace(found, point=point, bound=bound)
    if aim.exact or point is None or not found.complete:
        return outcome
    return _improved(model, objective, aim, outcome, _Left(limits, watch, outcome.work))


class _Left:
    """What is left of a search's limits."""

    def __init__(self, limits: Limits, watch: Watch, work: float) -> None:
        self.limits = limits
        self.watch = watch
        self.work = work
        self.began = time.monotonic()

    def next(self) -> Limits:
        """Return the limits of the next search."""
        used = time.monotonic() - self.began
        seconds, work = self.limits.seconds, self.limits.work
        return replace(
            self.limits,
            seconds=None if seconds is None else max(seconds - used, 1e-3),
            work=None if work is None else max(work - self.work, 1e-6),
        )

    def look(self, value: Fraction) -> Watch:
        """Return a watch that goes on telling the best value."""
        return lambda _value, _bound: self.watch(value, None)


def _improved(
    model: Model, objective: Linear, aim: Rounded, outcome: Outcome, left: _Left
) -> Outcome:
    """Ask for something better in exact terms until there is nothing.

    The rounded objective cannot tell apart what differs by less than its rounding. A row that
    asks for one unit less than the best so far can.
    """
    unit = lattice(objective.terms.values())
    point = outcome.point or []
    while True:
        value = objective.value(point)
        stricter = narrowed(model, (objective, value - unit))
        found = cp_sat.minimise(
            stricter, aim.body, dict(enumerate(point)), left.next(), left.look(value)
        )
        left.work += found.work
        if found.infeasible:
            return replace(outcome, point=point, bound=value, work=left.work)
        if found.point is None:
            return replace(outcome, point=point, complete=False, work=left.work)
        point = list(found.point[: len(model.names)])
