"""Checks the certificate of an allocation result, in exact arithmetic, with Python alone.

``python3 check_certificate.py PROBLEM RESULT`` rebuilds the relaxation of docs/certificate.md from
the problem, evaluates the certificate's trees on it, and prints what is proven (exit 0) or what
does not hold (1). The files are JSON, packed by gzip or not; ``-`` for one is standard input.
"""

import gzip
import json
import re
import sys
from fractions import Fraction
from itertools import pairwise, product
from math import ceil, floor, inf
from pathlib import Path
from types import SimpleNamespace
from typing import Any

__all__ = ["check", "main"]
Json = Any  # what stands in a JSON document; its numbers are text, so that none loses a digit
ONE, ZERO = "", Fraction(0)  # in a sum of columns the empty name is the constant
NUMBER = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?([eE][+-]?[0-9]{1,2})?")
Box = dict[str, tuple[Any, Any]]  # each column's bounds
Rows = dict[str, tuple["Linear", bool]]  # True: the sum is 0, False: it is at least 0
ROUNDED = Fraction(5, 10**13)  # what a value that is written with 12 decimals may have lost
FIELDS = {"s": "id", "_tags": "tags", "_regions": "region", "_sizes": "size", "_groups": "group"}


def need(holds: Json, sentence: str) -> None:
    if not holds:
        raise ValueError(sentence)


def num(value: Json, field: str = "") -> Fraction:  # 0 where an entry does not state the field
    value = value.get(field, 0) if field else value
    text = str(value)
    need(NUMBER.fullmatch(text) and not isinstance(value, float), f"{text[:80]!r} is no decimal")
    return Fraction(text)


def tiers_of(price: Json, field: str) -> list[list[Fraction]]:  # start, rate, fixed part of each
    tiers = price["tiers"] if isinstance(price, dict) else [{"from": 0, field: price}]
    found = [[num(tier["from"]), num(tier[field]), ZERO] for tier in tiers]
    for before, tier in pairwise(found):
        if price["kind"] == "incremental":
            tier[2] = before[2] + (before[1] - tier[1]) * tier[0]
    return found


def words(kind: str, entry: Json) -> dict[str, set[str]]:  # by word of a scope, what it may ask for
    found = {kind + end: entry.get(name, []) for end, name in FIELDS.items()}
    return {word: set(v if isinstance(v, list) else [v]) for word, v in found.items()}


def fits(known: dict[str, set[str]], scope: Json) -> bool:
    return all(known[word] & set(values) for word, values in scope.items() if word in known)


class Linear(dict[str, Fraction]):  # a sum of columns times coefficients, made of such and numbers
    def __init__(self, *parts: Json) -> None:
        for part in parts:
            self.add(part)

    def add(self, other: Json, factor: Json = 1) -> "Linear":  # in place, times a factor
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

    def less(self, duals: Json, rows: Rows) -> "Linear":  # rows times their duals
        left = Linear(self)
        for name, dual in duals.items():
            need(name in rows, f"there is no row {name!r} here")
            need(rows[name][1] or num(dual) >= 0, f"the dual of {name!r} must not be negative")
            left.add(rows[name][0], -num(dual))
        return left

    def least(self, box: Box) -> Fraction:  # value within the bounds of the columns
        return sum((value * (box[c][value < 0] if c else 1) for c, value in self.items()), ZERO)


