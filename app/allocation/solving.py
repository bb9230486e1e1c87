"""From a problem document to a verified result: stage after stage, each within the earlier ones."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from app.allocation import document as documents
from app.allocation.apart import (
    carried,
    head_part,
    head_start,
    nothing_awarded,
    stated_apart,
    whole_is_too_large,
)
from app.allocation.conflicts import conflict_of
from app.allocation.elements import Problem
from app.allocation.evaluation import Evaluation, Plan, evaluate
from app.allocation.formulation import formulate, plan_of
from app.allocation.frame import Formulation
from app.allocation.linear import Linear
from app.allocation.measures import objective, shortfall_share
from app.allocation.options import AllocationFailed, OnProgress, Options, ShouldStop
from app.allocation.progress import Clock
from app.allocation.results import Stated, result_of
from app.allocation.solvers import engine
from app.allocation.solvers.search import Limits, Outcome
from app.allocation.solvers.wide import TooWideError
from app.allocation.verify import verify


@dataclass
class StageRun:
    """One stage: what it minimises, how much later ones may worsen it, and what was proven."""

    name: str
    body: Linear
    tolerance: Fraction
    bound: Fraction | None = None


def solve(
    document: Mapping[str, Any],
    options: Options,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> dict[str, Any]:
    """Return the verified result document of a problem document.

    Parameters
    ----------
    document
        A problem; numbers as ``Decimal``, ``int`` or decimal strings.
    options
        How long and how closely to search.
    on_progress
        Told of the state about once a second, and of every better allocation or bound.
    should_stop
        Asked about ten times a second; once it returns true the best so far is returned with
        the status ``cancelled``.

    Returns
    -------
    dict
        A result of the format ``jejaring.allocation-result/1``.

    Raises
    ------
    DocumentError
        If the document has defects.
    AllocationFailed
        If the result does not pass its own verification, or quantities have too many steps.
    """
    problem = documents.read(document)
    clock = Clock(on_progress, should_stop)
    try:
        stated = _stated(problem, options, clock)
    except TooWideError as error:
        raise AllocationFailed(f"too many steps to count: {error}") from error
    result = result_of(document, problem, options, stated)
    findings = verify(document, result)
    if findings:
        raise AllocationFailed("; ".join(f"{f.pointer}: {f.detail}" for f in findings))
    return result


def _stated(problem: Problem, options: Options, clock: Clock) -> Stated:
    limited = options.limit_seconds is not None or options.limit_deterministic is not None
    apart = limited and carried(problem)
    if apart and whole_is_too_large(problem) and len(problem.objective) == 1:
        return stated_apart(problem, limits_of(options, clock.seconds(), 0.0), clock)
    run = Run(problem, options, clock)
    if apart:
        run.begin_apart()
    return run.stated()


def limits_of(options: Options, seconds: float, work: float, part: float = 1.0) -> Limits:
    """Return a part of what options leave after some seconds and some work."""
    left_seconds = left_work = None
    if options.limit_seconds is not None:
        left_seconds = max((float(options.limit_seconds) - seconds) * part, 0.01)
    if options.limit_deterministic is not None:
        left_work = max((float(options.limit_deterministic) - work) * part, 1e-6)
    return Limits(left_seconds, left_work, Fraction(options.gap), options.seed, options.threads)


class Run:
    """One run of the stages over one formulation."""

    def __init__(self, problem: Problem, options: Options, clock: Clock) -> None:
        self.problem = problem
        self.options = options
        self.clock = clock
        self.made: Formulation = formulate(problem)
        self.stages = list(_stages(self.made))
        self.best: Evaluation | None = None
        self.point = self._start()
        self.work = 0.0
        self.steps: list[dict[str, str]] = []

    def stated(self) -> Stated:
        """Run every stage and return what there is to say."""
        infeasible = False
        conflict: tuple[str, ...] = ()
        for k, stage in enumerate(self.stages):
            outcome = self._search(k, stage)
            if outcome.infeasible:
                if self.best is not None:
                    raise AllocationFailed(f"stage {k} contradicts an allocation already found")
                infeasible = True
                break
            self._take(k, stage, outcome)
            if self.clock.stopped:
                break
        if infeasible:
            conflict = conflict_of(self.problem, lambda: self._limits(1), self.clock)
        elif self.best is None:
            self.best = nothing_awarded(self.problem)
        return Stated(
            best=self.best,
            values=self._values(),
            bounds=[self._bound(stage) for stage in self.stages],
            tolerances=[stage.tolerance for stage in self.stages],
            infeasible=infeasible,
            cancelled=self.clock.stopped,
            conflict=conflict,
            seconds=self.clock.seconds(),
            steps=self.steps,
            engine=(engine.NAME, engine.version()),
        )

    def begin_apart(self) -> None:
        """Search the first stage lot by lot in compiled code, to start from what that finds."""
        part = head_part(self.problem) / len(self.stages)
        limits = limits_of(self.options, self.clock.seconds(), self.work, part)
        start = head_start(self.problem, limits, self.clock.watch(0))
        self.work += start.work
        self.steps.extend({"stage": self.stages[0].name, **step} for step in start.steps)
        self.stages[0].bound = start.bound
        if start.best is not None:
            self.best, self.point = start.best, self._quantities_of(start.best.plan)

    def _quantities_of(self, plan: Plan) -> dict[int, int]:
        """Return the columns that decide a plan."""
        point = {self.made.use[name]: int(name in plan.packages) for name in self.problem.packages}
        for (name, t), column in self.made.quantity.items():
            quantities = plan.quantities.get(name)
            step = self.made.scaled.offers[name].step
            point[column] = 0 if quantities is None else int(Fraction(quantities[t]) / step)
        return point

    def _values(self) -> list[Fraction]:
        """Return the returned allocation's value of every stage."""
        if self.best is None:
            return []
        return [self.value(k, self.best) for k in range(len(self.stages))]

    def _start(self) -> dict[int, int]:
        """Return the quantities to start from: the reference's, or none.

        Without a start CP-SAT may take a minute to find any allocation at all.
        """
        before = self.problem.reference.quantities
        start = {}
        for (name, t), column in self.made.quantity.items():
            steps = (
                Fraction(before[name][t]) // self.made.scaled.offers[name].step
                if name in before
                else 0
            )
            start[column] = min(steps, self.made.model.upper[column])
        return start

    def _search(self, k: int, stage: StageRun) -> Outcome:
        began = self.clock.seconds()
        limits = replace(self._limits(len(self.stages) - k), known=stage.bound)
        watch = self.clock.watch(k)
        outcome = engine.minimise(self.made.model, stage.body, self.point, limits, watch)
        self.work += outcome.work
        alone = {
            "engine": engine.NAME,
            "seconds": f"{self.clock.seconds() - began:.3f}",
            "work": f"{outcome.work:.6f}",
        }
        self.steps.extend({"stage": stage.name, **step} for step in outcome.steps or (alone,))
        return outcome

    def _take(self, k: int, stage: StageRun, outcome: Outcome) -> None:
        """Keep the better of what was known and what was found, and hold later stages to it."""
        if outcome.point is not None:
            found = evaluate(self.problem, plan_of(self.made, outcome.point))
            if self.best is None or self.value(k, found) <= self.value(k, self.best):
                self.best, self.point = found, dict(enumerate(outcome.point))
        known = [one for one in (stage.bound, outcome.bound) if one is not None]
        stage.bound = max(known, default=None)
        if self.best is not None:
            value = self.value(k, self.best)
            self.clock.report(k, value, self._bound(stage))
            limit = value + stage.tolerance * abs(value)
            self.made.model.row(f"stage[{k}]", stage.body, upper=limit)

    def value(self, k: int, found: Evaluation) -> Fraction:
        """Return the exact value of stage ``k``."""
        objectives = self.problem.objective
        first = len(self.stages) - len(objectives)
        return found.shortfall_share if k < first else found.stage(objectives[k - first])

    def _bound(self, stage: StageRun) -> Fraction:
        """Return what was proven, at least what the columns' bounds alone say."""
        least, _ = self.made.model.range_of(stage.body)
        return Fraction(least) if stage.bound is None else max(stage.bound, Fraction(least))

    def _limits(self, stages_left: int) -> Limits:
        """Return the limits of the next search: half of what is left where stages follow."""
        part = 1.0 if stages_left <= 1 else 0.5
        return limits_of(self.options, self.clock.seconds(), self.work, part)


def _stages(made: Formulation) -> list[StageRun]:
    """Return stage 0 where some lot has no shortfall cost, then the objective's stages."""
    problem = made.problem
    found = []
    if any(lot.shortfall_cost is None for lot in problem.lots.values()):
        found.append(StageRun("shortfall", shortfall_share(made), Fraction(0)))
    for k, stage in enumerate(problem.objective):
        body = objective(made, stage)
        found.append(StageRun(f"objective {k}", body, Fraction(stage.tolerance)))
    return found
