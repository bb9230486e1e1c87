"""The measure ``change``: how much is moved against the reference."""

from fractions import Fraction

from app.allocation.elements import Offer
from app.allocation.frame import Formulation, rewards
from app.allocation.linear import Linear


def change(f: Formulation) -> Linear:
    """Return ``Σ moved[l,t]``, ``moved`` being the larger of all units added and all taken away.

    ``added[o,t] − taken[o,t] = quantity[o,t] − reference``; of a package, its items are added
    where it is newly accepted, and taken where it no longer is. In units of quantity.
    """
    exact = rewards(f.problem, "change")
    added = {(lot, t): Linear() for lot in f.problem.lots for t in range(f.periods)}
    taken = {key: Linear() for key in added}
    for offer in f.problem.offers.values():
        for t in range(f.periods):
            up, down = _moved(f, offer, t, exact=exact)
            added[offer.lot, t].add(up)
            taken[offer.lot, t].add(down)
    for package in f.problem.packages.values():
        use = Linear.of(f.use[package.id])
        kept = package.id in f.problem.reference.packages
        for item in package.items:
            for t, quantity in enumerate(item.quantity):
                if kept:
                    taken[item.lot, t].add(use.times(-1).plus(1), Fraction(quantity))
                else:
                    added[item.lot, t].add(use, Fraction(quantity))
    return Linear.sum(
        f.greatest(f"moved[{lot},{f.problem.periods[t]}]", [up, taken[lot, t]], exact=exact)
        for (lot, t), up in added.items()
    )


def _moved(f: Formulation, offer: Offer, t: int, *, exact: bool) -> tuple[Linear, Linear]:
    """Return what is added to an offer's reference in a period, and what is taken from it."""
    step = f.scaled.offers[offer.id].step
    before = f.problem.reference.quantities.get(offer.id)
    then = Fraction(before[t]) if before else Fraction(0)
    now = Linear.of(f.quantity[offer.id, t], step)
    _, most = f.model.range_of(now)
    if not then:
        return now, Linear()
    if most <= then:
        return Linear(), now.times(-1).plus(then)
    unit = f.scaled.lots[offer.lot].unit
    here = f"[{offer.id},{f.problem.periods[t]}]"
    up = f.model.column(f"added{here}", 0, int((most - then) / unit))
    down = f.model.column(f"taken{here}", 0, int(then / unit))
    moved = Linear({up: unit, down: -unit})
    f.model.row(f"moved{here}", moved.minus(now), lower=-then, upper=-then)
    if exact:
        either = f.model.column(f"rises{here}", 0, 1)
        f.model.row(f"moved{here}.up", Linear({up: 1, either: -f.model.upper[up]}), upper=0)
        falls = Linear({down: 1, either: f.model.upper[down]})
        f.model.row(f"moved{here}.down", falls, upper=f.model.upper[down])
    return Linear.of(up, unit), Linear.of(down, unit)
