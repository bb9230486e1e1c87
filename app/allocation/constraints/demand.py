"""Demand: what arrives, what is carried, what is left unfilled and what goes beyond."""

from fractions import Fraction

from app.allocation.frame import Formulation
from app.allocation.linear import Linear


def demand_is_met(f: Formulation) -> None:
    """``early[l,t-1] + arrivals[l,t] + shortfall[l,t] = demand[l,t] + early[l,t] + excess[l,t]``.

    Arrivals are ``Σ quantity[o,t] + Σ quantity[p,l,t]·use[p]``.

    Rows ``demand[l,t]``, in units of the lot.
    """
    arrivals = arrivals_by_lot(f)
    for lot in f.problem.lots.values():
        demand = f.scaled.lots[lot.id].demand
        for t, period in enumerate(f.problem.periods):
            body = arrivals[lot.id, t].plus(Linear.of(f.shortfall[lot.id, t]))
            if (lot.id, t - 1) in f.early:
                body.add_term(f.early[lot.id, t - 1], 1)
            for beyond in (f.early, f.excess):
                if (lot.id, t) in beyond:
                    body.add_term(beyond[lot.id, t], -1)
            name = f"demand[{lot.id},{period}]"
            f.model.row(name, body, lower=demand[t], upper=demand[t])


def arrivals_by_lot(f: Formulation) -> dict[tuple[str, int], Linear]:
    """Return what arrives of each lot in each period, in units."""
    arrivals = {(lot, t): Linear() for lot in f.problem.lots for t in range(f.periods)}
    for offer in f.problem.offers.values():
        units = f.scaled.offers[offer.id].units_per_step
        for t in range(f.periods):
            arrivals[offer.lot, t].add_term(f.quantity[offer.id, t], units)
    for package in f.problem.packages.values():
        for item in package.items:
            unit = f.scaled.lots[item.lot].unit
            for t, quantity in enumerate(item.quantity):
                units = int(Fraction(quantity) / unit)
                arrivals[item.lot, t].add_term(f.use[package.id], units)
    return arrivals


def demand_is_served_first(f: Formulation) -> None:
    """``shortfall[l,t] ≤ demand[l,t]·short[l,t]``, ``early + excess ≤ most·(1 − short[l,t])``.

    Needed only where the objective is glad of cost: elsewhere nothing is gained by leaving demand
    open while units are left over.
    """
    if not f.exact_cost:
        return
    for lot in f.problem.lots.values():
        for t, period in enumerate(f.problem.periods):
            here = f"short[{lot.id},{period}]"
            short = f.model.column(here, 0, 1, f.homes[lot.id])
            shortfall = f.shortfall[lot.id, t]
            body = Linear({shortfall: 1, short: -f.model.upper[shortfall]})
            f.model.row(f"{here}.shortfall", body, upper=0)
            left = Linear()
            for beyond in (f.early, f.excess):
                if (lot.id, t) in beyond:
                    left.add_term(beyond[lot.id, t], 1)
            _, most = f.model.range_of(left)
            f.model.row(f"{here}.left", left.plus(Linear.of(short, most)), upper=most)


def surplus_is_carried_first(f: Formulation) -> None:
    """``excess[l,t] > 0`` only where ``early[l,t]`` is all the demand still to come.

    ``early[l,t] ≥ later[l,t]·full[l,t]`` and ``excess[l,t] ≤ most·full[l,t]``. Needed only where
    carrying costs something (or the objective is glad of cost): elsewhere nothing is gained by
    calling early units excess.
    """
    for lot in f.problem.lots.values():
        if not (lot.carry_cost or f.exact_cost) or lot.over_cost is None:
            continue
        for t, period in enumerate(f.problem.periods):
            if (lot.id, t) not in f.early:
                continue
            here = f"[{lot.id},{period}]"
            full = f.model.column(f"full{here}", 0, 1, f.homes[lot.id])
            later, excess = f.scaled.lots[lot.id].later[t], f.excess[lot.id, t]
            early = Linear({f.early[lot.id, t]: 1, full: -later})
            f.model.row(f"full{here}.early", early, lower=0)
            f.model.row(
                f"full{here}.excess", Linear({excess: 1, full: -f.model.upper[excess]}), upper=0
            )
