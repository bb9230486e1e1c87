"""The measures of the objective as expressions over a formulation's columns."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from app.allocation.change import change
from app.allocation.constraints.shares import amount
from app.allocation.elements import Offer, Stage
from app.allocation.frame import Formulation
from app.allocation.linear import Linear
from app.allocation.peak import peak_load
from app.allocation.rulework import Counted
from app.allocation.scopes import Selection


def cost(f: Formulation) -> Linear:
    """Return everything that is paid, and the costs of what is missing or broken.

    ``price + setup + delivery + freight + carry + over + charges − discounts + shortfall cost +
    rule penalties``.
    """
    whole = Linear.sum(_of_offer(f, offer) for offer in f.problem.offers.values())
    for package in f.problem.packages.values():
        whole.add_term(f.use[package.id], Fraction(package.price))
    for charge in f.problem.charges:
        whole.add_term(f.charge[charge.id], Fraction(charge.amount))
    for discount in f.discount.values():
        whole.add(discount, -1)
    whole.add(_of_lots(f, "shortfall_cost", f.shortfall))
    whole.add(_of_lots(f, "carry_cost", f.early))
    whole.add(_of_lots(f, "over_cost", f.excess))
    for rule in f.problem.rules:
        if rule.penalty is not None:
            whole.add(f.violation[rule.id], Fraction(rule.penalty))
    return whole


def _of_offer(f: Formulation, offer: Offer) -> Linear:
    whole = f.price[offer.id].plus(Linear.of(f.use[offer.id], Fraction(offer.setup)))
    if offer.freight:
        step = f.scaled.offers[offer.id].step
        whole.add(f.steps(offer.id), Fraction(offer.freight) * step)
    if offer.delivery_cost:
        for t in range(f.periods):
            whole.add_term(f.deliver[offer.id, t], Fraction(offer.delivery_cost))
    return whole


def _of_lots(f: Formulation, field: str, columns: dict[tuple[str, int], int]) -> Linear:
    whole = Linear()
    for (name, _), column in columns.items():
        rate = getattr(f.problem.lots[name], field)
        if rate:
            whole.add_term(column, Fraction(rate) * f.scaled.lots[name].unit)
    return whole


def winners(f: Formulation) -> Linear:
    """Return the number of bidders of which something is used."""
    used: dict[str, list[int]] = {}
    for source in f.problem.sources:
        used.setdefault(source.bidder, []).append(f.use[source.id])
    whole = Linear()
    for bidder, columns in used.items():
        whole.add_term(f.any_of(f"winner[{bidder}]", columns), 1)
    return whole


def order(f: Formulation) -> Linear:
    """Return the order numbers of what is used, added up."""
    whole = Linear()
    for source in f.problem.sources:
        whole.add_term(f.use[source.id], source.order)
    return whole


def score(f: Formulation, name: str) -> Linear:
    """Return ``Σ quantity × score``, and each accepted package's score once."""
    whole = Linear()
    for offer in f.problem.offers.values():
        step = f.scaled.offers[offer.id].step
        whole.add(f.steps(offer.id), Fraction(offer.scores[name]) * step)
    for package in f.problem.packages.values():
        whole.add_term(f.use[package.id], Fraction(package.scores[name]))
    return whole


def shortfall_share(f: Formulation) -> Linear:
    """Return stage 0: the unfilled share of each lot without a shortfall cost, added up."""
    whole = Linear()
    for lot in f.problem.lots.values():
        demand = f.scaled.lots[lot.id].total
        if lot.shortfall_cost is None and demand:
            for t in range(f.periods):
                whole.add_term(f.shortfall[lot.id, t], Fraction(1, demand))
    return whole


def adjustment(f: Formulation) -> Linear:
    """Return every adjustment's percent of the value and per_unit of the quantity in its scope."""
    whole = Linear()
    for one in f.problem.adjustments:
        awards = Selection(f.problem, one.scope).awards()
        counted = [Counted(award.source, award.lots, award.share) for award in awards]
        whole.add(amount(f, "value", counted), Fraction(one.percent) / 100)
        whole.add(amount(f, "quantity", counted), Fraction(one.per_unit))
    return whole


MEASURES: Mapping[str, Callable[[Formulation], Linear]] = {
    "cost": cost,
    "winners": winners,
    "change": change,
    "peak_load": peak_load,
    "order": order,
    "adjustment": adjustment,
}


def objective(f: Formulation, stage: Stage) -> Linear:
    """Return a stage's weighted sum of measures."""
    whole = Linear()
    for measure, weight in stage.terms:
        if measure.startswith("score:"):
            whole.add(score(f, measure.removeprefix("score:")), Fraction(weight))
        else:
            whole.add(MEASURES[measure](f), Fraction(weight))
    return whole
