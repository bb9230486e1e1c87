"""The allocation problem as an integer linear model: its table of contents."""

from collections.abc import Callable, Sequence

from app.allocation.constraints.capacity import capacity_is_kept
from app.allocation.constraints.charges import charges_fall_due
from app.allocation.constraints.choices import choices_are_kept, requires_are_kept
from app.allocation.constraints.columns import add_columns
from app.allocation.constraints.consistency import winners_are_consistent
from app.allocation.constraints.counts import counts_are_kept
from app.allocation.constraints.delivery import deliveries_are_linked
from app.allocation.constraints.demand import (
    demand_is_met,
    demand_is_served_first,
    surplus_is_carried_first,
)
from app.allocation.constraints.discounts import discounts_are_taken
from app.allocation.constraints.pins import pins_hold
from app.allocation.constraints.shares import amounts_are_kept, shares_are_kept
from app.allocation.constraints.splits import splits_are_kept
from app.allocation.constraints.tiers import one_tier_is_paid
from app.allocation.constraints.top_shares import top_shares_are_kept
from app.allocation.constraints.use import use_is_linked
from app.allocation.elements import Problem
from app.allocation.evaluation import Plan
from app.allocation.frame import Formulation

CONSTRAINTS: tuple[Callable[[Formulation], None], ...] = (
    demand_is_met,
    demand_is_served_first,
    surplus_is_carried_first,
    use_is_linked,
    deliveries_are_linked,
    one_tier_is_paid,
    capacity_is_kept,
    charges_fall_due,
    discounts_are_taken,
    choices_are_kept,
    requires_are_kept,
    counts_are_kept,
    shares_are_kept,
    top_shares_are_kept,
    amounts_are_kept,
    winners_are_consistent,
    splits_are_kept,
    pins_hold,
)


def formulate(problem: Problem) -> Formulation:
    """Return the model of a problem.

    Parameters
    ----------
    problem
        A sound problem.

    Returns
    -------
    Formulation
        The model with all of its columns and rows, and what each column stands for.
    """
    made = Formulation(problem)
    add_columns(made)
    for constraint in CONSTRAINTS:
        constraint(made)
    return made


def plan_of(made: Formulation, point: Sequence[int]) -> Plan:
    """Return what a point decides: quantities of the used offers, and accepted packages."""
    quantities = {}
    for offer in made.problem.offers.values():
        step = made.scaled.offers[offer.id].step
        row = tuple(point[made.quantity[offer.id, t]] * step for t in range(made.periods))
        if any(row):
            quantities[offer.id] = row
    return Plan(quantities, tuple(p for p in made.problem.packages if point[made.use[p]]))
