"""Least values of two measures over one model, one given the other and both within limits."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.allocation import document as documents
from app.allocation.evaluation import Evaluation, Plan, evaluate
from app.allocation.formulation import formulate, plan_of
from app.allocation.linear import Linear, lattice
from app.allocation.measures import objective, shortfall_share
from app.allocation.model import Model
from app.allocation.options import AllocationFailed, Options
from app.allocation.progress import Clock
from app.allocation.solvers import engine
from app.allocation.solvers.search import Limits, Outcome
from app.allocation.verify.checking import evaluate as reckon

_SHARE = 8
# Where less than this part of the limit is left, nothing more is searched.
_REST = 0.02


@dataclass(frozen=True)
class Point:
    """An allocation, and its exact values of both measures.

    ``proven``: no allocation is better in one of them and as good in the other.
    """

    values: tuple[Fraction, Fraction]
    best: Evaluation
    columns: Mapping[int, int]
    proven: bool


class Plane:
    """A problem whose objective is two stages, and searches over it.

    Parameters
    ----------
    document
        A problem with exactly two stages in its objective.
    options
        The limit is for all searches together: each takes an eighth of what is left.
    clock
        Asked whether to stop; told of progress.
    """

    def __init__(self, document: Mapping[str, Any], options: Options, clock: Clock) -> None:
        self.document = document
        self.problem = documents.read(document)
        self.options = options
        self.clock = clock
        self.made = formulate(self.problem)
        self.bodies = tuple(objective(self.made, stage) for stage in self.problem.objective)
        self.work = 0.0
        self.searches = 0

    @property
    def ended(self) -> bool:
        """Whether somebody asked to stop, or the limit is used up."""
        seconds, work = self.options.limit_seconds, self.options.limit_deterministic
        late = seconds is not None and self.clock.seconds() >= float(seconds) * (1 - _REST)
        done = work is not None and self.work >= float(work) * (1 - _REST)
        return self.clock.asked_to_stop() or late or done

    def step(self, axis: int) -> Fraction:
        """Return a number of which all differences of a measure's values are multiples."""
        return lattice(self.bodies[axis].terms.values()) or Fraction(1)

    def fill(self) -> tuple[bool, bool]:
        """Hold the unfilled share to its least; return whether that is possible, and proven."""
        if all(lot.shortfall_cost is not None for lot in self.problem.lots.values()):
            return True, True
        body = shortfall_share(self.made)
        outcome = self._least(self.made.model, body, {}, 0)
        if outcome.point is None:
            return not outcome.infeasible, False
        least = evaluate(self.problem, plan_of(self.made, outcome.point)).shortfall_share
        self.made.model.row("stage[0]", body, upper=least)
        return True, outcome.complete

    def least(
        self, first: int, limit: Fraction | None, hint: Point | None
    ) -> tuple[Point | None, bool]:
        """Return the point that is least in one measure, then in the other.

        Parameters
        ----------
        first
            Which measure comes first: 0 or 1.
        limit
            The most that the *other* may be; ``None`` is no limit.
        hint
            A point within the limit to start from.

        Returns
        -------
        tuple
            The point, ``None`` where none was found; and whether it is proven that there is none.
        """
        other = 1 - first
        model = self._limited({} if limit is None else {other: limit})
        start = dict.fromkeys(self.made.quantity.values(), 0) if hint is None else hint.columns
        one = self._least(model, self.bodies[first], start, 1 + first)
        if one.point is None:
            return None, one.infeasible
        best = self._exact(one)
        limits = {first: best.stage(self.problem.objective[first])}
        model = self._limited(limits if limit is None else {**limits, other: limit})
        two = self._least(model, self.bodies[other], dict(enumerate(one.point)), 1 + other)
        if two.point is None:
            return self._point(one, proven=False), False
        return self._point(two, proven=one.complete and two.complete), False

    def _limited(self, limits: Mapping[int, Fraction]) -> Model:
        model = copy.copy(self.made.model)
        model.rows = list(model.rows)
        for axis, most in limits.items():
            model.row(f"limit[{axis}]", self.bodies[axis], upper=most)
        return model

    def _least(self, model: Model, body: Linear, start: Mapping[int, int], stage: int) -> Outcome:
        outcome = engine.minimise(model, body, start, self._limits(), self.clock.watch(stage))
        self.work += outcome.work
        self.searches += 1
        return outcome

    def _exact(self, outcome: Outcome) -> Evaluation:
        return evaluate(self.problem, plan_of(self.made, outcome.point or ()))

    def _point(self, outcome: Outcome, *, proven: bool) -> Point:
        """Return a point after the verifier has reckoned it anew."""
        best = self._exact(outcome)
        one, two = (best.stage(stage) for stage in self.problem.objective)
        reckoned = reckon(self.document, best.plan.quantities, best.plan.packages)
        if reckoned.breaches or reckoned.stages[-2:] != [one, two]:
            raise AllocationFailed(f"a point does not hold: {reckoned.breaches}")
        return Point((one, two), best, dict(enumerate(outcome.point or ())), proven)

    def _limits(self) -> Limits:
        options = self.options
        seconds = work = None
        if options.limit_seconds is not None:
            left = float(options.limit_seconds) - self.clock.seconds()
            seconds = max(left / _SHARE, 0.01)
        if options.limit_deterministic is not None:
            left = float(options.limit_deterministic) - self.work
            work = max(left / _SHARE, 1e-6)
        # A gap would make points that are not exact.
        return Limits(seconds, work, Fraction(0), options.seed, options.threads)


def decisions(plan: Plan) -> dict[str, Any]:
    """Return a plan as a result states it: used offers and accepted packages."""
    return {
        "allocations": [
            {"offer": name, "quantities": [documents.decimal_text(q) for q in row]}
            for name, row in plan.quantities.items()
        ],
        "packages": list(plan.packages),
    }
