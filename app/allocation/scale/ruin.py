"""Ruin and recreate, compiled: take some lots out, put them back, keep by annealing."""

# The tables state no element types.
# mypy: disable-error-code="no-any-return, return-value"
# ruff: noqa: C901, PLR0912, PLR0915, PLR0917  # compiled: a call that is not inlined copies tables
from math import log

import numpy as np
from numba import njit

from app.allocation.scale.columns import (
    BEST,
    BIDDER,
    BROKEN,
    CARRY,
    FIRST,
    ITEM,
    LOT,
    OVER,
    PACK_USE,
    RESOURCE,
    TOTAL,
    USE,
    USED,
)
from app.allocation.scale.filling import fill
from app.allocation.scale.keeping import keep_best, settle
from app.allocation.scale.kernels import (
    award_lot,
    clear_lot,
    drawn,
    switch_package,
)
from app.allocation.scale.tables import Data, State

MOST_LOTS = 10


@njit(cache=True, nogil=True)
def _uses(d: Data, s: State, lot: int, resource: int) -> bool:
    for k in range(s.pick_n[lot]):
        o = s.pick_o[lot, k]
        for j in range(d.award[o, USE], d.award[o + 1, USE]):
            if d.use[j, RESOURCE] == resource:
                return True
    return False


@njit(cache=True, nogil=True)
def _add(lots: np.ndarray, n: int, lot: int) -> int:
    for i in range(n):
        if lots[i] == lot:
            return n
    lots[n] = lot
    return n + 1


@njit(cache=True, nogil=True)
def _by_machine(d: Data, s: State, lots: np.ndarray, wanted: int) -> int:
    """Choose lots that share machines with a lot drawn at random."""
    seed = drawn(s.random) % len(s.pick_n)
    n = _add(lots, 0, seed)
    tries = 0
    while n < wanted and tries < 4 * wanted:
        tries += 1
        base = lots[drawn(s.random) % n]
        first, last = d.lots[base, FIRST], d.lots[base + 1, FIRST]
        if first == last:
            continue
        o = first + drawn(s.random) % (last - first)
        if s.pick_n[base] > 0 and drawn(s.random) % 2 == 0:
            o = s.pick_o[base, drawn(s.random) % s.pick_n[base]]
        uses = d.award[o + 1, USE] - d.award[o, USE]
        if uses == 0:
            n = _add(lots, n, drawn(s.random) % len(s.pick_n))
            continue
        r = d.use[d.award[o, USE] + drawn(s.random) % uses, RESOURCE]
        size = d.by_resource[r + 1] - d.by_resource[r]
        for _ in range(12):
            lot = d.by_resource[d.by_resource[r] + drawn(s.random) % size]
            if _uses(d, s, lot, r) or drawn(s.random) % 8 == 0:
                n = _add(lots, n, lot)
                break
    return n


@njit(cache=True, nogil=True)
def _by_bidder(d: Data, s: State, lots: np.ndarray, wanted: int, ban: bool) -> int:
    """Choose lots of one bidder: those it has (to do without it), or those it could have."""
    lot = drawn(s.random) % len(s.pick_n)
    if s.pick_n[lot] == 0:
        return 0
    b = d.award[s.pick_o[lot, drawn(s.random) % s.pick_n[lot]], BIDDER]
    if not ban:
        first, last = d.lots[lot, FIRST], d.lots[lot + 1, FIRST]
        b = d.award[first + drawn(s.random) % (last - first), BIDDER]
    low, size = d.by_bidder[b], d.by_bidder[b + 1] - d.by_bidder[b]
    start = drawn(s.random) % size
    n = 0
    for i in range(size):
        o = d.by_bidder[low + (start + i) % size]
        lot = d.award[o, LOT]
        has = False
        for k in range(s.pick_n[lot]):
            has = has or d.award[s.pick_o[lot, k], BIDDER] == b
        if has == ban:
            n = _add(lots, n, lot)
            if n == wanted:
                break
    if ban:
        for i in range(size):
            s.banned[d.by_bidder[low + i]] = 1
    return n


@njit(cache=True, nogil=True)
def _pardon(d: Data, s: State, lots: np.ndarray, n: int) -> None:
    for i in range(n):
        for o in range(d.lots[lots[i], FIRST], d.lots[lots[i] + 1, FIRST]):
            if s.banned[o] == 1:
                b = d.award[o, BIDDER]
                for j in range(d.by_bidder[b], d.by_bidder[b + 1]):
                    s.banned[d.by_bidder[j]] = 0


@njit(cache=True, nogil=True)
def _fits(d: Data, s: State, p: int) -> bool:
    """Return whether capacities and demand leave room for a package."""
    for j in range(d.award[d.offers + p, PACK_USE], d.award[d.offers + p + 1, PACK_USE]):
        r = d.pack_use[j, 0]
        for t in range(d.demand.shape[1]):
            if s.load[r, t] > d.capacity[r, t]:
                return False
    for j in range(d.award[d.offers + p, ITEM], d.award[d.offers + p + 1, ITEM]):
        lot = d.item[j, 0]
        if d.lots[lot, OVER] >= 0:
            continue
        stock, later = 0, 0
        for t in range(d.demand.shape[1]):
            later += d.demand[lot, t]
        for t in range(d.demand.shape[1]):
            later -= d.demand[lot, t]
            stock = max(0, stock + s.pack_arrived[lot, t] - d.demand[lot, t])
            if stock > (later if d.lots[lot, CARRY] >= 0 else 0):
                return False
    return True


