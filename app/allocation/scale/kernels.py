"""Exact changes of an award's state, compiled: costs, loads, ledgers, counters."""

# The tables state no element types.
# mypy: disable-error-code="no-any-return, return-value"
# ruff: noqa: PLR0917  # compiled: a call that is not inlined copies tables
import numpy as np
from numba import njit

from app.allocation.scale.columns import (
    ALL_UNITS,
    ALWAYS,
    AMOUNT,
    BASIS,
    BEST_USED,
    BY_VALUE,
    CARRY,
    CELL,
    CELL_LEAST,
    CELL_MISSED,
    CELL_STAMP,
    CELLS_,
    CHARGE,
    COST,
    DELIVERY,
    DIRTY,
    DIRTY_,
    DISCOUNT,
    ENTRY,
    FIXED,
    FREIGHT,
    FROM,
    ITEM,
    KIND,
    LEDGERS_,
    LEVEL,
    LIMIT,
    LIMITS_,
    MARK,
    N_CELLS,
    N_DIRTY,
    N_LEDGERS,
    N_LIMITS,
    NUMBER,
    OF,
    OVER,
    PACK_USE,
    PART,
    PER_STEP,
    PERCENT,
    RESOURCE,
    SETUP,
    SHORT,
    STAMP,
    START,
    STEP,
    TIER,
    TOTAL,
    USE,
    USE_DELIVERY,
    USE_STEP,
    USED,
    VALUE,
)
from app.allocation.scale.keeping import changed, settle, settle_limit
from app.allocation.scale.tables import Data, State

FULL = 2**61


@njit(cache=True, nogil=True)
def drawn(random: np.ndarray) -> int:
    """Return a random number below 2**31 (xorshift64*)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return np.int64((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(33))


@njit(cache=True, nogil=True)
def price(award: np.ndarray, tiers: np.ndarray, o: int, total: int) -> int:
    """Return the money that ``total`` steps of an offer cost; below its least, the least tier's."""
    low, high = award[o, TIER], award[o + 1, TIER]
    k = low
    while k + 1 < high and tiers[k + 1, FROM] <= total:
        k += 1
    return tiers[k, FIXED] + tiers[k, PER_STEP] * total


@njit(cache=True, nogil=True)
def flow_cost(d: Data, lot: int, arrived: np.ndarray) -> int:
    """Return what a lot's shortfall, early stock and excess cost; −1 where excess is refused."""
    cost, stock, later = 0, 0, 0
    carry, over = d.lots[lot, CARRY], d.lots[lot, OVER]
    periods = d.demand.shape[1]
    if carry >= 0:
        for t in range(periods):
            later += d.demand[lot, t]
    for t in range(periods):
        wanted = d.demand[lot, t]
        if carry >= 0:
            later -= wanted
        left = stock + arrived[t] - wanted
        stock = 0
        if left < 0:
            cost -= left * d.lots[lot, SHORT]
        elif left > 0:
            stock = min(left, later)
            if stock > 0:
                cost += stock * carry
            if left > stock:
                if over < 0:
                    return -1
                cost += (left - stock) * over
    return cost


@njit(cache=True, nogil=True)
def discount_of(d: Data, k: int, basis: int, value: int) -> int:
    """Return what a discount takes off, in units of cost."""
    low, high = d.discounts[k, LEVEL], d.discounts[k + 1, LEVEL]
    j = low
    while j + 1 < high and d.level[j + 1, START] <= basis:
        j += 1
    if d.discounts[k, ALL_UNITS] == 1:
        return d.level[j, PERCENT] * value
    taken = 0
    for i in range(low, j + 1):
        end = value if i == j else d.level[i + 1, START]
        taken += d.level[i, PERCENT] * (end - d.level[i, START])
    return taken


