"""The costs of the stages over the relaxation's columns."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.allocation.certificate.awards import add_offer, add_package
from app.allocation.certificate.lots import add_conditions, add_lot
from app.allocation.certificate.relaxation import NONE, Columns, Relaxation, StoppedError
from app.allocation.certificate.rules import add_rule, amount
from app.allocation.elements import Package, Problem
from app.allocation.linear import Exact, Linear
from app.allocation.rulework import Counted
from app.allocation.scopes import Selection


@dataclass(frozen=True, slots=True)
class Stage:
    """What a stage minimises, and how much later ones may worsen it."""

    cost: Linear
    tolerance: Fraction


def relaxed(
    problem: Problem, should_stop: Callable[[], bool] = lambda: False
) -> tuple[Relaxation, list[Stage]]:
    """Return the relaxation of a problem and its stages.

    Parameters
    ----------
    problem
        A sound problem.
    should_stop
        Asked before every offer and every rule.

    Returns
    -------
    tuple
        The relaxation of docs/certificate.md, and the stages, stage 0 first where there is one.

    Raises
    ------
    NameTakenError
        If two ids make the same name.
    StoppedError
        If it should stop.
    """
    r = Relaxation(problem)
    for offer in problem.offers.values():
        _go_on(should_stop)
        r.lot = offer.lot
        add_offer(r, offer)
    r.lot = None
    for package in problem.packages.values():
        add_package(r, package)
    for lot in problem.lots.values():
        r.lot = lot.id
        add_lot(r, lot)
    r.lot = None
    add_conditions(r)
    for rule in problem.rules:
        _go_on(should_stop)
        add_rule(r, rule)
    return r, _stages(r)


def _go_on(should_stop: Callable[[], bool]) -> None:
    if should_stop():
        raise StoppedError


def _stages(r: Relaxation) -> list[Stage]:
    found, known = [], {"cost": r.cost}
    if any(lot.shortfall_cost is None for lot in r.problem.lots.values()):
        found.append(Stage(_shortfall_share(r), NONE))
    for stage in r.problem.objective:
        cost = Linear()
        for name, weight in stage.terms:
            if name not in known:
                known[name] = MEASURES[name](r) if name in MEASURES else _score(r, name)
            cost.add(known[name], Fraction(weight))
        found.append(Stage(cost, Fraction(stage.tolerance)))
    return found


def _shortfall_share(r: Relaxation) -> Linear:
    whole = Linear()
    for lot in r.problem.lots.values():
        demand = sum(map(Fraction, lot.demand), NONE)
        if lot.shortfall_cost is None and demand:
            for t in range(len(lot.demand)):
                whole.add_term(r.shortfall[lot.id, t], 1 / demand)
    return whole


def _winners(r: Relaxation) -> Linear:
    used: dict[str, list[int]] = {}
    for award in r.awards.values():
        used.setdefault(award.source.bidder, []).append(award.use)
    whole = Linear()
    for bidder, columns in used.items():
        whole.add_term(r.any_of(f"winner[{bidder}]", columns), 1)
    return whole


def _order(r: Relaxation) -> Linear:
    return Linear({award.use: award.source.order for award in r.awards.values()})


def _score(r: Relaxation, measure: str) -> Linear:
    name, whole = measure.removeprefix("score:"), Linear()
    for award in r.awards.values():
        score = Fraction(award.source.scores[name])
        if isinstance(award.source, Package):
            whole.add_term(award.use, score)
        else:
            whole.add(award.quantity, score)
    return whole


def _adjustment(r: Relaxation) -> Linear:
    whole = Linear()
    for one in r.problem.adjustments:
        awards = Selection(r.problem, one.scope).awards()
        counted = [Counted(award.source, award.lots, award.share) for award in awards]
        whole.add(amount(r, "value", counted), Fraction(one.percent) / 100)
        whole.add(amount(r, "quantity", counted), Fraction(one.per_unit))
    return whole


def _peak_load(r: Relaxation) -> Linear:
    peak = r.column("peak", 1, whole=False)
    for (resource, t), spare in r.spare.items():
        capacity = Fraction(r.problem.resources[resource].capacity[t])
        if capacity:
            body = spare.plus(Linear({peak: capacity}, -capacity))
            r.row(f"peak[{resource},{r.problem.periods[t]}]", body)
    return Linear.of(peak)


def _change(r: Relaxation) -> Linear:
    moved, before = Linear(), r.problem.reference
    fewer: dict[tuple[str, int], Linear] = {key: Linear() for key in r.arrived}
    for award in r.awards.values():
        for lot, t, now, then in _brought(award, before.quantities, before.packages):
            here = f"added[{award.source.id},{lot},{r.problem.periods[t]}]"
            added = r.column(here, max(NONE, r.range_of(now)[1] - then), whole=False)
            r.row(here, Linear.of(added).minus(now).plus(then))
            fewer[lot, t].add(now, -1).add(Linear(constant=then))
            moved.add_term(added, 1)
    for (lot, t), less in fewer.items():
        here = f"fewer[{lot},{r.problem.periods[t]}]"
        own = r.column(here, max(NONE, r.range_of(less)[1]), whole=False)
        r.row(here, Linear.of(own).minus(less))
        moved.add_term(own, 1)
    return moved


def _brought(
    award: Columns, quantities: Mapping[str, Sequence[Exact | Decimal]], packages: Collection[str]
) -> Iterator[tuple[str, int, Linear, Fraction]]:
    """Yield by lot and period what an award brings, and what it brought in the reference."""
    source = award.source
    if isinstance(source, Package):
        for item in source.items:
            for t, quantity in enumerate(map(Fraction, item.quantity)):
                then = quantity if source.id in packages else NONE
                yield item.lot, t, Linear.of(award.use, quantity), then
    else:
        before = quantities.get(source.id)
        for t, now in enumerate(award.by_period):
            yield source.lot, t, now, Fraction(before[t]) if before else NONE


MEASURES: Mapping[str, Callable[[Relaxation], Linear]] = {
    "winners": _winners,
    "order": _order,
    "adjustment": _adjustment,
    "peak_load": _peak_load,
    "change": _change,
}
