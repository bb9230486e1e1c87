"""The bound: capacity, rules, discounts, charges and packages priced; every lot solved apart.

Everything that enters a bound is a whole number, so a bound needs no trust in floating point: the
multipliers come from a subgradient ascent in floats, are rounded, and what they prove is added up
exactly (Lagrangian relaxation).
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from app.allocation.scale.arrays import Arrays
from app.allocation.scale.columns import (
    ALL_UNITS,
    BASE,
    BASE_FACTOR,
    BY_VALUE,
    CHARGE,
    CONSTANT,
    COST,
    DELIVERY,
    DISCOUNT,
    ENTRY,
    FACTOR,
    FIXED,
    FREIGHT,
    FROM,
    ITEM,
    KIND,
    LEVEL,
    OF,
    PACK_USE,
    PART,
    PER_STEP,
    PERCENT,
    RESOURCE,
    SELECTED,
    SETUP,
    SHORT,
    START,
    STEP,
    TIER,
    TO,
    USE,
    USE_DELIVERY,
    USE_STEP,
    WINNER,
)
from app.allocation.scale.counting import Floats, Ints
from app.allocation.scale.lots import lot_bounds
from app.allocation.scale.tables import Data, State
from app.allocation.scale.worth import MOST_SETS, Found, Priced

ROOM = 2.0**61
LOTS_AT_ONCE = 200  # between two looks at whether to stop


@dataclass
class Multipliers:
    """Prices, in fine units of cost: floats to ascend with; rounded where they prove anything.

    ``capacity`` per unit of capacity, ``limits`` per unit of a rule's slack, ``discounts`` per
    money of discounted value, ``charges`` per (award, charge) entry.
    """

    capacity: Floats
    limits: Floats
    discounts: Floats
    charges: Floats


class Dual:
    """The Lagrangian of a problem: ``value`` of multipliers, exactly, and where it rises."""

    def __init__(self, a: Arrays, d: Data) -> None:
        self.a, self.d = a, d
        count, periods = d.demand.shape
        highest = float((2.0 * d.lots[:count, SHORT] * d.demand.sum(axis=1)).max(initial=1.0))
        dearest = float((d.award[:, SETUP].astype(float)).max(initial=1.0))
        prices = np.abs(d.tier[:, PER_STEP].astype(float) * d.tier[:, TO]) + d.tier[:, FIXED]
        dearest = max(dearest, float(prices.max(initial=1.0)))
        room = ROOM / (64.0 * d.percents * max(highest, dearest, 1.0))
        self.fine = 2 ** int(np.clip(np.floor(np.log2(max(room, 1.0))), 0, 20))
        self.scale = self.fine * d.percents
        tiers = np.abs(d.tier[:, [PER_STEP, FIXED]]).astype(float).max(initial=1.0)
        spare = ROOM / (64.0 * self.scale * tiers)
        self.extra = int(np.clip(np.floor(np.log2(max(spare, 1.0))), 0, 20))
        self.owner = _owners(d, USE, d.offers)
        self.entry_award = _owners(d, ENTRY, len(d.award) - 1)
        self.charge_award = _owners(d, CHARGE, len(d.award) - 1)
        self.tier_owner = _owners(d, TIER, d.offers)
        self.item_pack = _owners(d, ITEM, len(d.award) - 1) - d.offers
        self.use_pack = _owners(d, PACK_USE, len(d.award) - 1) - d.offers
        by_lot = np.argsort(d.item[:, 0], kind="stable")
        self.item_order = by_lot
        self.pack_ptr = np.concatenate(
            ([0], np.cumsum(np.bincount(d.item[:, 0], minlength=count)))
        ).astype(np.int64)
        self.relaxed = np.flatnonzero(d.rule[:, WINNER] < 0) if len(d.rule) else np.zeros(0, int)
        self.found = Found(
            value=np.zeros(count, dtype=np.int64),
            picks=np.zeros(count, dtype=np.int64),
            offers=np.zeros((count, MOST_SETS), dtype=np.int64),
            quantities=np.zeros((count, MOST_SETS, periods), dtype=np.int64),
            packs=np.zeros(len(d.item), dtype=np.int64),
            price=np.zeros((count, periods), dtype=np.int64),
            refined=np.zeros(count, dtype=np.int64),
        )
        self.found.price[:] = (d.guess * self.scale).astype(np.int64)[:, None]
        self.simple = _simple(a, d)
        self.most_limit = self._most_limit()
        self.most_value = self._most_value()

    def start(self) -> Multipliers:
        """Return multipliers to start from: no prices, discounts at their highest percent."""
        d = self.d
        highest = np.zeros(len(d.discounts) - 1)
        for k in range(len(highest)):
            low, high = d.discounts[k, LEVEL], d.discounts[k + 1, LEVEL]
            highest[k] = float(d.level[low:high, PERCENT].max()) * self.fine
        return Multipliers(
            np.zeros(d.capacity.shape),
            np.zeros(len(d.rule)),
            highest,
            np.zeros(len(d.charge_id)),
        )

    def _most_value(self) -> Ints:
        """Return, for each discount, the most that its value can be."""
        d = self.d
        ends = d.tier[:, FIXED] + d.tier[:, PER_STEP] * d.tier[:, TO]
        most = np.zeros(d.offers, dtype=np.int64)
        np.maximum.at(most, self.tier_owner, ends)
        found = np.zeros(len(d.discounts) - 1, dtype=np.int64)
        k = d.award[: d.offers, DISCOUNT]
        np.add.at(found, k[k >= 0], most[k >= 0])
        return found

    def priced(self, m: Multipliers) -> tuple[Priced, int]:
        """Return all costs with prices in them, and the constant of the Lagrangian."""
        d, n, extra = self.d, self.d.offers, self.extra
        cap = np.maximum(d.capacity, 1)
        capacity = np.minimum(np.maximum(m.capacity, 0.0), 2.0**57 / cap).astype(np.int64)
        limits = np.zeros(len(d.rule), dtype=np.int64)
        unit = 2.0**extra
        prices = np.clip(m.limits * unit, 0.0, self.most_limit)
        limits[self.relaxed] = prices[self.relaxed].astype(np.int64)
        constant = -_dot(capacity, d.capacity) << extra
        constant -= _dot(limits, d.rule[:, CONSTANT])
        ledger = np.zeros(len(d.ledger) - 1, dtype=np.int64)
        np.add.at(ledger, d.rule[:, SELECTED], -limits * d.rule[:, FACTOR])
        has = d.rule[:, BASE] >= 0
        np.add.at(ledger, d.rule[has, BASE], -(limits * d.rule[:, BASE_FACTOR])[has])
        kind, award = d.ledger[d.entry[:, OF], KIND], self.entry_award
        offer = award < n
        amount = np.where(offer, ledger[d.entry[:, OF]] * d.entry[:, PART], 0)
        value_rate = np.full(n, self.scale << extra, dtype=np.int64)
        discounts = (np.clip(m.discounts, 0.0, float(self.scale)) * unit).astype(np.int64)
        k = d.award[:n, DISCOUNT]
        value_rate[k >= 0] -= discounts[k[k >= 0]]
        by = offer & (kind == 0)
        np.add.at(value_rate, award[by], amount[by])
        per_step, fixed = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        by = offer & (kind == 1)
        np.add.at(per_step, award[by], amount[by] * d.award[award[by], STEP])
        by = offer & (kind == 2)
        np.add.at(fixed, award[by], amount[by])
        packs = np.zeros(len(d.award) - 1 - n, dtype=np.int64)
        for j in np.flatnonzero(~offer & (ledger[d.entry[:, OF]] != 0)).tolist():
            # Amounts of packages are wide: multiplied without a width, rounded down.
            packs[award[j] - n] += int(ledger[d.entry[j, OF]]) * int(d.entry[j, PART]) >> extra
        charges = self._charges(m.charges)
        own = np.zeros(len(d.award) - 1, dtype=np.int64)
        np.add.at(own, self.charge_award, charges)
        use = d.use
        use_price = capacity[use[:, RESOURCE]]
        units = np.zeros((n, d.demand.shape[1]), dtype=np.int64)
        deliveries = np.zeros_like(units)
        np.add.at(units, self.owner, use_price * use[:, USE_STEP, None])
        np.add.at(deliveries, self.owner, use_price * use[:, USE_DELIVERY, None])
        units += (d.award[:n, FREIGHT] * self.scale + (per_step >> extra))[:, None]
        deliveries += (d.award[:n, DELIVERY] * self.scale)[:, None]
        rate = value_rate[self.tier_owner]
        pack_cost = self._packs(capacity, packs + own[n:])
        constant += self._discounts(discounts)
        return (
            Priced(
                fixed=d.award[:n, SETUP] * self.scale + (fixed >> extra) + own[:n],
                delivery=deliveries,
                unit=units,
                tier_step=(d.tier[:, PER_STEP] * rate) >> extra,
                tier_fixed=(d.tier[:, FIXED] * rate) >> extra,
                flow_scale=self.scale,
                pack_ptr=self.pack_ptr,
                pack_quantity=d.item[self.item_order, 1:].copy(),
                pack_cost=pack_cost,
                simple=self.simple,
            ),
            constant >> extra,
        )

    def _most_limit(self) -> Floats:
        """Return the highest price of each limit at which no product leaves 62 bits."""
        d = self.d
        factor = np.maximum(np.abs(d.rule[:, FACTOR]), np.abs(d.rule[:, BASE_FACTOR]))
        factor = np.maximum(factor, 1).astype(float)
        step = float(d.award[:, STEP].max(initial=1))
        kind = d.ledger[d.rule[:, SELECTED], KIND]
        whole = 2.0 * float(self.scale << self.extra) / (factor * self.a.shares)
        unit = 2.0**55 / (factor * self.a.shares * step)
        most: Floats = np.where(kind == 0, whole, np.where(kind == 1, unit, 2.0**55 / factor))
        return most

    def _charges(self, shared: Floats) -> Ints:
        """Return the parts of charges rounded down; none where they exceed their charge."""
        d = self.d
        charges = np.floor(np.maximum(shared, 0.0)).astype(np.int64)
        given = np.zeros(len(d.charge), dtype=np.int64)
        np.add.at(given, d.charge_id, charges)
        charges[(given > d.charge * self.scale)[d.charge_id]] = 0
        return charges

    def _packs(self, capacity: Ints, more: Ints) -> Ints:
        """Split what each package costs among its lots, by what its items are worth there."""
        d, n = self.d, self.d.offers
        cost = d.award[n : len(d.award) - 1, SETUP] * self.scale + more
        per_use = (capacity[d.pack_use[:, 0]] * d.pack_use[:, 1:]).sum(axis=1)
        np.add.at(cost, self.use_pack, per_use)
        worth = (self.found.price[d.item[:, 0]] * d.item[:, 1:]).sum(axis=1).astype(float)
        worth = np.maximum(worth, 1.0)
        whole_worth = np.zeros(len(cost))
        np.add.at(whole_worth, self.item_pack, worth)
        part = np.floor(worth / whole_worth[self.item_pack] * cost[self.item_pack]).astype(np.int64)
        given = np.zeros_like(cost)
        np.add.at(given, self.item_pack, part)
        last = d.award[n + 1 :, ITEM] - 1
        has = np.diff(d.award[n:, ITEM]) > 0
        # What rounding leaves goes to the last item, so that the parts add up exactly.
        part[last[has]] += (cost - given)[has]
        by_lot: Ints = part[self.item_order]
        return by_lot

    def _discounts(self, rates: Ints) -> int:
        """Return the least of ``rate·value − discount(value)`` of every discount, added up."""
        d, whole = self.d, 0
        for k in range(len(rates)):
            low, high = int(d.discounts[k, LEVEL]), int(d.discounts[k + 1, LEVEL])
            starts = [int(x) for x in d.level[low:high, START]]
            percents = [int(x) * self.fine << self.extra for x in d.level[low:high, PERCENT]]
            most, rate = int(self.most_value[k]), int(rates[k])
            if d.discounts[k, BY_VALUE] == 0:
                whole += min(0, (rate - max(percents)) * most)
                continue
            least, taken = 0, 0
            for j, start in enumerate(starts):
                end = min(most, starts[j + 1] if j + 1 < len(starts) else most)
                if start > most:
                    break
                for at in (start, end):
                    off = percents[j] * at
                    if d.discounts[k, ALL_UNITS] == 0:
                        off = taken + percents[j] * (at - start)
                    least = min(least, rate * at - off)
                taken += percents[j] * (end - start)
            whole += least
        return whole

    def value(
        self, m: Multipliers, targets: Ints, rounds: int, refines: int, stop: Callable[[], bool]
    ) -> Fraction | None:
        """Return what the multipliers prove, as an exact cost; ``None`` if stopped before."""
        priced, constant = self.priced(m)
        every = np.arange(len(self.d.demand), dtype=np.int64)
        for first in range(0, len(every), LOTS_AT_ONCE):
            some = every[first : first + LOTS_AT_ONCE]
            lot_bounds(self.d, priced, self.found, targets, rounds, refines, some)
            if stop():
                return None
        self.last = priced
        whole = constant + sum(self.found.value.tolist())
        return Fraction(whole, self.scale) * self.a.money

    def targets(self, s: State, priced: Priced) -> Ints:
        """Return what the best award of each lot costs at prices."""
        d = self.d
        count = len(d.demand)
        width = s.best_o.shape[1]
        lot, place = np.nonzero(np.arange(width) < s.best_n[:, None])
        o, q = s.best_o[lot, place], s.best_q[lot, place]
        total = q.sum(axis=1)
        k = self._tier(o, total)
        cost = priced.fixed[o] + priced.tier_fixed[k] + priced.tier_step[k] * total
        cost += (priced.unit[o] * q + priced.delivery[o] * (q > 0)).sum(axis=1)
        found = np.zeros(count, dtype=np.int64)
        np.add.at(found, lot, cost)
        targets: Ints = found + s.lot[:, COST] * self.scale
        return targets

    def _tier(self, o: Ints, total: Ints) -> Ints:
        """Return the tiers that totals of offers fall in."""
        d = self.d
        k: Ints = d.award[o, TIER].copy()
        end = d.award[o + 1, TIER] - 1
        while (up := (k < end) & (d.tier[np.minimum(k + 1, len(d.tier) - 1), FROM] <= total)).any():
            k += up
        return k

    def slopes(self, m: Multipliers) -> Multipliers:
        """Return how the bound rises with each multiplier; for charges, which awards are used."""
        d, f, n = self.d, self.found, self.d.offers
        width = f.offers.shape[1]
        lot, place = np.nonzero(np.arange(width) < f.picks[:, None])
        o, q = f.offers[lot, place], f.quantities[lot, place]
        load = np.zeros(d.capacity.shape)
        counts = d.award[o + 1, USE] - d.award[o, USE]
        row = np.repeat(np.arange(len(o)), counts)
        entry = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        entry = entry + d.award[o[row], USE]
        used = d.use[entry, USE_STEP, None] * q[row] + d.use[entry, USE_DELIVERY, None] * (
            q[row] > 0
        )
        np.add.at(load, d.use[entry, RESOURCE], used.astype(float))
        packs = self._pack_parts()
        np.add.at(load, d.pack_use[:, 0], d.pack_use[:, 1:] * packs[self.use_pack][:, None])
        total = q.sum(axis=1)
        k = self._tier(o, total)
        value = (d.tier[k, FIXED] + d.tier[k, PER_STEP] * total).astype(float)
        per_award = np.zeros((3, len(d.award) - 1))
        per_award[0][o], per_award[1][o] = value, total * d.award[o, STEP]
        per_award[2][o] = 1.0
        per_award[:, n:] = packs
        ledger = np.zeros(len(d.ledger) - 1)
        kind = d.ledger[d.entry[:, OF], KIND]
        np.add.at(ledger, d.entry[:, OF], d.entry[:, PART] * per_award[kind, self.entry_award])
        slack = d.rule[:, FACTOR] * ledger[d.rule[:, SELECTED]] + d.rule[:, CONSTANT]
        has = d.rule[:, BASE] >= 0
        slack[has] += d.rule[has, BASE_FACTOR] * ledger[d.rule[has, BASE]]
        taken = np.zeros(len(d.discounts) - 1)
        which = d.award[o, DISCOUNT]
        np.add.at(taken, which[which >= 0], value[which >= 0])
        used_awards = per_award[2]
        return Multipliers(load - d.capacity, -slack, self._wanted(m) - taken, used_awards)

    def _pack_parts(self) -> Floats:
        """Return how far the lots want each package."""
        d = self.d
        wanted = np.zeros(len(d.item))
        wanted[self.item_order] = self.found.packs
        number = np.maximum(np.diff(d.award[d.offers :, ITEM]), 1)
        found = np.zeros(len(d.award) - 1 - d.offers)
        np.add.at(found, self.item_pack, wanted)
        return found / number

    def _wanted(self, m: Multipliers) -> Floats:
        """Return the value at which each discount is best for the bound's own side."""
        d = self.d
        found = np.zeros(len(d.discounts) - 1)
        for k in range(len(found)):
            low, high = d.discounts[k, LEVEL], d.discounts[k + 1, LEVEL]
            if d.discounts[k, BY_VALUE] == 0:
                continue
            starts = d.level[low:high, START].astype(float)
            percents = d.level[low:high, PERCENT].astype(float) * self.fine
            most = float(self.most_value[k])
            ends = np.minimum(np.append(starts[1:], most), most)
            off = percents * ends
            if d.discounts[k, ALL_UNITS] == 0:
                off = np.cumsum(percents * np.maximum(ends - starts, 0.0))
            worth = np.append(0.0, m.discounts[k] * ends - off)
            found[k] = np.append(0.0, ends)[int(worth.argmin())]
        return found


def _owners(d: Data, column: int, size: int) -> Ints:
    return np.repeat(np.arange(size), np.diff(d.award[: size + 1, column]))


def _dot(x: Ints, y: Ints) -> int:
    return sum(a * b for a, b in zip(x.ravel().tolist(), y.ravel().tolist(), strict=True) if a)


def _simple(a: Arrays, d: Data) -> Ints:
    """Return for which lots every bidder can win with one offer only."""
    found = np.ones(len(d.demand), dtype=np.int64)
    exclusive: dict[int, set[str]] = {}
    for choice in a.problem.choices:
        if choice.max == 1:
            for name in choice.of:
                exclusive.setdefault(a.awards[name], set()).add(choice.id)
    seen: dict[tuple[int, int], list[int]] = {}
    for o in range(d.offers):
        seen.setdefault((int(a["lot"][o]), int(a["bidder"][o])), []).append(o)
    for (lot, _), offers in seen.items():
        if len(offers) > 1:
            shared = set.intersection(*(exclusive.get(o, set()) for o in offers))
            if not shared:
                found[lot] = 0
    return found
