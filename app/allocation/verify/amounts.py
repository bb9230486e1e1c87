"""Every amount and measure of an allocation, by the verifier's own reckoning."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from app.allocation.verify.awarded import Awarded
from app.allocation.verify.facts import ZERO, every, exact, first, optional
from app.allocation.verify.rules import Cell, cells_of
from app.allocation.verify.scope import Entry, matches


@dataclass(frozen=True)
class Amounts:
    """What an allocation costs and measures."""

    awarded: Awarded

    @cached_property
    def rules(self) -> dict[str, list[Cell]]:
        """The cells of each rule."""
        return {
            name: cells_of(self.awarded, rule) for name, rule in self.awarded.facts.rules.items()
        }

    def violation(self, rule: str) -> Fraction:
        """Return how far a rule is from holding."""
        return sum((cell.violation for cell in self.rules[rule]), ZERO)

    @cached_property
    def broken(self) -> list[str]:
        """Hard rules that are not kept."""
        rules = self.awarded.facts.rules
        return [
            name for name, rule in rules.items() if "penalty" not in rule and self.violation(name)
        ]

    @cached_property
    def charges(self) -> dict[str, Fraction]:
        """The charges that fall due."""
        used = self.awarded.used
        return {
            name: exact(charge["amount"])
            for name, charge in self.awarded.facts.by_id("charges").items()
            if used & set(charge["any_of"])
        }

    @cached_property
    def discounts(self) -> dict[str, tuple[int, Fraction]]:
        """Tier and amount of every discount."""
        return {name: self._discount(entry) for name, entry in self.awarded.facts.discounts.items()}

    def _discount(self, entry: Entry) -> tuple[int, Fraction]:
        on = [name for name in entry["on"] if name in self.awarded.quantities]
        value = sum((self.awarded.value(name) for name in on), ZERO)
        basis = value
        if entry["basis"] == "quantity":
            basis = sum((self.awarded.total(name) for name in on), ZERO)
        starts = [exact(tier["from"]) for tier in entry["tiers"]]
        parts = [exact(tier["percent"]) / 100 for tier in entry["tiers"]]
        # Below 0, which no allocation may be, the first tier is as good as any.
        reached = max((k for k, start in enumerate(starts) if start <= basis), default=0)
        if entry["kind"] == "all_units":
            return reached, parts[reached] * value
        amount = parts[reached] * (value - starts[reached])
        for k in range(reached):
            amount += parts[k] * (starts[k + 1] - starts[k])
        return reached, amount

    @cached_property
    def cost(self) -> dict[str, Fraction]:
        """The parts of the cost, and their total."""
        awarded, facts = self.awarded, self.awarded.facts
        parts = dict.fromkeys(("price", "setup", "delivery", "freight", "carry", "over"), ZERO)
        for name in awarded.used:
            parts["price"] += awarded.value(name)
        for name, quantities in awarded.quantities.items():
            for part, amount in self.offer(name, quantities).items():
                parts[part] += amount
        parts["charges"] = sum(self.charges.values(), ZERO)
        parts["discounts"] = sum((amount for _, amount in self.discounts.values()), ZERO)
        parts["shortfall"] = ZERO
        for name, lot in facts.lots.items():
            short, early, excess = (sum(flow, ZERO) for flow in awarded.flows[name])
            parts["shortfall"] += short * exact(lot.get("shortfall_cost", 0))
            parts["carry"] += early * exact(lot.get("carry_cost", 0))
            parts["over"] += excess * exact(lot.get("over_cost", 0))
        parts["penalties"] = ZERO
        for name, rule in facts.rules.items():
            parts["penalties"] += exact(rule.get("penalty", 0)) * self.violation(name)
        parts["total"] = sum(parts.values(), ZERO) - 2 * parts["discounts"]
        return parts

    def offer(self, name: str, quantities: tuple[Fraction, ...]) -> Mapping[str, Fraction]:
        """Return what a used offer costs beside its price."""
        entry = self.awarded.facts.offers[name].entry
        return {
            "setup": exact(entry.get("setup", 0)),
            "delivery": exact(entry.get("delivery_cost", 0)) * sum(1 for q in quantities if q),
            "freight": exact(entry.get("freight", 0)) * sum(quantities, ZERO),
        }

    @cached_property
    def shortfall_share(self) -> Fraction:
        """Stage 0: unfilled shares of the lots that have no shortfall cost, added up."""
        facts, whole = self.awarded.facts, ZERO
        for name, lot in facts.lots.items():
            demand = sum(facts.demand[name], ZERO)
            if "shortfall_cost" not in lot and demand:
                whole += sum(self.awarded.flows[name][0], ZERO) / demand
        return whole

    @cached_property
    def stages(self) -> list[Fraction]:
        """The value of every stage, stage 0 first where there is one."""
        values = [self.shortfall_share] if self.awarded.facts.has_stage_zero else []
        for stage in self.awarded.facts.stages:
            terms = stage["terms"]
            values.append(
                sum((exact(t.get("weight", 1)) * self.measure(t["measure"]) for t in terms), ZERO)
            )
        return values

    def measure(self, name: str) -> Fraction:
        """Return the value of a measure."""
        if name.startswith("score:"):
            return self._score(name.removeprefix("score:"))
        measures = {
            "cost": lambda: self.cost["total"],
            "winners": self._winners,
            "order": self._order,
            "change": self._change,
            "peak_load": self._peak_load,
            "adjustment": self._adjustments,
        }
        return measures[name]()

    def _winners(self) -> Fraction:
        facts = self.awarded.facts
        return Fraction(len({facts.source(one).bidder["id"] for one in self.awarded.used}))

    def _order(self) -> Fraction:
        sources = [self.awarded.facts.source(one).entry for one in self.awarded.used]
        return sum((exact(entry.get("order", 0)) for entry in sources), ZERO)

    def _adjustments(self) -> Fraction:
        entries = self.awarded.facts.by_id("adjustments").values()
        return sum((self._adjustment(entry) for entry in entries), ZERO)

    def _score(self, name: str) -> Fraction:
        whole = ZERO
        for one in self.awarded.used:
            source = self.awarded.facts.source(one)
            times = Fraction(1) if source.is_package else self.awarded.total(one)
            whole += times * exact(source.entry["scores"][name])
        return whole

    def _change(self) -> Fraction:
        """Per lot and period the larger of all units added and all units taken away."""
        facts = self.awarded.facts
        reference = facts.document.get("reference", {})
        before = {
            one["offer"]: first(one["quantities"], facts.count)
            for one in reference.get("allocations", ())
        }
        none = (ZERO,) * facts.count
        moved: dict[tuple[str, int], list[Fraction]] = {}

        def move(lot: str, t: int, difference: Fraction) -> None:
            added_taken = moved.setdefault((lot, t), [ZERO, ZERO])
            added_taken[0 if difference > 0 else 1] += abs(difference)

        for name in self.awarded.quantities.keys() | before.keys():
            now, then = self.awarded.quantities.get(name, none), before.get(name, none)
            for t in range(facts.count):
                move(facts.offers[name].lot, t, now[t] - then[t])
        accepted = set(reference.get("packages", ()))
        for name, package in facts.packages.items():
            sign = (name in self.awarded.packages) - (name in accepted)
            for lot, quantities, _ in package.items:
                for t in range(facts.count):
                    move(lot, t, sign * quantities[t])
        return sum((max(pair) for pair in moved.values()), ZERO)

    def _peak_load(self) -> Fraction:
        facts, peak = self.awarded.facts, ZERO
        for name, resource in facts.resources.items():
            for t, capacity in enumerate(every(resource["capacity"], facts.count)):
                if capacity:
                    peak = max(peak, self.awarded.loads[name, t] / capacity)
        return peak

    def _adjustment(self, entry: Entry) -> Fraction:
        percent, per_unit = optional(entry.get("percent")), optional(entry.get("per_unit"))
        whole = ZERO
        scope = [entry.get("scope", {})]
        for match in matches(self.awarded.facts, scope, among=self.awarded.sources):
            source = match.source
            value, quantity = self._counted(source.id, match.lots)
            whole += match.share * ((percent or ZERO) / 100 * value + (per_unit or ZERO) * quantity)
        return whole

    def _counted(self, name: str, lots: frozenset[str] | None) -> tuple[Fraction, Fraction]:
        source = self.awarded.facts.source(name)
        if not source.is_package:
            return self.awarded.value(name), self.awarded.total(name)
        items = [item for item in source.items if lots is None or item[0] in lots]
        quantity = sum((sum(quantities, ZERO) for _, quantities, _ in items), ZERO)
        if lots is None:
            return self.awarded.value(name), quantity
        return sum((value or ZERO for _, _, value in items), ZERO), quantity
