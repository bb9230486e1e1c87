"""The result document: everything that is stated, as exact decimal strings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.allocation.document import decimal_text, problem_sha256
from app.allocation.elements import Problem
from app.allocation.evaluation import Evaluation
from app.allocation.options import Options
from app.allocation.progress import gap_text
from app.allocation.reasons import Reasons
from app.allocation.ruling import CellOutcome

FORMAT = "jejaring.allocation-result/1"


@dataclass(frozen=True)
class Stated:
    """What a run has to say; ``bounds`` and ``tolerances`` are one per stage."""

    best: Evaluation | None
    values: Sequence[Fraction]
    bounds: Sequence[Fraction]
    tolerances: Sequence[Fraction]
    infeasible: bool
    cancelled: bool
    conflict: Sequence[str]
    seconds: float
    steps: Sequence[Mapping[str, str]]
    engine: tuple[str, str]


def result_of(
    document: Mapping[str, Any], problem: Problem, options: Options, stated: Stated
) -> dict[str, Any]:
    """Return the result document of a run.

    Parameters
    ----------
    document, problem
        The problem, as given and as read.
    options
        What the run was asked for.
    stated
        What it found.

    Returns
    -------
    dict
        JSON values only, numbers as decimal strings.
    """
    result: dict[str, Any] = {
        "format": FORMAT,
        "problem_sha256": problem_sha256(document),
        "status": status_of(stated, Fraction(options.gap)),
    }
    if stated.best is not None and not stated.infeasible:
        result.update(_allocation(problem, stated, stated.best))
    if stated.infeasible:
        result["conflict"] = list(stated.conflict)
    result["solver"] = _solver(options, stated)
    return result


def status_of(stated: Stated, gap: Fraction) -> str:
    """Return the status: optimal only where every stage is within its tolerance and the gap."""
    if stated.infeasible:
        return "infeasible"
    if stated.best is None:
        return "cancelled" if stated.cancelled else "unsolved"
    rows = zip(stated.values, stated.bounds, stated.tolerances, strict=True)
    if all(v - b <= (tolerance + gap) * max(abs(v), abs(b)) for v, b, tolerance in rows):
        return "optimal"
    return "cancelled" if stated.cancelled else "feasible"


def _allocation(problem: Problem, stated: Stated, best: Evaluation) -> dict[str, Any]:
    return {
        "complete": best.complete,
        "stages": [
            {"value": decimal_text(v), "bound": decimal_text(b), "gap": gap_text(v, b)}
            for v, b in zip(stated.values, stated.bounds, strict=True)
        ],
        "cost": {name: decimal_text(amount) for name, amount in best.cost.items()},
        "allocations": list(_offers(best)),
        "packages": list(best.plan.packages),
        "charges": list(best.charges),
        "discounts": [
            {"id": name, "tier": tier, "amount": decimal_text(amount)}
            for name, (tier, amount) in best.discounts.items()
        ],
        "shortfalls": list(_shortfalls(best)),
        "early": list(_flows(best, "early")),
        "excess": list(_flows(best, "excess")),
        "rules": list(_rules(problem, best)),
    }


def _offers(best: Evaluation) -> Iterator[dict[str, Any]]:
    for name, amounts in best.offers.items():
        stated = {
            "price": amounts.price,
            "setup": amounts.setup,
            "delivery": amounts.delivery,
            "freight": amounts.freight,
        }
        yield {
            "offer": name,
            "quantities": [decimal_text(amount) for amount in best.plan.quantities[name]],
            "tier": amounts.tier,
            **{part: decimal_text(amount) for part, amount in stated.items() if amount},
        }


def _flows(best: Evaluation, field: str) -> Iterator[dict[str, Any]]:
    for lot, flow in best.flows.items():
        quantities = getattr(flow, field)
        if any(quantities):
            yield {"lot": lot, "quantities": [decimal_text(amount) for amount in quantities]}


def _shortfalls(best: Evaluation) -> Iterator[dict[str, Any]]:
    if best.complete:
        return
    reasons = Reasons(best)
    for entry in _flows(best, "shortfall"):
        yield {**entry, "because": reasons.of(entry["lot"])}


def _rules(problem: Problem, best: Evaluation) -> Iterator[dict[str, Any]]:
    for outcome in best.rules:
        yield {
            "id": outcome.id,
            "holds": outcome.violation == 0,
            "violation": decimal_text(outcome.violation),
            "cells": [_cell(problem, cell) for cell in outcome.cells],
        }


def _cell(problem: Problem, outcome: CellOutcome) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    if outcome.cell.lot is not None:
        entry["lot"] = outcome.cell.lot
    if outcome.cell.period is not None:
        entry["period"] = problem.periods[outcome.cell.period]
    if outcome.who is not None:
        entry["who"] = outcome.who
    entry["selected"] = decimal_text(outcome.selected)
    if outcome.base is not None:
        entry["base"] = decimal_text(outcome.base)
    entry["violation"] = decimal_text(outcome.violation)
    return entry


def _solver(options: Options, stated: Stated) -> dict[str, Any]:
    name, version = stated.engine
    limit: dict[str, str] = {}
    if options.limit_seconds is not None:
        limit["seconds"] = decimal_text(options.limit_seconds)
    if options.limit_deterministic is not None:
        limit["deterministic"] = decimal_text(options.limit_deterministic)
    return {
        "name": name,
        "version": version,
        "seed": options.seed,
        "threads": options.threads,
        "limit": limit,
        "gap_target": decimal_text(options.gap),
        "seconds": f"{stated.seconds:.3f}",
        "steps": list(stated.steps),
    }
