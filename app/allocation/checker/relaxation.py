"""The relaxation of a problem: lots, offers, packages, capacities, and what is agreed on them."""

from fractions import Fraction
from math import ceil, floor, inf
from typing import Any

from .expressions import ONE, ZERO, Json, Linear, num, number, tiers_of, total
from .program import Program, Source
from .rules import RULES


class Relaxation(Program):
    """The columns, rows and costs of a problem, as docs/certificate.md has them.

    Parameters
    ----------
    problem
        The problem's document; its numbers are decimals or texts.
    conflict
        Ids of the only rules, pins, choices and requires to be kept; ``None``: all are.

    Raises
    ------
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError
        If the document is no problem, or two columns or two rows have one name.
    """

    def __init__(self, problem: Json, conflict: list[str] | None = None) -> None:
        super().__init__(problem)
        self.conflict = conflict
        self.most = dict.fromkeys(self.lots, ZERO)  # that can arrive of a lot
        for entry in problem.get("offers", ()):
            self._offer(entry, entry["id"], self.lots[entry["lot"]])
        for entry in problem.get("packages", ()):
            self._package(entry)
        for name, lot in self.lots.items():
            self._lot(name, lot)
        for (name, t), spare in self.spare.items():
            self.row(f"capacity[{name},{self.periods[t]}]", spare)
        for entry in problem.get("charges", ()):
            due = self.any_of(f"charge[{entry['id']}]", self._uses(entry["any_of"]))
            self.cost.add(due, number(entry["amount"]))
        for entry in problem.get("discounts", ()):
            self._discount(entry, [self.sources[name] for name in entry["on"]])
        self._conditions()
        for rule in self._binding("rules"):
            RULES[rule["kind"]](self, rule)

    def _binding(self, name: str) -> list[Any]:
        entries, kept = self.problem.get(name, []), self.conflict
        return [e for e in entries if kept is None or (e["id"] in kept and "penalty" not in e)]

    def _uses(self, names: list[str]) -> list[Linear]:
        return [self.sources[name].use for name in names]

    def _source(self, entry: Json, items: list[Any], high: int) -> Source:
        bidder = self.bidders[entry["bidder"]]
        firms = {firm: number(part) for firm, part in entry.get("workshare", {}).items()}
        firms = firms or {firm: Fraction(1, len(bidder["members"])) for firm in bidder["members"]}
        use = self.column(f"use[{entry['id']}]", high)
        made = Source(entry, bidder, firms, items, use)
        self.sources[entry["id"]] = made
        for lot, _, _ in items:
            self.sold[lot][entry["id"]] = made
        return made

    def _limits(self, entry: Json, lot: Json, step: Fraction, once: int) -> tuple[list[Any], Any]:
        demand, stated = self.demand[lot["id"]], entry.get("maximum")
        whole, listed = sum(demand), isinstance(stated, list)
        most: Json = max(ceil(whole / step), floor(num(entry, "minimum") / step))
        if stated is not None:
            most = inf if listed else floor(number(stated) / step)
        limits = [floor(u / step) for u in self.series(stated)] if listed else [most] * len(demand)
        if "over_cost" not in lot:
            most, ends = min(most, floor(whole / step)), len(demand) if "carry_cost" in lot else 1
            limits = [min(u, floor(sum(demand[t : t + ends]) / step)) for t, u in enumerate(limits)]
        for need in entry.get("uses", ()):
            each, delivery = num(need, "per_unit") * step, num(need, "per_delivery")
            for t, u in enumerate(limits):
                left = self.spare[need["resource"], t][ONE] - delivery
                limits[t] = min(u, floor(left / each) if each else inf if left >= 0 else 0)
        limits = [min(u, most) if u >= once else 0 for u in limits]
        return limits, min(most, sum(limits))

    def _offer(self, entry: Json, o: str, lot: Json) -> None:
        step = number(entry.get("increment", lot.get("increment", 1)))
        once = max(1, ceil(num(entry, "delivery_minimum") / step))
        least = max(once, ceil(num(entry, "minimum") / step))
        limits, most = self._limits(entry, lot, step, once)
        if most < least:
            limits, most = [0] * len(limits), 0
        offer = self._source(entry, [(lot["id"], [1] * len(limits), 0)], min(1, most))
        quantity = [
            self.column(f"quantity[{o},{t}]", u) for t, u in zip(self.periods, limits, strict=True)
        ]
        steps, offer.deliver = quantity[0], [offer.use]
        if len(limits) > 1:
            steps = self.column(f"total[{o}]", most)
            self.row(f"total[{o}]", total(quantity) - steps, equal=True)
            offer.deliver = self._deliveries(offer, quantity, limits, once)
        self.row(f"minimum[{o}]", steps - offer.use * least)
        self.row(f"maximum[{o}]", offer.use * most - steps)
        offer.quantity, offer.by_period = steps * step, [q * step for q in quantity]
        self._price(offer, steps, step, (least, most))
        self.most[lot["id"]] += step * most
        self._account(offer)

    def _deliveries(
        self, offer: Source, quantity: list[Linear], limits: list[Any], once: int
    ) -> list[Linear]:
        o, periods = offer.entry["id"], list(zip(self.periods, limits, strict=True))
        deliver = [self.column(f"deliver[{o},{t}]", min(1, u)) for t, u in periods]
        self.row(f"delivers[{o}]", total(deliver) - offer.use)
        for (t, u), q, z in zip(periods, quantity, deliver, strict=True):
            self.row(f"delivery_minimum[{o},{t}]", q - z * once)
            self.row(f"delivery[{o},{t}]", z * u - q)
            self.row(f"delivery_use[{o},{t}]", offer.use - z)
        return deliver

    def _price(self, offer: Source, steps: Linear, step: Fraction, ends: tuple[int, Any]) -> None:
        o, price = offer.entry["id"], offer.entry["price"]
        if not isinstance(price, dict):
            price = {"kind": "all_units", "tiers": [{"from": 0, "unit": price}]}
        starts, offer.rates, fixed = tiers_of(price, "unit")
        offer.price = steps * (step * offer.rates[0])
        if len(starts) == 1:
            return
        offer.price = self.column(f"price[{o}]", max(offer.rates) * step * ends[1], whole=False)
        chosen, counted, paid = offer.use * -1, steps * -1, offer.price * -1
        for k, start in enumerate(starts):
            a = max(ends[0], ceil(start / step))
            b = min([ends[1], *(ceil(after / step) - 1 for after in starts[k + 1 : k + 2])])
            tier = self.column(f"tier[{o},{k}]", int(a <= b))
            own = self.column(f"tier_steps[{o},{k}]", b)
            self.row(f"tier_from[{o},{k}]", own - tier * a)
            self.row(f"tier_to[{o},{k}]", tier * b - own)
            chosen.add(tier)
            counted.add(own)
            paid.add(tier, fixed[k]).add(own, offer.rates[k] * step)
        self.row(f"tier[{o}]", chosen, equal=True)
        self.row(f"tier_steps[{o}]", counted, equal=True)
        self.row(f"price[{o}]", paid, equal=True)

    def _account(self, offer: Source) -> None:
        entry = offer.entry
        self.cost.add(offer.price).add(offer.use, num(entry, "setup"))
        self.cost.add(offer.quantity, num(entry, "freight"))
        for t, (q, z) in enumerate(zip(offer.by_period, offer.deliver, strict=True)):
            self.arrived[entry["lot"], t].add(q)
            self.cost.add(z, num(entry, "delivery_cost"))
            for need in entry.get("uses", ()):
                spare = self.spare[need["resource"], t].add(q, -num(need, "per_unit"))
                spare.add(z, -num(need, "per_delivery"))

    def _package(self, entry: Json) -> None:
        items = [(i["lot"], self.series(i["quantity"]), num(i, "value")) for i in entry["items"]]
        package = self._source(entry, items, 1)
        package.price = package.use * number(entry["price"])
        package.quantity = package.use * sum(sum(quantities) for _, quantities, _ in items)
        self.cost.add(package.price)
        for lot, quantities, _ in items:
            self.most[lot] += sum(quantities)
            for t, quantity in enumerate(quantities):
                self.arrived[lot, t].add(package.use, quantity)
        for need in entry.get("uses", ()):
            for t, amount in enumerate(self.series(need["amount"])):
                self.spare[need["resource"], t].add(package.use, -amount)

    def _lot(self, name: str, lot: Json) -> None:
        before, top = Linear(), self.most[name]
        most = top if "over_cost" in lot else 0
        for t, demand in enumerate(self.demand[name]):
            here, later = f"[{name},{self.periods[t]}]", ZERO
            if "carry_cost" in lot:
                later = sum(self.demand[name][t + 1 :], ZERO)
            short = self.column(f"shortfall{here}", demand, whole=False)
            early = self.column(f"early{here}", later, whole=False)
            excess = self.column(f"excess{here}", most, whole=False)
            gap, full = self.column(f"open{here}", 1), self.column(f"full{here}", 1)
            balance = self.arrived[name, t] + short + before - early - excess
            self.row(f"demand{here}", balance, equal=True)
            self.row(f"open{here}", gap * demand - short)
            self.row(f"closed{here}", gap * -top + top - early - excess)
            self.row(f"full_early{here}", early - full * later)
            self.row(f"full_excess{here}", full * most - excess)
            self.cost.add(short, num(lot, "shortfall_cost")).add(early, num(lot, "carry_cost"))
            self.cost.add(excess, num(lot, "over_cost"))
            before = early

    def _discount(self, entry: Json, on: list[Source]) -> None:
        d, value = entry["id"], total(s.price for s in on)
        basis, prices = value, [Fraction(1)]
        if entry["basis"] == "quantity":
            basis, prices = total(s.quantity for s in on), [rate for s in on for rate in s.rates]
        starts, rates, fixed = tiers_of(entry, "percent")
        chosen, counted, valued, top = Linear(), Linear(), Linear(), self.top(basis)
        for k, a in enumerate(starts):
            b = min([top, *starts[k + 1 : k + 2]])
            level = self.column(f"level[{d},{k}]", int(a <= b))
            own = self.column(f"basis[{d},{k}]", b, whole=False)
            part = self.column(f"value[{d},{k}]", self.top(value), whole=False)
            self.row(f"basis_from[{d},{k}]", own - level * a)
            self.row(f"basis_to[{d},{k}]", level * b - own)
            self.row(f"value_to[{d},{k}]", level * self.top(value) - part)
            self.row(f"value_low[{d},{k}]", part - own * min(prices))
            self.row(f"value_high[{d},{k}]", own * max(prices) - part)
            chosen, counted, valued = chosen + level, counted + own, valued + part
            self.cost.add(part, -rates[k] / 100).add(level, -fixed[k] / 100)
        self.row(f"level[{d}]", chosen - 1, equal=True)
        self.row(f"basis[{d}]", counted - basis, equal=True)
        self.row(f"value[{d}]", valued - value, equal=True)

    def _conditions(self) -> None:
        for x in self._binding("choices"):
            used = total(self._uses(x["of"]))
            high = used * -1 + number(x["max"]) if "max" in x else None
            self.hold(x, f"choice[{x['id']}]", used - num(x, "min"), high)
        for q in self._binding("requires"):
            others = total(self._uses(q["then_any_of"]))
            self.row(f"require[{q['id']}]", others - self.sources[q["if"]].use)
        for n in self._binding("pins"):
            source, name = self.sources[n.get("offer") or n["package"]], f"pin[{n['id']}]"
            if "package" in n:
                self.row(name, source.use - int(n["accept"]), equal=True)
                continue
            high = source.quantity * -1 + number(n["max"]) if "max" in n else None
            self.hold(n, name, source.quantity - num(n, "min"), high)
            if num(n, "min"):
                self.row(f"{name}.use", source.use - 1)
