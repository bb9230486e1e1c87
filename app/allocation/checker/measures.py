"""The objective's measures and stages as costs of the relaxation."""

from collections.abc import Callable
from fractions import Fraction

from .expressions import ONE, ZERO, Linear, num, number, total
from .program import Program, Source
from .rules import amount, matches


def stages(program: Program) -> list[tuple[Linear, Fraction]]:
    """Return what every stage minimizes; the columns and rows of its measures are made.

    Parameters
    ----------
    program
        A relaxation.

    Returns
    -------
    list[tuple[Linear, Fraction]]
        Cost and tolerance (a fraction of the value) of each stage, stage 0 first where there is
        one.
    """
    zero, found = Linear(), []
    free = [name for name, lot in program.lots.items() if "shortfall_cost" not in lot]
    for name in free:
        for t in program.periods if any(program.demand[name]) else ():
            zero.add({f"shortfall[{name},{t}]": 1 / sum(program.demand[name])})
    for stage in program.problem.get("objective", [{"terms": [{"measure": "cost"}]}]):
        cost = Linear()
        for term in stage["terms"]:
            cost.add(_measure(program, term["measure"]), number(term.get("weight", 1)))
        found.append((cost, num(stage, "tolerance")))
    return [(zero, ZERO), *found] if free else found


def _measure(program: Program, name: str) -> Linear:
    kind, _, score = name.partition(":")
    if name not in program.measures:
        made = _score(program, score) if kind == "score" else MEASURES[name](program)
        program.measures[name] = made
    return program.measures[name]


def _score(program: Program, name: str) -> Linear:
    return total(
        (s.use if s.is_package else s.quantity) * number(s.entry["scores"][name])
        for s in program.sources.values()
    )


def _order(program: Program) -> Linear:
    return total(s.use * num(s.entry, "order") for s in program.sources.values())


def _winners(program: Program) -> Linear:
    uses: dict[str, list[Linear]] = {}
    for source in program.sources.values():
        uses.setdefault(source.bidder["id"], []).append(source.use)
    return total(program.any_of(f"winner[{b}]", columns) for b, columns in uses.items())


def _adjustment(program: Program) -> Linear:
    whole = Linear()
    for a in program.problem.get("adjustments", ()):
        for match in matches(program, [a.get("scope", {})], None):
            part = sum(match[2].values())
            whole.add(amount(match, "value"), part * num(a, "percent") / 100)
            whole.add(amount(match, "quantity"), part * num(a, "per_unit"))
    return whole


def _peak_load(program: Program) -> Linear:
    peak = program.column("peak", 1, whole=False)
    for (name, t), spare in program.spare.items():
        capacity = spare[ONE]
        if capacity:
            body = spare + peak * capacity - capacity
            program.row(f"peak[{name},{program.periods[t]}]", body)
    return peak


def _change(program: Program) -> Linear:
    reference, zeros = program.problem.get("reference", {}), [0] * len(program.periods)
    before = {a["offer"]: a["quantities"] for a in reference.get("allocations", ())}
    up, down = ({key: Linear() for key in program.arrived} for _ in range(2))
    for name, source in program.sources.items():
        if source.is_package:
            kept = name in reference.get("packages", ())
            for lot, row, _ in source.items:
                for t, q in enumerate(row):
                    (down if kept else up)[lot, t].add(source.use, -q if kept else q)
                    down[lot, t].add(q if kept else 0)
        else:
            for t, then in enumerate(program.series(before.get(name, zeros))):
                added, dropped = _moved(program, source, t, then)
                up[source.entry["lot"], t].add(added)
                down[source.entry["lot"], t].add(dropped)
    return total(_larger(program, key, more, down[key]) for key, more in up.items())


def _moved(program: Program, offer: Source, t: int, then: Fraction) -> tuple[Linear, Linear]:
    here, now = f"[{offer.entry['id']},{program.periods[t]}]", offer.by_period[t]
    added = program.column(f"added{here}", max(ZERO, program.top(now) - then), whole=False)
    dropped = added - now + then
    program.row(f"added{here}", dropped)
    return added, dropped


def _larger(program: Program, key: tuple[str, int], more: Linear, less: Linear) -> Linear:
    here, most = f"[{key[0]},{program.periods[key[1]]}]", max(program.top(more), program.top(less))
    moved = program.column(f"moved{here}", most, whole=False)
    program.row(f"moved_up{here}", moved - more)
    program.row(f"moved_down{here}", moved - less)
    return moved


MEASURES: dict[str, Callable[[Program], Linear]] = {
    "order": _order,
    "winners": _winners,
    "adjustment": _adjustment,
    "peak_load": _peak_load,
    "change": _change,
}
