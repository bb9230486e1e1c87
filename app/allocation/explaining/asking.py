"""Solves one document after another within one limit, and tells where it stands."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from app.allocation import document as documents
from app.allocation import solve as solve_here
from app.allocation.document import problem_sha256
from app.allocation.elements import Problem
from app.allocation.evaluation import Evaluation, Plan, evaluate
from app.allocation.explaining.changing import stage_count, started, through, tolerances
from app.allocation.explaining.intervals import Interval, limit_of, stated_bound
from app.allocation.options import AllocationFailed, OnProgress, Options, Progress, ShouldStop
from app.allocation.verify import verify

Document = Mapping[str, Any]
Solve = Callable[[Document, Options, OnProgress | None, ShouldStop | None], Mapping[str, Any]]
_LEAST_SECONDS = Fraction(1, 100)
_LEAST_WORK = Fraction(1, 10**6)
_PLACES = 10**6


@dataclass(frozen=True)
class Step:
    """Where an explanation stands: ``done`` of about ``of`` solves, and the one that runs."""

    what: str
    done: int
    of: int
    progress: Progress | None = None


OnStep = Callable[[Step], None]


@dataclass(frozen=True)
class Answer:
    """A solved document: ``stages`` bounds the optimum of each stage, given the earlier ones."""

    document: Document
    result: Mapping[str, Any]
    best: Evaluation | None
    stages: tuple[Interval, ...]

    @cached_property
    def problem(self) -> Problem:
        """The typed problem."""
        return documents.read(self.document) if self.best is None else self.best.problem

    @property
    def infeasible(self) -> bool:
        """Whether nothing at all is allowed."""
        return bool(self.result["status"] == "infeasible")


class Asking:
    """One explanation's solves, within one limit.

    Parameters
    ----------
    options
        ``limit_seconds`` and ``limit_deterministic`` are for all solves together: each takes an
        equal part of what is left. Once nothing is left, nothing more is solved.
    on_step
        Told before each solve, and of its progress.
    should_stop
        Asked often; once it returns true nothing more is solved.
    solve
        What solves a document; by default ``app.allocation.solve``.
    """

    def __init__(
        self,
        options: Options,
        on_step: OnStep | None = None,
        should_stop: ShouldStop | None = None,
        solve: Solve | None = None,
    ) -> None:
        self.options = options
        self.on_step = on_step
        self.should_stop = should_stop
        self.solve = solve or solve_here
        self.began = time.monotonic()
        self.work = Fraction(0)
        self.done = 0
        self.expected = 0
        self.unproven: list[str] = []
        self.start: Mapping[str, Any] | None = None

    def expect(self, solves: int) -> None:
        """Plan for so many solves more."""
        self.expected += solves

    @property
    def stopped(self) -> bool:
        """Whether somebody asked to stop."""
        return self.should_stop is not None and self.should_stop()

    @property
    def used_up(self) -> bool:
        """Whether nothing of the limit is left."""
        seconds, work = self.options.limit_seconds, self.options.limit_deterministic
        late = seconds is not None and time.monotonic() - self.began >= seconds
        return late or (work is not None and self.work >= Fraction(work))

    def ask(self, what: str, document: Document) -> Answer:
        """Return the solved document; what was not proven to the end is noted by its name.

        A later solve starts from the first allocation, which most questions change little.
        """
        document = started(document, self.start)
        if self.stopped or self.used_up:
            result: Mapping[str, Any] = {"status": "cancelled" if self.stopped else "unsolved"}
        else:
            self._tell(what, None)
            result = self.solve(
                document, self._part(), lambda p: self._tell(what, p), self.should_stop
            )
            steps = result.get("solver", {}).get("steps", ())
            self.work += sum((Fraction(step.get("work", "0")) for step in steps), Fraction(0))
        self.done += 1
        if result["status"] not in {"optimal", "infeasible"}:
            self.unproven.append(what)
        if self.start is None and "allocations" in result:
            self.start = result
        return answer_of(document, result)

    def exactly(self, what: str, document: Document) -> Answer:
        """Return the solved document, its earlier stages solved for themselves where that helps.

        A stage with a tolerance is worsened by later ones, so that a result's value of it is not
        its optimum.
        """
        found = self.ask(what, document)
        if found.best is None:
            return found
        stages = list(found.stages)
        first = len(stages) - len(found.problem.objective)
        for k, stage in enumerate(found.problem.objective[:-1]):
            if stage.tolerance and not stages[first + k].exact:
                self.expect(1)
                alone = self.ask(f"{what}: objective {k}", through(document, k))
                stages[first + k] = stages[first + k].within(alone.stages[-1])
        return replace(found, stages=tuple(stages))

    def known(
        self, document: Document, result: Mapping[str, Any], short: Document | None = None
    ) -> Answer:
        """Return a result that somebody already has.

        Parameters
        ----------
        document, result
            The problem, and what somebody solved it to.
        short
            The same problem with fewer stages: its stages are the first ones of the result.

        Raises
        ------
        AllocationFailed
            If it is not a verified result of this document.
        """
        findings = verify(document, result)
        if findings:
            raise AllocationFailed("; ".join(f"{f.pointer}: {f.detail}" for f in findings))
        if result["status"] not in {"optimal", "infeasible"}:
            self.unproven.append("result")
        if "allocations" in result:
            self.start = result
        answer = answer_of(document, result)
        if short is None:
            return answer
        problem = documents.read(short)
        stages = answer.stages[: len(tolerances(problem))]
        best = None if answer.best is None else replace(answer.best, problem=problem)
        return Answer(short, result, best, stages)

    def _tell(self, what: str, progress: Progress | None) -> None:
        if self.on_step is not None:
            self.on_step(Step(what, self.done, max(self.expected, self.done + 1), progress))

    def _part(self) -> Options:
        """Return the options of the next solve: its part of what is left of the limit."""
        left = max(1, self.expected - self.done)
        seconds, work = self.options.limit_seconds, self.options.limit_deterministic
        changes: dict[str, Decimal] = {}
        if seconds is not None:
            used = Fraction(time.monotonic() - self.began)
            changes["limit_seconds"] = _decimal((Fraction(seconds) - used) / left, _LEAST_SECONDS)
        if work is not None:
            changes["limit_deterministic"] = _decimal(
                (Fraction(work) - self.work) / left, _LEAST_WORK
            )
        return replace(self.options, **changes)  # type: ignore[arg-type]  # fields of one type


def _decimal(value: Fraction, least: Fraction) -> Decimal:
    """Return a limit as a short decimal, never below the least that an engine takes."""
    return Decimal(int(max(value, least) * _PLACES)) / _PLACES


def answer_of(document: Document, result: Mapping[str, Any]) -> Answer:
    """Return what a verified result says of the optimum of each stage.

    With ``bound ≤ optimum`` of every stage, the value of stage k is an upper end of its optimum
    where the allocation keeps the limits of all earlier stages as their *optima* set them:
    ``value_j ≤ bound_j + tolerance_j·|bound_j|``.
    """
    if "allocations" not in result:
        return Answer(document, result, None, (Interval(),) * stage_count(document))
    problem = documents.read(document)
    allowed = tolerances(problem)
    best = evaluate(problem, plan_of(result))
    first = len(allowed) - len(problem.objective)
    values = [best.shortfall_share] * first + [best.stage(one) for one in problem.objective]
    stages = []
    kept = True
    for value, stated, tolerance in zip(values, result["stages"], allowed, strict=True):
        bound = stated_bound(stated["bound"], value)
        stages.append(Interval(bound, value if kept else None))
        limit = limit_of(bound, tolerance)
        kept = kept and limit is not None and value <= limit
    return Answer(document, result, best, tuple(stages))


def plan_of(result: Mapping[str, Any]) -> Plan:
    """Return the decisions of a result with an allocation."""
    quantities = {
        one["offer"]: tuple(Fraction(amount) for amount in one["quantities"])
        for one in result["allocations"]
    }
    return Plan(quantities, tuple(result["packages"]))


def explained(
    question: str, document: Document, asking: Asking, found: Mapping[str, Any]
) -> dict[str, Any]:
    """Return an explanation document: the question, the answer, and what was not proven.

    ``unproven`` names the solves that were cut short: an interval that is not exact is as wide as
    they left it. ``gap_target`` above 0 leaves intervals that wide by choice.
    """
    return {
        "format": "jejaring.allocation-explanation/1",
        "question": question,
        "problem_sha256": problem_sha256(document),
        **found,
        "unproven": list(dict.fromkeys(asking.unproven)),
        "cancelled": asking.stopped,
        "gap_target": documents.decimal_text(asking.options.gap),
        "solves": asking.done,
    }


def stage_names(problem: Problem) -> Sequence[str]:
    """Return the names of a result's stages: ``shortfall`` for stage 0, then ``objective k``."""
    first = len(tolerances(problem)) - len(problem.objective)
    return ["shortfall"] * first + [f"objective {k}" for k in range(len(problem.objective))]


def stage_heads(problem: Problem) -> list[dict[str, Any]]:
    """Return what names each of a result's stages: its name, and its terms where it has any."""
    first = len(tolerances(problem)) - len(problem.objective)
    terms: list[dict[str, Any]] = [{}] * first
    for stage in problem.objective:
        weighted = [(name, documents.decimal_text(weight)) for name, weight in stage.terms]
        terms.append({"terms": [{"measure": n, "weight": w} for n, w in weighted]})
    return [{"stage": name, **one} for name, one in zip(stage_names(problem), terms, strict=True)]