@njit(cache=True, nogil=True)
def _package_lots(d: Data, lots: np.ndarray, p: int) -> int:
    n = 0
    for j in range(d.award[d.offers + p, ITEM], d.award[d.offers + p + 1, ITEM]):
        if n < MOST_LOTS:
            n = _add(lots, n, d.item[j, 0])
    return n


@njit(cache=True, nogil=True)
def _refill(d: Data, s: State, lots: np.ndarray, n: int, guide: np.ndarray, noise: float) -> None:
    offers = np.zeros(s.pick_o.shape[1], dtype=np.int64)
    quantities = np.zeros((s.pick_o.shape[1], d.demand.shape[1]), dtype=np.int64)
    for i in range(n - 1, 0, -1):
        j = drawn(s.random) % (i + 1)
        lots[i], lots[j] = lots[j], lots[i]
    for i in range(n):
        if noise >= 1.0 and drawn(s.random) % 8 == 0:
            continue
        picks = fill(d, s, lots[i], guide, noise, offers, quantities)
        award_lot(d, s, lots[i], picks, offers, quantities)


@njit(cache=True, nogil=True)
def first_award(d: Data, s: State, order: np.ndarray, guide: np.ndarray) -> None:
    """Fill all lots, in an order."""
    offers = np.zeros(s.pick_o.shape[1], dtype=np.int64)
    quantities = np.zeros((s.pick_o.shape[1], d.demand.shape[1]), dtype=np.int64)
    for lot in order:
        picks = fill(d, s, lot, guide, 0.0, offers, quantities)
        award_lot(d, s, lot, picks, offers, quantities)
        settle(d, s)
    keep_best(s)


@njit(cache=True, nogil=True)
def anneal(
    d: Data,
    s: State,
    steps: int,
    temperature: float,
    penalty: float,
    guide: np.ndarray,
    tuned: np.ndarray,
) -> int:
    """Ruin and recreate ``steps`` times; return how many changes were taken.

    ``temperature`` is in units of cost, ``penalty`` weighs what rules miss, ``guide`` prices
    capacity (resources × periods, money per unit of capacity).
    """
    lots = np.zeros(MOST_LOTS + 1, dtype=np.int64)
    old_n = np.zeros(MOST_LOTS + 1, dtype=np.int64)
    old_o = np.zeros((MOST_LOTS + 1, s.pick_o.shape[1]), dtype=np.int64)
    old_q = np.zeros((MOST_LOTS + 1, s.pick_o.shape[1], d.demand.shape[1]), dtype=np.int64)
    unguided = np.zeros_like(guide)
    packages = len(s.pack)
    taken = 0
    for _ in range(steps):
        kind = drawn(s.random) % 16
        p, sign = -1, 0
        if kind < 3 and packages > 0:
            p = drawn(s.random) % packages
            sign = -1 if s.pack[p, USED] == 1 else 1
            n = _package_lots(d, lots, p)
        elif kind == 3:
            n = _by_bidder(d, s, lots, 2 + drawn(s.random) % 7, True)
        elif kind == 4:
            n = _by_bidder(d, s, lots, 2 + drawn(s.random) % 5, False)
        else:
            wanted = 1 + min(drawn(s.random) % int(tuned[0]), drawn(s.random) % int(tuned[0]))
            n = _by_machine(d, s, lots, wanted)
        before = s.now[TOTAL] + penalty * s.violation[0]
        for i in range(n):
            lot = lots[i]
            old_n[i] = s.pick_n[lot]
            old_o[i] = s.pick_o[lot]
            old_q[i] = s.pick_q[lot]
            clear_lot(d, s, lot)
        kept = lots[:n].copy()
        fits = True
        if p >= 0:
            switch_package(d, s, p, sign)
            fits = sign < 0 or _fits(d, s, p)
        if fits:
            noise = tuned[1] * max(0, drawn(s.random) % 8 - 4)
            if s.now[BROKEN] > 0 and drawn(s.random) % 4 == 0:
                noise = 1.0 + 2.0 * (
                    drawn(s.random) % 2
                )  # rules are kept at any price: look further
            _refill(d, s, lots, n, guide if drawn(s.random) % 8 < tuned[2] else unguided, noise)
        settle(d, s)
        _pardon(d, s, kept, n)
        after = s.now[TOTAL] + penalty * s.violation[0]
        luck = (drawn(s.random) + 1) / 2147483649.0
        if fits and after - before <= -temperature * log(luck):
            if after != before:
                taken += 1
            if s.now[BROKEN] == 0 and s.now[TOTAL] < s.now[BEST]:
                keep_best(s)
            continue
        for i in range(n):
            clear_lot(d, s, kept[i])
        if p >= 0:
            switch_package(d, s, p, -sign)
        for i in range(n):
            award_lot(d, s, kept[i], old_n[i], old_o[i], old_q[i])
        settle(d, s)
    return taken