@njit(cache=True, nogil=True)
def _counted(d: Data, s: State, award: int, sign: int) -> None:
    """Count an award in or out of its counters, and their cells."""
    for j in range(d.award[award, MARK], d.award[award + 1, MARK]):
        c = d.mark[j]
        before = s.counter[c]
        s.counter[c] = before + sign
        if (before == 0) == (before + sign == 0):
            continue
        if d.counted[c, LIMIT] >= 0:
            s.stack[LIMITS_, s.now[N_LIMITS]] = d.counted[c, LIMIT]
            s.now[N_LIMITS] += 1
            if s.now[N_LIMITS] >= s.stack.shape[1]:
                settle(d, s)
        cell = d.counted[c, CELL]
        if cell >= 0:
            s.cell[cell, NUMBER] += sign
            if s.cell[cell, CELL_STAMP] == 0:
                s.cell[cell, CELL_STAMP] = 1
                s.stack[CELLS_, s.now[N_CELLS]] = cell
                s.now[N_CELLS] += 1


@njit(cache=True, nogil=True)
def _charged(d: Data, s: State, award: int, sign: int) -> int:
    """Count an award in or out of its charges; return the change of cost, in money."""
    cost = 0
    for j in range(d.award[award, CHARGE], d.award[award + 1, CHARGE]):
        k = d.charge_id[j]
        before = s.charged[k]
        s.charged[k] = before + sign
        if before == 0:
            cost += d.charge[k]
        elif before + sign == 0:
            cost -= d.charge[k]
    return cost


@njit(cache=True, nogil=True)
def _entered(
    ledgers: np.ndarray, stack: np.ndarray, now: np.ndarray, ledger: int, amount: int
) -> None:
    ledgers[ledger, AMOUNT] += amount
    if ledgers[ledger, STAMP] == 0:
        ledgers[ledger, STAMP] = 1
        stack[LEDGERS_, now[N_LEDGERS]] = ledger
        now[N_LEDGERS] += 1


@njit(cache=True, nogil=True)
def _apply_offer(d: Data, s: State, o: int, quantity: np.ndarray, sign: int) -> None:
    """Take one offer's quantities in (sign 1) or out (−1)."""
    total, deliveries = 0, 0
    for t in range(len(quantity)):
        q = quantity[t]
        if q > 0:
            total += q
            deliveries += 1
            for j in range(d.award[o, USE], d.award[o + 1, USE]):
                s.load[d.use[j, RESOURCE], t] += sign * (
                    d.use[j, USE_STEP] * q + d.use[j, USE_DELIVERY]
                )
    value, units = price(d.award, d.tier, o, total), total * d.award[o, STEP]
    money = (
        value + d.award[o, SETUP] + d.award[o, DELIVERY] * deliveries + d.award[o, FREIGHT] * total
    )
    cost = sign * money + _charged(d, s, o, sign)
    for j in range(d.award[o, ENTRY], d.award[o + 1, ENTRY]):
        ledger = d.entry[j, OF]
        kind = d.ledger[ledger, KIND]
        amount = value if kind == 0 else (units if kind == 1 else 1)
        _entered(s.ledger, s.stack, s.now, ledger, sign * d.entry[j, PART] * amount)
    _counted(d, s, o, sign)
    s.now[TOTAL] += cost * d.percents
    k = d.award[o, DISCOUNT]
    if k >= 0:
        s.now[TOTAL] += discount_of(d, k, s.discount[k, BASIS], s.discount[k, VALUE])
        s.discount[k, VALUE] += sign * value
        s.discount[k, BASIS] += sign * (value if d.discounts[k, BY_VALUE] == 1 else units)
        s.now[TOTAL] -= discount_of(d, k, s.discount[k, BASIS], s.discount[k, VALUE])


@njit(cache=True, nogil=True)
def _lot_changed(d: Data, s: State, lot: int) -> None:
    """Bring a lot's flow cost up to date."""
    periods = d.demand.shape[1]
    arrived = s.pack_arrived[lot].copy()
    for k in range(s.pick_n[lot]):
        step = d.award[s.pick_o[lot, k], STEP]
        for t in range(periods):
            arrived[t] += step * s.pick_q[lot, k, t]
    cost = flow_cost(d, lot, arrived)
    if cost < 0:
        cost = FULL // (4 * d.percents * len(s.pick_n))
    s.now[TOTAL] += (cost - s.lot[lot, COST]) * d.percents
    s.lot[lot, COST] = cost
    if s.lot[lot, DIRTY] == 0:
        s.lot[lot, DIRTY] = 1
        s.stack[DIRTY_, s.now[N_DIRTY]] = lot
        s.now[N_DIRTY] += 1


