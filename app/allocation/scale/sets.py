"""What sets of offers cost a lot at least, by branching on deliveries, compiled."""

# The tables state no element types.
# mypy: disable-error-code="no-any-return, return-value"
# ruff: noqa: C901, PLR0912, PLR0915, PLR0917  # compiled: a call that is not inlined copies tables
import numpy as np
from numba import njit

from app.allocation.scale.columns import BIDDER, CARRY, FROM, LEAST_DELIVERY, OVER, SHORT, STEP, TO
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

MOST_NODES = 60  # of branching on the deliveries of one set
DEEPEST = 24
TURNS = 60  # moves of a set's prices of demand


@njit(cache=True, nogil=True)
def enumerate_sets(
    d: Data,
    p: Priced,
    f: Found,
    lot: int,
    base: int,
    value: np.ndarray,
    mode_o: np.ndarray,
    k_first: int,
    least: int,
    most: int,
    refines: int,
    target: int,
    root: int,
) -> None:
    """Go through sets of modes whose bound lies below the best; refine each at its own prices."""
    rank = np.argsort(value)
    modes = len(rank)
    best = HUGE
    count = 0
    price = f.price[lot].copy()
    chosen = np.zeros(MOST_SETS, dtype=np.int64)
    place = np.zeros(MOST_SETS + 1, dtype=np.int64)
    periods = d.demand.shape[1]
    set_q = np.zeros((MOST_SETS, periods), dtype=np.int64)
    depth = 0
    sums = np.zeros(MOST_SETS + 1, dtype=np.int64)
    sums[0] = base
    # Depth first, cheapest modes first; one position of `place` per pick.
    started = False
    while True:
        if not started:
            started = True
        # The set chosen[:depth] is complete in itself.
        if (depth >= max(least, 1) or depth == 0) and sums[depth] < best:
            if count < refines:
                count += 1
                goal = min(best, max(target, root))
                refined = _branch(d, p, lot, chosen, depth, mode_o, k_first, goal, price, set_q)
            else:
                refined = sums[depth]
            if refined < best:
                best = refined
                f.picks[lot] = depth
                for i in range(depth):
                    f.offers[lot, i] = mode_o[chosen[i]]
                    f.quantities[lot, i] = set_q[i]
        # Go deeper, or on.
        i = place[depth]
        advanced = False
        while True:
            if depth < most and i < modes:
                mode = rank[i]
                rest = most - depth - 1
                ahead = sums[depth] + value[mode]
                # What the cheapest of the rest could still bring.
                optimistic = ahead
                for j in range(i + 1, min(i + 1 + rest, modes)):
                    if value[rank[j]] < 0:
                        optimistic += value[rank[j]]
                if optimistic >= best:
                    i = modes
                    continue
                clash = False
                for j in range(depth):
                    if d.award[mode_o[chosen[j]], BIDDER] == d.award[mode_o[mode], BIDDER]:
                        clash = True
                if clash:
                    i += 1
                    continue
                place[depth] = i + 1
                chosen[depth] = mode
                depth += 1
                sums[depth] = ahead
                place[depth] = i + 1
                advanced = True
                break
            if depth == 0:
                break
            depth -= 1
            i = place[depth]
        if not advanced:
            break
    f.refined[lot] = count
    f.value[lot] = max(root, best)


