"""The rules of a problem as ledgers, limits on them, and counters of winners."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from app.allocation.elements import Package, Rule, Scope
from app.allocation.rulework import min_binds_winners_only, package_amount
from app.allocation.scale.arrays import Arrays, dearest_award
from app.allocation.scale.counting import LARGEST, Ints, UnsupportedError, places
from app.allocation.scale.scoped import Scoped, parts
from app.allocation.scopes import lot_fits

VALUE, QUANTITY, USE = 0, 1, 2  # what a ledger adds up


class Limit(NamedTuple):
    """``base_factor·base + factor·selected + constant ≥ 0``, if ``winner`` has won (−1: always)."""

    base: int
    base_factor: int
    selected: int
    factor: int
    constant: int
    winner: int
    weight: float
    rule: int


class Top(NamedTuple):
    """The ``n`` largest ledgers of a row of them hold at most ``most/scale`` of the base."""

    n: int
    base: int
    most: int
    scale: int
    ledgers: list[int]


class Cell(NamedTuple):
    """How many counters of a cell may be above 0."""

    least: int
    most: int
    always: bool
    lot: int


@dataclass
class Measures:
    """Ledgers (sums of awards' values, quantities or uses), limits on them, and counters.

    ``entries`` are (award, ledger, part): of an offer the part of its value or quantity, of a
    package the amount itself. ``marks`` are (award, counter): a counter counts used awards.
    """

    kinds: list[int] = field(default_factory=list)
    entries: list[tuple[Ints, Ints, Ints]] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    tops: list[Top] = field(default_factory=list)
    marks: list[tuple[Ints, Ints]] = field(default_factory=list)
    counter_cell: list[int] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    choices: list[tuple[int, int, list[int]]] = field(default_factory=list)

    def ledgers(self, count: int, kind: int) -> int:
        """Return the first of ``count`` new ledgers."""
        self.kinds.extend([kind] * count)
        return len(self.kinds) - count

    def counters(self, count: int, cells: Iterable[int]) -> int:
        """Return the first of ``count`` new counters."""
        self.counter_cell.extend(cells)
        return len(self.counter_cell) - count


def measures_of(a: Arrays) -> Measures:
    """Return what every rule measures.

    Raises
    ------
    UnsupportedError
        For the rules that the scale room does not carry.
    """
    made = Measures()
    for position, rule in enumerate(a.problem.rules):
        if rule.penalty is not None:
            raise UnsupportedError(f"rule {rule.id}: a penalty")
        if rule.kind == "count":
            _count(made, a, rule)
        elif rule.kind in {"share", "amount", "top_share"}:
            _Measured(made, a, rule, position).add()
        else:
            raise UnsupportedError(f"rule {rule.id}: kind {rule.kind}")
    conditions(made, a)
    return made


def conditions(made: Measures, a: Arrays) -> None:
    """Add what choices, requires and pins ask as limits on ledgers of uses and quantities."""
    awards, problem = a.awards, a.problem
    for choice in problem.choices:
        ledger = _ledger(made, USE, [(awards[name], 1) for name in choice.of])
        if choice.max is not None:
            made.choices.append((ledger, choice.max, [awards[name] for name in choice.of]))
            made.limits.append(Limit(-1, 0, ledger, -1, choice.max, -1, 0.0, -1))
        if choice.min:
            made.limits.append(Limit(-1, 0, ledger, 1, -choice.min, -1, 0.0, -1))
    for require in problem.requires:
        used = [(awards[name], 1) for name in require.then_any_of if name != require.if_used]
        if len(used) == len(require.then_any_of):
            ledger = _ledger(made, USE, [*used, (awards[require.if_used], -1)])
            made.limits.append(Limit(-1, 0, ledger, 1, 0, -1, 0.0, -1))
    for pin in problem.pins:
        if pin.package is not None:
            ledger = _ledger(made, USE, [(awards[pin.package], 1)])
            sign, constant = (1, -1) if pin.accept else (-1, 0)
            made.limits.append(Limit(-1, 0, ledger, sign, constant, -1, 0.0, -1))
        elif pin.offer is not None and pin.min:
            used_ledger = _ledger(made, USE, [(awards[pin.offer], 1)])
            made.limits.append(Limit(-1, 0, used_ledger, 1, -1, -1, 0.0, -1))
            ledger = _ledger(made, QUANTITY, [(awards[pin.offer], 1)])
            least = -Fraction(pin.min) * 10**a.decimals // 1
            made.limits.append(Limit(-1, 0, ledger, 1, int(least), -1, 0.0, -1))


def _ledger(made: Measures, kind: int, parts: list[tuple[int, int]]) -> int:
    ledger = made.ledgers(1, kind)
    rows = np.array(parts, dtype=np.int64).reshape(-1, 2)
    made.entries.append((rows[:, 0], np.full(len(rows), ledger), rows[:, 1]))
    return ledger


def _cells(a: Arrays, rule: Rule) -> list[int | None]:
    if rule.per is None:
        return [None]
    if rule.per != "lot":
        raise UnsupportedError(f"rule {rule.id}: per {rule.per}")
    own = [lot_fits(lot, rule.scope) for lot in a.problem.lots.values()]
    return [i for i, fits in enumerate(own) if fits]


def _count(made: Measures, a: Arrays, rule: Rule) -> None:
    scoped = Scoped(a, rule.scope)
    per_lot = rule.per == "lot"
    lots = _cells(a, rule)
    first = len(made.cells)
    least = int(rule.min or 0)
    most = int(rule.max) if rule.max is not None else 2**40
    everyone = not _narrow(rule.scope) and rule.of == "bidder"
    for lot in lots:
        here = lot if lot is not None and everyone else -1
        made.cells.append(Cell(least, most, rule.always, here))
    cell_of = {lot: first + i for i, lot in enumerate(lots)}
    pairs: list[tuple[int, int, int]] = []
    award, who, size = _owned(a, rule, scoped)
    if per_lot:
        of_lot = np.full(len(a.lots), -1, dtype=np.int64)
        of_lot[[lot for lot in lots if lot is not None]] = first + np.arange(len(lots))
    is_offer = award < a.offers
    o_award, o_who = award[is_offer], who[is_offer]
    o_cell = of_lot[a["lot"][o_award]] if per_lot else np.full(len(o_award), first)
    packages = list(a.problem.packages.values())
    for p_award, p_who in zip(award[~is_offer].tolist(), who[~is_offer].tolist(), strict=True):
        package = packages[p_award - a.offers]
        for lot in lots if not per_lot else [a.lots[item.lot] for item in package.items]:
            inside = scoped.inside(package, lot)
            if lot in cell_of and (inside is None or inside):
                pairs.append((p_award, p_who, cell_of[lot]))
    if rule.of == "lot":
        for index in np.flatnonzero(scoped.fits[a.offers :]).tolist():
            for item in packages[index].items:
                lot = a.lots[item.lot]
                key = lot if per_lot else None
                counted = scoped.lots[lot] or not (scoped.by_lot or per_lot)
                if item.total > 0 and counted and key in cell_of:
                    pairs.append((a.offers + index, lot, cell_of[key]))
    extra = np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 3)
    all_award = np.concatenate((o_award, extra[:, 0]))
    keys = np.concatenate((o_cell * size + o_who, extra[:, 2] * size + extra[:, 1]))
    unique, where = np.unique(keys, return_inverse=True)
    start = made.counters(len(unique), (unique // size).tolist())
    made.marks.append((all_award, start + where))


def _narrow(scope: Scope) -> bool:
    """Return whether a scope leaves out some awards of a lot."""
    return any(
        getattr(scope, name) is not None
        for name in scope.__dataclass_fields__
        if not name.startswith("lot")
    )


def _owned(a: Arrays, rule: Rule, scoped: Scoped) -> tuple[Ints, Ints, int]:
    if rule.of == "lot":
        award = np.flatnonzero(scoped.fits[: a.offers])
        return award, a["lot"][award], len(a.lots)
    award, who, _, number = parts(a, rule.of or "", scoped)
    return award, who, max(len(number), 1)


class _Measured:
    """One ``share``, ``amount`` or ``top_share`` rule."""

    def __init__(self, made: Measures, a: Arrays, rule: Rule, position: int) -> None:
        self.made, self.a, self.rule, self.position = made, a, rule, position
        self.by_value = rule.measure == "value"
        self.kind = VALUE if self.by_value else QUANTITY
        self.scope = Scoped(a, rule.scope)
        self.both = Scoped(a, rule.scope, rule.select)
        self.cells = _cells(a, rule)
        # One unit of money or quantity, in what ledgers count.
        unit = 1 / a.money if self.by_value else Fraction(10**a.decimals)
        self.unit = unit * a.shares
        factors = [Decimal(v) for v in (rule.min, rule.max) if v is not None]
        deep = places(factors)
        if rule.kind == "amount":
            self.scale = 1
        else:
            self.scale = 10**deep
        if dearest_award(a) * a.shares * self.scale * 2 >= LARGEST:
            raise UnsupportedError(f"rule {rule.id}: sums beyond 62 bits")

    def add(self) -> None:
        """Add the rule's ledgers, limits and counters."""
        rule = self.rule
        base = self.made.ledgers(len(self.cells), self.kind)
        scope, both = self.scope, self.both
        awards = np.arange(len(self.a.awards))
        zero = np.zeros_like(awards)
        self.base = base
        self._enter(base, 1, (awards, zero, scope.share), scope)
        if rule.each is None:
            size, number = 1, dict[str, int]()
            winning = (awards[scope.fits], zero[scope.fits])
            chosen = (awards, zero, both.share)
        else:
            w_award, w_who, _, number = parts(self.a, rule.each, scope)
            winning = (w_award, w_who)
            c_award, c_who, c_part, _ = parts(self.a, rule.each, both)
            chosen, size = (c_award, c_who, c_part), max(len(number), 1)
        first = self.made.ledgers(len(self.cells) * size, self.kind)
        self._enter(first, size, chosen, both)
        self._hold(first, size, number, winning)

    def _enter(self, first: int, size: int, who: tuple[Ints, Ints, Ints], scoped: Scoped) -> None:
        """Enter awards into ledgers ``first + cell·size + who``."""
        award, of, part = who
        keep = scoped.fits[award] & (part > 0)
        award, of, part = award[keep], of[keep], part[keep]
        offer = award < self.a.offers
        place = self._place(award[offer])
        inside = place >= 0
        found = [
            (award[offer][inside], (first + place * size + of[offer])[inside], part[offer][inside])
        ]
        rows = []
        packages = list(self.a.problem.packages.values())
        for one, whose, share in zip(*(x[~offer].tolist() for x in (award, of, part)), strict=True):
            package = packages[one - self.a.offers]
            for i, cell in enumerate(self.cells):
                lots = scoped.inside(package, cell)
                if lots is None or lots:
                    rows.append(
                        (one, first + i * size + whose, self._amount(package, lots) * share)
                    )
        extra = np.array(rows, dtype=np.int64).reshape(-1, 3)
        found.append((extra[:, 0], extra[:, 1], extra[:, 2]))
        self.made.entries.extend(found)

    def _place(self, offers: Ints) -> Ints:
        if self.rule.per is None:
            return np.zeros_like(offers)
        place = np.full(len(self.a.lots), -1, dtype=np.int64)
        place[[cell for cell in self.cells if cell is not None]] = np.arange(len(self.cells))
        return place[self.a["lot"][offers]]

    def _amount(self, package: Package, lots: frozenset[str] | None) -> int:
        amount = package_amount(self.rule.measure or "", package, lots)
        return int(amount * self.unit / self.a.shares)

    def _hold(
        self, first: int, size: int, number: Mapping[str, int], winning: tuple[Ints, Ints]
    ) -> None:
        rule = self.rule
        places_ = self._winning_cells(winning, size)
        if rule.kind == "top_share":
            self._tops(first, size, places_)
            return
        counter = None
        if min_binds_winners_only(rule) and rule.min is not None:
            counter = self._counters(places_)
        keys = np.unique(places_[1])
        names = {i: name for name, i in number.items()}
        if rule.each is None:
            keys, names = np.arange(len(self.cells)), {0: "selected"}
        for key in keys.tolist():
            self._limits(first, size, key, names, counter)

    def _winning_cells(self, winning: tuple[Ints, Ints], size: int) -> tuple[Ints, Ints]:
        """Return (award, cell·size + who) of everything that wins something."""
        award, who = winning
        offer = award < self.a.offers
        place = self._place(award[offer])
        keep = place >= 0
        found_award, found_key = award[offer][keep], (place * size + who[offer])[keep]
        rows = []
        packages = list(self.a.problem.packages.values())
        for one, whose in zip(award[~offer].tolist(), who[~offer].tolist(), strict=True):
            for i, cell in enumerate(self.cells):
                lots = self.scope.inside(packages[one - self.a.offers], cell)
                if lots is None or lots:
                    rows.append((one, i * size + whose))
        extra = np.array(rows, dtype=np.int64).reshape(-1, 2)
        return np.concatenate((found_award, extra[:, 0])), np.concatenate((found_key, extra[:, 1]))

    def _counters(self, places_: tuple[Ints, Ints]) -> dict[int, int]:
        keys, where = np.unique(places_[1], return_inverse=True)
        start = self.made.counters(len(keys), [-1] * len(keys))
        self.made.marks.append((places_[0], start + where))
        return {key: start + i for i, key in enumerate(keys.tolist())}

    def _limits(
        self,
        first: int,
        size: int,
        key: int,
        names: Mapping[int, str],
        counter: Mapping[int, int] | None,
    ) -> None:
        rule, scale = self.rule, self.scale
        prior = Fraction(rule.prior.get(names.get(key % size, ""), 0))
        whole_prior = sum(map(Fraction, rule.prior.values()), Fraction(rule.prior_other))
        base = self.base + key // size
        weight = 1 / (float(self.unit) * scale)
        winner = -1 if counter is None else counter.get(key, -2)
        for limit, sign in ((rule.min, 1), (rule.max, -1)):
            if limit is None or (sign == 1 and winner == -2):
                continue
            bound = Fraction(limit)
            if rule.kind == "amount":
                constant, factor = sign * (prior - bound) * self.unit, 0
            else:
                factor = -sign * int(bound * scale)
                constant = sign * (prior - bound * whole_prior) * self.unit * scale
            needed = winner if sign == 1 else -1
            # Rounding towards the stricter side is exact: the other terms are whole.
            self.made.limits.append(
                Limit(
                    base if factor else -1,
                    factor,
                    first + key,
                    sign * scale,
                    int(constant // 1),
                    needed,
                    weight,
                    self.position,
                )
            )

    def _tops(self, first: int, size: int, places_: tuple[Ints, Ints]) -> None:
        rule = self.rule
        if rule.prior or rule.prior_other:
            raise UnsupportedError(f"rule {rule.id}: a top share with priors")
        keys = np.unique(places_[1])
        for i in range(len(self.cells)):
            row = [first + key for key in keys.tolist() if key // size == i]
            most = int(Fraction(rule.max or 0) * self.scale)
            self.made.tops.append(Top(int(rule.n or 0), self.base + i, most, self.scale, row))
