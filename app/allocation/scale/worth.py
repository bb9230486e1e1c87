"""What offers and demand are worth at prices, compiled, in whole numbers."""

# The tables state no element types.
# mypy: disable-error-code="no-any-return, return-value"
# ruff: noqa: C901, PLR0912, PLR0917  # compiled: a call that is not inlined copies tables
from typing import NamedTuple

import numpy as np
from numba import njit

HUGE = 2**61
MOST_SETS = 4  # offers in one set
EVERY = 2**20 - 1  # periods, as bits


class Priced(NamedTuple):
    """Costs with prices in them, in fine units; packages by lot (pointers, quantities, costs)."""

    fixed: np.ndarray
    delivery: np.ndarray
    unit: np.ndarray
    tier_step: np.ndarray
    tier_fixed: np.ndarray
    flow_scale: int
    pack_ptr: np.ndarray
    pack_quantity: np.ndarray
    pack_cost: np.ndarray
    simple: np.ndarray


class Found(NamedTuple):
    """By lot: the bound, and what is awarded where it is attained; prices of demand."""

    value: np.ndarray
    picks: np.ndarray
    offers: np.ndarray
    quantities: np.ndarray
    packs: np.ndarray
    price: np.ndarray
    refined: np.ndarray


@njit(cache=True, nogil=True)
def cheapest(
    unit: np.ndarray,
    delivery: np.ndarray,
    limit: np.ndarray,
    worth: np.ndarray,
    per_step: int,
    low: int,
    high: int,
    least: int,
    must: int,
    may: int,
    order: np.ndarray,
    quantity: np.ndarray,
) -> int:
    """Return the least cost of ``low`` to ``high`` steps, each worth ``worth``; write them.

    Every pattern of deliveries is tried that has the periods of ``must`` and none outside
    ``may`` (bits); within one the cheapest periods are filled first.
    """
    periods = len(unit)
    active = 0
    for t in range(periods):
        if limit[t] > 0:
            active |= 1 << t
    active &= may
    for i in range(periods):
        order[i] = i
        j = i
        while j > 0 and unit[order[j]] - worth[order[j]] < unit[order[j - 1]] - worth[order[j - 1]]:
            order[j], order[j - 1] = order[j - 1], order[j]
            j -= 1
    best, best_mask = HUGE, 0
    for mask in range(1, active + 1):
        if mask & ~active or must & ~mask:
            continue
        cost, total, most = 0, 0, 0
        for t in range(periods):
            if (mask >> t) & 1:
                cost += delivery[t] + (unit[t] - worth[t] + per_step) * least
                total += least
                most += limit[t]
        if total > high or most < low:
            continue
        for i in range(periods):
            t = order[i]
            if (mask >> t) & 1:
                rate = unit[t] - worth[t] + per_step
                more = min(limit[t] - least, (high if rate < 0 else low) - total)
                if more <= 0:
                    if rate >= 0:
                        break
                    continue
                cost += rate * more
                total += more
        if cost < best:
            best, best_mask = cost, mask
    total = 0
    for t in range(periods):
        quantity[t] = 0
        if (best_mask >> t) & 1:
            quantity[t] = least
            total += least
    for i in range(periods):
        t = order[i]
        if (best_mask >> t) & 1:
            rate = unit[t] - worth[t] + per_step
            more = min(limit[t] - least, (high if rate < 0 else low) - total)
            if more > 0:
                quantity[t] += more
                total += more
    return best


@njit(cache=True, nogil=True)
def demand_worth(
    demand: np.ndarray,
    short: int,
    carry: int,
    price: np.ndarray,
    packs: np.ndarray,
    pack_costs: np.ndarray,
    slope: np.ndarray,
    taken: np.ndarray,
) -> int:
    """Return what demand is worth at prices, with shortfall, early stock and packages at will.

    ``slope`` receives how it changes with each price.
    """
    periods = len(demand)
    worth, later = 0, 0
    for t in range(periods):
        later += demand[t]
        worth += price[t] * demand[t]
        slope[t] = demand[t]
    for t in range(periods):
        later -= demand[t]
        if price[t] > short:
            worth += (short - price[t]) * demand[t]
            slope[t] -= demand[t]
        if carry >= 0 and t + 1 < periods and later > 0:
            gain = carry + price[t] - price[t + 1]
            if gain < 0:
                worth += gain * later
                slope[t] += later
                slope[t + 1] -= later
    for p in range(len(pack_costs)):
        cost = pack_costs[p]
        for t in range(periods):
            cost -= price[t] * packs[p, t]
        taken[p] = 0
        if cost < 0:
            taken[p] = 1
            worth += cost
            for t in range(periods):
                slope[t] -= packs[p, t]
    return worth


@njit(cache=True, nogil=True)
def moved_along(
    price: np.ndarray, slope: np.ndarray, away: float, floor: int, ceiling: int, out: np.ndarray
) -> bool:
    """Write prices moved along the slope as far as would close ``away``; false: no slope."""
    norm = 0.0
    for t in range(len(price)):
        norm += float(slope[t]) * float(slope[t])
    if norm == 0.0:
        return False
    step = away / norm
    for t in range(len(price)):
        moved = price[t] + np.int64(step * slope[t])
        out[t] = min(max(moved, floor), ceiling)
    return True