@njit(cache=True, nogil=True)
def _branch(
    d: Data,
    p: Priced,
    lot: int,
    chosen: np.ndarray,
    depth: int,
    mode_o: np.ndarray,
    k_first: int,
    goal: int,
    price: np.ndarray,
    set_q: np.ndarray,
) -> int:
    """Return a bound of one set of modes, branching on whether each delivers in each period.

    What reaches ``goal`` needs no closer look. ``set_q`` receives what attains the bound.
    """
    periods = d.demand.shape[1]
    must = np.zeros((DEEPEST, MOST_SETS), dtype=np.int64)
    may = np.full((DEEPEST, MOST_SETS), EVERY, dtype=np.int64)
    start = np.zeros((DEEPEST, periods), dtype=np.int64)
    start[0] = price
    known = np.full(DEEPEST, -HUGE, dtype=np.int64)
    slope = np.zeros(periods, dtype=np.int64)
    quantity = np.zeros_like(set_q)
    here = price.copy()
    stack, nodes, best = 1, 0, HUGE
    while stack > 0:
        stack -= 1
        here[:] = start[stack]
        if known[stack] >= min(best, goal):
            best = min(best, known[stack])
            continue
        value = _refine(
            d,
            p,
            lot,
            chosen,
            depth,
            mode_o,
            k_first,
            min(goal, best),
            here,
            quantity,
            must[stack],
            may[stack],
            slope,
        )
        value = max(value, known[stack])
        if nodes == 0:
            price[:] = here
        nodes += 1
        pick_i, pick_t, most = -1, -1, 0
        if value < min(best, goal) and nodes < MOST_NODES and stack + 2 <= DEEPEST:
            for i in range(depth):
                o = mode_o[chosen[i]]
                for t in range(periods):
                    open_bit = (may[stack, i] >> t) & 1 and not (must[stack, i] >> t) & 1
                    open_bit = open_bit and d.limit[o, t] > 0 and slope[t] != 0
                    if open_bit and p.delivery[o, t] > most:
                        pick_i, pick_t, most = i, t, p.delivery[o, t]
        if pick_i < 0:
            if value < best:
                best = value
                set_q[:] = quantity
            continue
        must[stack + 1] = must[stack]
        may[stack + 1] = may[stack]
        start[stack] = here
        start[stack + 1] = here
        known[stack], known[stack + 1] = value, value
        must[stack + 1, pick_i] |= 1 << pick_t
        may[stack, pick_i] &= ~(1 << pick_t)
        if quantity[pick_i, pick_t] == 0:
            # The likelier side is looked at first: it stands last.
            must[stack + 1, pick_i] &= ~(1 << pick_t)
            may[stack + 1, pick_i] &= ~(1 << pick_t)
            must[stack, pick_i] |= 1 << pick_t
            may[stack, pick_i] |= 1 << pick_t
        stack += 2
    return best


@njit(cache=True, nogil=True)
def _refine(
    d: Data,
    p: Priced,
    lot: int,
    chosen: np.ndarray,
    depth: int,
    mode_o: np.ndarray,
    k_first: int,
    goal: int,
    price: np.ndarray,
    set_q: np.ndarray,
    must: np.ndarray,
    may: np.ndarray,
    kept_slope: np.ndarray,
) -> int:
    """Return the best bound found of one set of modes; stop once it reaches ``goal``.

    ``price`` is where to start, and receives the best prices; ``kept_slope`` how far demand is
    from met there.
    """
    periods = d.demand.shape[1]
    scale = p.flow_scale
    short = d.lots[lot, SHORT] * scale
    carry = d.lots[lot, CARRY] * scale if d.lots[lot, CARRY] >= 0 else -1
    over = d.lots[lot, OVER]
    floor = -over * scale if over >= 0 else -2 * short
    low_p, high_p = p.pack_ptr[lot], p.pack_ptr[lot + 1]
    packs, pack_costs = p.pack_quantity[low_p:high_p], p.pack_cost[low_p:high_p]
    taken = np.zeros(high_p - low_p, dtype=np.int64)
    here = price.copy()
    moved, worth = price.copy(), price.copy()
    slope = np.zeros(periods, dtype=np.int64)
    order = np.zeros(periods, dtype=np.int64)
    quantity = np.zeros((MOST_SETS, periods), dtype=np.int64)
    best = -HUGE
    pull = 1.0
    for turn in range(TURNS):
        total = demand_worth(d.demand[lot], short, carry, here, packs, pack_costs, slope, taken)
        for i in range(depth):
            o, k = mode_o[chosen[i]], k_first + chosen[i]
            for t in range(periods):
                worth[t] = here[t] * d.award[o, STEP]
            total += p.fixed[o] + p.tier_fixed[k]
            total += cheapest(
                p.unit[o],
                p.delivery[o],
                d.limit[o],
                worth,
                p.tier_step[k],
                d.tier[k, FROM],
                d.tier[k, TO],
                d.award[o, LEAST_DELIVERY],
                must[i],
                may[i],
                order,
                quantity[i],
            )
            for t in range(periods):
                slope[t] -= quantity[i, t] * d.award[o, STEP]
        if total > best:
            best = total
            price[:] = here
            set_q[:] = quantity
            kept_slope[:] = slope
        else:
            pull *= 0.7
        if best >= goal or turn == TURNS - 1:
            break
        if not moved_along(here, slope, pull * float(goal - total) + 1.0, floor, 2 * short, moved):
            break
        here[:] = moved
    return best
