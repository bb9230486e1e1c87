"""Explanations of tiny problems by trying every allocation."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from app.allocation import Options, solve
from app.allocation.document import decimal_text
from app.allocation.verify.amounts import Amounts
from app.allocation.verify.awarded import Awarded
from app.allocation.verify.facts import Facts, exact
from app.allocation.verify.feasibility import breaches
from tests.allocation.brute import allocations

Entry = dict[str, Any]
# A number that never ends is written with 12 decimals.
LOST = Fraction(1, 10**11)


def allowed(document: Mapping[str, Any]) -> Iterator[tuple[Awarded, Amounts]]:
    """Every allocation that keeps every limit and hard rule."""
    for awarded in allocations(Facts(document)):
        if next(breaches(awarded), None) is None:
            amounts = Amounts(awarded)
            if not amounts.broken:
                yield awarded, amounts


def tolerances(document: Mapping[str, Any]) -> list[Fraction]:
    facts = Facts(document)
    first = [Fraction(0)] if facts.has_stage_zero else []
    return first + [exact(stage.get("tolerance", 0)) for stage in facts.stages]


def optima(rows: list[list[Fraction]], allowances: list[Fraction]) -> list[Fraction] | None:
    """The optimum of each stage given the earlier ones."""
    found = []
    for k, tolerance in enumerate(allowances):
        if not rows:
            return None
        best = min(row[k] for row in rows)
        found.append(best)
        rows = [row for row in rows if row[k] <= best + tolerance * abs(best)]
    return found


def holds(interval: Mapping[str, Any], truth: Fraction) -> bool:
    """Whether a stated interval holds a number."""
    low, high = interval["low"], interval["high"]
    return (low is None or Fraction(low) <= truth + LOST) and (
        high is None or truth <= Fraction(high) + LOST
    )


def is_exactly(interval: Mapping[str, Any], truth: Fraction) -> bool:
    """Whether a stated interval is one number, and that one."""
    return bool(interval["exact"]) and holds(interval, truth)


def loose(document: Mapping[str, Any], options: Options, *callbacks: Any) -> Entry:
    """A solve that proves less than it could: every bound 1 too low."""
    result = solve(document, options, *callbacks)
    if "stages" not in result:
        return result
    stages = [
        {**one, "bound": decimal_text(Fraction(one["bound"]) - 1)} for one in result["stages"]
    ]
    return {**result, "status": "feasible", "stages": stages}