class Relaxation:  # the columns, rows and costs of a problem, as docs/certificate.md has them
    def __init__(self, problem: Json) -> None:
        self.problem, self.periods = problem, problem.get("periods", [""])
        self.times = range(len(self.periods))
        self.box, self.rows, self.whole, self.cost = Box(), Rows(), set[str](), Linear()
        names = ("lots", "firms", "bidders", "resources")
        tables = ({e["id"]: {"group": e["id"], **e} for e in problem.get(n, ())} for n in names)
        self.lots, self.firms, self.bidders, resources = tables
        self.sources: dict[str, Json] = {}  # offers and packages
        self.pieces: dict[str | None, list[Json]] = {lot: [] for lot in (None, *self.lots)}
        self.demand = {name: self.series(lot["demand"]) for name, lot in self.lots.items()}
        self.arrives = {place: Linear() for place in product(self.lots, self.times)}
        rooms = {name: self.series(e["capacity"], e["capacity"]) for name, e in resources.items()}
        self.spare = {(name, t): Linear(rooms[name][t]) for name, t in product(rooms, self.times)}
        for entry in (*problem.get("offers", ()), *problem.get("packages", ())):
            self.source(entry, self.column(f"use[{entry['id']}]"))
        for name, lot in self.lots.items():
            self.lot(name, lot)
        for (name, t), spare in self.spare.items():
            self.row(f"capacity[{name},{self.periods[t]}]", spare)
        self.conditions()
        for rule in problem.get("rules", ()):
            make, cells = getattr(self, f"rule_{rule['kind']}"), list(self.cells(rule))
            for given in [cells] if rule["kind"] == "consistent" else cells:
                make(rule, *given)

    def series(self, value: Json, others: Json = 0) -> list[Fraction]:  # one alone is the first's
        values = value if isinstance(value, list) else [value, *[others] * len(self.times[1:])]
        return [num(one) for one, _ in zip(values, self.times, strict=True)]

    def column(self, name: str, high: Json = 1, *, whole: bool = True) -> Linear:
        need(name not in self.box, f"two columns are named {name}")
        self.box[name] = (ZERO, Fraction(high))
        self.whole.update([name] * whole)
        return Linear({name: Fraction(1)})

    def row(self, name: str, body: Linear, *, equal: bool = False) -> None:
        need(name not in self.rows, f"two rows are named {name}")
        self.rows[name] = (Linear({c: v for c, v in body.items() if v}), equal)

    def top(self, body: Linear) -> Fraction:
        return -(body * -1).least(self.box)

    def above(self, name: str, body: Linear) -> Linear:  # a column at least a sum, and at least 0
        column = self.column(name, max(ZERO, self.top(body)), whole=False)
        self.row(name, column - body)
        return column

    def any_of(self, name: str, members: Json) -> Linear:  # 1 where one of some columns is
        once = {next(iter(member)): member for member in members}
        if len(once) == 1:
            return Linear(*once.values())
        linked = self.column(name)
        for one, member in once.items():
            self.row(f"{name}>={one}", linked - member)
        self.row(name, Linear(*once.values()) - linked)
        return linked

    def hold(self, entry: Json, name: str, body: Linear, base: Json = 1, some: Json = 1) -> None:
        """Keep a sum between min and max times a base, or pay; min only where ``some`` is 1."""
        sides, missing = {}, Linear()
        if num(entry, "min"):
            low = body - Linear(base) * num(entry, "min")
            sides["min"] = low + (Linear(1) - some) * max(ZERO, -low.least(self.box))
        if "max" in entry:
            sides["max"] = Linear(base) * num(entry, "max") - body
        if "penalty" in entry:
            worst = max([ZERO, *(-side.least(self.box) for side in sides.values())])
            missing = self.column(f"violation[{name}]", worst, whole=False)
            self.cost.add(missing, num(entry, "penalty"))
        for end, side in sides.items():
            self.row(f"{name}.{end}", side + missing)

    def parts(self, names: Json, tiers: Json, step: Json, ends: Json, sums: Json) -> Json:
        made, (reach, piece, of), whole = [], names, step > 0  # with a step of 0 any amount
        starts = [ceil(tier[0] / step) if whole else tier[0] for tier in tiers]
        for k, (start, after) in enumerate(pairwise([*starts, ends[1] + whole])):
            low, high = max(ends[0], start), min(ends[1], after - whole)
            reached = self.column(f"{reach}[{of},{k}]", int(low <= high))
            part = self.column(f"{piece}[{of},{k}]", high, whole=whole)
            self.row(f"{piece}[{of},{k}].min", part - reached * low)
            self.row(f"{piece}[{of},{k}].max", reached * high - part)
            made.append((reached, part, *tiers[k][1:]))
        self.row(f"{reach}[{of}]", Linear(*(tier[0] for tier in made)) - sums[0], equal=True)
        self.row(f"{piece}[{of}]", Linear(*(tier[1] for tier in made)) - sums[1], equal=True)
        return made

    def source(self, entry: Json, use: Linear) -> None:  # an offer or a package
        deliver = [use] * len(self.times)
        if "items" in entry:
            price = use * num(entry["price"])
            listed = ((item, self.series(item["quantity"])) for item in entry["items"])
            items = [(i["lot"], [use * n for n in row], use * num(i, "value")) for i, row in listed]
        else:
            units, price = self.offer(entry, entry["id"], use, deliver)
            items = [(entry["lot"], units, price)]
        brings = Linear(*(one for _, row, _ in items for one in row))
        self.sources[entry["id"]] = SimpleNamespace(entry=entry, use=use, items=items, units=brings)
        self.cost.add(price).add(use, num(entry, "setup")).add(brings, num(entry, "freight"))
        self.cost.add(Linear(*deliver), num(entry, "delivery_cost"))
        for (lot, row, _), t in product(items, self.times):
            self.arrives[lot, t].add(row[t])
        for used in entry.get("uses", ()):
            for t, amount in enumerate(self.series(used.get("amount", 0))):
                spare = self.spare[used["resource"], t].add(use, -amount)
                spare.add(deliver[t], -num(used, "per_delivery"))
                spare.add(items[0][1][t], -num(used, "per_unit"))
        # Scopes select pieces: a firm's part of an item, or of what of the price has no lot.
        brought = [item for item in items if any(item[1])]
        rest = price - Linear(*(value for _, _, value in brought))
        brought.append((None, [Linear() for _ in self.times], rest))
        bidder = self.bidders[entry["bidder"]]
        whose = entry.get("workshare") or dict.fromkeys(bidder["members"])
        for (lot, row, value), (firm, share) in product(brought, whose.items()):
            part = Fraction(1, len(whose)) if share is None else num(share)
            known = {"": {""}, **words("bidder", bidder), **words("offer", entry)}
            known |= words("firm", self.firms[firm]) | words("lot", self.lots.get(lot, {}))
            piece = SimpleNamespace(words=known, won=[*deliver, use], units=row)
            piece.value, piece.quantity = value * part, Linear(*row) * part
            for place in {None, lot} if part else ():
                self.pieces[place].append(piece)

    def offer(self, entry: Json, o: str, use: Linear, deliver: list[Linear]) -> Json:
        lot, tiers = self.lots[entry["lot"]], tiers_of(entry["price"], "unit")
        demand, stated = self.demand[entry["lot"]], entry.get("maximum")
        step = num(entry.get("increment", lot.get("increment", 1)))
        once = max(1, ceil(num(entry, "delivery_minimum") / step))
        fewest = max(once, ceil(num(entry, "minimum") / step))
        most = max(ceil(sum(demand) / step) * step, num(entry, "minimum"))
        limits = [most] * len(demand) if stated is None else self.series(stated, stated)
        most = sum(limits, ZERO) if isinstance(stated, list) else limits[0]
        if "over_cost" not in lot:
            most, end = min(most, sum(demand, ZERO)), None if "carry_cost" in lot else 1
            limits = [min(u, sum(demand[t:][:end], ZERO)) for t, u in enumerate(limits)]
        for used in entry.get("uses", ()):
            each, fixed = num(used, "per_unit"), num(used, "per_delivery")
            for t, limit in enumerate(limits if each else ()):
                left = self.spare[used["resource"], t].get(ONE, ZERO) - fixed
                limits[t] = min(limit, max(ZERO, left / each))
        highs = [floor(min(limit, most) / step) for limit in limits]  # the most in each period
        steps = [self.column(f"quantity[{o},{self.periods[t]}]", u) for t, u in enumerate(highs)]
        for t, p in enumerate(self.periods if len(steps) > 1 else ()):
            deliver[t] = self.column(f"deliver[{o},{p}]")
            self.hold({"min": once, "max": highs[t]}, f"delivery[{o},{p}]", steps[t], deliver[t])
            self.row(f"delivery_use[{o},{p}]", use - deliver[t])
        if len(steps) > 1:
            self.row(f"delivers[{o}]", Linear(*deliver) - use)
        total, high = Linear(*steps), min(sum(highs), floor(most / step))
        self.hold({"min": fewest, "max": high}, f"total[{o}]", total, use)
        price = total * (step * tiers[0][1])
        if len(tiers) > 1:
            made = self.parts(("tier", "steps", o), tiers, step, (fewest, high), (use, total))
            price = Linear(*(on * fixed + part * (unit * step) for on, part, unit, fixed in made))
        return [one * step for one in steps], price  # the units in each period, and their price

    def lot(self, name: str, lot: Json) -> None:
        tops = [self.top(self.arrives[name, t]) for t in self.times] if "over_cost" in lot else []
        most, before = sum(tops, ZERO), Linear()
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

    def conditions(self) -> None:  # charges, discounts, choices, requires and pins
        used = {name: source.use for name, source in self.sources.items()}
        for c in self.problem.get("charges", ()):
            due = self.any_of(f"charge[{c['id']}]", (used[name] for name in c["any_of"]))
            self.cost.add(due, num(c, "amount"))
        for d in self.problem.get("discounts", ()):
            on, highest = [self.sources[name] for name in d["on"]], Fraction(1)
            value = basis = Linear(*(source.items[0][2] for source in on))
            if d["basis"] == "quantity":
                basis = Linear(*(source.units for source in on))
                highest = max(tier[1] for s in on for tier in tiers_of(s.entry["price"], "unit"))
            most, tiers, ends = self.top(value), tiers_of(d, "percent"), (ZERO, self.top(basis))
            made = self.parts(("level", "basis", d["id"]), tiers, 0, ends, (1, basis))
            for k, (level, own, percent, fixed) in enumerate(made):
                part = self.column(f"value[{d['id']},{k}]", most, whole=False)
                self.row(f"value_level[{d['id']},{k}]", level * most - part)
                self.row(f"value_basis[{d['id']},{k}]", own * highest - part)
                self.cost.add(part, -percent / 100).add(level, -fixed / 100)
                value = value - part
            self.row(f"value[{d['id']}]", value, equal=True)
        for x in self.problem.get("choices", ()):
            self.hold(x, f"choice[{x['id']}]", Linear(*(used[name] for name in x["of"])))
        for q in self.problem.get("requires", ()):
            others = Linear(*(used[name] for name in q["then_any_of"]))
            self.row(f"require[{q['id']}]", others - used[q["if"]])
        for n in self.problem.get("pins", ()):
            if "package" in n:
                self.row(f"pin[{n['id']}]", used[n["package"]] - int(n["accept"]), equal=True)
            else:
                self.hold(n, f"pin[{n['id']}]", self.sources[n["offer"]].units)
                self.hold({"min": int(num(n, "min") > 0)}, f"pin[{n['id']}].use", used[n["offer"]])

    def cells(self, rule: Json) -> Json:
        """Yield each cell's name, its base, and by who the won columns and the selected part."""
        scope, prior = rule.get("scope", {}), rule.get("prior", {})
        kind = "bidder" if rule["kind"] == "split" else rule.get("of") or rule.get("each", "")
        measure, word = rule.get("measure", "quantity"), kind and f"{kind}s"
        cells: list[Json] = [("", None, -1)]
        if rule["kind"] in {"consistent", "split"} or rule.get("per") == "lot":
            cells = [(f",{n}", n, -1) for n, e in self.lots.items() if fits(words("lot", e), scope)]
        elif rule.get("per") == "period":
            cells = [(f",{name}", None, t) for t, name in enumerate(self.periods)]
        always = prior if rule["kind"] == "top_share" else () if kind else ("",)
        for place, lot, t in cells:
            base = Linear(*map(num, prior.values()), num(rule, "prior_other"))
            held = {who: Linear(num(prior, who or "selected")) for who in always}
            won: dict[str, list[Linear]] = {}
            for piece in (one for one in self.pieces[lot] if fits(one.words, scope)):
                amount, chosen = getattr(piece, measure), fits(piece.words, rule.get("select", {}))
                base.add(amount)
                for who in piece.words[word] if t < 0 or piece.units[t] else ():
                    won.setdefault(who, []).append(piece.won[t])
                    held.setdefault(who, Linear(num(prior, who or "selected"))).add(amount, chosen)
            yield rule["id"] + place, base, won, held

    def rule_count(self, rule: Json, cell: str, _base: Linear, won: Json, _held: Json) -> None:
        wins = [self.any_of(f"wins[{cell},{who}]", columns) for who, columns in won.items()]
        binds = num(rule, "min") and not rule.get("always")
        some = self.any_of(f"some[{cell}]", wins) if binds else 1
        self.hold(rule, f"count[{cell}]", Linear(*wins), 1, some)

    def rule_share(self, rule: Json, cell: str, whole: Linear, won: Json, held: Json) -> None:
        share = rule["kind"] == "share"
        binds = num(rule, "min") and rule.get("each" if share else "if_awarded")
        base = self.column(f"base[{cell}]", self.top(whole), whole=False) if share else 1
        if share:
            self.row(f"base[{cell}]", whole - base, equal=True)
        for who, part in held.items():
            here = f"{cell},{who}" if "each" in rule else cell
            some = self.any_of(f"wins[{here}]", won.get(who, ())) if binds else 1
            self.hold(rule, f"{rule['kind']}[{here}]", part, base, some)

    rule_amount = rule_share

    def rule_top_share(self, rule: Json, cell: str, base: Linear, _won: Json, held: Json) -> None:
        highest = max(map(self.top, held.values()), default=ZERO)
        line = self.column(f"line[{cell}]", highest, whole=False)
        above = (self.above(f"above[{cell},{who}]", part - line) for who, part in held.items())
        self.hold(rule, f"top_share[{cell}]", Linear(line * num(rule["n"]), *above), base)

    def rule_consistent(self, rule: Json, *cells: Json) -> None:
        for who in {who for _, _, won, _ in cells for who in won}:
            columns = [column for _, _, won, _ in cells for column in won.get(who, ())]
            some = self.any_of(f"wins[{rule['id']},{who}]", columns)
            for cell, _, won, _ in cells:
                here = self.any_of(f"wins[{cell},{who}]", won.get(who, ()))
                self.hold({**rule, "min": 1}, f"consistent[{cell},{who}]", here, some)

    def rule_split(self, rule: Json, cell: str, base: Linear, won: Json, held: Json) -> None:
        give = num(rule.get("tolerance", "0.005"))
        wins = {b: self.any_of(f"wins[{cell},{b}]", own) for b, own in won.items()}
        stands, some = {b: Linear() for b in won}, self.any_of(f"some[{cell}]", wins.values())
        for k, share in enumerate(map(num, rule["shares"])):
            place = {b: self.column(f"place[{cell},{b},{k}]") for b in held}
            self.row(f"place[{cell},{k}]", Linear(*place.values()) - some, equal=True)
            most, low = base * (share + give), base * (share - give)
            for b, one in place.items():
                self.hold({"min": 1}, f"most[{cell},{b},{k}]", most, held[b], one)
                self.hold({"min": 1}, f"least[{cell},{b},{k}]", held[b], low, one)
                stands[b].add(one)
        for b, places in stands.items():
            self.row(f"stands[{cell},{b}]", places - wins[b], equal=True)

    def stages(self) -> list[tuple[Linear, Fraction]]:  # the cost and the tolerance of each
        free = [(n, sum(self.demand[n])) for n, e in self.lots.items() if "shortfall_cost" not in e]
        short = Linear({f"shortfall[{n},{t}]": 1 / d for n, d in free if d for t in self.periods})
        found = [(short, ZERO)] if free else []
        objective = self.problem.get("objective", [{"terms": [{"measure": "cost"}]}])
        names = {term["measure"] for stage in objective for term in stage["terms"]}
        known = {"cost": self.cost} | {n: self.measure(*n.partition(":")) for n in names - {"cost"}}
        for stage in objective:
            terms = (known[term["measure"]] * num(term.get("weight", 1)) for term in stage["terms"])
            found.append((Linear(*terms), num(stage, "tolerance")))
        return found

    def measure(self, kind: str, _: str, score: str) -> Linear:
        sources, parts = self.sources.values(), list[Linear]()
        if kind == "score":
            brought = ((s, s.use if "items" in s.entry else s.units) for s in sources)
            parts = [body * num(s.entry["scores"][score]) for s, body in brought]
        elif kind == "order":
            parts = [s.use * num(s.entry, "order") for s in sources]
        elif kind == "winners":
            [(_, _, won, _)] = self.cells({"id": "", "kind": "count", "of": "bidder"})
            parts = [self.any_of(f"winner[{b}]", columns) for b, columns in won.items()]
        elif kind == "adjustment":
            for a, p in product(self.problem.get("adjustments", ()), self.pieces[None]):
                if fits(p.words, a.get("scope", {})):
                    parts += [p.value * (num(a, "percent") / 100), p.quantity * num(a, "per_unit")]
        elif kind == "peak_load":
            parts = [self.column("peak", whole=False)]
            for (name, t), spare in self.spare.items():
                if most := spare.get(ONE, ZERO):
                    self.row(f"peak[{name},{self.periods[t]}]", spare - most + parts[0] * most)
        else:
            need(kind == "change", f"there is no measure {kind!r}")
            parts = list(self.moves())
        return Linear(*parts)

    def moves(self) -> Json:  # all units added to the reference, and what is fewer in sum
        then, fewer = self.problem.get("reference", {}), {place: Linear() for place in self.arrives}
        before = {a["offer"]: self.series(a["quantities"]) for a in then.get("allocations", ())}
        for name, s in self.sources.items():
            kept = name in then.get("packages", ())
            for (lot, units, _), t in product(s.items, self.times):
                old = before[name][t] if name in before else sum(units[t].values()) * kept
                yield self.above(f"added[{name},{lot},{self.periods[t]}]", units[t] - old)
                fewer[lot, t].add(old).add(units[t], -1)
        for (lot, t), less in fewer.items():
            yield self.above(f"fewer[{lot},{self.periods[t]}]", less)

    def bound(self, node: Json, cost: Linear, box: Box, rows: Rows) -> Json:  # inf: infeasible
        kind = set(node)
        if kind == {"duals"}:
            return cost.less(node["duals"], rows).least(box)
        if kind == {"ray"}:
            proven = Linear().less(node["ray"], rows).least(box)
            need(proven > 0, "a ray does not show that nothing is feasible")
            return inf
        if kind == {"on", "at", "low", "high"}:
            on, at = node["on"], num(node["at"])
            need(on in self.whole and on in box, f"{on!r} is no whole column here")
            low, high = box[on]
            inside = at.denominator == 1 and low <= at < high
            need(inside, f"{on!r} cannot be parted at {at}: it lies from {low} to {high}")
            below = self.bound(node["low"], cost, {**box, on: (low, at)}, rows)
            return min(below, self.bound(node["high"], cost, {**box, on: (at + 1, high)}, rows))
        need(kind == {"prices", "parts"}, f"no node has the fields {sorted(kind)}")
        left, rest = cost.less(node["prices"], rows), dict(box)
        part_of = parted(box, {n: row for n, row in rows.items() if n not in node["prices"]})
        whole: Json = left.pop(ONE, ZERO)
        for part in node["parts"]:
            first = f"shortfall[{part['of']},{self.periods[0]}]"
            columns, inside = part_of[part["of"] if part["of"] in box else first]
            need(columns[0] in rest, f"the part of {part['of']!r} is listed twice")
            own = Linear({column: left.pop(column, ZERO) for column in columns})
            whole += self.bound(part["tree"], own, {c: rest.pop(c) for c in columns}, inside)
        return whole + left.least(box)


