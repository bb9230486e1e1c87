"""What the compiled search reads and writes, as named tuples of arrays."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from app.allocation.elements import Problem
from app.allocation.scale.arrays import MOST_PICKS, Arrays
from app.allocation.scale.columns import (
    BIDDER,
    CHARGE,
    CHOICE,
    DELIVERY,
    DIRTY,
    DIRTY_,
    DISCOUNT,
    ENTRY,
    FREIGHT,
    ITEM,
    LEAST,
    LEAST_DELIVERY,
    LOT,
    MARK,
    MOST,
    PACK_USE,
    SETUP,
    STEP,
    TIER,
    USE,
)
from app.allocation.scale.counting import Ints, pointers, whole
from app.allocation.scale.measuring import QUANTITY, Cell, Measures

LIMIT_COLUMNS = ("base", "base_factor", "selected", "factor", "constant", "winner")


class Data(NamedTuple):
    """A problem: tables with the columns of ``columns``; a pointer's end is the next one's."""

    offers: int
    percents: int
    demand: np.ndarray
    lots: np.ndarray
    guess: np.ndarray
    award: np.ndarray
    limit: np.ndarray
    tier: np.ndarray
    use: np.ndarray
    capacity: np.ndarray
    entry: np.ndarray
    ledger: np.ndarray
    ledger_limit: np.ndarray
    rule: np.ndarray
    limit_weight: np.ndarray
    top: np.ndarray
    top_weight: np.ndarray
    top_ledger: np.ndarray
    mark: np.ndarray
    counted: np.ndarray
    cell: np.ndarray
    cell_weight: np.ndarray
    charge_id: np.ndarray
    charge: np.ndarray
    discounts: np.ndarray
    level: np.ndarray
    choice: np.ndarray
    item: np.ndarray
    pack_use: np.ndarray
    by_resource: np.ndarray
    by_bidder: np.ndarray


class State(NamedTuple):
    """An award under change, and the best one kept so far."""

    pick_n: np.ndarray
    pick_o: np.ndarray
    pick_q: np.ndarray
    pack: np.ndarray
    pack_arrived: np.ndarray
    lot: np.ndarray
    load: np.ndarray
    ledger: np.ndarray
    counter: np.ndarray
    cell: np.ndarray
    charged: np.ndarray
    discount: np.ndarray
    missed: np.ndarray
    top: np.ndarray
    now: np.ndarray
    violation: np.ndarray
    stack: np.ndarray
    best_n: np.ndarray
    best_o: np.ndarray
    best_q: np.ndarray
    random: np.ndarray
    banned: np.ndarray


def _sorted(owner: Ints, size: int, *columns: Ints) -> tuple[Ints, ...]:
    order = np.argsort(owner, kind="stable")
    return pointers(owner, size), *(column[order] for column in columns)


def _joined(parts: Sequence[tuple[Ints, ...]], width: int) -> list[Ints]:
    if not parts:
        return [np.zeros(0, dtype=np.int64)] * width
    return [np.concatenate([p[i] for p in parts]).astype(np.int64) for i in range(width)]


def data_of(a: Arrays, m: Measures) -> Data:
    """Return the constant arrays of a search."""
    problem, awards = a.problem, len(a.awards)
    lots = len(a["demand"])
    entry = _joined(m.entries, 3)
    entry_ptr, entry_ledger, entry_part = _sorted(entry[0], awards, entry[1], entry[2])
    mark = _joined(m.marks, 2)
    mark_ptr, mark_counter = _sorted(mark[0], awards, mark[1])
    ints = _columns(m)
    ledgers = len(m.kinds)
    about = np.concatenate((ints["base"], ints["selected"]))
    numbers = np.concatenate((np.arange(len(m.limits)), np.arange(len(m.limits))))
    keep = about >= 0
    ledger_limit_ptr, ledger_limit = _sorted(about[keep], ledgers, numbers[keep])
    counter_limit = np.full(len(m.counter_cell), -1, dtype=np.int64)
    conditional = np.flatnonzero(ints["winner"] >= 0)
    counter_limit[ints["winner"][conditional]] = conditional
    typical = _typical(a)
    weight = np.array([one.weight for one in m.limits], dtype=float)
    weight[weight == 0] = typical
    weight *= np.where(weight == typical, 1.0, float(1 / a.money))
    counted = np.array(m.kinds, dtype=np.int64)[ints["selected"]] == QUANTITY
    weight[counted] *= float(a.money) * 10**a.decimals * float(_unit_guess(a).mean())
    cells = m.cells
    picks_least, picks_most = _picks(cells, lots)
    used = np.repeat(np.arange(a.offers), np.diff(a["use_ptr"]))
    pairs = np.unique(a["use_res"] * lots + a["lot"][used]) if len(used) else np.zeros(0, int)
    res_ptr = pointers(pairs // max(lots, 1), len(problem.resources))
    bid_ptr, bid_offer = _sorted(a["bidder"][: a.offers], len(problem.bidders), np.arange(a.offers))
    choice = [(award, k) for k, (_, _, of) in enumerate(m.choices) for award in of]
    pairs_c = np.array(sorted(choice), dtype=np.int64).reshape(-1, 2)
    charges = [
        (a.awards[name], k) for k, one in enumerate(problem.charges) for name in set(one.any_of)
    ]
    pairs_q = np.array(sorted(charges), dtype=np.int64).reshape(-1, 2)
    packages = len(problem.packages)
    pad = np.zeros(packages, dtype=np.int64)

    def padded(name: str) -> Ints:
        return np.concatenate((a[name], pad))

    def pointing(ptr: Ints, before: int, after: int) -> Ints:
        return np.concatenate((np.full(before, 0), ptr, np.full(after, ptr[-1])))[: awards + 1]

    per_award = {
        LOT: padded("lot"),
        BIDDER: a["bidder"],
        STEP: padded("step"),
        LEAST: padded("least"),
        MOST: padded("most"),
        LEAST_DELIVERY: padded("least_delivery"),
        SETUP: np.concatenate((a["setup"], a["package_price"])),
        DELIVERY: padded("delivery"),
        FREIGHT: padded("freight"),
        DISCOUNT: _discount_of(a),
        TIER: pointing(a["tier_ptr"], 0, packages),
        USE: pointing(a["use_ptr"], 0, packages),
        CHOICE: pointers(pairs_c[:, 0], awards),
        ENTRY: entry_ptr,
        MARK: mark_ptr,
        CHARGE: pointers(pairs_q[:, 0], awards),
        ITEM: pointing(a["item_ptr"], a.offers, 0),
        PACK_USE: pointing(a["pack_use_ptr"], a.offers, 0),
    }
    chosen = pairs_c[:, 1].tolist()
    tops, top_weight, top_ledger = _tops(m, a)
    ledger_top = np.full(ledgers, -1, dtype=np.int64)
    for k, top in enumerate(m.tops):
        ledger_top[[*top.ledgers, top.base]] = k
    discounts, level = _discounts(a)
    return Data(
        offers=a.offers,
        percents=a.percents,
        demand=a["demand"],
        lots=_table(
            [
                a["lot_ptr"],
                a["shortfall_cost"],
                a["carry_cost"],
                a["over_cost"],
                picks_least,
                picks_most,
            ]
        ),
        guess=_unit_guess(a),
        award=_table([per_award[k] for k in range(len(per_award))]),
        limit=a["limit"],
        tier=_table([a["tier_least"], a["tier_most"], a["tier_step"], a["tier_fixed"]]),
        use=_table([a["use_res"], a["use_step"], a["use_delivery"]]),
        capacity=a["capacity"],
        entry=_table([entry_ledger, entry_part]),
        ledger=_table([np.array(m.kinds, dtype=np.int64), ledger_top, ledger_limit_ptr]),
        ledger_limit=ledger_limit,
        rule=_table([ints[name] for name in LIMIT_COLUMNS]),
        limit_weight=weight * a.percents,
        top=tops,
        top_weight=top_weight,
        top_ledger=top_ledger,
        mark=mark_counter,
        counted=_table([np.array(m.counter_cell, dtype=np.int64), counter_limit]),
        cell=np.array([(c.least, c.most, c.always) for c in cells], dtype=np.int64).reshape(-1, 3),
        cell_weight=np.full(len(cells), typical * a.percents),
        charge_id=pairs_q[:, 1].copy(),
        charge=a["charge"],
        discounts=discounts,
        level=level,
        choice=np.array([m.choices[k][:2] for k in chosen], dtype=np.int64).reshape(-1, 2),
        item=np.column_stack((a["item_lot"], a["item_quantity"])),
        pack_use=np.column_stack((a["pack_use_res"], a["pack_use"])),
        by_resource=np.concatenate((res_ptr + len(res_ptr), pairs % max(lots, 1))),
        by_bidder=np.concatenate((bid_ptr + len(bid_ptr), bid_offer)),
    )


def _table(columns: list[Ints]) -> Ints:
    """Return columns side by side; shorter ones (all but pointers) are filled up with 0."""
    size = max(len(column) for column in columns)
    made = np.zeros((size, len(columns)), dtype=np.int64)
    for k, column in enumerate(columns):
        made[: len(column), k] = column
    return made


def _columns(m: Measures) -> dict[str, Ints]:
    return {
        name: np.array([getattr(one, name) for one in m.limits], dtype=np.int64)
        for name in LIMIT_COLUMNS
    }


def _tops(m: Measures, a: Arrays) -> tuple[Ints, np.ndarray, Ints]:
    counts = np.array([len(top.ledgers) for top in m.tops], dtype=np.int64)
    flat = [ledger for top in m.tops for ledger in top.ledgers]
    first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    rows = np.array([(t.n, t.base, t.most, t.scale) for t in m.tops], dtype=np.int64).reshape(-1, 4)
    table = _table([*rows.T, first])
    weight = float(a.percents) / (a.shares * np.maximum(rows[:, 3], 1))
    return table, weight, np.array(flat, dtype=np.int64)


def _discount_of(a: Arrays) -> Ints:
    discount = np.full(len(a.awards), -1, dtype=np.int64)
    for k, one in enumerate(a.problem.discounts):
        discount[[a.awards[name] for name in one.on]] = k
    return discount


def _discounts(a: Arrays) -> tuple[Ints, Ints]:
    problem: Problem = a.problem
    counts = np.array([len(one.tiers) for one in problem.discounts], dtype=np.int64)
    money = int(a["unit_scale"][1])
    starts = [
        whole((tier.start for tier in one.tiers), money if one.by_value else a.decimals)
        for one in problem.discounts
    ]
    percent = len(str(a.percents)) - 3  # percents is a power of ten, 10**(decimals + 2)
    rates = [whole((tier.percent for tier in one.tiers), percent) for one in problem.discounts]
    none = np.zeros(0, dtype=np.int64)
    by_value = np.array([d.by_value for d in problem.discounts], dtype=np.int64)
    all_units = np.array([d.all_units for d in problem.discounts], dtype=np.int64)
    first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    level = _table([np.concatenate([none, *starts]), np.concatenate([none, *rates])])
    return _table([by_value, all_units, first]), level


def _picks(cells: Sequence[Cell], lots: int) -> tuple[Ints, Ints]:
    least, most = np.zeros(lots, dtype=np.int64), np.full(lots, MOST_PICKS, dtype=np.int64)
    for cell in cells:
        if cell.lot >= 0:
            least[cell.lot] = max(least[cell.lot], cell.least)
            most[cell.lot] = min(most[cell.lot], cell.most)
    return least, most


def _typical(a: Arrays) -> float:
    """Return about what the award of a lot costs."""
    guess = _unit_guess(a) * a["demand"].sum(axis=1)
    return max(float(guess.mean()), 1.0) if len(guess) else 1.0


def _unit_guess(a: Arrays) -> np.ndarray:
    """Return about what a unit of each lot costs at the best offer."""
    guess = np.full(len(a.lots), np.inf)
    has = np.flatnonzero(np.diff(a["tier_ptr"]) > 0)
    last = a["tier_ptr"][has + 1] - 1
    most = a["most"][has].astype(float)
    price = a["tier_fixed"][last] + a["tier_step"][last] * most + a["freight"][has] * most
    unit = (price + a["setup"][has] + a["delivery"][has]) / (most * a["step"][has])
    np.minimum.at(guess, a["lot"][has], unit)
    short = a["shortfall_cost"].astype(float)
    return np.where(np.isfinite(guess), np.minimum(guess * 1.1, short), short)


def state_of(d: Data, seed: int) -> State:
    """Return the state that awards nothing."""
    lots, periods = d.demand.shape
    awards = len(d.award) - 1
    ledgers, limits = len(d.ledger) - 1, len(d.rule)
    tops, cells = len(d.top) - 1, len(d.cell)

    def ints(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    now = np.array([0, 0, np.iinfo(np.int64).max, 0, 0, 0, lots], dtype=np.int64)
    stack = ints(4, max(lots, ledgers, cells, limits, 4096) + 1)
    stack[DIRTY_, :lots] = np.arange(lots)
    lot = ints(lots, 2)
    lot[:, DIRTY] = 1
    return State(
        pick_n=ints(lots),
        pick_o=ints(lots, MOST_PICKS),
        pick_q=ints(lots, MOST_PICKS, periods),
        pack=ints(awards - d.offers, 2),
        pack_arrived=ints(lots, periods),
        lot=lot,
        load=ints(*d.capacity.shape),
        ledger=ints(ledgers, 2),
        counter=ints(len(d.counted)),
        cell=ints(cells, 3),
        charged=ints(len(d.charge)),
        discount=ints(len(d.discounts) - 1, 2),
        missed=ints(limits),
        top=ints(tops, 2),
        now=now,
        violation=np.zeros(1),
        stack=stack,
        best_n=ints(lots),
        best_o=ints(lots, MOST_PICKS),
        best_q=ints(lots, MOST_PICKS, periods),
        random=np.array([(seed * 2 + 1) * 0x9E3779B97F4A7C15 % 2**64 | 1], dtype=np.uint64),
        banned=ints(awards),
    )
