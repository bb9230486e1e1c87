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
    lot = r.problem.lots[offer.lot]
    caps = [[] if offer.maximum is None else [floor(Fraction(offer.maximum) / step)]]
    caps = [list(caps[0]) for _ in r.problem.periods]
    totals = [] if offer.maximum is None else [floor(Fraction(offer.maximum) / step)]
    if offer.period_maximum is not None:
        for cap, amount in zip(caps, offer.period_maximum, strict=True):
            cap.append(floor(Fraction(amount) / step))
    rooms = room(lot)
    if rooms is not None:
        totals.append(floor(sum(map(Fraction, lot.demand), NONE) / step))
        for cap, amount_left in zip(caps, rooms, strict=True):
            cap.append(floor(amount_left / step))
    for use in offer.uses:
        each = Fraction(use.per_unit) * step
        for cap, capacity in zip(caps, r.problem.resources[use.resource].capacity, strict=True):
            left = Fraction(capacity) - Fraction(use.per_delivery)
            if each:
                cap.append(floor(left / each))
            elif left < 0:
                cap.append(0)
    fitting = [min([*cap, *totals]) for cap in caps]
    per_period = tuple(limit if limit >= delivery else 0 for limit in fitting)
    most = min([sum(per_period), *totals])
    if most < least:
        per_period, most = (0,) * len(caps), 0
    return Limits(step, per_period, least, most, delivery)


def add_offer(r: Relaxation, offer: Offer) -> None:
    """Add an offer: rows ``minimum``, ``maximum``, ``total``, ``delivery``, ``tier``, ``price``."""
    o, limits = offer.id, limits_of(r, offer)
    use = r.column(f"use[{o}]", min(1, limits.most))
    periods = r.problem.periods
    quantity = [
        r.column(f"quantity[{o},{t}]", limit)
        for t, limit in zip(periods, limits.per_period, strict=True)
    ]
    steps, deliver = Linear.of(quantity[0]), [use]
    if len(periods) > 1:
        steps = Linear.of(r.column(f"total[{o}]", limits.most))
        r.row(f"total[{o}]", Linear(dict.fromkeys(quantity, 1)).minus(steps), equal=True)
        deliver = _deliveries(r, o, use, quantity, limits)
    r.row(f"minimum[{o}]", steps.plus(Linear.of(use, -limits.least)))
    r.row(f"maximum[{o}]", steps.times(-1).add_term(use, limits.most))
    made = Columns(offer, use, Linear(), steps.times(limits.step), deliver)
    made.by_period = [Linear.of(column, limits.step) for column in quantity]
    made.price = _price(r, offer, limits, steps, use)
    r.awards[o] = made
    r.most[offer.lot] += limits.step * limits.most
    _count(r, made, offer)


def _deliveries(
    r: Relaxation, o: str, use: int, quantity: Sequence[int], limits: Limits
) -> list[int]:
    found = []
    for t, own, limit in zip(r.problem.periods, quantity, limits.per_period, strict=True):
        here = r.column(f"deliver[{o},{t}]", min(1, limit))
        r.row(f"delivery_minimum[{o},{t}]", Linear({own: 1, here: -limits.delivery}))
        r.row(f"delivery[{o},{t}]", Linear({here: limit, own: -1}))
        r.row(f"delivery_use[{o},{t}]", Linear({use: 1, here: -1}))
        found.append(here)
    r.row(f"delivers[{o}]", Linear(dict.fromkeys(found, 1)).add_term(use, -1))
    return found


def _price(r: Relaxation, offer: Offer, limits: Limits, steps: Linear, use: int) -> Linear:
    """Return the price; in tiers it is the convex hull of the tiers that can be reached."""
    tiers, step = offer.price.tiers, limits.step
    if len(tiers) == 1:
        return steps.times(Fraction(tiers[0].unit) * step)
    highest = max(Fraction(tier.unit) for tier in tiers)
    price = Linear.of(r.column(f"price[{offer.id}]", highest * step * limits.most, whole=False))
    chosen, counted, paid, before = Linear({use: -1}), steps.times(-1), price.times(-1), NONE
    for k, tier in enumerate(tiers):
        start, unit, end = Fraction(tier.start), Fraction(tier.unit), limits.most
        fixed = NONE if offer.price.all_units else before - unit * start
        if k + 1 < len(tiers):
            after = Fraction(tiers[k + 1].start)
            end = min(end, ceil(after / step) - 1)
            before += unit * (after - start)
        low = max(limits.least, ceil(start / step))
        here = r.column(f"tier[{offer.id},{k}]", int(low <= end))
        own = r.column(f"tier_steps[{offer.id},{k}]", end)
        r.row(f"tier_from[{offer.id},{k}]", Linear({own: 1, here: -low}))
        r.row(f"tier_to[{offer.id},{k}]", Linear({here: end, own: -1}))
        chosen.add_term(here, 1)
        counted.add_term(own, 1)
        paid.add_term(here, fixed).add_term(own, unit * step)
    r.row(f"tier[{offer.id}]", chosen, equal=True)
    r.row(f"tier_steps[{offer.id}]", counted, equal=True)
    r.row(f"price[{offer.id}]", paid, equal=True)
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
        r.most[item.lot] += item.total
        for t, quantity in enumerate(item.quantity):
            r.arrived[item.lot, t].add_term(use, Fraction(quantity))
    for needed in package.uses:
        for t, amount in enumerate(needed.amount):
            r.spare[needed.resource, t].add_term(use, -Fraction(amount))