def parted(box: Box, rows: Rows) -> dict[str, tuple[list[str], Rows]]:  # by column, its part
    part_of: dict[str, tuple[list[str], Rows]] = {column: ([column], {}) for column in box}
    for name, row in rows.items():
        tied = {id(part_of[column][0]): part_of[column] for column in row[0] if column}
        parts = sorted(tied.values(), key=lambda part: len(part[0])) or [([], {})]
        *others, (columns, inside) = parts
        for joined, also in others:
            columns.extend(joined)
            inside.update(also)
            part_of.update(dict.fromkeys(joined, (columns, inside)))
        inside[name] = row
    return part_of


def check(problem: Json, result: Json) -> list[str]:
    """Return what the certificate of a result proves, a sentence for each stage, or raise."""
    stated, infeasible = result["certificate"]["stages"], result["status"] == "infeasible"
    need(stated, "a certificate without stages proves nothing")
    for name in ("rules", "pins", "choices", "requires") if infeasible else ():
        listed = (e for e in problem.get(name, ()) if e["id"] in result["conflict"])
        problem = {**problem, name: [e for e in listed if "penalty" not in e]}
    r, said = Relaxation(problem), []
    costs = [(Linear(), ZERO)] if infeasible else r.stages()
    need(len(costs) == len(stated), f"{len(stated)} of {len(costs)} stages are certified")
    for k, (cost, tolerance) in enumerate(costs):
        proven = r.bound(stated[k]["tree"], cost, r.box, r.rows)
        if infeasible:
            need(proven == inf, "it does not prove that nothing is feasible")
            return [f"No allocation can keep {', '.join(result['conflict'])}."]
        shown, claimed = result["stages"][k]["value"], stated[k]["bound"]
        value, bound = num(shown), num(claimed)
        need(bound <= proven, f"stage {k}: the bound {claimed} is stated, {proven} is proven")
        need(bound <= value + ROUNDED, f"stage {k}: the bound {claimed} is above the value {shown}")
        gap = float((value - bound) / (abs(value) or 1))
        said.append(f"Stage {k}: value {shown}, proven bound {claimed}, gap {gap:.3g}.")
        r.rows[f"stage[{k}]"] = (Linear(value + tolerance * abs(value) + ROUNDED) - cost, False)
    return said


def main(paths: list[str]) -> int:
    """Check the result in one file against the problem in another; 0: it holds, 1: it does not."""
    try:
        need(paths.count("-") < 2, "only one of the two can be read from standard input")
        packed = (sys.stdin.buffer.read() if p == "-" else Path(p).read_bytes() for p in paths)
        texts = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data for data in packed)
        as_text: Json = {"parse_float": str, "parse_int": str, "parse_constant": str}
        problem, result = (json.loads(text, **as_text) for text in texts)
        lines, code = check(problem, result), 0
    except Exception as error:  # noqa: BLE001  # whatever goes wrong, nothing is proven
        lines, code = [f"The certificate does not hold: {type(error).__name__}: {error}"], 1
    sys.stdout.write("".join(f"{ascii(line)[1:-1]}\n" for line in lines))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
