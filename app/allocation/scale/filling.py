"""The best of many ways to award one lot within what others have left, compiled (a beam)."""

# The tables state no element types.
# mypy: disable-error-code="no-any-return, return-value"
# ruff: noqa: C901, PLR0912, PLR0915, PLR0917  # compiled: a call that is not inlined copies tables
import numpy as np
from numba import njit

from app.allocation.scale.columns import (
    AMOUNT,
    BASIS,
    BIDDER,
    CARRY,
    CHARGE,
    CHOICE,
    CHOICE_MOST,
    DELIVERY,
    DISCOUNT,
    FIRST,
    FREIGHT,
    FROM,
    LEAST,
    LEAST_DELIVERY,
    LEVEL,
    MOST,
    OF,
    OVER,
    PER_STEP,
    PERCENT,
    PICKS_LEAST,
    PICKS_MOST,
    RESOURCE,
    SETUP,
    SHORT,
    START,
    STEP,
    TIER,
    TO,
    USE,
    USE_DELIVERY,
    USE_STEP,
)
from app.allocation.scale.kernels import drawn, price
from app.allocation.scale.stock import open_demand
from app.allocation.scale.tables import Data, State

BEAM = 4


@njit(cache=True, nogil=True)
def _room(
    award: np.ndarray,
    use: np.ndarray,
    limit: np.ndarray,
    spare: np.ndarray,
    o: int,
    n: int,
    offers: np.ndarray,
    quantities: np.ndarray,
    room: np.ndarray,
) -> None:
    """Write how many steps of an offer each period has capacity for, beside ``n`` picks."""
    for t in range(len(room)):
        most = limit[o, t]
        for j in range(award[o, USE], award[o + 1, USE]):
            if most <= 0:
                break
            r = use[j, RESOURCE]
            free = spare[r, t] - use[j, USE_DELIVERY]
            for i in range(n):
                if quantities[i, t] > 0:
                    other = offers[i]
                    for m in range(award[other, USE], award[other + 1, USE]):
                        if use[m, RESOURCE] == r:
                            free -= use[m, USE_STEP] * quantities[i, t] + use[m, USE_DELIVERY]
            if free < 0:
                most = 0
            elif use[j, USE_STEP] > 0:
                most = min(most, free // use[j, USE_STEP])
        room[t] = most if most >= award[o, LEAST_DELIVERY] else 0


@njit(cache=True, nogil=True)
def _pattern(
    award: np.ndarray,
    lots: np.ndarray,
    o: int,
    lot: int,
    mask: int,
    left_open: np.ndarray,
    room: np.ndarray,
    quantity: np.ndarray,
) -> int:
    """Write the latest deliveries, in periods of ``mask``, that fill what is open; return steps."""
    total, need, step = 0, 0, award[o, STEP]
    carry, over = lots[lot, CARRY] >= 0, lots[lot, OVER] >= 0
    for t in range(len(room) - 1, -1, -1):
        need = left_open[t] + (need if carry else 0)
        quantity[t] = 0
        if (mask >> t) & 1 and need > 0 and room[t] > 0:
            q = need // step
            if over and q * step < need:
                q += 1
            q = min(q, room[t])
            if q >= award[o, LEAST_DELIVERY]:
                quantity[t] = q
                total += q
                need = max(0, need - q * step)
    if over and 0 < total < award[o, LEAST]:
        for t in range(len(room)):
            if quantity[t] > 0:
                more = min(award[o, LEAST] - total, room[t] - quantity[t])
                quantity[t] += more
                total += more
    return total


@njit(cache=True, nogil=True)
def _trim(least: int, quantity: np.ndarray, target: int, forward: bool) -> int:
    """Take steps away until at most ``target`` are left; return how many are left."""
    total = 0
    for t in range(len(quantity)):
        total += quantity[t]
    for i in range(len(quantity)):
        t = i if forward else len(quantity) - 1 - i
        if total <= target:
            break
        if quantity[t] > 0:
            away = min(quantity[t], total - target)
            if 0 < quantity[t] - away < least:
                away = quantity[t]
            quantity[t] -= away
            total -= away
    return total


@njit(cache=True, nogil=True)
def _target(
    award: np.ndarray, tiers: np.ndarray, random: np.ndarray, o: int, option: int, full: int
) -> int:
    """Return the total of an option: full, the tiers' ends, the least, or any; 0: none."""
    low, high = award[o, TIER], award[o + 1, TIER]
    if option == 0:
        return min(full, award[o, MOST])
    if option < high - low:
        k = low + option
        end = tiers[k, FROM] if tiers[k, PER_STEP] <= tiers[k - 1, PER_STEP] else tiers[k - 1, TO]
        return end if end < full else 0
    least, most = award[o, LEAST], min(full, award[o, MOST])
    if most <= least or drawn(random) % 4 > 0:
        return 0
    if drawn(random) % 3 == 0:
        return least
    return least + drawn(random) % (most - least)


@njit(cache=True, nogil=True)
def _allowed(d: Data, s: State, o: int, n: int, offers: np.ndarray) -> bool:
    """Return whether choices leave room for an offer beside ``n`` picks."""
    for i in range(n):
        if offers[i] == o:
            return False
    for j in range(d.award[o, CHOICE], d.award[o + 1, CHOICE]):
        ledger = d.choice[j, OF]
        used = s.ledger[ledger, AMOUNT]
        for i in range(n):
            for m in range(d.award[offers[i], CHOICE], d.award[offers[i] + 1, CHOICE]):
                if d.choice[m, OF] == ledger:
                    used += 1
        if used >= d.choice[j, CHOICE_MOST]:
            return False
    return True


@njit(cache=True, nogil=True)
def _rate(d: Data, s: State, o: int) -> float:
    """Return the part of an offer's price that its discount leaves now."""
    k = d.award[o, DISCOUNT]
    if k < 0:
        return 1.0
    j = d.discounts[k, LEVEL]
    while j + 1 < d.discounts[k + 1, LEVEL] and d.level[j + 1, START] <= s.discount[k, BASIS]:
        j += 1
    return 1.0 - d.level[j, PERCENT] / d.percents


@njit(cache=True, nogil=True)
def _guided(
    award: np.ndarray,
    tiers: np.ndarray,
    use: np.ndarray,
    o: int,
    quantity: np.ndarray,
    total: int,
    guide: np.ndarray,
    rate: float,
) -> float:
    """Return what quantities cost with capacity at its guiding price."""
    cost = price(award, tiers, o, total) * rate + award[o, SETUP] + award[o, FREIGHT] * total
    for t in range(len(quantity)):
        q = quantity[t]
        if q > 0:
            cost += award[o, DELIVERY]
            for j in range(award[o, USE], award[o + 1, USE]):
                cost += guide[use[j, RESOURCE], t] * (use[j, USE_STEP] * q + use[j, USE_DELIVERY])
    return cost


@njit(cache=True, nogil=True)
def _new_charges(d: Data, s: State, o: int) -> float:
    """Return what charges an offer would be the first to cause."""
    cost = 0.0
    for j in range(d.award[o, CHARGE], d.award[o + 1, CHARGE]):
        if s.charged[d.charge_id[j]] == 0:
            cost += d.charge[d.charge_id[j]]
    return cost


@njit(cache=True, nogil=True)
def _mask(random: np.ndarray, active: int, number: int, which: int) -> int:
    """Return the ``which``-th pattern of deliveries to try within ``active`` periods; 0: none."""
    if which == 0:
        return active
    if number < 2:
        return 0
    mask = drawn(random) & active
    if mask == active:
        return 0
    return mask


@njit(cache=True, nogil=True)
def fill(
    d: Data,
    s: State,
    lot: int,
    guide: np.ndarray,
    noise: float,
    best_o: np.ndarray,
    best_q: np.ndarray,
) -> int:
    """Find offers and quantities for a lot without any; return how many offers.

    ``best_o`` and ``best_q`` receive them. Packages already accepted stay.
    """
    periods = d.demand.shape[1]
    first, last = d.lots[lot, FIRST], d.lots[lot + 1, FIRST]
    picks = d.lots[lot, PICKS_MOST]
    least = d.lots[lot, PICKS_LEAST]
    if s.pack_arrived[lot].sum() > 0:
        picks -= 1
        least -= 1
    width = s.pick_o.shape[1]
    picks = min(picks, width)
    spare = d.capacity - s.load
    beam_n = 1
    beam_o = np.zeros((BEAM, width), dtype=np.int64)
    beam_q = np.zeros((BEAM, width, periods), dtype=np.int64)
    beam_arrived = np.zeros((BEAM, periods), dtype=np.int64)
    beam_cost = np.zeros(BEAM)
    next_o, next_q = beam_o.copy(), beam_q.copy()
    next_arrived, next_cost = beam_arrived.copy(), beam_cost.copy()
    next_score = np.zeros(BEAM)
    beam_arrived[0] = s.pack_arrived[lot]
    left_open = np.zeros(periods, dtype=np.int64)
    rest = np.zeros(periods, dtype=np.int64)
    room = np.zeros(periods, dtype=np.int64)
    quantity = np.zeros(periods, dtype=np.int64)
    trial = np.zeros(periods, dtype=np.int64)
    arrived = np.zeros(periods, dtype=np.int64)
    factor = np.ones(last - first)
    if noise > 0:
        for i in range(last - first):
            factor[i] += noise * (drawn(s.random) / 2147483648.0)
        if noise >= 1.0 and drawn(s.random) % 2 == 0 and last > first:
            factor[drawn(s.random) % (last - first)] = 0.0
    short = d.lots[lot, SHORT]
    guess = min(float(short), d.guess[lot])
    # Offers' average prices do not fall below about this: what cannot win is not looked at.
    cheapest = min(float(short), d.guess[lot] / 1.1)
    flow = open_demand(d.demand, d.lots, lot, beam_arrived[0], left_open)
    best = float(flow + short * left_open.sum()) if flow >= 0 else 1e300
    best_n = 0
    if noise >= 1.0 and drawn(s.random) % 2 == 0:
        best = 1e300  # something must be awarded
    for stage in range(picks):
        next_n = 0
        for b in range(beam_n):
            flow = open_demand(d.demand, d.lots, lot, beam_arrived[b], left_open)
            if flow < 0 or beam_cost[b] + flow + cheapest * left_open.sum() >= best:
                continue
            for o in range(first, last):
                if d.award[o, MOST] == 0 or s.banned[o] == 1:
                    continue
                if not _allowed(d, s, o, stage, beam_o[b]):
                    continue
                _room(d.award, d.use, d.limit, spare, o, stage, beam_o[b], beam_q[b], room)
                active, number, ahead = 0, 0, 0
                for t in range(periods - 1, -1, -1):
                    ahead = left_open[t] + (ahead if d.lots[lot, CARRY] >= 0 else 0)
                    if room[t] > 0 and ahead > 0:
                        active |= 1 << t
                        number += 1
                if number == 0:
                    continue
                rate, charges = _rate(d, s, o), _new_charges(d, s, o)
                least_delivery = d.award[o, LEAST_DELIVERY]
                distinct = 1
                for i in range(stage):
                    same = d.award[beam_o[b, i], BIDDER] == d.award[o, BIDDER]
                    for m in range(i):
                        same = (
                            same or d.award[beam_o[b, i], BIDDER] == d.award[beam_o[b, m], BIDDER]
                        )
                    distinct += 0 if same else 1
                masks = 3 if stage == 0 or drawn(s.random) % 4 == 0 else 1
                for which in range(masks):
                    mask = _mask(s.random, active, number, which)
                    if mask == 0:
                        continue
                    full = _pattern(d.award, d.lots, o, lot, mask, left_open, room, quantity)
                    if full < d.award[o, LEAST]:
                        continue
                    options = d.award[o + 1, TIER] - d.award[o, TIER] + 1
                    for option in range(options):
                        target = _target(d.award, d.tier, s.random, o, option, full)
                        if target < d.award[o, LEAST]:
                            continue
                        for t in range(periods):
                            trial[t] = quantity[t]
                        total = _trim(least_delivery, trial, target, drawn(s.random) % 2 == 0)
                        if total < d.award[o, LEAST]:
                            continue
                        for t in range(periods):
                            arrived[t] = beam_arrived[b, t] + trial[t] * d.award[o, STEP]
                        flow = open_demand(d.demand, d.lots, lot, arrived, rest)
                        if flow < 0:
                            continue
                        open_units = rest.sum()
                        own = _guided(d.award, d.tier, d.use, o, trial, total, guide, rate)
                        own = (own + charges) * factor[o - first]
                        cost = beam_cost[b] + own
                        if distinct >= least and cost + flow + short * open_units < best:
                            best = cost + flow + short * open_units
                            best_n = stage + 1
                            for i in range(stage):
                                best_o[i] = beam_o[b, i]
                                best_q[i] = beam_q[b, i]
                            best_o[stage] = o
                            best_q[stage] = trial
                        if stage + 1 >= picks or (open_units == 0 and distinct >= least):
                            continue
                        score = cost + flow + guess * open_units
                        place = next_n
                        if next_n == BEAM:
                            place = 0
                            for i in range(1, BEAM):
                                if next_score[i] > next_score[place]:
                                    place = i
                            if score >= next_score[place]:
                                continue
                        else:
                            next_n += 1
                        next_score[place] = score
                        next_cost[place] = cost
                        next_arrived[place] = arrived
                        for i in range(stage):
                            next_o[place, i] = beam_o[b, i]
                            next_q[place, i] = beam_q[b, i]
                        next_o[place, stage] = o
                        next_q[place, stage] = trial
        if next_n == 0:
            break
        beam_o, next_o = next_o, beam_o
        beam_q, next_q = next_q, beam_q
        beam_arrived, next_arrived = next_arrived, beam_arrived
        beam_cost, next_cost = next_cost, beam_cost
        beam_n = next_n
    return best_n
