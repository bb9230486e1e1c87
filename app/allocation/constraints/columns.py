"""The columns of every decision."""

from app.allocation.elements import Offer
from app.allocation.frame import Formulation


def add_columns(f: Formulation) -> None:
    """Add the columns of offers, packages and lots.

    ``quantity[o,t]``: steps; ``use[o]``: 0/1; ``deliver[o,t]``: 0/1, only where something asks
    for it; ``shortfall[l,t]``, ``early[l,t]``, ``excess[l,t]``: units.
    """
    model, periods = f.model, f.problem.periods
    watched = deliveries_watched(f)
    for offer in f.problem.offers.values():
        scaled, home = f.scaled.offers[offer.id], f.homes[offer.lot]
        for t, period in enumerate(periods):
            f.quantity[offer.id, t] = model.column(
                f"quantity[{offer.id},{period}]", 0, scaled.limit[t], home
            )
        f.use[offer.id] = model.column(f"use[{offer.id}]", 0, min(1, scaled.most), home)
        for t, period in enumerate(periods):
            if len(periods) == 1:
                f.deliver[offer.id, t] = f.use[offer.id]
            elif offer.id in watched:
                f.deliver[offer.id, t] = model.column(
                    f"deliver[{offer.id},{period}]", 0, min(1, scaled.limit[t]), home
                )
    for package in f.problem.packages:
        f.use[package] = model.column(f"use[{package}]", 0, 1)
    _lot_columns(f)


def _lot_columns(f: Formulation) -> None:
    model, periods = f.model, f.problem.periods
    for lot in f.problem.lots.values():
        scaled, home = f.scaled.lots[lot.id], f.homes[lot.id]
        for t, period in enumerate(periods):
            here = f"[{lot.id},{period}]"
            f.shortfall[lot.id, t] = model.column(f"shortfall{here}", 0, scaled.demand[t], home)
            if lot.carry_cost is not None and scaled.later[t]:
                f.early[lot.id, t] = model.column(f"early{here}", 0, scaled.later[t], home)
            if lot.over_cost is not None:
                most = _most_excess(f, lot.id)
                f.excess[lot.id, t] = model.column(f"excess{here}", 0, most, home)


def _most_excess(f: Formulation, lot: str) -> int:
    """Return all that could arrive of a lot, in units."""
    whole = 0
    for offer in f.problem.offers.values():
        if offer.lot == lot:
            scaled = f.scaled.offers[offer.id]
            whole += scaled.most * scaled.units_per_step
    unit = f.scaled.lots[lot].unit
    for package in f.problem.packages.values():
        for item in package.items:
            if item.lot == lot:
                whole += int(item.total / unit)
    return whole


def deliveries_watched(f: Formulation) -> frozenset[str]:
    """Return the offers of which something asks in which periods they deliver."""
    by_period = any(rule.kind == "count" and rule.per == "period" for rule in f.problem.rules)

    def watched(offer: Offer) -> bool:
        return (
            by_period
            or offer.delivery_cost > 0
            or f.scaled.offers[offer.id].per_delivery > 1
            or any(use.per_delivery for use in offer.uses)
        )

    return frozenset(offer.id for offer in f.problem.offers.values() if watched(offer))
