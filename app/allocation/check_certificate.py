"""Checks the certificate of an allocation result, in exact arithmetic, with Python alone.

``python3 check_certificate.py PROBLEM RESULT`` rebuilds the relaxation of docs/certificate.md from
the problem, evaluates the certificate's trees on it, and prints what is proven or what does not
hold. Exit 0: it holds, 1: it does not. The files are JSON, packed by gzip or not; ``-`` for one of
them is standard input. It needs the standard library alone: copy it anywhere.
"""

import gzip
import json
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise, product
from math import ceil, floor, inf
from pathlib import Path
from types import SimpleNamespace
from typing import Any

Json = Any  # what stands in a JSON document; its numbers are text, so that none loses a digit
ONE, ZERO = "", Fraction(0)  # in a sum of columns the empty name is the constant
NUMBER = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?([eE][+-]?[0-9]{1,2})?")
ROUNDED = Fraction(5, 10**13)  # what a value that is written with 12 decimals may have lost
ERRORS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, OSError, EOFError)
OTHERS = (RecursionError, MemoryError, zlib.error)
FIELDS = {"s": "id", "_tags": "tags", "_regions": "region", "_sizes": "size", "_groups": "group"}


def need(holds: Json, sentence: str) -> None:
    """Refuse what does not hold."""
    if not holds:
        raise ValueError(sentence)


def number(value: Json) -> Fraction:
    """Return an exact number from a decimal or its text."""
    text = str(value)
    need(NUMBER.fullmatch(text) and not isinstance(value, float), f"{text[:80]!r} is no decimal")
    return Fraction(text)


def num(entry: Json, name: str) -> Fraction:
    """Return a number of an entry that is 0 where it is not stated."""
    return number(entry.get(name, 0))


def tiers_of(price: Json, field: str) -> list[list[Fraction]]:
    """Return each tier's start, its rate, and what is added to the rate times the amount."""
    if not isinstance(price, dict):
        return [[ZERO, number(price), ZERO]]
    tiers = [[number(tier["from"]), number(tier[field]), ZERO] for tier in price["tiers"]]
    for before, tier in pairwise(tiers):
        if price["kind"] == "incremental":
            tier[2] = before[2] + (before[1] - tier[1]) * tier[0]
    return tiers


def words(kind: str, entry: Json) -> dict[str, set[str]]:
    """Return by each word of a scope what it may ask of a lot, bidder, offer or firm."""
    found = {kind + end: entry.get(name, []) for end, name in FIELDS.items()}
    return {word: set(v if isinstance(v, list) else [v]) for word, v in found.items()}


def fits(known: dict[str, set[str]], scope: Json) -> bool:
    """Return whether what a scope may ask for meets its conditions."""
    return all(known[word] & set(values) for word, values in scope.items() if word in known)


class Linear(dict[str, Fraction]):
    """A sum of columns times coefficients, made of parts: sums and numbers."""

    def __init__(self, *parts: Json) -> None:
        for part in parts:
            self.add(part)

    def add(self, other: Json, factor: Json = 1) -> "Linear":
        """Add another sum or a number, times a factor, in place."""
        for column, value in (other if isinstance(other, dict) else {ONE: other}).items():
            if value and factor:
                self[column] = self.get(column, ZERO) + factor * value
        return self

    def __add__(self, other: Json) -> "Linear":
        return Linear(self, other)

    def __sub__(self, other: Json) -> "Linear":
        return Linear(self).add(other, -1)

    def __mul__(self, factor: Json) -> "Linear":
        return Linear().add(self, factor)


Box = dict[str, tuple[Any, Any]]  # each column's bounds
Rows = dict[str, tuple[Linear, bool]]  # True: = 0, False: >= 0


