"""Explanations: what a rule costs, what conflicts, what is in the way, what would have won."""

from app.allocation.explaining.asking import Step
from app.allocation.explaining.conflict import conflict
from app.allocation.explaining.frontier import frontier
from app.allocation.explaining.losing import what_would_have_won
from app.allocation.explaining.replan import replan
from app.allocation.explaining.rule_price import price_of_rules, rule_price
from app.allocation.explaining.unfilled import unfilled

__all__ = [
    "Step",
    "conflict",
    "frontier",
    "price_of_rules",
    "replan",
    "rule_price",
    "unfilled",
    "what_would_have_won",
]
