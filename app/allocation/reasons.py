"""Why a demand is unfilled: what stands in the way of one step more, by name."""

from collections.abc import Iterator
from fractions import Fraction

from app.allocation.elements import Offer, Problem
from app.allocation.evaluation import Evaluation, Plan, arrivals, evaluate, flow, loads
from app.allocation.problem import ScaledOffer, scaled_offers

NONE = Fraction(0)
# Trying a step against every rule takes a whole evaluation, so only so many are tried.
MOST_TRIALS = 20


class Reasons:
    """Asks of each unfilled lot what keeps its offers from bringing more.

    Parameters
    ----------
    best
        The allocation that leaves demand unfilled.
    """

    def __init__(self, best: Evaluation) -> None:
        self.best = best
        self.problem: Problem = best.problem
        self.scaled = scaled_offers(self.problem)
        self.arrived = arrivals(self.problem, best.plan)
        self.loads = loads(self.problem, best.plan)
        self.trials = 0

    def of(self, lot: str) -> list[str]:
        """Return what stands in the way of each of a lot's offers: names, each once."""
        found: dict[str, None] = {}
        sources = [offer for offer in self.problem.offers.values() if offer.lot == lot]
        for offer in sources:
            for t, missing in enumerate(self.best.flows[lot].shortfall):
                if missing:
                    found.update(dict.fromkeys(self._in_the_way(offer, t)))
        for package in self.problem.packages.values():
            brings = any(item.lot == lot and item.total for item in package.items)
            if brings and package.id not in self.best.plan.packages:
                found[f"package {package.id}"] = None
        return list(found) or ["no offer"]

    def _in_the_way(self, offer: Offer, t: int) -> list[str]:
        """Return what keeps an offer from bringing one step more in a period."""
        scaled = self.scaled[offer.id]
        steps = self._smallest_step(offer, scaled, t)
        named = list(self._of_the_offer(offer, scaled, t, steps))
        named.extend(self._of_resources(offer, t, steps * scaled.step))
        if named:
            return named
        return list(self._of_rules(offer, t, steps * scaled.step))

    def _smallest_step(self, offer: Offer, scaled: ScaledOffer, t: int) -> int:
        row = self.best.plan.quantities.get(offer.id)
        if row is None:
            return scaled.least
        return 1 if row[t] else scaled.per_delivery

    def _of_the_offer(self, offer: Offer, scaled: ScaledOffer, t: int, steps: int) -> Iterator[str]:
        row = self.best.plan.quantities.get(offer.id, (NONE,) * len(self.problem.periods))
        whole = sum(row, NONE) + steps * scaled.step
        pinned = [
            pin.id
            for pin in self.problem.pins
            if pin.offer == offer.id and pin.max is not None and whole > pin.max
        ]
        if pinned:
            yield from (f"pin {name}" for name in pinned)
        elif (offer.maximum is not None and whole > offer.maximum) or (
            offer.period_maximum is not None
            and row[t] + steps * scaled.step > offer.period_maximum[t]
        ):
            yield f"maximum {offer.id}"
        elif not self._fits(offer, t, steps * scaled.step):
            yield f"minimum {offer.id}" if not any(row) else f"increment {offer.id}"

    def _fits(self, offer: Offer, t: int, amount: Fraction) -> bool:
        """Return whether the lot can take so much more without going beyond what it allows."""
        lot = self.problem.lots[offer.lot]
        arrived = list(self.arrived[offer.lot])
        arrived[t] += amount
        return lot.over_cost is not None or not any(flow(lot, arrived).excess)

    def _of_resources(self, offer: Offer, t: int, amount: Fraction) -> Iterator[str]:
        row = self.best.plan.quantities.get(offer.id)
        delivers = row is not None and row[t] > 0
        for use in offer.uses:
            needed = Fraction(use.per_unit) * amount
            needed += 0 if delivers else Fraction(use.per_delivery)
            capacity = Fraction(self.problem.resources[use.resource].capacity[t])
            if needed and self.loads[use.resource, t] + needed > capacity:
                yield f"capacity {use.resource} {self.problem.periods[t]}".strip()

    def _of_rules(self, offer: Offer, t: int, amount: Fraction) -> Iterator[str]:
        """Try the step: name the hard rules that it breaks, or else the cost that it saves."""
        self.trials += 1
        if self.trials > MOST_TRIALS:
            return
        quantities = dict(self.best.plan.quantities)
        row = list(quantities.get(offer.id, (NONE,) * len(self.problem.periods)))
        row[t] += amount
        quantities[offer.id] = tuple(row)
        tried = evaluate(self.problem, Plan(quantities, self.best.plan.packages))
        hard = {rule.id for rule in self.problem.rules if rule.penalty is None}
        broken = [one.id for one in tried.rules if one.id in hard and one.violation]
        if broken:
            yield from (f"rule {name}" for name in broken)
        elif self.problem.lots[offer.lot].shortfall_cost is not None:
            yield f"shortfall_cost {offer.lot}"