class Relaxation:
    """The columns, rows and costs of a problem, as docs/certificate.md has them.

    Of rules, pins, choices and requires only those in ``conflict`` are kept; ``None``: all.
    """

    def __init__(self, problem: Json, conflict: list[str] | None = None) -> None:
        self.problem, self.conflict = problem, conflict
        self.periods = problem.get("periods", [""])
        self.high: dict[str, Fraction] = {}  # every column lies between 0 and this
        self.whole: set[str] = set()
        self.rows: Rows = {}
        self.cost = Linear()
        self.lots, self.firms, self.bidders, resources = (
            {entry["id"]: {"group": entry["id"], **entry} for entry in problem.get(name, ())}
            for name in ("lots", "firms", "bidders", "resources")
        )
        self.sources: dict[str, Json] = {}  # offers and packages
        self.pieces: dict[str | None, list[Json]] = {None: [], **{lot: [] for lot in self.lots}}
        self.demand = {name: self.series(lot["demand"]) for name, lot in self.lots.items()}
        self.arrives = {(n, t): Linear() for n in self.lots for t, _ in enumerate(self.periods)}
        rooms = {name: self.series(e["capacity"], e["capacity"]) for name, e in resources.items()}
        self.spare = {
            (n, t): Linear(room) for n, row in rooms.items() for t, room in enumerate(row)
        }
        for entry in (*problem.get("offers", ()), *problem.get("packages", ())):
            self.source(entry, self.column(f"use[{entry['id']}]"))
        for name, lot in self.lots.items():
            self.lot(name, lot)
        for (name, t), spare in self.spare.items():
            self.row(f"capacity[{name},{self.periods[t]}]", spare)
        self.conditions()
        for rule in self.kept("rules"):
            getattr(self, f"_rule_{rule['kind']}")(rule, self.cells(rule))

    def kept(self, name: str) -> list[Json]:
        """Return the elements of a name that hold here."""
        kept, entries = self.conflict, self.problem.get(name, [])
        return [e for e in entries if kept is None or (e["id"] in kept and "penalty" not in e)]

    def series(self, value: Json, others: Json = 0) -> list[Fraction]:
        """Return a number for each period; one alone stands for the first, ``others`` after it."""
        single = [value] + [others] * (len(self.periods) - 1)
        return [number(one) for one in (value if isinstance(value, list) else single)]

    def column(self, name: str, high: Json = 1, *, whole: bool = True) -> Linear:
        """Make a column between 0 and ``high``."""
        need(name not in self.high, f"two columns are named {name}")
        self.high[name] = Fraction(high)
        self.whole.update([name] * whole)
        return Linear({name: Fraction(1)})

    def row(self, name: str, body: Linear, *, equal: bool = False) -> None:
        """State that a sum is at least 0, or is 0."""
        need(name not in self.rows, f"two rows are named {name}")
        self.rows[name] = (Linear({c: v for c, v in body.items() if v}), equal)

    def between(self, name: str, body: Linear, on: Linear, low: Json, high: Json) -> None:
        """State that a sum lies between two numbers times another."""
        self.row(f"{name}.min", body - on * low)
        self.row(f"{name}.max", on * high - body)

    def any_of(self, name: str, members: Iterable[Linear]) -> Linear:
        """Return the column that is 1 where one of some columns is."""
        once = {next(iter(member)): member for member in members}
        if len(once) == 1:
            return next(iter(once.values()))
        linked = self.column(name)
        for one, member in once.items():
            self.row(f"{name}>={one}", linked - member)
        self.row(name, Linear(*once.values()) - linked)
        return linked

    def top(self, body: Linear, sign: int = 1) -> Fraction:
        """Return the upper end of a sum's range; with the sign -1, of its negative's."""
        ends = (sign * value * self.high[column] for column, value in body.items() if column)
        return sign * body.get(ONE, ZERO) + sum(max(end, ZERO) for end in ends)

    def hold(self, entry: Json, name: str, body: Linear, base: Json = 1, some: Json = 1) -> None:
        """Keep a sum between min and max times a base, or pay; min only where ``some`` is 1."""
        sides, missing = {}, Linear()
        if num(entry, "min"):
            low = body - Linear(base) * num(entry, "min")
            sides[f"{name}.min"] = low + (Linear(1) - some) * max(ZERO, self.top(low, -1))
        if "max" in entry:
            sides[f"{name}.max"] = Linear(base) * num(entry, "max") - body
        if "penalty" in entry:
            worst = max([ZERO, *(self.top(side, -1) for side in sides.values())])
            missing = self.column(f"violation[{name}]", worst, whole=False)
            self.cost.add(missing, num(entry, "penalty"))
        for row, side in sides.items():
            self.row(row, side + missing)

    def tiers(self, names: Json, of: str, ends: Json, sums: Json, *, whole: bool) -> Json:
        """Part a sum into tiers; return for each a column that is 1 if reached, and its part."""
        found = []
        for k, (low, high) in enumerate(ends):
            reached = self.column(f"{names[0]}[{of},{k}]", int(low <= high))
            part = self.column(f"{names[1]}[{of},{k}]", high, whole=whole)
            self.between(f"{names[1]}[{of},{k}]", part, reached, low, high)
            found.append((reached, part))
        for name, parts, body in zip(names, zip(*found, strict=True), sums, strict=True):
            self.row(f"{name}[{of}]", Linear(*parts) - body, equal=True)
        return found

    # Offers and packages

    def source(self, entry: Json, use: Linear) -> None:
        """Make the columns and rows of an offer or a package."""
        items, deliver, price = [], [use] * len(self.periods), entry["price"]
        if "items" in entry:
            price = use * number(price)
            for item in entry["items"]:
                units = [use * quantity for quantity in self.series(item["quantity"])]
                items.append((item["lot"], units, use * num(item, "value")))
        else:
            units, price = self.offer(entry, entry["id"], use, deliver)
            items.append((entry["lot"], units, price))
        brings = Linear(*(one for _, row, _ in items for one in row))
        self.sources[entry["id"]] = SimpleNamespace(entry=entry, use=use, items=items, units=brings)
        self.cost.add(price).add(use, num(entry, "setup")).add(brings, num(entry, "freight"))
        self.cost.add(Linear(*deliver), num(entry, "delivery_cost"))
        for (lot, row, _), (t, _) in product(items, enumerate(self.periods)):
            self.arrives[lot, t].add(row[t])
        for used in entry.get("uses", ()):
            for t, amount in enumerate(self.series(used.get("amount", 0))):
                spare = self.spare[used["resource"], t].add(use, -amount)
                spare.add(deliver[t], -num(used, "per_delivery"))
                spare.add(items[0][1][t], -num(used, "per_unit"))
        # Scopes select pieces: a firm's part of an item, or of what of the price has no lot.
        brought = [item for item in items if any(item[1])]
        rest = price - Linear(*(value for _, _, value in brought))
        brought.append((None, [Linear() for _ in self.periods], rest))
        bidder = self.bidders[entry["bidder"]]
        whose = entry.get("workshare") or dict.fromkeys(bidder["members"])
        for (lot, row, value), (firm, share) in product(brought, whose.items()):
            part = Fraction(1, len(whose)) if share is None else number(share)
            known = {"": {""}, **words("bidder", bidder), **words("offer", entry)}
            known |= words("firm", self.firms[firm]) | words("lot", self.lots.get(lot, {}))
            piece = SimpleNamespace(words=known, won=[*deliver, use], units=row)
            piece.value, piece.quantity = value * part, Linear(*row) * part
            for place in {None, lot} if part else ():
                self.pieces[place].append(piece)

    def offer(self, entry: Json, o: str, use: Linear, deliver: list[Linear]) -> Json:
        """Make an offer's columns and rows; return its units in each period, and its price."""
        lot, steps = self.lots[entry["lot"]], []
        step = number(entry.get("increment", lot.get("increment", 1)))
        once = max(1, ceil(num(entry, "delivery_minimum") / step))
        least = max(once, ceil(num(entry, "minimum") / step))
        limits, most = self.limits(entry, lot, step)
        for t, limit in enumerate(limits):
            here = f"[{o},{self.periods[t]}]"
            steps.append(self.column(f"quantity{here}", limit))
            if len(limits) > 1:
                deliver[t] = self.column(f"deliver{here}")
                self.between(f"delivery{here}", steps[t], deliver[t], once, limit)
                self.row(f"delivery_use{here}", use - deliver[t])
        if len(limits) > 1:
            self.row(f"delivers[{o}]", Linear(*deliver) - use)
        total, tiers = Linear(*steps), tiers_of(entry["price"], "unit")
        self.between(f"total[{o}]", total, use, least, most)
        price = total * (step * tiers[0][1])
        if len(tiers) > 1:
            lows = [max(least, ceil(tier[0] / step)) for tier in tiers]
            highs = [*(min(most, ceil(tier[0] / step) - 1) for tier in tiers[1:]), most]
            ends, price = zip(lows, highs, strict=True), Linear()
            made = self.tiers(("tier", "steps"), o, ends, (use, total), whole=True)
            for (reached, part), (_, unit, fixed) in zip(made, tiers, strict=True):
                price.add(reached, fixed).add(part, unit * step)
        return [one * step for one in steps], price

    def limits(self, entry: Json, lot: Json, step: Fraction) -> tuple[list[int], int]:
        """Return the most increments of an offer in each period, and over all of them."""
        demand, stated = self.demand[lot["id"]], entry.get("maximum")
        limits: Json = self.series(stated) if isinstance(stated, list) else [inf] * len(demand)
        most: Json = max(ceil(sum(demand) / step) * step, num(entry, "minimum"))
        if stated is not None:
            most = sum(limits) if isinstance(stated, list) else number(stated)
        if "over_cost" not in lot:
            most, carried = min(most, sum(demand)), "carry_cost" in lot
            ahead = [sum(demand[t:]) if carried else demand[t] for t in range(len(demand))]
            limits = list(map(min, limits, ahead))
        for used in entry.get("uses", ()):
            each, once = num(used, "per_unit"), num(used, "per_delivery")
            for t, limit in enumerate(limits if each else ()):
                left = self.spare[used["resource"], t].get(ONE, ZERO) - once
                limits[t] = min(limit, max(ZERO, left / each))
        steps = [floor(min(limit, most) / step) for limit in limits]
        return steps, min(sum(steps), floor(most / step))

    # Lots, and what is agreed on offers and packages

    def lot(self, name: str, lot: Json) -> None:
        """Make the columns and rows of a lot."""
        most, before = ZERO, Linear()
        if "over_cost" in lot:
            most = sum((self.top(self.arrives[name, t]) for t, _ in enumerate(self.periods)), ZERO)
        for t, demand in enumerate(self.demand[name]):
            here = f"[{name},{self.periods[t]}]"
            later = sum(self.demand[name][t + 1 :], ZERO) if "carry_cost" in lot else ZERO
            short = self.column(f"shortfall{here}", demand, whole=False)
            early = self.column(f"early{here}", later, whole=False)
            excess = self.column(f"excess{here}", most, whole=False)
            flow = self.arrives[name, t] + short + before - early - excess - demand
            self.row(f"demand{here}", flow, equal=True)
            if later and most:
                full = self.column(f"full{here}")
                self.row(f"full_early{here}", early - full * later)
                self.row(f"full_excess{here}", full * most - excess)
            self.cost.add(short, num(lot, "shortfall_cost")).add(early, num(lot, "carry_cost"))
            self.cost.add(excess, num(lot, "over_cost"))
            before = early

    def discount(self, entry: Json, d: str) -> None:
        """Make the columns and rows of a discount."""
        on, highest = [self.sources[name] for name in entry["on"]], Fraction(1)
        value = basis = Linear(*(source.items[0][2] for source in on))
        if entry["basis"] == "quantity":
            basis = Linear(*(source.units for source in on))
            highest = max(tier[1] for s in on for tier in tiers_of(s.entry["price"], "unit"))
        tiers, most, top = tiers_of(entry, "percent"), self.top(value), self.top(basis)
        highs = [*(min(top, tier[0]) for tier in tiers[1:]), top]
        ends = [(tier[0], high) for tier, high in zip(tiers, highs, strict=True)]
        made = self.tiers(("level", "basis"), d, ends, (1, basis), whole=False)
        for k, (level, own) in enumerate(made):
            part = self.column(f"value[{d},{k}]", most, whole=False)
            self.row(f"value_level[{d},{k}]", level * most - part)
            self.row(f"value_basis[{d},{k}]", own * highest - part)
            self.cost.add(part, -tiers[k][1] / 100).add(level, -tiers[k][2] / 100)
            value = value - part
        self.row(f"value[{d}]", value, equal=True)

    def conditions(self) -> None:
        """Make the columns and rows of charges, discounts, choices, requires and pins."""
        used = {name: source.use for name, source in self.sources.items()}
        for c in self.problem.get("charges", ()):
            due = self.any_of(f"charge[{c['id']}]", (used[name] for name in c["any_of"]))
            self.cost.add(due, num(c, "amount"))
        for d in self.problem.get("discounts", ()):
            self.discount(d, d["id"])
        for x in self.kept("choices"):
            self.hold(x, f"choice[{x['id']}]", Linear(*(used[name] for name in x["of"])))
        for q in self.kept("requires"):
            others = Linear(*(used[name] for name in q["then_any_of"]))
            self.row(f"require[{q['id']}]", others - used[q["if"]])
        for n in self.kept("pins"):
            if "package" in n:
                self.row(f"pin[{n['id']}]", used[n["package"]] - int(n["accept"]), equal=True)
            else:
                self.hold(n, f"pin[{n['id']}]", self.sources[n["offer"]].units)
                self.hold({"min": int(num(n, "min") > 0)}, f"pin[{n['id']}].use", used[n["offer"]])

    # Rules

    def cells(self, rule: Json) -> Iterator[Json]:
        """Yield each cell's name, its base, and by who the won columns and the selected part."""
        scope, prior = rule.get("scope", {}), rule.get("prior", {})
        kind = "bidder" if rule["kind"] == "split" else rule.get("of") or rule.get("each", "")
        measure, word = rule.get("measure", "quantity"), kind and f"{kind}s"
        cells: list[Json] = [(rule["id"], None, -1)]
        if rule["kind"] in {"consistent", "split"} or rule.get("per") == "lot":
            lots = [n for n, lot in self.lots.items() if fits(words("lot", lot), scope)]
            cells = [(f"{rule['id']},{n}", n, -1) for n in lots]
        elif rule.get("per") == "period":
            cells = [(f"{rule['id']},{name}", None, t) for t, name in enumerate(self.periods)]
        for cell, lot, t in cells:
            won: dict[str, list[Linear]] = {}
            base = Linear(*map(number, prior.values()), num(rule, "prior_other"))
            inside = [piece for piece in self.pieces[lot] if fits(piece.words, scope)]
            for piece in inside:
                base.add(getattr(piece, measure))
                for who in piece.words[word] if t < 0 or piece.units[t] else ():
                    won.setdefault(who, []).append(piece.won[t])
            everyone = [*won, *(prior if rule["kind"] == "top_share" else () if kind else ("",))]
            held = {who: Linear(num(prior, who or "selected")) for who in everyone}
            for piece in inside:
                chosen = fits(piece.words, rule.get("select", {}))
                for who in piece.words[word] & held.keys() if chosen else ():
                    held[who].add(getattr(piece, measure))
            yield cell, base, won, held

    def _rule_count(self, rule: Json, cells: Iterable[Json]) -> None:
        for cell, _, won, _ in cells:
            wins = [self.any_of(f"wins[{cell},{who}]", columns) for who, columns in won.items()]
            binds = num(rule, "min") and not rule.get("always")
            some = self.any_of(f"some[{cell}]", wins) if binds else 1
            self.hold(rule, f"count[{cell}]", Linear(*wins), 1, some)

    def _rule_share(self, rule: Json, cells: Iterable[Json]) -> None:
        share = rule["kind"] == "share"
        binds = num(rule, "min") and rule.get("each" if share else "if_awarded")
        for cell, whole, won, held in cells:
            base: Json = 1
            if share:
                base = self.column(f"base[{cell}]", self.top(whole), whole=False)
                self.row(f"base[{cell}]", whole - base, equal=True)
            for who, part in held.items():
                here = f"{cell},{who}" if "each" in rule else cell
                some = self.any_of(f"wins[{here}]", won.get(who, ())) if binds else 1
                self.hold(rule, f"{rule['kind']}[{here}]", part, base, some)

    _rule_amount = _rule_share

    def _rule_top_share(self, rule: Json, cells: Iterable[Json]) -> None:
        for cell, base, _, held in cells:
            highest = max(map(self.top, held.values()), default=ZERO)
            line = self.column(f"line[{cell}]", highest, whole=False)
            largest = line * number(rule["n"])
            for who, part in held.items():
                above = self.column(f"above[{cell},{who}]", self.top(part), whole=False)
                self.row(f"above[{cell},{who}]", above + line - part)
                largest.add(above)
            self.hold(rule, f"top_share[{cell}]", largest, base)

    def _rule_consistent(self, rule: Json, cells: Iterable[Json]) -> None:
        cells, everywhere = list(cells), dict[str, list[Linear]]()
        for who, own in (pair for _, _, won, _ in cells for pair in won.items()):
            everywhere.setdefault(who, []).extend(own)
        for who, columns in everywhere.items():
            some = self.any_of(f"wins[{rule['id']},{who}]", columns)
            for cell, _, won, _ in cells:
                here = self.any_of(f"wins[{cell},{who}]", won.get(who, ()))
                self.hold({**rule, "min": 1}, f"consistent[{cell},{who}]", here, some)

    def _rule_split(self, rule: Json, cells: Iterable[Json]) -> None:
        give = number(rule.get("tolerance", "0.005"))
        for cell, base, won, held in cells:
            wins = {b: self.any_of(f"wins[{cell},{b}]", own) for b, own in won.items()}
            some = self.any_of(f"some[{cell}]", wins.values())
            stands = {b: one * -1 for b, one in wins.items()}
            for k, share in enumerate(map(number, rule["shares"])):
                place = {b: self.column(f"place[{cell},{b},{k}]") for b in held}
                self.row(f"place[{cell},{k}]", Linear(*place.values()) - some, equal=True)
                for b, own in held.items():
                    here, one = f"[{cell},{b},{k}]", place[b]
                    self.hold({"min": 1}, f"most{here}", base * (share + give), own, one)
                    self.hold({"min": 1}, f"least{here}", own, base * (share - give), one)
                    stands[b].add(one)
            for b, body in stands.items():
                self.row(f"stands[{cell},{b}]", body, equal=True)

    # What the stages minimize

    def stages(self) -> list[tuple[Linear, Fraction]]:
        """Return the cost and the tolerance of each stage; their columns and rows are made."""
        known, found = {"cost": self.cost}, []
        free = [name for name, lot in self.lots.items() if "shortfall_cost" not in lot]
        if free:
            needs = ((n, t, sum(self.demand[n])) for n, t in product(free, self.periods))
            parts = ({f"shortfall[{n},{t}]": 1 / whole} for n, t, whole in needs if whole)
            found.append((Linear(*parts), ZERO))
        for stage in self.problem.get("objective", [{"terms": [{"measure": "cost"}]}]):
            cost = Linear()
            for name, term in ((term["measure"], term) for term in stage["terms"]):
                known[name] = known[name] if name in known else self._measure(*name.partition(":"))
                cost.add(known[name], number(term.get("weight", 1)))
            found.append((cost, num(stage, "tolerance")))
        return found

    def _measure(self, kind: str, _: str, score: str) -> Linear:
        made: Linear = getattr(self, f"_measure_{kind}")(score)
        return made

    def _measure_score(self, name: str) -> Linear:
        brought = ((s, s.use if "items" in s.entry else s.units) for s in self.sources.values())
        return Linear(*(body * number(s.entry["scores"][name]) for s, body in brought))

    def _measure_order(self, _: str) -> Linear:
        return Linear(*(s.use * num(s.entry, "order") for s in self.sources.values()))

    def _measure_winners(self, _: str) -> Linear:
        uses: dict[str, list[Linear]] = {}
        for s in self.sources.values():
            uses.setdefault(s.entry["bidder"], []).append(s.use)
        return Linear(*(self.any_of(f"winner[{b}]", columns) for b, columns in uses.items()))

    def _measure_adjustment(self, _: str) -> Linear:
        whole = Linear()
        for a, piece in product(self.problem.get("adjustments", ()), self.pieces[None]):
            if fits(piece.words, a.get("scope", {})):
                whole.add(piece.value, num(a, "percent") / 100)
                whole.add(piece.quantity, num(a, "per_unit"))
        return whole

    def _measure_peak_load(self, _: str) -> Linear:
        peak = self.column("peak", whole=False)
        for (name, t), spare in self.spare.items():
            if most := spare.get(ONE, ZERO):
                self.row(f"peak[{name},{self.periods[t]}]", spare - most + peak * most)
        return peak

    def _measure_change(self, _: str) -> Linear:
        reference = self.problem.get("reference", {})
        before = {
            a["offer"]: self.series(a["quantities"]) for a in reference.get("allocations", ())
        }
        fewer, moved = {key: Linear() for key in self.arrives}, Linear()
        for name, s in self.sources.items():
            kept = name in reference.get("packages", ())
            for (lot, units, _), (t, period) in product(s.items, enumerate(self.periods)):
                then = before[name][t] if name in before else sum(units[t].values()) * kept
                here, more = f"added[{name},{lot},{period}]", max(ZERO, self.top(units[t]) - then)
                added = self.column(here, more, whole=False)
                self.row(here, added - units[t] + then)
                fewer[lot, t].add(then).add(units[t], -1)
                moved.add(added)
        for (lot, t), less in fewer.items():
            here = f"fewer[{lot},{self.periods[t]}]"
            own = self.column(here, max(ZERO, self.top(less)), whole=False)
            self.row(here, own - less)
            moved.add(own)
        return moved

    # What a tree proves

    def bound(self, node: Json, cost: Linear, box: Box, rows: Rows) -> Json:
        """Return what a node proves of a cost within box and rows; inf: nothing is feasible."""
        kind = set(node)
        if kind == {"duals"}:
            return least(priced(cost, node["duals"], rows), box)
        if kind == {"ray"}:
            shown = least(priced(Linear(), node["ray"], rows), box) > 0
            need(shown, "a ray does not show that nothing is feasible")
            return inf
        if kind == {"on", "at", "low", "high"}:
            on, at = node["on"], number(node["at"])
            need(on in self.whole and on in box, f"{on!r} is no whole column here")
            low, high = box[on]
            inside = at.denominator == 1 and low <= at < high
            need(inside, f"{on!r} cannot be parted at {at}: it lies from {low} to {high}")
            below = self.bound(node["low"], cost, {**box, on: (low, at)}, rows)
            return min(below, self.bound(node["high"], cost, {**box, on: (at + 1, high)}, rows))
        need(kind == {"prices", "parts"}, f"no node has the fields {sorted(kind)}")
        left, done = priced(cost, node["prices"], rows), set[str]()
        part_of = parted(box, {n: row for n, row in rows.items() if n not in node["prices"]})
        whole: Json = left.pop(ONE, ZERO)
        for part in node["parts"]:
            first = f"shortfall[{part['of']},{self.periods[0]}]"
            columns, inside = part_of[part["of"] if part["of"] in box else first]
            need(done.isdisjoint(columns), f"the part of {part['of']!r} is listed twice")
            done.update(columns)
            own = Linear({column: left.pop(column, ZERO) for column in columns})
            whole += self.bound(part["tree"], own, {c: box[c] for c in columns}, inside)
        return whole + least(left, box)


