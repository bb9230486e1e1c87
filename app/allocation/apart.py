"""Tenders that are searched lot by lot in compiled code, without a model of the whole."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from app.allocation.elements import Problem
from app.allocation.evaluation import Evaluation, Plan, evaluate
from app.allocation.options import AllocationFailed
from app.allocation.results import Stated
from app.allocation.solvers.engine import version
from app.allocation.solvers.search import Limits, Watch

if TYPE_CHECKING:
    from app.allocation.progress import Clock
    from app.allocation.scale.search import Found

NAME = "ruin and recreate"
# From this many offers and packages on it is worth its compiler's start; above the second a model
# of the whole takes longer to write down than there is time.
WORTHWHILE, WHOLE = 80, 6_000
_MEDIUM = 500


@dataclass(frozen=True)
class Start:
    """What was found before a model of the whole is searched."""

    best: Evaluation | None
    bound: Fraction | None
    work: float
    steps: list[dict[str, str]]


def carried(problem: Problem) -> bool:
    """Return whether a problem is of a size and kind that is searched apart."""
    size = len(problem.offers) + len(problem.packages)
    plain = [stage.terms for stage in problem.objective[:1]] == [(("cost", Decimal(1)),)]
    if size < WORTHWHILE or not plain:
        return False
    from app.allocation.scale.search import supports  # noqa: PLC0415  # loads a compiler

    return supports(problem) is None


def whole_is_too_large(problem: Problem) -> bool:
    """Return whether a model of the whole would take longer than there is time."""
    return len(problem.offers) + len(problem.packages) > WHOLE


def head_part(problem: Problem) -> float:
    """Return the part of the time after which the whole is searched too.

    Small ones gain more from cutting planes over the whole, larger ones from lots alone.
    """
    return 0.4 if len(problem.offers) + len(problem.packages) <= _MEDIUM else 0.8


def head_start(problem: Problem, limits: Limits, watch: Watch) -> Start:
    """Search a problem apart.

    Parameters
    ----------
    problem
        One that is ``carried``.
    limits, watch
        As for an engine.

    Returns
    -------
    Start
        Its evaluation is exact; so is its bound.

    Raises
    ------
    AllocationFailed
        If what was found breaks a rule.
    """
    from app.allocation.scale.search import search  # noqa: PLC0415  # loads a compiler

    found: Found = search(problem, limits, watch)
    best = None if found.plan is None else evaluate(problem, found.plan)
    if best is not None:
        soft = {rule.id for rule in problem.rules if rule.penalty is not None}
        broken = [one.id for one in best.rules if one.violation and one.id not in soft]
        if broken:
            raise AllocationFailed(f"the search apart breaks {', '.join(broken)}")
    return Start(best, found.bound, found.work, list(found.steps))


def nothing_awarded(problem: Problem) -> Evaluation | None:
    """Return the empty allocation where it keeps rules, pins and choices."""
    empty = evaluate(problem, Plan({}, ()))
    soft = {rule.id for rule in problem.rules if rule.penalty is not None}
    kept = all(not one.violation or one.id in soft for one in empty.rules)
    pinned = any(pin.min > 0 or (pin.package and pin.accept) for pin in problem.pins)
    chosen = any(choice.min > 0 for choice in problem.choices)
    return empty if kept and not pinned and not chosen else None


def stated_apart(problem: Problem, limits: Limits, clock: "Clock") -> Stated:
    """Return what a search apart has to say, where it is all there is."""
    start = head_start(problem, limits, clock.watch(0))
    stage = problem.objective[0]
    best = start.best or nothing_awarded(problem)
    values = [] if best is None else [best.stage(stage)]
    # Nothing costs less than nothing: discounts are parts of prices.
    bound = Fraction(0) if start.bound is None else start.bound
    return Stated(
        best=best,
        values=values,
        bounds=[bound],
        tolerances=[Fraction(stage.tolerance)],
        infeasible=False,
        cancelled=clock.stopped,
        conflict=(),
        seconds=clock.seconds(),
        steps=[{"stage": "objective 0", **step} for step in start.steps],
        engine=(NAME, version()),
    )
