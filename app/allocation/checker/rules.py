"""The columns, rows and costs of each kind of rule."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from .expressions import ONE, ZERO, Json, Linear, fits, num, number, total
from .program import Program, Source

# A source, its lots in scope (None: it counts as a whole), and its firms' parts in scope.
Match = tuple[Source, set[str] | None, dict[str, Fraction]]


def matches(program: Program, scopes: list[Any], only: str | None) -> Iterator[Match]:
    """Find the offers and packages that are in all of some scopes, and what of them is.

    Parameters
    ----------
    program
        Offers and packages stand in it.
    scopes
        Conditions of the format; an empty one has none.
    only
        A lot to which the search is confined, or ``None``.

    Yields
    ------
    Match
        Each that is in scope.
    """
    by_lot = only or any(word.startswith("lot") for scope in scopes for word in scope)
    for s in (program.sold[only] if only else program.sources).values():
        lots = {n for n, row, _ in s.items if any(row) and only in (None, n)}
        lots = {n for n in lots if fits(scopes, "lot", program.lots[n])}
        firms = {f: p for f, p in s.firms.items() if p and fits(scopes, "firm", program.firms[f])}
        known = fits(scopes, "bidder", s.bidder) and fits(scopes, "offer", s.entry)
        if known and firms and (lots or not by_lot):
            yield s, lots if by_lot else None, firms


def amount(match: Match, measure: str) -> Linear:
    """Return the value or the quantity of what of an offer or a package is in scope."""
    source, lots, _ = match
    if lots is None or not source.is_package:
        return source.price if measure == "value" else source.quantity
    items = [item for item in source.items if item[0] in lots]
    return source.use * sum(i[2] if measure == "value" else sum(i[1]) for i in items)


def _whose(program: Program, kind: str, match: Match, t: int | None) -> Linear:
    source, lots, firms = match
    items = [(n, row if t is None else row[t : t + 1]) for n, row, _ in source.items]
    brought = Linear({n: 1 for n, row in items if any(row) and (lots is None or n in lots)})
    if kind == "lot" or (t is not None and not brought):
        return brought
    found = Linear()
    for firm, part in firms.items():
        who = {"": "", "bidder": source.bidder["id"], "firm": firm}
        who["firm_group"] = program.firms[firm]["group"]
        found.add({who.get(kind, program.firms[firm].get("region")): part})
    found.pop(None, None)
    return found


def _cells(
    program: Program, rule: Json, per: str | None
) -> Iterator[tuple[str, str | None, int | None]]:
    name, scope = rule["id"], rule.get("scope", {})
    if per == "lot":
        lots = [n for n in program.lots if fits([scope], "lot", program.lots[n])]
        yield from ((f"{name},{n}", n, None) for n in lots)
    elif per == "period":
        yield from ((f"{name},{period}", None, t) for t, period in enumerate(program.periods))
    else:
        yield name, None, None


def _cell(
    program: Program, rule: Json, kind: str, lot: str | None, t: int | None = None
) -> tuple[Linear, dict[str, list[Linear]], dict[str, Linear]]:
    prior = {who if kind else "": number(v) for who, v in rule.get("prior", {}).items()}
    base = Linear({ONE: sum(prior.values()) + num(rule, "prior_other")})
    scope, measure = rule.get("scope", {}), rule.get("measure", "quantity")
    won: dict[str, list[Linear]] = {} if kind else {"": []}
    for match in matches(program, [scope], lot):
        source = match[0]
        base.add(amount(match, measure), sum(match[2].values()))
        use = source.use if t is None or source.is_package else source.deliver[t]
        for who in _whose(program, kind, match, t):
            won.setdefault(who, []).append(use)
    held = [*won, *(prior if rule["kind"] == "top_share" else ())]
    parts = {who: Linear({ONE: prior.get(who, ZERO)}) for who in held}
    for match in matches(program, [scope, rule.get("select", {})], lot):
        for who, part in _whose(program, kind, match, t).items():
            parts[who].add(amount(match, measure), part)
    return base, won, parts


def _count(program: Program, rule: Json) -> None:
    for cell, lot, t in _cells(program, rule, rule.get("per")):
        _, won, _ = _cell(program, rule, rule["of"], lot, t)
        wins = [program.any_of(f"wins[{cell},{who}]", columns) for who, columns in won.items()]
        low, one = None, Linear({ONE: 1})
        if "min" in rule:
            some = one if rule.get("always") else program.any_of(f"some[{cell}]", wins)
            low = total(wins) - some * number(rule["min"])
        high = total(wins) * -1 + number(rule["max"]) if "max" in rule else None
        program.hold(rule, f"count[{cell}]", low, high)


def _share(program: Program, rule: Json) -> None:
    kind, each = rule["kind"], rule.get("each", "")
    for cell, lot, _ in _cells(program, rule, rule.get("per")):
        base, won, parts = _cell(program, rule, each, lot)
        base = base if kind == "share" else Linear({ONE: Fraction(1)})
        for who, part in parts.items():
            here = f"{cell},{who}" if each else cell
            low = part - base * number(rule["min"]) if "min" in rule else None
            high = base * number(rule["max"]) - part if "max" in rule else None
            if low is not None and (each if kind == "share" else rule.get("if_awarded")):
                spared = program.any_of(f"wins[{here}]", won[who]) * -1 + 1
                low = low + spared * max(ZERO, program.top(low, -1))
            program.hold(rule, f"{kind}[{here}]", low, high)


def _top_share(program: Program, rule: Json) -> None:
    n = int(number(rule["n"]))
    for cell, lot, _ in _cells(program, rule, rule.get("per")):
        base, _, parts = _cell(program, rule, rule["each"], lot)
        largest = total(parts.values())
        if len(parts) > n:
            highest = max(map(program.top, parts.values()))
            line = program.column(f"line[{cell}]", highest, whole=False)
            largest = line * n
            for who, part in parts.items():
                above = program.column(f"above[{cell},{who}]", program.top(part), whole=False)
                program.row(f"above[{cell},{who}]", above + line - part)
                largest.add(above)
        program.hold(rule, f"top_share[{cell}]", None, base * number(rule["max"]) - largest)


def _consistent(program: Program, rule: Json) -> None:
    has: dict[str, dict[str, Linear]] = {}
    cells = list(_cells(program, rule, "lot"))
    for cell, lot, _ in cells:
        for who, columns in _cell(program, rule, rule["of"], lot)[1].items():
            has.setdefault(who, {})[cell] = program.any_of(f"wins[{cell},{who}]", columns)
    for who, lots in has.items():
        wins = program.any_of(f"wins[{rule['id']},{who}]", lots.values())
        for cell, _, _ in cells:
            missing = wins - lots.get(cell, Linear())
            if "penalty" in rule:
                program.cost.add(missing, number(rule["penalty"]))
            else:
                program.row(f"consistent[{cell},{who}]", missing * -1)


def _split(program: Program, rule: Json) -> None:
    shares = [number(share) for share in rule["shares"]]
    tolerance = number(rule.get("tolerance", "0.005"))
    for cell, lot, _ in _cells(program, rule, "lot"):
        whole, won, parts = _cell(program, rule, "bidder", lot)
        wins = {b: program.any_of(f"wins[{cell},{b}]", columns) for b, columns in won.items()}
        some, top = program.any_of(f"some[{cell}]", wins.values()), program.top(whole)
        places, taken = [some * -1 for _ in shares], [whole * -1 for _ in shares]
        for b, own in parts.items():
            stands, most, least = wins[b] * -1, own * -1, Linear(own)
            for k, share in enumerate(shares):
                place = program.column(f"place[{cell},{b},{k}]", 1)
                part = program.column(f"part[{cell},{b},{k}]", top, whole=False)
                program.row(f"part[{cell},{b},{k}]", place * top - part)
                stands.add(place)
                places[k].add(place)
                taken[k].add(part)
                most.add(part, share + tolerance)
                least.add(part, tolerance - share)
            program.row(f"stands[{cell},{b}]", stands, equal=True)
            program.row(f"split_most[{cell},{b}]", most)
            program.row(f"split_least[{cell},{b}]", least)
        for k in range(len(shares)):
            program.row(f"place[{cell},{k}]", places[k], equal=True)
            program.row(f"taken[{cell},{k}]", taken[k], equal=True)


RULES: dict[str, Callable[[Program, Json], None]] = {
    "count": _count,
    "share": _share,
    "amount": _share,
    "top_share": _top_share,
    "consistent": _consistent,
    "split": _split,
}
