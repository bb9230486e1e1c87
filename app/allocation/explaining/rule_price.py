"""The price of a rule: the optimum with it minus the optimum without it."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.allocation import document as documents
from app.allocation.elements import Problem
from app.allocation.explaining.asking import (
    Answer,
    Asking,
    Document,
    OnStep,
    Solve,
    answer_of,
    explained,
    stage_heads,
)
from app.allocation.explaining.changing import (
    BINDING,
    kinds,
    known,
    money_stage,
    tolerances,
    up_to_money,
    without,
)
from app.allocation.options import Options, ShouldStop

ZERO = Fraction(0)


def price_of_rules(
    document: Document,
    options: Options,
    *,
    rules: Sequence[str] | None = None,
    known_result: Mapping[str, Any] | None = None,
    on_step: OnStep | None = None,
    should_stop: ShouldStop | None = None,
    solve: Solve | None = None,
) -> dict[str, Any]:
    """Return what rules, pins, choices and requires cost: one solve with all, one without each.

    Parameters
    ----------
    document
        A problem.
    options
        The limit is for all solves together.
    rules
        Ids; by default every rule.
    known_result
        The problem's own result, where there is one already.
    on_step, should_stop, solve
        As in ``Asking``.

    Returns
    -------
    dict
        ``rules``: one entry each, as from ``rule_price``.

    Raises
    ------
    DocumentError
        If the document has defects, or an id is unknown.
    AllocationFailed
        If the known result does not hold.

    Notes
    -----
    The price is a difference of two optima, not a dual value: rules over whole steps have none
    that is right for more than an infinitesimal change.
    """
    problem = documents.read(document)
    chosen = [rule.id for rule in problem.rules] if rules is None else list(rules)
    known(document, tuple(BINDING), chosen, "rule")
    asking = Asking(options, on_step, should_stop, solve)
    asking.expect(len(chosen) + (known_result is None))
    short = up_to_money(document, problem)
    if known_result is None:
        held = asking.exactly("with all", short)
    else:
        held = asking.known(document, known_result, short)
    entries = [
        _priced(held, asking.exactly(f"without {rule}", without(short, rule)), rule)
        for rule in chosen
    ]
    return explained("price-of-rule", document, asking, {"rules": entries})


def rule_price(
    document: Document,
    rule: str,
    with_rule: Mapping[str, Any],
    without_rule: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the price of a rule from two verified results that somebody already has.

    Parameters
    ----------
    document
        The problem with the rule.
    rule
        Id of a rule, pin, choice or require.
    with_rule, without_rule
        Results of the problem and of the problem without it.

    Returns
    -------
    dict
        ``id``, ``kind``; ``outcome``: ``priced``, ``impossible_with`` (nothing is allowed with it,
        something without), ``impossible_both`` or ``unknown``; ``stages``: for each stage what is
        known of both optima and of their difference; ``cost``: that difference in the stage that
        is the plain cost, ``None`` where no stage is or no interval is known.
    """
    held = answer_of(document, with_rule)
    return _priced(held, answer_of(without(document, rule), without_rule), rule)


def _priced(held: Answer, free: Answer, rule: str) -> dict[str, Any]:
    stages = list(differences(held, free, _never_saves(held.problem, rule)))
    return {
        "id": rule,
        "kind": kinds(held.document)[rule],
        "outcome": _outcome(held, free),
        "with": held.result["status"],
        "without": free.result["status"],
        "stages": stages,
        "cost": _plain_cost(held.problem, stages),
    }


def _outcome(held: Answer, free: Answer) -> str:
    if held.infeasible:
        if free.infeasible:
            return "impossible_both"
        return "impossible_with" if free.best is not None else "unknown"
    return "priced" if held.best is not None and free.best is not None else "unknown"


def differences(held: Answer, free: Answer, nested: Sequence[bool]) -> Iterator[dict[str, Any]]:
    """Yield, for each stage, both optima and the first minus the second.

    Parameters
    ----------
    held, free
        Answers to a problem and to one that allows more.
    nested
        For each stage whether no allocation is worth more in the second problem, so that its
        optimum is at most the first one's. That carries over to later stages only while the
        earlier ones are proven equal.
    """
    equal = not free.infeasible and not held.infeasible
    rows = zip(stage_heads(held.problem), held.stages, free.stages, nested, strict=True)
    for head, tight, loose, below in rows:
        one, two = tight, loose
        if equal and below:
            one, two = tight.at_least(loose.low), loose.at_most(tight.high)
        difference = one.minus(two)
        if equal and below and held.best is not None:
            # What was found with all is allowed without one: even unsolved it is no worse.
            difference = difference.at_least(ZERO)
        equal = equal and below and one.exact and two.exact and one.low == two.low
        yield {
            **head,
            "with": one.document(),
            "without": two.document(),
            "difference": difference.document(),
        }


def _never_saves(problem: Problem, rule: str) -> list[bool]:
    """Return for each stage whether leaving the rule out worsens no allocation in it.

    Hard ones only take allocations away. The penalty of a soft rule adds to the cost, which a
    stage with a negative weight is glad of.
    """
    soft = any(one.id == rule and one.penalty is not None for one in problem.rules)
    first = len(tolerances(problem)) - len(problem.objective)
    weights = [
        sum((Fraction(w) for name, w in stage.terms if name == "cost"), ZERO)
        for stage in problem.objective
    ]
    return [True] * first + [not soft or weight >= 0 for weight in weights]


def _plain_cost(problem: Problem, stages: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the difference in the stage that is the plain cost and nothing else."""
    money = money_stage(problem)
    if money is None:
        return None
    k, _ = money
    terms = problem.objective[k].terms
    if len(terms) != 1 or terms[0][1] != 1:
        return None
    difference: Mapping[str, Any] = stages[len(stages) - len(problem.objective) + k]["difference"]
    return None if difference["low"] is None and difference["high"] is None else difference
