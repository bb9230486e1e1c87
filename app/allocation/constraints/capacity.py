"""Capacity: what awards need of each resource in each period."""

from fractions import Fraction

from app.allocation.frame import Formulation
from app.allocation.linear import Linear


def capacity_is_kept(f: Formulation) -> None:
    """``Σ per_unit·q[o,t] + Σ per_delivery·deliver[o,t] + Σ amount[p,t]·use[p] ≤ capacity[r,t]``.

    Rows ``capacity[r,t]``.
    """
    loads = loads_by_resource(f)
    for (resource, t), load in loads.items():
        if load.terms:
            capacity = Fraction(f.problem.resources[resource].capacity[t])
            name = f"capacity[{resource},{f.problem.periods[t]}]"
            f.model.row(name, load, upper=capacity)


def loads_by_resource(f: Formulation) -> dict[tuple[str, int], Linear]:
    """Return what awards need of each resource in each period."""
    loads = {(r, t): Linear() for r in f.problem.resources for t in range(f.periods)}
    for offer in f.problem.offers.values():
        step = f.scaled.offers[offer.id].step
        for use in offer.uses:
            for t in range(f.periods):
                load = loads[use.resource, t]
                load.add_term(f.quantity[offer.id, t], Fraction(use.per_unit) * step)
                if use.per_delivery:
                    load.add_term(f.deliver[offer.id, t], Fraction(use.per_delivery))
    for package in f.problem.packages.values():
        for needed in package.uses:
            for t, amount in enumerate(needed.amount):
                loads[needed.resource, t].add_term(f.use[package.id], Fraction(amount))
    return loads
