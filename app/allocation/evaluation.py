"""What an allocation exactly amounts to: flows, costs, rules, stage values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.allocation.elements import Discount, Lot, Offer, Package, Problem, Stage
from app.allocation.rulework import package_amount
from app.allocation.ruling import Facts, RuleOutcome, outcome_of
from app.allocation.scopes import Award, Selection

NONE = Fraction(0)


@dataclass(frozen=True)
class Plan:
    """Decisions: quantities per period of the used offers, and accepted packages."""

    quantities: Mapping[str, tuple[Fraction, ...]]
    packages: tuple[str, ...]

    def total(self, offer: str) -> Fraction:
        """Return an offer's quantity over all periods."""
        return sum(self.quantities.get(offer, ()), NONE)

    @property
    def used(self) -> frozenset[str]:
        """The ids of used offers and accepted packages."""
        return frozenset(self.quantities) | frozenset(self.packages)


@dataclass(frozen=True)
class OfferAmounts:
    """What one used offer costs."""

    tier: int
    price: Fraction
    setup: Fraction
    delivery: Fraction
    freight: Fraction


@dataclass(frozen=True)
class Flow:
    """A lot's shortfall, early stock and excess, one per period."""

    shortfall: tuple[Fraction, ...]
    early: tuple[Fraction, ...]
    excess: tuple[Fraction, ...]


@dataclass(frozen=True)
class Evaluation:
    """Everything that a result states about a plan."""

    problem: Problem
    plan: Plan
    offers: Mapping[str, OfferAmounts]
    flows: Mapping[str, Flow]
    rules: tuple[RuleOutcome, ...]
    charges: tuple[str, ...]
    discounts: Mapping[str, tuple[int, Fraction]]
    cost: Mapping[str, Fraction]

    @property
    def complete(self) -> bool:
        """Whether no demand is unfilled."""
        return not any(any(flow.shortfall) for flow in self.flows.values())

    @property
    def shortfall_share(self) -> Fraction:
        """Stage 0: the unfilled share of each lot without a shortfall cost, added up."""
        whole = NONE
        for lot in self.problem.lots.values():
            demand = sum(map(Fraction, lot.demand), NONE)
            if lot.shortfall_cost is None and demand:
                whole += sum(self.flows[lot.id].shortfall, NONE) / demand
        return whole

    def stage(self, stage: Stage) -> Fraction:
        """Return the value of an objective stage."""
        return sum((Fraction(w) * self.measure(name) for name, w in stage.terms), NONE)

    def measure(self, name: str) -> Fraction:
        """Return the value of a measure."""
        if name.startswith("score:"):
            return self._score(name.removeprefix("score:"))
        measures = {
            "cost": lambda: self.cost["total"],
            "winners": lambda: Fraction(len({source.bidder for source in self._used})),
            "order": lambda: Fraction(sum(source.order for source in self._used)),
            "change": lambda: changed(self.problem, self.plan),
            "peak_load": lambda: peak(self.problem, self.plan),
            "adjustment": self._adjustment,
        }
        return measures[name]()

    @property
    def _used(self) -> list[Offer | Package]:
        used = self.plan.used
        return [source for source in self.problem.sources if source.id in used]

    def _adjustment(self) -> Fraction:
        whole = NONE
        for one in self.problem.adjustments:
            for award in Selection(self.problem, one.scope).awards():
                if award.source.id in self.plan.used:
                    value, quantity = self._of_award(award)
                    percent = Fraction(one.percent) / 100
                    whole += award.share * (percent * value + Fraction(one.per_unit) * quantity)
        return whole

    def _of_award(self, award: Award) -> tuple[Fraction, Fraction]:
        source = award.source
        if isinstance(source, Package):
            value = package_amount("value", source, award.lots)
            return value, package_amount("quantity", source, award.lots)
        return self.offers[source.id].price, self.plan.total(source.id)

    def _score(self, name: str) -> Fraction:
        offers, packages = self.problem.offers, self.problem.packages
        whole = NONE
        for offer in self.plan.quantities:
            whole += self.plan.total(offer) * Fraction(offers[offer].scores[name])
        return whole + sum((Fraction(packages[p].scores[name]) for p in self.plan.packages), NONE)


