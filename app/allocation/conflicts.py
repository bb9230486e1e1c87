"""Which rules and pins cannot hold together: a deletion filter."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.allocation.elements import Problem
from app.allocation.formulation import formulate
from app.allocation.linear import Linear
from app.allocation.options import AllocationFailed
from app.allocation.progress import Clock
from app.allocation.solvers import engine
from app.allocation.solvers.search import Limits, Outcome

# Lists whose elements may stand in a conflict; everything else can always be kept.
BINDING = ("rules", "pins", "choices", "requires")


def conflict_of(problem: Problem, limits: Callable[[], Limits], clock: Clock) -> tuple[str, ...]:
    """Return a set of elements that cannot hold together, in document order.

    Each is left out in turn; where the rest is still proven infeasible, it stays out. What
    remains is minimal, but for elements whose test the limits cut short. It is then proven once
    more with another seed: no single run is believed when it says that nothing is possible.

    Parameters
    ----------
    problem
        A problem that was proven infeasible.
    limits
        Returns the limits of the next single test.
    clock
        Asked whether to stop.

    Returns
    -------
    tuple of str
        Ids of hard rules, pins, choices and requires.

    Raises
    ------
    AllocationFailed
        If the set turns out to be possible after all.
    """
    kept = _binding(problem)
    for candidate in tuple(kept):
        if clock.asked_to_stop():
            break
        rest = [one for one in kept if one != candidate]
        if _tried(problem, rest, limits(), clock).infeasible:
            kept = rest
    again = limits()
    if not kept or _tried(problem, kept, replace(again, seed=again.seed + 1), clock).point:
        raise AllocationFailed("what was called infeasible is possible")
    return tuple(kept)


def _binding(problem: Problem) -> list[str]:
    return [
        element.id
        for name in BINDING
        for element in getattr(problem, name)
        if getattr(element, "penalty", None) is None
    ]


def _tried(problem: Problem, kept: Sequence[str], limits: Limits, clock: Clock) -> Outcome:
    made = formulate(only(problem, kept))
    return engine.minimise(made.model, Linear(), {}, limits, clock.watch(0))


def only(problem: Problem, kept: Sequence[str]) -> Problem:
    """Return the problem with those binding elements alone."""
    return replace(
        problem,
        rules=tuple(one for one in problem.rules if one.id in kept),
        pins=tuple(one for one in problem.pins if one.id in kept),
        choices=tuple(one for one in problem.choices if one.id in kept),
        requires=tuple(one for one in problem.requires if one.id in kept),
    )
