"""The answer to a tiny problem by trying every allocation, with the verifier's own arithmetic."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import floor
from typing import Any

from app.allocation.verify.amounts import Amounts
from app.allocation.verify.awarded import Awarded
from app.allocation.verify.facts import Facts, every, exact
from app.allocation.verify.feasibility import breaches


@dataclass(frozen=True)
class Answer:
    """The optimum of each stage given the earlier ones; ``None`` where nothing is allowed."""

    optima: list[Fraction] | None
    complete: bool
    allowed: int


def steps_of(facts: Facts, name: str) -> list[tuple[Fraction, ...]]:
    """Every row of quantities of an offer that its own limits could allow, and some more."""
    offer = facts.offers[name]
    step, most = facts.increment(offer), facts.maximum(offer)
    listed = None if most is not None else every(offer.entry["maximum"], facts.count)
    limits = [floor((listed[t] if listed else most) / step) for t in range(facts.count)]
    ranges = [[k * step for k in range(limit + 1)] for limit in limits]
    return [row for row in product(*ranges) if most is None or sum(row) <= most]


def size(document: Mapping[str, Any]) -> int:
    """How many allocations there are to try."""
    facts = Facts(document)
    count = 2 ** len(facts.packages)
    for name in facts.offers:
        count *= len(steps_of(facts, name))
    return count


def allocations(facts: Facts) -> Iterator[Awarded]:
    rows = {name: steps_of(facts, name) for name in facts.offers}
    subsets = list(product((False, True), repeat=len(facts.packages)))
    for chosen in product(*rows.values()):
        quantities = {name: row for name, row in zip(rows, chosen, strict=True) if any(row)}
        for subset in subsets:
            accepted = zip(facts.packages, subset, strict=True)
            yield Awarded(facts, quantities, frozenset(p for p, taken in accepted if taken))


def answer(document: Mapping[str, Any]) -> Answer:
    """Try everything."""
    facts = Facts(document)
    tolerances = [Fraction(0)] if facts.has_stage_zero else []
    tolerances += [exact(stage.get("tolerance", 0)) for stage in facts.stages]
    found: list[tuple[list[Fraction], bool]] = []
    for awarded in allocations(facts):
        if next(breaches(awarded), None) is not None:
            continue
        amounts = Amounts(awarded)
        if amounts.broken:
            continue
        complete = not any(any(short) for short, _, _ in awarded.flows.values())
        found.append((amounts.stages, complete))
    if not found:
        return Answer(None, complete=False, allowed=0)
    optima = []
    rest = found
    for k, tolerance in enumerate(tolerances):
        best = min(values[k] for values, _ in rest)
        optima.append(best)
        limit = best + tolerance * abs(best)
        rest = [one for one in rest if one[0][k] <= limit]
    return Answer(optima, complete=all(complete for _, complete in rest), allowed=len(found))