def evaluate(problem: Problem, plan: Plan) -> Evaluation:
    """Return what a plan exactly amounts to.

    Parameters
    ----------
    problem
        A sound problem.
    plan
        Any decisions; whether they keep the hard rules is part of the answer.

    Returns
    -------
    Evaluation
        Exact fractions throughout.
    """
    offers = {
        name: offer_amounts(problem.offers[name], quantities)
        for name, quantities in plan.quantities.items()
    }
    arrived = arrivals(problem, plan)
    flows = {lot.id: flow(lot, arrived[lot.id]) for lot in problem.lots.values()}
    prices = {name: amounts.price for name, amounts in offers.items()}
    totals = {name: plan.total(name) for name in plan.quantities}
    delivered = {
        (name, t) for name, row in plan.quantities.items() for t, amount in enumerate(row) if amount
    }
    facts = Facts(plan.used, delivered, prices, totals)
    ruled = tuple(outcome_of(problem, rule, facts) for rule in problem.rules)
    due = tuple(one.id for one in problem.charges if plan.used & set(one.any_of))
    taken = {one.id: discount_of(one, prices, totals) for one in problem.discounts}
    cost = _cost(problem, plan, offers, flows)
    penalties = {rule.id: Fraction(rule.penalty or 0) for rule in problem.rules}
    amounts = {charge.id: Fraction(charge.amount) for charge in problem.charges}
    cost["charges"] = sum((amounts[name] for name in due), NONE)
    cost["discounts"] = sum((amount for _, amount in taken.values()), NONE)
    cost["penalties"] = sum((penalties[one.id] * one.violation for one in ruled), NONE)
    cost["total"] = sum(cost.values(), NONE) - 2 * cost["discounts"]
    return Evaluation(problem, plan, offers, flows, ruled, due, taken, cost)


def _cost(
    problem: Problem,
    plan: Plan,
    offers: Mapping[str, OfferAmounts],
    flows: Mapping[str, Flow],
) -> dict[str, Fraction]:
    packages = sum((Fraction(problem.packages[name].price) for name in plan.packages), NONE)
    lots = [(problem.lots[name], flow) for name, flow in flows.items()]
    return {
        "price": sum((one.price for one in offers.values()), packages),
        "setup": sum((one.setup for one in offers.values()), NONE),
        "delivery": sum((one.delivery for one in offers.values()), NONE),
        "freight": sum((one.freight for one in offers.values()), NONE),
        "carry": sum((sum(f.early) * Fraction(lot.carry_cost or 0) for lot, f in lots), NONE),
        "over": sum((sum(f.excess) * Fraction(lot.over_cost or 0) for lot, f in lots), NONE),
        "charges": NONE,
        "discounts": NONE,
        "shortfall": sum(
            (sum(f.shortfall) * Fraction(lot.shortfall_cost or 0) for lot, f in lots), NONE
        ),
        "penalties": NONE,
    }


def offer_amounts(offer: Offer, quantities: Sequence[Fraction]) -> OfferAmounts:
    """Return what a used offer costs at its quantities."""
    whole = sum(quantities, NONE)
    tier, price = price_of(offer, whole)
    deliveries = sum(1 for amount in quantities if amount)
    return OfferAmounts(
        tier,
        price,
        Fraction(offer.setup),
        Fraction(offer.delivery_cost) * deliveries,
        Fraction(offer.freight) * whole,
    )


def price_of(offer: Offer, quantity: Fraction) -> tuple[int, Fraction]:
    """Return the tier that a total quantity falls in, and its price."""
    tiers = offer.price.tiers
    reached = max(k for k, tier in enumerate(tiers) if Fraction(tier.start) <= quantity)
    if offer.price.all_units:
        return reached, quantity * Fraction(tiers[reached].unit)
    price = NONE
    for k, tier in enumerate(tiers[: reached + 1]):
        end = quantity if k == reached else Fraction(tiers[k + 1].start)
        price += (end - Fraction(tier.start)) * Fraction(tier.unit)
    return reached, price


