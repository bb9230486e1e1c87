"""The problem in whole numbers: units of lots, steps of offers, tiers that can be reached."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from app.allocation.elements import Lot, Offer, Problem
from app.allocation.linear import Exact, lattice, plain


@dataclass(frozen=True, slots=True)
class ScaledLot:
    """A lot counted in ``unit``: the largest quantity of which all of its quantities are multiples.

    ``demand`` and ``later`` (what is demanded after each period) are in units, one per period.
    """

    unit: Fraction
    demand: tuple[int, ...]
    later: tuple[int, ...]

    @property
    def total(self) -> int:
        """The demand over all periods, in units."""
        return sum(self.demand)


@dataclass(frozen=True, slots=True)
class ScaledTier:
    """Where the price is ``fixed + per_step·steps``: for ``least`` to ``most`` steps in all."""

    index: int
    least: int
    most: int
    per_step: Exact
    fixed: Exact


@dataclass(frozen=True, slots=True)
class ScaledOffer:
    """An offer counted in steps of its own increment.

    ``limit`` is the most per period, ``least`` and ``most`` bound the total if it is used;
    ``most`` is 0 where it cannot be used at all. ``per_delivery`` is the least per delivery.
    """

    step: Fraction
    units_per_step: int
    limit: tuple[int, ...]
    least: int
    most: int
    per_delivery: int
    tiers: tuple[ScaledTier, ...]

    @property
    def value_limit(self) -> Fraction:
        """The highest price that any quantity can have."""
        ends = (tier.fixed + tier.per_step * tier.most for tier in self.tiers)
        return max((Fraction(end) for end in ends), default=Fraction(0))


def scaled_offers(problem: Problem) -> dict[str, ScaledOffer]:
    """Return every offer of a problem in whole steps."""
    return Scaled(problem).offers


class Scaled:
    """Every lot and offer of a problem in whole numbers."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        quantities = _quantities(problem)
        self.lots = {lot.id: _scaled_lot(lot, quantities[lot.id]) for lot in problem.lots.values()}
        pinned = _pinned(problem)
        self.offers = {
            offer.id: self._scaled_offer(offer, pinned.get(offer.id))
            for offer in problem.offers.values()
        }

    def _scaled_offer(self, offer: Offer, pinned: Decimal | None) -> ScaledOffer:
        step = Fraction(offer.increment)
        lot = self.lots[offer.lot]
        room = _room(self.problem.lots[offer.lot], lot)
        cap = None if offer.maximum is None else floor(Fraction(offer.maximum) / step)
        if pinned is not None:
            most = floor(Fraction(pinned) / step)
            cap = most if cap is None else min(cap, most)
        limit = []
        for t in range(len(self.problem.periods)):
            ends = []
            if offer.period_maximum is not None:
                ends.append(floor(Fraction(offer.period_maximum[t]) / step))
            if cap is not None:
                ends.append(cap)
            if room is not None:
                ends.append(floor(room[t] * lot.unit / step))
            ends.extend(self._within_capacity(offer, step, t))
            limit.append(min(ends))
        per_delivery = max(1, ceil(Fraction(offer.delivery_minimum) / step))
        limit = [most if most >= per_delivery else 0 for most in limit]
        most = sum(limit) if cap is None else min(cap, sum(limit))
        if room is not None:
            most = min(most, floor(lot.total * lot.unit / step))
        least = max(1, per_delivery, ceil(Fraction(offer.minimum) / step))
        if most < least:
            most, limit = 0, [0] * len(limit)
        tiers = tuple(_tiers(offer, step, least, most))
        return ScaledOffer(
            step, int(step / lot.unit), tuple(limit), least, most, per_delivery, tiers
        )

    def _within_capacity(self, offer: Offer, step: Fraction, t: int) -> Iterator[int]:
        """Yield the most steps that each resource has room for in a period."""
        for use in offer.uses:
            left = Fraction(self.problem.resources[use.resource].capacity[t] - use.per_delivery)
            if left < 0:
                yield 0
            elif use.per_unit:
                yield floor(left / (Fraction(use.per_unit) * step))


def _room(lot: Lot, scaled: ScaledLot) -> tuple[int, ...] | None:
    """Return the most that can arrive in each period, in units; ``None`` is no limit."""
    if lot.over_cost is not None:
        return None
    if lot.carry_cost is None:
        return scaled.demand
    return tuple(d + later for d, later in zip(scaled.demand, scaled.later, strict=True))


def _quantities(problem: Problem) -> dict[str, list[Fraction]]:
    """Return, for each lot, every quantity of which amounts of it are made."""
    known = {
        lot.id: [Fraction(lot.increment), *map(Fraction, lot.demand)]
        for lot in problem.lots.values()
    }
    for package in problem.packages.values():
        for item in package.items:
            known[item.lot].extend(map(Fraction, item.quantity))
    for name, quantities in problem.reference.quantities.items():
        known[problem.offers[name].lot].extend(map(Fraction, quantities))
    return known


def _scaled_lot(lot: Lot, quantities: list[Fraction]) -> ScaledLot:
    unit = lattice(quantities)
    demand = tuple(int(Fraction(amount) / unit) for amount in lot.demand)
    later = tuple(sum(demand[t + 1 :]) for t in range(len(demand)))
    return ScaledLot(unit, demand, later)


def _pinned(problem: Problem) -> dict[str, Decimal]:
    """Return the lowest maximum that pins put on each offer."""
    lowest: dict[str, Decimal] = {}
    for pin in problem.pins:
        if pin.offer is not None and pin.max is not None:
            lowest[pin.offer] = min(pin.max, lowest.get(pin.offer, pin.max))
    return lowest


def _tiers(offer: Offer, step: Fraction, least: int, most: int) -> list[ScaledTier]:
    """Return the tiers that some allowed total quantity falls in."""
    found = []
    tiers = offer.price.tiers
    paid = Fraction(0)
    for k, tier in enumerate(tiers):
        start, unit = Fraction(tier.start), Fraction(tier.unit)
        last = k + 1 == len(tiers)
        low = max(least, ceil(start / step))
        high = most if last else min(most, ceil(Fraction(tiers[k + 1].start) / step) - 1)
        fixed = Fraction(0) if offer.price.all_units else paid - unit * start
        if low <= high:
            found.append(ScaledTier(k, low, high, plain(unit * step), plain(fixed)))
        if not last:
            paid += unit * (Fraction(tiers[k + 1].start) - start)
    return found
