"""What the trees of a certificate prove of a relaxation, and whether that is what is stated."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import inf
from typing import Any

from .expressions import ONE, ZERO, Json, Linear, number
from .measures import stages
from .program import Program
from .relaxation import Relaxation

ROUNDED = Fraction(5, 10**13)  # what a value written with 12 decimals may have lost
Box = Mapping[str, tuple[Any, Any]]
Rows = Mapping[str, tuple[Linear, bool]]


def check(problem: Json, result: Json) -> list[str]:
    """Check the certificate of a result against the problem.

    Parameters
    ----------
    problem, result
        The two documents; their numbers are decimals or texts.

    Returns
    -------
    list[str]
        What is proven, a sentence for each stage.

    Raises
    ------
    ValueError
        If the certificate does not hold; it says what of it.
    TypeError, LookupError, AttributeError, ArithmeticError, RecursionError
        If a document is malformed or its tree too deep; then nothing is proven.
    """
    if "certificate" not in result:
        raise ValueError("the result carries no certificate")
    stated = result["certificate"]["stages"]
    if not stated:
        raise ValueError("a certificate without stages proves nothing")
    if result["status"] == "infeasible":
        return _infeasible(Relaxation(problem, result["conflict"]), stated, result["conflict"])
    return list(_stages(Relaxation(problem), stated, result["stages"]))


def _infeasible(relaxation: Relaxation, stated: Json, conflict: list[str]) -> list[str]:
    none = Linear()
    if len(stated) != 1 or (
        bound(relaxation, stated[0]["tree"], none, _box(relaxation), relaxation.rows) != inf
    ):
        raise ValueError("it does not prove that nothing is feasible")
    return [f"No allocation can keep {', '.join(conflict)}."]


def _stages(relaxation: Relaxation, stated: Json, valued: Json) -> Iterator[str]:
    costs = stages(relaxation)
    box, rows = _box(relaxation), dict(relaxation.rows)
    if not len(costs) == len(stated) == len(valued):
        raise ValueError(f"there are {len(costs)} stages")
    for k, (cost, tolerance) in enumerate(costs):
        value, least = number(valued[k]["value"]), number(stated[k]["bound"])
        proven = bound(relaxation, stated[k]["tree"], cost, box, rows)
        if least > proven:
            raise ValueError(
                f"stage {k}: the bound {stated[k]['bound']} is stated, {proven} is proven"
            )
        if least > value + ROUNDED:
            raise ValueError(f"stage {k}: the bound {least} is above the value {value}")
        gap = float((value - least) / (abs(value) or 1))
        yield f"Stage {k}: value {value}, proven bound {least}, gap {gap:.3g}."
        limit = value + tolerance * abs(value) + ROUNDED
        rows[f"stage[{k}]"] = (cost * -1 + limit, False)


def _box(program: Program) -> Box:
    return {name: (ZERO, high) for name, high in program.high.items()}


def bound(program: Program, node: Json, cost: Linear, box: Box, rows: Rows) -> Json:
    """Return what a node of a tree proves.

    Parameters
    ----------
    program
        The relaxation: which columns are whole, and what its first period is.
    node
        A node of docs/certificate.md.
    cost
        What is to be bounded.
    box
        The least and greatest value of every column.
    rows
        The rows that hold, by their names.

    Returns
    -------
    Fraction or float
        A lower bound of the cost within box and rows; infinity: nothing is feasible there.

    Raises
    ------
    ValueError
        If the node claims what is not so.
    """
    kind = set(node)
    if kind == {"duals"}:
        return _least(_priced(cost, node["duals"], rows), box)
    if kind == {"ray"}:
        if _least(_priced(Linear(), node["ray"], rows), box) <= 0:
            raise ValueError("a ray does not show that nothing is feasible")
        return inf
    if kind == {"on", "at", "low", "high"}:
        on, at = node["on"], number(node["at"])
        if on not in program.whole or on not in box:
            raise ValueError(f"{on!r} is no whole column here")
        low, high = box[on]
        if at % 1 or not low <= at < high:
            raise ValueError(f"{on} cannot be parted at {at}: it lies from {low} to {high}")
        below = bound(program, node["low"], cost, {**box, on: (low, at)}, rows)
        return min(below, bound(program, node["high"], cost, {**box, on: (at + 1, high)}, rows))
    if kind == {"prices", "parts"}:
        return _split(program, node, _priced(cost, node["prices"], rows), box, rows)
    raise ValueError(f"no node has the fields {sorted(kind)}")


def _split(program: Program, node: Json, cost: Linear, box: Box, rows: Rows) -> Json:
    rest = {name: row for name, row in rows.items() if name not in node["prices"]}
    part_of = _parts(box, rest)
    rows_of: dict[int, dict[str, tuple[Linear, bool]]] = {}
    for name, (body, equal) in rest.items():
        for column in list(filter(None, body))[:1]:
            rows_of.setdefault(id(part_of[column]), {})[name] = (body, equal)
    whole, done = cost.pop(ONE, ZERO), set()
    for entry in node["parts"]:
        lot_column = f"shortfall[{entry['of']},{program.periods[0]}]"
        name = entry["of"] if entry["of"] in box else lot_column
        part = part_of[name]
        if id(part) in done:
            raise ValueError(f"the part of {name} is listed twice")
        done.add(id(part))
        own = Linear({c: cost.pop(c) for c in part if c in cost})
        inside = {c: box[c] for c in part}
        whole += bound(program, entry["tree"], own, inside, rows_of.get(id(part), {}))
    return whole + _least(cost, box)


def _parts(box: Box, rows: Rows) -> dict[str, list[str]]:
    """Return the columns that rows tie together, for each column; one list for each part."""
    part_of: dict[str, list[str]] = {column: [column] for column in box}
    for body, _ in rows.values():
        parts = {id(part_of[column]): part_of[column] for column in body if column}
        largest = max(parts.values(), key=len, default=[])
        for part in parts.values():
            if part is not largest:
                largest.extend(part)
                part_of.update(dict.fromkeys(part, largest))
    return part_of


def _priced(cost: Linear, duals: Json, rows: Rows) -> Linear:
    left = Linear(cost)
    for name, dual in duals.items():
        if name not in rows:
            raise ValueError(f"there is no row {name!r} here")
        body, equal = rows[name]
        if number(dual) < 0 and not equal:
            raise ValueError(f"the dual of {name} must not be negative")
        left.add(body, -number(dual))
    return left


def _least(cost: Linear, box: Box) -> Fraction:
    ends = (value * box[c][0 if value > 0 else 1] for c, value in cost.items() if c)
    return sum(ends, Fraction(cost.get(ONE, ZERO)))
