"""What a lot costs at least when capacity and rules have prices, compiled, in whole numbers.

A lot's demand is priced as well (Lagrangian); what is used, in which tier, is enumerated: sets of
(offer, tier) are taken up while their bound at the lot's own prices lies below the best set's.
"""

# The tables state no element types.
# mypy: disable-error-code="no-any-return, return-value"
# ruff: noqa: C901, PLR0912, PLR0915, PLR0917  # compiled: a call that is not inlined copies tables
import numpy as np
from numba import njit

from app.allocation.scale.columns import (
    BIDDER,
    CARRY,
    FIRST,
    FROM,
    LEAST_DELIVERY,
    OVER,
    PICKS_LEAST,
    PICKS_MOST,
    SHORT,
    STEP,
    TIER,
    TO,
)
from app.allocation.scale.sets import enumerate_sets
from app.allocation.scale.tables import Data
from app.allocation.scale.worth import (
    EVERY,
    HUGE,
    MOST_SETS,
    Found,
    Priced,
    cheapest,
    demand_worth,
    moved_along,
)


@njit(cache=True, nogil=True)
def lot_bound(
    d: Data, p: Priced, f: Found, lot: int, target: int, rounds: int, refines: int
) -> None:
    """Write a lot's bound, and what attains it, to ``f``.

    ``target`` is what some award of the lot costs; ``rounds`` moves of the demand's prices are
    tried at first, ``refines`` sets at most are looked at closely.
    """
    periods = d.demand.shape[1]
    first, last = d.lots[lot, FIRST], d.lots[lot + 1, FIRST]
    demand = d.demand[lot]
    scale = p.flow_scale
    short = d.lots[lot, SHORT] * scale
    carry = d.lots[lot, CARRY] * scale if d.lots[lot, CARRY] >= 0 else -1
    over = d.lots[lot, OVER]
    floor = -over * scale if over >= 0 else -2 * short
    ceiling = 2 * short
    low_p, high_p = p.pack_ptr[lot], p.pack_ptr[lot + 1]
    packs, pack_costs = p.pack_quantity[low_p:high_p], p.pack_cost[low_p:high_p]
    taken = np.zeros(high_p - low_p, dtype=np.int64)
    most = d.lots[lot, PICKS_MOST]
    least = d.lots[lot, PICKS_LEAST] if high_p == low_p else 0
    k_first, modes = d.award[first, TIER], d.award[last, TIER] - d.award[first, TIER]
    mode_o = np.zeros(modes, dtype=np.int64)
    for o in range(first, last):
        for k in range(d.award[o, TIER], d.award[o + 1, TIER]):
            mode_o[k - k_first] = o
    value = np.zeros(modes, dtype=np.int64)
    kept_value = np.zeros(modes, dtype=np.int64)
    quantity = np.zeros((modes, periods), dtype=np.int64)
    kept_quantity = np.zeros((modes, periods), dtype=np.int64)
    order = np.zeros(periods, dtype=np.int64)
    price = f.price[lot].copy()
    moved = price.copy()
    worth = price.copy()
    slope = np.zeros(periods, dtype=np.int64)
    groups = last - first
    group_mode = np.zeros(groups, dtype=np.int64)
    root, base = -HUGE, 0
    chosen = np.zeros(groups + 1, dtype=np.int64)
    for turn in range(rounds):
        total = demand_worth(demand, short, carry, price, packs, pack_costs, slope, taken)
        here = total
        for i in range(modes):
            o = mode_o[i]
            for t in range(periods):
                worth[t] = price[t] * d.award[o, STEP]
            k = k_first + i
            value[i] = (
                p.fixed[o]
                + p.tier_fixed[k]
                + cheapest(
                    p.unit[o],
                    p.delivery[o],
                    d.limit[o],
                    worth,
                    p.tier_step[k],
                    d.tier[k, FROM],
                    d.tier[k, TO],
                    d.award[o, LEAST_DELIVERY],
                    0,
                    EVERY,
                    order,
                    quantity[i],
                )
            )
        # The cheapest mode of each offer, then of each bidder whose offers exclude each other.
        size = 0
        for o in range(first, last):
            if d.award[o, TIER] == d.award[o + 1, TIER]:
                continue
            pick = d.award[o, TIER] - k_first
            for k in range(d.award[o, TIER] + 1, d.award[o + 1, TIER]):
                if value[k - k_first] < value[pick]:
                    pick = k - k_first
            place = size
            if p.simple[lot] == 1:
                for i in range(size):
                    if d.award[mode_o[group_mode[i]], BIDDER] == d.award[o, BIDDER]:
                        place = i
            if place == size:
                size += 1
                group_mode[place] = pick
            elif value[pick] < value[group_mode[place]]:
                group_mode[place] = pick
        for i in range(1, size):
            j = i
            while j > 0 and value[group_mode[j]] < value[group_mode[j - 1]]:
                group_mode[j], group_mode[j - 1] = group_mode[j - 1], group_mode[j]
                j -= 1
        number, gain, summed = 0, 0, 0
        for i in range(size):
            if p.simple[lot] == 1 and i >= most:
                break
            if value[group_mode[i]] >= 0 and i >= least:
                break
            summed += value[group_mode[i]]
            if summed < gain and i + 1 >= (least if p.simple[lot] == 1 else 0):
                gain, number = summed, i + 1
        here += gain
        if here > root:
            root, base = here, total
            for i in range(modes):
                kept_value[i] = value[i]
                for t in range(periods):
                    kept_quantity[i, t] = quantity[i, t]
            f.price[lot] = price
            f.packs[low_p:high_p] = taken
            f.picks[lot] = min(number, f.offers.shape[1])
            for i in range(number):
                chosen[i] = group_mode[i]
                if i < f.offers.shape[1]:
                    f.offers[lot, i] = mode_o[group_mode[i]]
                    f.quantities[lot, i] = quantity[group_mode[i]]
        if turn + 1 == rounds:
            break
        for i in range(number):
            for t in range(periods):
                slope[t] -= quantity[group_mode[i], t] * d.award[mode_o[group_mode[i]], STEP]
        away = float(target - here)
        if turn * 2 > rounds:
            away *= 0.5
        if away <= 0 or not moved_along(price, slope, away, floor, ceiling, moved):
            break
        price[:] = moved
    f.value[lot] = root
    f.refined[lot] = 0
    if p.simple[lot] == 0 or refines == 0 or most > MOST_SETS:
        return
    enumerate_sets(
        d, p, f, lot, base, kept_value, mode_o, k_first, least, most, refines, target, root
    )


@njit(cache=True, nogil=True)
def lot_bounds(
    d: Data, p: Priced, f: Found, targets: np.ndarray, rounds: int, refines: int, lots: np.ndarray
) -> None:
    """Write the bounds of some lots."""
    for lot in lots:
        lot_bound(d, p, f, lot, targets[lot], rounds, refines)
