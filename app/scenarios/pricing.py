"""The price of a rule in a scenario: what the optimizer's own explanation says, in short."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.allocation.explaining.rule_price import rule_price

Document = Mapping[str, Any]
_LEAST_COST = ({"terms": [{"measure": "cost"}]},)


def has_plain_cost(problem: Document) -> bool:
    """Tell whether the first stage in which cost counts is the cost alone, so that it is money."""
    for stage in problem.get("objective") or _LEAST_COST:
        weights = [
            Decimal(str(term.get("weight", "1")))
            for term in stage["terms"]
            if term["measure"] == "cost"
        ]
        if any(weights):
            return len(stage["terms"]) == 1 and weights == [1]
    return False


def price_of(
    problem: Document, rule_id: str, with_rule: Document, without_rule: Document
) -> dict[str, Any]:
    """Return `{rule, cost_low, cost_high, status}` from the verified results with and without it.

    The price is a difference of two optima, each known as an interval; an end that is not known is
    null. Without both allocations there is no interval.
    """
    cost = rule_price(problem, rule_id, with_rule, without_rule)["cost"] or {}
    return {
        "rule": rule_id,
        "cost_low": cost.get("low"),
        "cost_high": cost.get("high"),
        "status": without_rule["status"],
    }