@njit(cache=True, nogil=True)
def clear_lot(d: Data, s: State, lot: int) -> None:
    """Take every offer out of a lot."""
    for k in range(s.pick_n[lot]):
        _apply_offer(d, s, s.pick_o[lot, k], s.pick_q[lot, k], -1)
    s.pick_n[lot] = 0
    _lot_changed(d, s, lot)


@njit(cache=True, nogil=True)
def award_lot(
    d: Data, s: State, lot: int, n: int, offers: np.ndarray, quantities: np.ndarray
) -> None:
    """Award an empty lot to ``n`` offers."""
    for k in range(n):
        s.pick_o[lot, k] = offers[k]
        s.pick_q[lot, k] = quantities[k]
        _apply_offer(d, s, offers[k], quantities[k], 1)
    s.pick_n[lot] = n
    _lot_changed(d, s, lot)


@njit(cache=True, nogil=True)
def switch_package(d: Data, s: State, p: int, sign: int) -> None:
    """Accept (sign 1) or drop (−1) a package; its lots' flows follow when they are awarded."""
    award = d.offers + p
    s.pack[p, USED] += sign
    for j in range(d.award[d.offers + p, ITEM], d.award[d.offers + p + 1, ITEM]):
        lot = d.item[j, 0]
        for t in range(d.demand.shape[1]):
            s.pack_arrived[lot, t] += sign * d.item[j, 1 + t]
        _lot_changed(d, s, lot)
    for j in range(d.award[d.offers + p, PACK_USE], d.award[d.offers + p + 1, PACK_USE]):
        for t in range(d.demand.shape[1]):
            s.load[d.pack_use[j, 0], t] += sign * d.pack_use[j, 1 + t]
    for j in range(d.award[award, ENTRY], d.award[award + 1, ENTRY]):
        _entered(s.ledger, s.stack, s.now, d.entry[j, OF], sign * d.entry[j, PART])
    _counted(d, s, award, sign)
    s.now[TOTAL] += (sign * d.award[d.offers + p, SETUP] + _charged(d, s, award, sign)) * d.percents


@njit(cache=True, nogil=True)
def begin(d: Data, s: State) -> None:
    """Reckon what an empty award costs and misses."""
    for lot in range(len(s.pick_n)):
        _lot_changed(d, s, lot)
    for k in range(len(s.missed)):
        settle_limit(d.rule, d.limit_weight, s.ledger, s.counter, s.missed, s.now, s.violation, k)
    for cell in range(len(s.cell)):
        if d.cell[cell, ALWAYS] == 1 and d.cell[cell, CELL_LEAST] > 0:
            s.cell[cell, CELL_MISSED] = d.cell[cell, CELL_LEAST]
            changed(s.now, s.violation, 0, d.cell[cell, CELL_LEAST], d.cell_weight[cell])


@njit(cache=True, nogil=True)
def go_back(d: Data, s: State) -> None:
    """Return to the best award so far."""
    lots = s.stack[DIRTY_, : s.now[N_DIRTY]].copy()
    for lot in lots:
        clear_lot(d, s, lot)
    for p in range(len(s.pack)):
        if s.pack[p, USED] != s.pack[p, BEST_USED]:
            switch_package(d, s, p, s.pack[p, BEST_USED] - s.pack[p, USED])
    for lot in s.stack[DIRTY_, : s.now[N_DIRTY]].copy():
        if s.pick_n[lot] > 0:
            clear_lot(d, s, lot)
        award_lot(d, s, lot, s.best_n[lot], s.best_o[lot], s.best_q[lot])
    settle(d, s)
    for i in range(s.now[N_DIRTY]):
        s.lot[s.stack[DIRTY_, i], DIRTY] = 0
    s.now[N_DIRTY] = 0
