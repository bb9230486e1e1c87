"""The relaxation of offers and packages: quantities, uses, deliveries, prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from app.allocation.certificate.relaxation import NONE, Columns, Relaxation, room
from app.allocation.elements import Offer, Package
from app.allocation.linear import Linear


@dataclass(frozen=True, slots=True)
class Limits:
    """An offer's limits in increments: per period, in total if used, and per delivery."""

    step: Fraction
    per_period: tuple[int, ...]
    least: int
    most: int
    delivery: int


def limits_of(r: Relaxation, offer: Offer) -> Limits:
    """Return what the problem's data allow an offer."""
    step = Fraction(offer.increment)
    delivery = max(1, ceil(Fraction(offer.delivery_minimum) / step))
    least = max(delivery, ceil(Fraction(offer.minimum) / step))
    totals = [] if offer.maximum is None else [floor(Fraction(offer.maximum) / step)]
    caps: list[list[int]] = [[] for _ in r.problem.periods]
    if offer.period_maximum is not None:
        for cap, amount in zip(caps, offer.period_maximum, strict=True):
            cap.append(floor(Fraction(amount) / step))
    lot = r.problem.lots[offer.lot]
    rooms = room(lot)
    if rooms is not None:
        totals.append(floor(sum(map(Fraction, lot.demand), NONE) / step))
        for cap, amount_left in zip(caps, rooms, strict=True):
            cap.append(floor(amount_left / step))
    for use in offer.uses:
        each = Fraction(use.per_unit) * step
        for cap, capacity in zip(caps, r.problem.resources[use.resource].capacity, strict=True):
            if each:
                cap.append(max(0, floor((Fraction(capacity) - Fraction(use.per_delivery)) / each)))
    per_period = tuple(min([*cap, *totals]) for cap in caps)
    return Limits(step, per_period, least, min([sum(per_period), *totals]), delivery)


def add_offer(r: Relaxation, offer: Offer) -> None:
    """Add an offer: rows ``total``, ``delivery``, ``delivers``, ``tier``, ``steps``."""
    o, limits = offer.id, limits_of(r, offer)
    use, periods = r.column(f"use[{o}]", 1), r.problem.periods
    quantity = [
        r.column(f"quantity[{o},{t}]", limit)
        for t, limit in zip(periods, limits.per_period, strict=True)
    ]
    steps, deliver = Linear(dict.fromkeys(quantity, 1)), [use]
    if len(periods) > 1:
        deliver = _deliveries(r, o, use, quantity, limits)
    r.between(f"total[{o}]", steps, use, (limits.least, limits.most))
    made = Columns(offer, use, Linear(), steps.times(limits.step), deliver)
    made.by_period = [Linear.of(column, limits.step) for column in quantity]
    made.price = _price(r, offer, limits, steps, use)
    r.awards[o] = made
    _count(r, made, offer)


def _deliveries(
    r: Relaxation, o: str, use: int, quantity: Sequence[int], limits: Limits
) -> list[int]:
    found = []
    for t, own, limit in zip(r.problem.periods, quantity, limits.per_period, strict=True):
        here = r.column(f"deliver[{o},{t}]", 1)
        r.between(f"delivery[{o},{t}]", Linear.of(own), here, (limits.delivery, limit))
        r.row(f"delivery_use[{o},{t}]", Linear({use: 1, here: -1}))
        found.append(here)
    r.row(f"delivers[{o}]", Linear(dict.fromkeys(found, 1)).add_term(use, -1))
    return found


def _price(r: Relaxation, offer: Offer, limits: Limits, steps: Linear, use: int) -> Linear:
    """Return the price; in tiers it is the convex hull of the tiers that can be reached."""
    tiers, step = offer.price.tiers, limits.step
    if len(tiers) == 1:
        return steps.times(Fraction(tiers[0].unit) * step)
    starts = [Fraction(tier.start) for tier in tiers]
    lows = [max(limits.least, ceil(start / step)) for start in starts]
    highs = [min(limits.most, ceil(start / step) - 1) for start in starts[1:]] + [limits.most]
    made = r.tiers(("tier", "steps"), offer.id, list(zip(lows, highs, strict=True)), whole=True)
    made.state(Linear.of(use), steps)
    price, before = Linear(), NONE
    for k, (tier, start) in enumerate(zip(tiers, starts, strict=True)):
        unit = Fraction(tier.unit)
        if k:
            before += Fraction(tiers[k - 1].unit) * (start - starts[k - 1])
        price.add_term(made.parts[k], unit * step)
        if not offer.price.all_units:
            price.add_term(made.reached[k], before - unit * start)
    return price


def _count(r: Relaxation, made: Columns, offer: Offer) -> None:
    """Add an offer to the cost, to what arrives and to what is used of resources."""
    r.cost.add(made.price).add_term(made.use, Fraction(offer.setup))
    r.cost.add(made.quantity, Fraction(offer.freight))
    for t, (own, deliver) in enumerate(zip(made.by_period, made.deliver, strict=True)):
        r.arrived[offer.lot, t].add(own)
        r.cost.add_term(deliver, Fraction(offer.delivery_cost))
        for use in offer.uses:
            spare = r.spare[use.resource, t].add(own, -Fraction(use.per_unit))
            spare.add_term(deliver, -Fraction(use.per_delivery))


def add_package(r: Relaxation, package: Package) -> None:
    """Add a package: a column ``use`` that brings all of it."""
    use = r.column(f"use[{package.id}]", 1)
    price = Linear.of(use, Fraction(package.price))
    whole = sum((item.total for item in package.items), NONE)
    r.awards[package.id] = Columns(package, use, price, Linear.of(use, whole))
    r.cost.add(price)
    for item in package.items:
        for t, quantity in enumerate(item.quantity):
            r.arrived[item.lot, t].add_term(use, Fraction(quantity))
    for needed in package.uses:
        for t, amount in enumerate(needed.amount):
            r.spare[needed.resource, t].add_term(use, -Fraction(amount))
