"""The price of a rule: the optimum with it minus the optimum without it, as an exact interval."""

from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Any

from app.allocation.document import decimal_text

Document = Mapping[str, Any]
# Enough for sums of the format's numbers (30 digits before and after the point).
DIGITS = 200


def without(problem: Document, rule_id: str) -> dict[str, Any]:
    """Return the problem with one rule left out."""
    kept = [rule for rule in problem.get("rules", []) if rule["id"] != rule_id]
    return {**problem, "rules": kept}


def cost_stage(problem: Document) -> int | None:
    """Return which stage of the objective is the plain cost, or None where none is."""
    for number, stage in enumerate(problem.get("objective") or [{"terms": [{"measure": "cost"}]}]):
        first, *others = stage["terms"]
        weight = Decimal(str(first.get("weight", "1")))
        if not others and first["measure"] == "cost" and weight == 1:
            return number
    return None


def has_shortfall_stage(problem: Document) -> bool:
    """Tell whether unfilled demand is minimised before the objective (stage 0 of the format)."""
    return any(lot.get("shortfall_cost") is None for lot in problem["lots"])


def rule_price(
    problem: Document, rule_id: str, with_rule: Document, without_rule: Document
) -> dict[str, Any]:
    """Return `{rule, cost_low, cost_high, status}` from the results with and without a rule.

    An optimum lies between its run's bound and value, so the difference of two optima lies between
    "bound with it − value without it" and "value with it − bound without it". Where all stages
    before the cost came out equal, leaving a rule out cannot cost more, so the difference is not
    negative either. Without both allocations there is no interval.
    """
    price: dict[str, Any] = {
        "rule": rule_id,
        "cost_low": None,
        "cost_high": None,
        "status": without_rule["status"],
    }
    number = cost_stage(problem)
    if number is None:
        return price
    number += has_shortfall_stage(problem)
    kept, free = with_rule.get("stages") or [], without_rule.get("stages") or []
    if len(kept) <= number or len(free) <= number:
        return price
    comparable = all(
        _number(kept[earlier], "value") == _number(free[earlier], "value")
        for earlier in range(number)
    )
    low = _difference(_number(kept[number], "bound"), _number(free[number], "value"))
    high = _difference(_number(kept[number], "value"), _number(free[number], "bound"))
    if comparable:
        low = max(low, Decimal(0)) if low is not None else Decimal(0)
    price["cost_low"] = None if low is None else decimal_text(low)
    price["cost_high"] = None if high is None else decimal_text(high)
    return price


def _number(stage: Document, name: str) -> Decimal | None:
    value = stage.get(name)
    return None if value is None else Decimal(value)


def _difference(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    if one is None or other is None:
        return None
    with localcontext() as context:
        context.prec = DIGITS
        return one - other
