"""Least values of two measures over one model, one given the other and both within limits."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from app.allocation import document as documents
from app.allocation.evaluation import Evaluation, Plan, evaluate
from app.allocation.explaining.axes import Measure
from app.allocation.formulation import formulate, plan_of
from app.allocation.linear import Linear, lattice
from app.allocation.measures import shortfall_share
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
        A problem whose objective holds those of the measures that are sums.
    axes
        The two measures, as from ``read_axes``.
    options
        The limit is for all searches together: each takes an eighth of what is left.
    clock
        Asked whether to stop; told of progress.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        axes: tuple[Measure, Measure],
        options: Options,
        clock: Clock,
    ) -> None:
        self.document = document
        self.axes = axes
        self.problem = documents.read(document)
        self.options = options
        self.clock = clock
        self.made = formulate(self.problem)
        self.bodies = tuple(axis.bodies(self.made) for axis in axes)
        for _, whole in self.bodies:
            if whole is not None:
                least = lattice(whole.terms.values()) or Fraction(1)
                self.made.model.row("some base", whole, lower=least)
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
        """Return a number of which all differences of a measure's values are multiples.

        Shares have none: they may lie as close together as they like.
        """
        part, whole = self.bodies[axis]
        return Fraction(0) if whole is not None else lattice(part.terms.values()) or Fraction(1)

    def between(self, axis: int, low: Fraction, high: Fraction) -> Fraction:
        """Return about the middle of two values of a measure: at least ``low``, below ``high``.

        Of a share a simple fraction, since a limit's coefficients are its numerator and
        denominator.
        """
        middle = (low + high) / 2
        if self.bodies[axis][1] is None:
            return middle
        simple = (middle.limit_denominator(10**digits) for digits in range(1, 13))
        return next((one for one in simple if low <= one < high), middle)

    def fill(self) -> tuple[bool, bool]:
        """Hold the unfilled share to its least; return whether that is possible, and proven."""
        if all(lot.shortfall_cost is not None for lot in self.problem.lots.values()):
            return True, True
        body = shortfall_share(self.made)
        outcome = self._searched(self.made.model, body, {}, 0)
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
        one = self._least(model, first, start, hint)
        if one.point is None:
            return None, one.infeasible
        best = self._exact(one)
        limits = {first: self.axes[first].value(best)}
        model = self._limited(limits if limit is None else {**limits, other: limit})
        found = self._point(one, proven=False)
        two = self._least(model, other, found.columns, found)
        if two.point is None:
            return found, False
        return self._point(two, proven=one.complete and two.complete), False

    def _limited(self, limits: Mapping[int, Fraction]) -> Model:
        model = copy.copy(self.made.model)
        model.rows = list(model.rows)
        for axis, most in limits.items():
            part, whole = self.bodies[axis]
            if whole is None:
                model.row(f"limit[{axis}]", part, upper=most)
            else:
                model.row(f"limit[{axis}]", part.plus(whole, -most), upper=0)
        return model

    def _least(
        self, model: Model, axis: int, start: Mapping[int, int], known: Point | None
    ) -> Outcome:
        """Search for the least value of a measure.

        A share is a fraction of two expressions. Dinkelbach's method (1967): with ``f`` the share
        of a known point, search the least of ``part − f·whole``; where that is not below 0, no
        share is below f, else what was found has a lower one.
        """
        part, whole = self.bodies[axis]
        if whole is None:
            return self._searched(model, part, start, 1 + axis)
        share = Fraction(0) if known is None else known.values[axis]
        best: Outcome | None = None
        while True:
            found = self._searched(model, part.plus(whole, -share), start, 1 + axis)
            if found.point is None:
                return replace(best or found, complete=False)
            lower = part.value(found.point) / whole.value(found.point)
            if lower == share or (best is not None and lower > share):
                return replace(found if lower == share else best or found, complete=found.complete)
            best, share, start = found, lower, dict(enumerate(found.point))

    def _searched(
        self, model: Model, body: Linear, start: Mapping[int, int], stage: int
    ) -> Outcome:
        outcome = engine.minimise(model, body, start, self._limits(), self.clock.watch(stage))
        self.work += outcome.work
        self.searches += 1
        return outcome

    def _exact(self, outcome: Outcome) -> Evaluation:
        return evaluate(self.problem, plan_of(self.made, outcome.point or ()))

    def _point(self, outcome: Outcome, *, proven: bool) -> Point:
        """Return a point after the verifier has reckoned it anew."""
        best = self._exact(outcome)
        one, two = (axis.value(best) for axis in self.axes)
        reckoned = reckon(self.document, best.plan.quantities, best.plan.packages)
        if reckoned.breaches or [axis.reckoned(reckoned) for axis in self.axes] != [one, two]:
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
