"""Why a demand is unfilled: each limit in the way by name, and what lifting it alone would fill."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.allocation import document as documents
from app.allocation.document import decimal_text
from app.allocation.elements import Problem
from app.allocation.explaining.asking import Answer, Asking, Document, OnStep, Solve, explained
from app.allocation.explaining.changing import changed, tolerances, up_to_money, without
from app.allocation.explaining.rule_price import differences
from app.allocation.options import Options, ShouldStop
from app.allocation.reasons import Reasons

NONE = Fraction(0)


@dataclass(frozen=True)
class Limit:
    """Something that can stand in the way: its kind, whose it is, and (capacity) its period."""

    kind: str
    id: str
    period: int | None = None


def unfilled(
    document: Document,
    options: Options,
    *,
    known_result: Mapping[str, Any] | None = None,
    on_step: OnStep | None = None,
    should_stop: ShouldStop | None = None,
    solve: Solve | None = None,
) -> dict[str, Any]:
    """Return why demand is left open, and what each limit alone keeps back.

    Parameters
    ----------
    document
        A problem.
    options
        The limit is for all solves together.
    known_result
        The problem's own result, where there is one already.
    on_step, should_stop, solve
        As in ``Asking``.

    Returns
    -------
    dict
        ``status``; ``lots``: each lot with open demand, its quantities and what stands in the way
        of one step more (``because``, as in a result); ``limits``: each of those names once, with
        ``kind`` and ``id``, and ``lifted``: what the problem without that one limit amounts to.
        ``lifted`` is ``None`` for a package (it has no limit to lift) and where there is no offer.

    Raises
    ------
    DocumentError
        If the document has defects.
    AllocationFailed
        If the known result does not hold.

    Notes
    -----
    The names come from one step more in the allocation that was returned; what a limit is worth
    comes from solving without it, as an interval from both bounds. Where lifting each alone fills
    nothing, several must be lifted together.
    """
    problem = documents.read(document)
    asking = Asking(options, on_step, should_stop, solve)
    short = up_to_money(document, problem)
    if known_result is None:
        # Half of the limit at most: the other half is for the limits in the way.
        asking.expect(2)
        base = asking.exactly("as it is", short)
    else:
        base = asking.known(document, known_result, short)
    found: dict[str, Any] = {"status": base.result["status"], "lots": [], "limits": []}
    if base.best is not None:
        reasons = Reasons(base.best)
        found["lots"] = [
            {"lot": lot, "quantities": _texts(flow.shortfall), "because": reasons.of(lot)}
            for lot, flow in base.best.flows.items()
            if any(flow.shortfall)
        ]
        names = dict.fromkeys(name for lot in found["lots"] for name in lot["because"])
        known = _limits(problem)
        asking.expect(asking.done + len(names) - asking.expected)
        found["limits"] = [
            {"name": name, **_stated(problem, known[name]), **_lifted(asking, base, known[name])}
            for name in names
        ]
    return explained("unfilled", document, asking, found)


def _texts(quantities: tuple[Fraction, ...]) -> list[str]:
    return [decimal_text(amount) for amount in quantities]


def _limits(problem: Problem) -> dict[str, Limit]:
    """Return every limit that a reason can name, by the name that it then has."""
    known = {"no offer": Limit("no_offer", "")}
    for offer in problem.offers:
        for word in ("maximum", "minimum", "increment"):
            known[f"{word} {offer}"] = Limit(word, offer)
    known |= {f"package {name}": Limit("package", name) for name in problem.packages}
    known |= {f"shortfall_cost {lot}": Limit("shortfall_cost", lot) for lot in problem.lots}
    known |= {f"pin {pin.id}": Limit("pin", pin.id) for pin in problem.pins}
    known |= {f"rule {rule.id}": Limit("rule", rule.id) for rule in problem.rules}
    for resource in problem.resources:
        for t, period in enumerate(problem.periods):
            name = f"capacity {resource} {period}".strip()
            known[name] = Limit("capacity", resource, t)
    return known


def _stated(problem: Problem, limit: Limit) -> dict[str, Any]:
    stated: dict[str, Any] = {"kind": limit.kind, "id": limit.id}
    if limit.period is not None:
        stated["period"] = problem.periods[limit.period]
    return stated


def _lifted(asking: Asking, base: Answer, limit: Limit) -> dict[str, Any]:
    """Return the problem's optimum without one limit, next to the one with it."""
    document = _without_limit(base.document, base.problem, limit)
    if document is None:
        asking.expect(-1)
        return {"lifted": None}
    free = asking.exactly(f"without {limit.kind} {limit.id}", document)
    stages = None
    # Without a shortfall cost the lot counts in stage 0: the stages mean something else.
    if limit.kind != "shortfall_cost":
        nested = [True] * len(tolerances(base.problem))
        stages = list(differences(base, free, nested))
    left = None
    if free.best is not None:
        flows = free.best.flows.items()
        left = {lot: decimal_text(sum(f.shortfall, NONE)) for lot, f in flows if any(f.shortfall)}
    cost = None if free.best is None else decimal_text(free.best.cost["total"])
    return {"lifted": {"stages": stages, "unfilled": left, "cost": cost}}


