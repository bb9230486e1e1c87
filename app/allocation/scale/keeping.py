"""Which rules an award misses, and the best award that misses none, compiled."""

# The tables state no element types.
# mypy: disable-error-code="no-any-return, return-value"
# ruff: noqa: PLR0917  # compiled: a call that is not inlined copies tables
import numpy as np
from numba import njit

from app.allocation.scale.columns import (
    ALWAYS,
    AMOUNT,
    BASE,
    BASE_FACTOR,
    BEST,
    BEST_USED,
    BROKEN,
    CELL_LEAST,
    CELL_MISSED,
    CELL_MOST,
    CELL_STAMP,
    CELLS_,
    CONSTANT,
    DIRTY,
    DIRTY_,
    FACTOR,
    LEDGERS_,
    LIMITS,
    LIMITS_,
    N_CELLS,
    N_DIRTY,
    N_LEDGERS,
    N_LIMITS,
    NUMBER,
    SELECTED,
    STAMP,
    TOP,
    TOP_BASE,
    TOP_FIRST,
    TOP_MISSED,
    TOP_MOST,
    TOP_N,
    TOP_SCALE,
    TOP_STAMP,
    TOTAL,
    USED,
    WINNER,
)
from app.allocation.scale.tables import Data, State


@njit(cache=True, nogil=True)
def _top_missed(d: Data, s: State, k: int) -> int:
    n = d.top[k, TOP_N]
    largest = np.zeros(n, dtype=np.int64)
    for j in range(d.top[k, TOP_FIRST], d.top[k + 1, TOP_FIRST]):
        amount = s.ledger[d.top_ledger[j], AMOUNT]
        if amount > largest[n - 1]:
            i = n - 1
            while i > 0 and largest[i - 1] < amount:
                largest[i] = largest[i - 1]
                i -= 1
            largest[i] = amount
    held = largest.sum()
    return max(
        0, d.top[k, TOP_SCALE] * held - d.top[k, TOP_MOST] * s.ledger[d.top[k, TOP_BASE], AMOUNT]
    )


@njit(cache=True, nogil=True)
def changed(now: np.ndarray, violation: np.ndarray, before: int, after: int, weight: float) -> None:
    """Count a rule broken or kept, and by how much."""
    violation[0] += weight * (after - before)
    if before > 0 and after == 0:
        now[BROKEN] -= 1
    elif before == 0 and after > 0:
        now[BROKEN] += 1


@njit(cache=True, nogil=True)
def settle_limit(
    rule: np.ndarray,
    weight: np.ndarray,
    ledger: np.ndarray,
    counter: np.ndarray,
    missed: np.ndarray,
    now: np.ndarray,
    violation: np.ndarray,
    k: int,
) -> None:
    """Bring what is missed of a limit up to date; without its winner it asks nothing."""
    winner, after = rule[k, WINNER], 0
    if winner < 0 or counter[winner] > 0:
        slack = rule[k, FACTOR] * ledger[rule[k, SELECTED], AMOUNT] + rule[k, CONSTANT]
        if rule[k, BASE] >= 0:
            slack += rule[k, BASE_FACTOR] * ledger[rule[k, BASE], AMOUNT]
        after = max(0, -slack)
    if after != missed[k]:
        changed(now, violation, missed[k], after, weight[k])
        missed[k] = after


@njit(cache=True, nogil=True)
def settle(d: Data, s: State) -> None:
    """Bring what is missed of every touched rule up to date."""
    rule, weight, ledgers, counter = d.rule, d.limit_weight, s.ledger, s.counter
    missed_limits, now, violation = s.missed, s.now, s.violation
    for i in range(s.now[N_LEDGERS]):
        ledger = s.stack[LEDGERS_, i]
        s.ledger[ledger, STAMP] = 0
        for j in range(d.ledger[ledger, LIMITS], d.ledger[ledger + 1, LIMITS]):
            settle_limit(
                rule, weight, ledgers, counter, missed_limits, now, violation, d.ledger_limit[j]
            )
        if d.ledger[ledger, TOP] >= 0:
            s.top[d.ledger[ledger, TOP], TOP_STAMP] = 1
    for i in range(s.now[N_LIMITS]):
        k = s.stack[LIMITS_, i]
        settle_limit(rule, weight, ledgers, counter, missed_limits, now, violation, k)
    for i in range(s.now[N_CELLS]):
        cell = s.stack[CELLS_, i]
        s.cell[cell, CELL_STAMP] = 0
        number = s.cell[cell, NUMBER]
        missed = max(0, number - d.cell[cell, CELL_MOST])
        if number > 0 or d.cell[cell, ALWAYS] == 1:
            missed = max(missed, d.cell[cell, CELL_LEAST] - number)
        changed(s.now, s.violation, s.cell[cell, CELL_MISSED], missed, d.cell_weight[cell])
        s.cell[cell, CELL_MISSED] = missed
    for k in range(len(s.top)):
        if s.top[k, TOP_STAMP] == 1:
            s.top[k, TOP_STAMP] = 0
            missed = _top_missed(d, s, k)
            changed(s.now, s.violation, s.top[k, TOP_MISSED], missed, d.top_weight[k])
            s.top[k, TOP_MISSED] = missed
    s.now[N_LEDGERS], s.now[N_LIMITS], s.now[N_CELLS] = 0, 0, 0


@njit(cache=True, nogil=True)
def keep_best(s: State) -> None:
    """Keep the award as the best so far, where it is better and breaks no rule."""
    if s.now[BROKEN] > 0 or s.now[TOTAL] >= s.now[BEST]:
        return
    s.now[BEST] = s.now[TOTAL]
    for i in range(s.now[N_DIRTY]):
        lot = s.stack[DIRTY_, i]
        s.lot[lot, DIRTY] = 0
        s.best_n[lot] = s.pick_n[lot]
        s.best_o[lot] = s.pick_o[lot]
        s.best_q[lot] = s.pick_q[lot]
    s.now[N_DIRTY] = 0
    s.pack[:, BEST_USED] = s.pack[:, USED]