def priced(cost: Linear, duals: Json, rows: Rows) -> Linear:
    """Return a cost less rows times their duals."""
    left = Linear(cost)
    for name, dual in duals.items():
        need(name in rows, f"there is no row {name!r} here")
        body, equal = rows[name]
        need(equal or number(dual) >= 0, f"the dual of {name!r} must not be negative")
        left.add(body, -number(dual))
    return left


def least(cost: Linear, box: Box) -> Fraction:
    """Return the least value of a cost within the bounds of its columns."""
    return sum((value * (box[c][value < 0] if c else 1) for c, value in cost.items()), ZERO)


def parted(box: Box, rows: Rows) -> dict[str, tuple[list[str], Rows]]:
    """Return for each column its part: the columns that rows tie to it, and these rows."""
    part_of: dict[str, tuple[list[str], Rows]] = {column: ([column], {}) for column in box}
    for name, (body, equal) in rows.items():
        tied = {id(part_of[column]): part_of[column] for column in body if column}
        largest = max(tied.values(), key=lambda part: len(part[0]), default=([], {}))
        for columns, inside in tied.values():
            if columns is not largest[0]:
                largest[0].extend(columns)
                largest[1].update(inside)
                part_of.update(dict.fromkeys(columns, largest))
        largest[1][name] = (body, equal)
    return part_of


