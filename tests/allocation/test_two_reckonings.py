"""Two reckonings of one allocation, the optimizer's and the verifier's, agree to the last digit.

They share no code. Neither is asked whether the allocation is allowed: broken limits are reckoned
as well as kept ones.
"""

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from app.allocation.document import read
from app.allocation.elements import Problem
from app.allocation.evaluation import Evaluation, Plan, evaluate
from app.allocation.evaluation import loads as reckoned_loads
from app.allocation.verify.amounts import Amounts
from app.allocation.verify.awarded import Awarded
from app.allocation.verify.facts import Facts
from tests.allocation.every_element import everything
from tests.allocation.tiny import drawn

MEASURES = ("cost", "winners", "order", "score:quality", "change", "peak_load", "adjustment")


def plans(problem: Problem, random: Random, count: int) -> list[Plan]:
    """Draw decisions: any whole number of steps of any offers, any packages."""
    found = [Plan({}, ()), Plan({}, tuple(problem.packages))]
    for _ in range(count):
        rows = {
            name: tuple(
                random.randrange(4) * Fraction(offer.increment) * random.randrange(2)
                for _ in problem.periods
            )
            for name, offer in problem.offers.items()
        }
        used = {name: row for name, row in rows.items() if any(row)}
        accepted = tuple(name for name in problem.packages if random.randrange(2))
        found.append(Plan(used, accepted))
    return found


def told(problem: Problem, best: Evaluation) -> dict[str, Any]:
    """What the optimizer reckons."""
    cells = {
        rule.id: {
            (
                cell.cell.lot,
                None if cell.cell.period is None else problem.periods[cell.cell.period],
                cell.who,
            ): (cell.selected, cell.base, cell.violation)
            for cell in rule.cells
        }
        for rule in best.rules
    }
    return {
        "cost": best.cost,
        "offers": {name: vars(one) for name, one in best.offers.items()},
        "flows": {lot: tuple(map(tuple, vars(flow).values())) for lot, flow in best.flows.items()},
        "rules": cells,
        "violations": {rule.id: rule.violation for rule in best.rules},
        "charges": sorted(best.charges),
        "discounts": best.discounts,
        "loads": reckoned_loads(problem, best.plan),
        "share": best.shortfall_share,
        "measures": [best.measure(name) for name in MEASURES],
        "stages": [best.stage(stage) for stage in problem.objective],
    }


def verified(document: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    """What the verifier reckons."""
    facts = Facts(document)
    awarded = Awarded(facts, plan.quantities, frozenset(plan.packages))
    amounts = Amounts(awarded)
    offers = {}
    for name, row in plan.quantities.items():
        tier, price = awarded.prices[name]
        offers[name] = {"tier": tier, "price": price, **amounts.offer(name, row)}
    stages = amounts.stages
    return {
        "cost": amounts.cost,
        "offers": offers,
        "flows": {lot: tuple(map(tuple, flow)) for lot, flow in awarded.flows.items()},
        "rules": {
            name: {
                tuple(map(cell.names.get, ("lot", "period", "who"))): (
                    *(cell.selected, cell.base, cell.violation),
                )
                for cell in cells
            }
            for name, cells in amounts.rules.items()
        },
        "violations": {name: amounts.violation(name) for name in amounts.rules},
        "charges": sorted(amounts.charges),
        "discounts": amounts.discounts,
        "loads": awarded.loads,
        "share": amounts.shortfall_share,
        "measures": [amounts.measure(name) for name in MEASURES],
        "stages": stages[1:] if facts.has_stage_zero else stages,
    }


def equal(document: dict[str, Any], random: Random, count: int) -> None:
    problem = read(document)
    for plan in plans(problem, random, count):
        mine, other = told(problem, evaluate(problem, plan)), verified(document, plan)
        assert mine.keys() == other.keys()
        for name, value in mine.items():
            assert other[name] == value, (name, plan)


@pytest.mark.parametrize("start", range(0, 320, 40))
def test_tiny_problems_are_reckoned_alike(start: int) -> None:
    for seed in range(start, start + 40):
        equal(drawn(seed), Random(seed), 4)  # noqa: S311  # nothing secret is drawn


def test_a_problem_with_every_element_is_reckoned_alike() -> None:
    equal(everything(), Random(0), 150)  # noqa: S311  # nothing secret is drawn