def discount_of(
    discount: Discount, prices: Mapping[str, Fraction], totals: Mapping[str, Fraction]
) -> tuple[int, Fraction]:
    """Return the tier of a discount and what it takes off, from used offers' prices and totals."""
    value = sum((prices.get(name, NONE) for name in discount.on), NONE)
    basis = value
    if not discount.by_value:
        basis = sum((totals.get(name, NONE) for name in discount.on), NONE)
    starts = [Fraction(tier.start) for tier in discount.tiers]
    percents = [Fraction(tier.percent) / 100 for tier in discount.tiers]
    reached = max(k for k, start in enumerate(starts) if start <= basis)
    if discount.all_units:
        return reached, percents[reached] * value
    ends = [*starts[1 : reached + 1], value]
    slices = zip(starts, ends, percents, strict=False)
    return reached, sum((percent * (end - start) for start, end, percent in slices), NONE)


def arrivals(problem: Problem, plan: Plan) -> dict[str, list[Fraction]]:
    """Return what arrives of each lot, one quantity per period."""
    arrived = {lot: [NONE] * len(problem.periods) for lot in problem.lots}
    for name, quantities in plan.quantities.items():
        row = arrived[problem.offers[name].lot]
        for t, amount in enumerate(quantities):
            row[t] += amount
    for name in plan.packages:
        for item in problem.packages[name].items:
            row = arrived[item.lot]
            for t, stated in enumerate(item.quantity):
                row[t] += Fraction(stated)
    return arrived


def loads(problem: Problem, plan: Plan) -> dict[tuple[str, int], Fraction]:
    """Return what is used of each resource in each period."""
    used = {(r, t): NONE for r in problem.resources for t in range(len(problem.periods))}
    for name, quantities in plan.quantities.items():
        for use in problem.offers[name].uses:
            for t, amount in enumerate(quantities):
                if amount:
                    needed = Fraction(use.per_unit) * amount + Fraction(use.per_delivery)
                    used[use.resource, t] += needed
    for name in plan.packages:
        for needs in problem.packages[name].uses:
            for t, stated in enumerate(needs.amount):
                used[needs.resource, t] += Fraction(stated)
    return used


def peak(problem: Problem, plan: Plan) -> Fraction:
    """Return the largest used fraction of any resource and period; of none, 0."""
    fractions = [NONE]
    for (resource, t), load in loads(problem, plan).items():
        capacity = Fraction(problem.resources[resource].capacity[t])
        if capacity:
            fractions.append(load / capacity)
    return max(fractions)


def changed(problem: Problem, plan: Plan) -> Fraction:
    """Return, per lot and period, the larger of units added and units taken away, added up."""
    added: dict[tuple[str, int], Fraction] = {}
    taken: dict[tuple[str, int], Fraction] = {}
    none = (NONE,) * len(problem.periods)

    def moves(lot: str, now: Sequence[Fraction], then: Sequence[Fraction | Decimal]) -> None:
        for t, (after, before) in enumerate(zip(now, then, strict=True)):
            moved = after - Fraction(before)
            pile = added if moved > 0 else taken
            pile[lot, t] = pile.get((lot, t), NONE) + abs(moved)

    before = problem.reference
    for offer in problem.offers.values():
        now = plan.quantities.get(offer.id, none)
        moves(offer.lot, now, before.quantities.get(offer.id, none))
    for package in problem.packages.values():
        for item in package.items:
            whole = tuple(Fraction(amount) for amount in item.quantity)
            then = whole if package.id in before.packages else none
            moves(item.lot, whole if package.id in plan.packages else none, then)
    keys = added.keys() | taken.keys()
    return sum((max(added.get(k, NONE), taken.get(k, NONE)) for k in keys), NONE)


def flow(lot: Lot, arrived: Sequence[Fraction]) -> Flow:
    """Return what becomes of a lot's arrivals: they serve the earliest open demand.

    What is left over after a period's demand is carried as far as demand is still to come (where
    the lot allows early delivery); the rest is excess.
    """
    demand = [Fraction(amount) for amount in lot.demand]
    shortfall, early, excess = [], [], []
    stock = NONE
    for t, wanted in enumerate(demand):
        left = stock + arrived[t] - wanted
        later = sum(demand[t + 1 :], NONE) if lot.carry_cost is not None else NONE
        shortfall.append(max(NONE, -left))
        stock = min(max(NONE, left), later)
        early.append(stock)
        excess.append(max(NONE, left) - stock)
    return Flow(tuple(shortfall), tuple(early), tuple(excess))