def check(problem: Json, result: Json) -> list[str]:
    """Return what the certificate of a result proves, a sentence for each stage.

    ValueError: it does not hold. Other errors: a document is malformed, or a tree too deep.
    """
    stated, conflict = result["certificate"]["stages"], None
    need(stated, "a certificate without stages proves nothing")
    if result["status"] == "infeasible":
        conflict = result["conflict"]
    r, said = Relaxation(problem, conflict), []
    costs = r.stages() if conflict is None else [(Linear(), ZERO)]
    need(len(costs) == len(stated), f"{len(stated)} of {len(costs)} stages are certified")
    box, rows = {name: (ZERO, high) for name, high in r.high.items()}, dict(r.rows)
    for k, (cost, tolerance) in enumerate(costs):
        proven = r.bound(stated[k]["tree"], cost, box, rows)
        if conflict is not None:
            need(proven == inf, "it does not prove that nothing is feasible")
            return [f"No allocation can keep {', '.join(conflict)}."]
        texts = result["stages"][k]["value"], stated[k]["bound"]
        value, claim = map(number, texts)
        need(claim <= proven, f"stage {k}: the bound {texts[1]} is stated, {proven} is proven")
        need(
            claim <= value + ROUNDED,
            f"stage {k}: the bound {texts[1]} is above the value {texts[0]}",
        )
        gap = float((value - claim) / (abs(value) or 1))
        said.append(f"Stage {k}: value {texts[0]}, proven bound {texts[1]}, gap {gap:.3g}.")
        rows[f"stage[{k}]"] = (Linear(value + tolerance * abs(value) + ROUNDED) - cost, False)
    return said


def read(path: str) -> Json:
    """Return the JSON in a file, or in standard input; its numbers stay text."""
    data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    return json.loads(data, parse_float=str, parse_int=str, parse_constant=str)


def main(paths: list[str]) -> int:
    """Check the result in one file against the problem in another; 0: it holds, 1: it does not."""
    try:
        need(paths.count("-") < 2, "only one of the two can be read from standard input")
        problem, result = map(read, paths)
        lines, code = check(problem, result), 0
    except (*ERRORS, *OTHERS) as error:
        lines, code = [f"The certificate does not hold: {type(error).__name__}: {error}"], 1
    sys.stdout.write("".join(f"{ascii(line)[1:-1]}\n" for line in lines))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
