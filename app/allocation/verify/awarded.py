"""An allocation's plain facts: what arrives, what is paid for each offer, what is used when."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from app.allocation.verify.facts import ZERO, Facts, Source, exact, first


@dataclass(frozen=True)
class Awarded:
    """The decisions of an allocation: quantities per period of used offers, accepted packages."""

    facts: Facts
    quantities: Mapping[str, tuple[Fraction, ...]]
    packages: frozenset[str]

    @cached_property
    def used(self) -> frozenset[str]:
        """Ids of used offers and accepted packages."""
        return frozenset(self.quantities) | self.packages

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Used offers and accepted packages."""
        return tuple(self.facts.source(name) for name in self.used)

    @cached_property
    def by_lot(self) -> dict[str, list[Source]]:
        """Used offers and accepted packages that bring something of each lot."""
        found: dict[str, list[Source]] = {lot: [] for lot in self.facts.lots}
        for source in self.sources:
            for lot in source.lots:
                found[lot].append(source)
        return found

    def total(self, offer: str) -> Fraction:
        """Return the quantity of an offer over all periods."""
        return sum(self.quantities.get(offer, ()), ZERO)

    @cached_property
    def prices(self) -> dict[str, tuple[int, Fraction]]:
        """Tier and price of each used offer."""
        return {
            name: tier_and_price(self.facts.offers[name], self.total(name))
            for name in self.quantities
        }

    def value(self, source: str) -> Fraction:
        """Return the price of a used offer or package."""
        if source in self.quantities:
            return self.prices[source][1]
        return exact(self.facts.packages[source].entry["price"])

    @cached_property
    def arrivals(self) -> dict[str, list[Fraction]]:
        """What arrives of each lot in each period."""
        rows = {lot: [ZERO] * self.facts.count for lot in self.facts.lots}
        for name, quantities in self.quantities.items():
            _add(rows[self.facts.offers[name].lot], quantities)
        for name in self.packages:
            for lot, quantities, _ in self.facts.packages[name].items:
                _add(rows[lot], quantities)
        return rows

    @cached_property
    def flows(self) -> dict[str, tuple[list[Fraction], list[Fraction], list[Fraction]]]:
        """Shortfall, early stock and excess of each lot, per period."""
        return {lot: self._flow(lot) for lot in self.facts.lots}

    def _flow(self, lot: str) -> tuple[list[Fraction], list[Fraction], list[Fraction]]:
        """Serve the earliest open demand first; carry what is left as far as demand follows."""
        may_carry = "carry_cost" in self.facts.lots[lot]
        open_demand = list(self.facts.demand[lot])
        shortfall, early, excess = [], [], []
        carried = ZERO
        for t, arrived in enumerate(self.arrivals[lot]):
            at_hand = carried + arrived
            served = min(at_hand, open_demand[t])
            shortfall.append(open_demand[t] - served)
            still_to_come = sum(open_demand[t + 1 :], ZERO) if may_carry else ZERO
            carried = min(at_hand - served, still_to_come)
            early.append(carried)
            excess.append(at_hand - served - carried)
        return shortfall, early, excess

    @cached_property
    def loads(self) -> dict[tuple[str, int], Fraction]:
        """What is used of each resource in each period."""
        loads = {(r, t): ZERO for r in self.facts.resources for t in range(self.facts.count)}
        for name, quantities in self.quantities.items():
            for use in self.facts.offers[name].entry.get("uses", ()):
                per_unit = exact(use.get("per_unit", 0))
                per_delivery = exact(use.get("per_delivery", 0))
                for t, quantity in enumerate(quantities):
                    if quantity:
                        loads[use["resource"], t] += per_unit * quantity + per_delivery
        for name in self.packages:
            for use in self.facts.packages[name].entry.get("uses", ()):
                for t, amount in enumerate(first(use["amount"], self.facts.count)):
                    loads[use["resource"], t] += amount
        return loads


def _add(row: list[Fraction], quantities: tuple[Fraction, ...]) -> None:
    for t, quantity in enumerate(quantities):
        row[t] += quantity


def tier_and_price(offer: Source, quantity: Fraction) -> tuple[int, Fraction]:
    """Return the tier that a quantity reaches and what the quantity costs."""
    price = offer.entry["price"]
    if not isinstance(price, Mapping):
        return 0, exact(price) * quantity
    starts = [exact(tier["from"]) for tier in price["tiers"]]
    units = [exact(tier["unit"]) for tier in price["tiers"]]
    reached = 0
    while reached + 1 < len(starts) and starts[reached + 1] <= quantity:
        reached += 1
    if price["kind"] == "all_units":
        return reached, units[reached] * quantity
    whole = units[reached] * (quantity - starts[reached])
    for k in range(reached):
        whole += units[k] * (starts[k + 1] - starts[k])
    return reached, whole
