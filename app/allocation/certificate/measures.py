"""The costs of the stages over the relaxation's columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.allocation.certificate.awards import add_offer, add_package
from app.allocation.certificate.lots import add_conditions, add_lot
from app.allocation.certificate.relaxation import NONE, Relaxation
from app.allocation.certificate.rules import add_rule, amount
from app.allocation.elements import Offer, Package, Problem
from app.allocation.linear import Linear
from app.allocation.rulework import Counted
from app.allocation.scopes import Selection


@dataclass(frozen=True, slots=True)
class Stage:
    """What a stage minimises, and how much later ones may worsen it."""

    cost: Linear
    tolerance: Fraction


def relaxed(problem: Problem) -> tuple[Relaxation, list[Stage]]:
    """Return the relaxation of a problem and its stages.

    Parameters
    ----------
    problem
        A sound problem.

    Returns
    -------
    tuple
        The relaxation of docs/certificate.md, and the stages, stage 0 first where there is one.

    Raises
    ------
    NameTakenError
        If two ids make the same name.
    """
    r = Relaxation(problem)
    for offer in problem.offers.values():
        add_offer(r, offer)
    for package in problem.packages.values():
        add_package(r, package)
    for lot in problem.lots.values():
        add_lot(r, lot)
    add_conditions(r)
    for rule in problem.rules:
        add_rule(r, rule)
    return r, _stages(r)


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
    up: dict[tuple[str, int], Linear] = {key: Linear() for key in r.arrived}
    down: dict[tuple[str, int], Linear] = {key: Linear() for key in r.arrived}
    for award in r.awards.values():
        if isinstance(award.source, Package):
            _of_package(r, award.source, award.use, up, down)
        else:
            _of_offer(r, award.source, up, down)
    whole = Linear()
    for (lot, t), more in up.items():
        less, here = down[lot, t], f"[{lot},{r.problem.periods[t]}]"
        moved = r.column(f"moved{here}", max(r.range_of(more)[1], r.range_of(less)[1]), whole=False)
        r.row(f"moved_up{here}", Linear.of(moved).minus(more))
        r.row(f"moved_down{here}", Linear.of(moved).minus(less))
        whole.add_term(moved, 1)
    return whole


Moves = dict[tuple[str, int], Linear]


def _of_offer(r: Relaxation, offer: Offer, up: Moves, down: Moves) -> None:
    before = r.problem.reference.quantities.get(offer.id)
    for t, now in enumerate(r.awards[offer.id].by_period):
        then = Fraction(before[t]) if before else NONE
        here = f"[{offer.id},{r.problem.periods[t]}]"
        most = max(NONE, r.range_of(now)[1] - then)
        added = Linear.of(r.column(f"added{here}", most, whole=False))
        taken = added.minus(now).plus(then)
        r.row(f"added{here}", taken)
        up[offer.lot, t].add(added)
        down[offer.lot, t].add(taken)


def _of_package(r: Relaxation, package: Package, use: int, up: Moves, down: Moves) -> None:
    kept = package.id in r.problem.reference.packages
    for item in package.items:
        for t, quantity in enumerate(item.quantity):
            if kept:
                down[item.lot, t].add(Linear({use: -1}, 1), Fraction(quantity))
            else:
                up[item.lot, t].add_term(use, Fraction(quantity))


MEASURES: Mapping[str, Callable[[Relaxation], Linear]] = {
    "winners": _winners,
    "order": _order,
    "adjustment": _adjustment,
    "peak_load": _peak_load,
    "change": _change,
}