def _without_limit(document: Document, problem: Problem, limit: Limit) -> dict[str, Any] | None:
    """Return the problem without one limit; ``None`` where there is nothing to lift."""
    if limit.kind in {"rule", "pin"}:
        return without(document, limit.id)
    if limit.kind == "capacity" and limit.period is not None:
        capacity = list(map(Fraction, problem.resources[limit.id].capacity))
        capacity[limit.period] = max(capacity[limit.period], _all_of(problem, limit.id))
        return changed(document, "resources", limit.id, {"capacity": _texts(tuple(capacity))})
    if limit.kind == "shortfall_cost":
        return changed(document, "lots", limit.id, {"shortfall_cost": None})
    if limit.kind in {"maximum", "minimum", "increment"}:
        return _freer_offer(document, problem, limit)
    return None


def _freer_offer(document: Document, problem: Problem, limit: Limit) -> dict[str, Any] | None:
    """Return the problem with one limit of an offer lifted, its other ones kept."""
    offer = problem.offers[limit.id]
    if limit.kind == "maximum":
        most = decimal_text(_most(problem, limit.id))
        return changed(document, "offers", limit.id, {"maximum": most})
    # The default maximum depends on increment and minimum, so it is written out first.
    if offer.maximum is not None:
        document = changed(document, "offers", limit.id, {"maximum": decimal_text(offer.maximum)})
    if limit.kind == "minimum":
        return changed(document, "offers", limit.id, {"minimum": None, "delivery_minimum": None})
    if offer.increment == problem.lots[offer.lot].increment:
        return None
    return changed(document, "offers", limit.id, {"increment": None})


def _most(problem: Problem, name: str) -> Fraction:
    """Return a maximum that does not bind: what is stated and what is demanded together."""
    offer = problem.offers[name]
    stated = Fraction(offer.maximum or 0) + sum(map(Fraction, offer.period_maximum or ()), NONE)
    demand = sum(map(Fraction, problem.lots[offer.lot].demand), NONE)
    step = Fraction(offer.increment)
    return stated - (-demand // step) * step


def _all_of(problem: Problem, resource: str) -> Fraction:
    """Return what everything that could be awarded would use of a resource in one period."""
    whole = NONE
    for offer in problem.offers.values():
        for use in offer.uses:
            if use.resource == resource:
                most = _most(problem, offer.id)
                whole += Fraction(use.per_unit) * most + Fraction(use.per_delivery)
    for package in problem.packages.values():
        for needed in package.uses:
            if needed.resource == resource:
                whole += max(map(Fraction, needed.amount))
    return whole
