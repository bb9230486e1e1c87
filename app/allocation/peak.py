"""The measure ``peak_load``: the largest used fraction of any resource and period."""

from fractions import Fraction
from math import lcm

from app.allocation.constraints.capacity import loads_by_resource
from app.allocation.frame import Formulation, rewards
from app.allocation.linear import Exact, Linear, lattice

# Loads are fractions; finer than this the common denominator is not worth having: a result states
# such a number with 12 decimals.
FINEST = 10**15


def peak_load(f: Formulation) -> Linear:
    """Return ``peak`` with ``peak ≥ load[r,t] / capacity[r,t]`` for every resource and period.

    Counted in one part of the loads' common denominator, so that it is exact. Where that is too
    fine, in parts of ``FINEST``, and one part less than what the rows allow: never too high.
    """
    fractions = []
    for (resource, t), load in loads_by_resource(f).items():
        capacity = Fraction(f.problem.resources[resource].capacity[t])
        if capacity and load.terms:
            name = f"[{resource},{f.problem.periods[t]}]"
            fractions.append((name, load.times(1 / capacity)))
    if not fractions:
        return Linear()
    parts = lcm(*(lattice(load.terms.values()).denominator for _, load in fractions))
    exact = parts <= FINEST
    parts = min(parts, FINEST)
    peak = Linear.of(f.model.column("peak", 0, parts), Fraction(1, parts))
    for name, load in fractions:
        f.model.row(f"peak{name}", peak.minus(load), lower=0)
    if rewards(f.problem, "peak_load"):
        slack: Exact = 0 if exact else Fraction(1, parts)
        _reaches(f, peak, fractions, slack)
    return peak if exact else peak.minus(Fraction(1, parts))


def _reaches(
    f: Formulation, peak: Linear, fractions: list[tuple[str, Linear]], slack: Exact
) -> None:
    """Add ``peak ≤ load_i + slack`` for one of the loads, or ``peak ≤ 0``."""
    one = Linear()
    for name, load in [*fractions, ("[none]", Linear())]:
        chosen = f.model.column(f"peak_is{name}", 0, 1)
        one.add_term(chosen, 1)
        f.model.row(f"peak_is{name}", peak.minus(load).plus(Linear.of(chosen)), upper=1 + slack)
    f.model.row("peak_is", one, lower=1, upper=1)
