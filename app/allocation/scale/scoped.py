"""Which awards scopes select, and whose work they are, by columns."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from app.allocation.elements import Package, Scope
from app.allocation.scale.arrays import Arrays, sources_of
from app.allocation.scale.counting import Ints
from app.allocation.scopes import any_of, firm_fits, has_lot_condition, lot_fits

Mask = npt.NDArray[np.bool_]


class Scoped:
    """Which awards scopes select together, and the work that counts of each."""

    def __init__(self, a: Arrays, *scopes: Scope) -> None:
        problem = a.problem
        self.a = a
        self.by_lot = any(has_lot_condition(scope) for scope in scopes)
        self.lots = np.array(
            [all(lot_fits(lot, s) for s in scopes) for lot in problem.lots.values()], dtype=np.bool_
        )
        self.firms = np.array(
            [all(firm_fits(firm, s) for s in scopes) for firm in problem.firms.values()],
            dtype=np.bool_,
        )
        self.all_firms = bool(self.firms.all())
        bidders = np.array(
            [
                all(any_of(s.bidders, one.id) and any_of(s.bidder_tags, *one.tags) for s in scopes)
                for one in problem.bidders.values()
            ],
            dtype=np.bool_,
        )
        fits = bidders[a["bidder"]] & _named(a, scopes)
        offers = a.offers
        fits[:offers] &= self.lots[a["lot"]]
        parts = a["work_part"] * self.firms[a["work_firm"]]
        worked = np.bincount(a["work_award"], weights=parts, minlength=len(fits)).astype(np.int64)
        self.share = np.full(len(fits), a.shares) if self.all_firms else worked
        self.fits: Mask = fits & (self.share > 0)

    def inside(self, package: Package, cell: int | None) -> frozenset[str] | None:
        """Return the lots that count of a package; ``None``: it counts whole; empty: not at all."""
        if cell is None and not self.by_lot:
            return None
        lots = self.a.lots
        return frozenset(
            item.lot
            for item in package.items
            if item.total > 0 and self.lots[lots[item.lot]] and cell in {None, lots[item.lot]}
        )


def _named(a: Arrays, scopes: Iterable[Scope]) -> Mask:
    fits = np.ones(len(a.awards), dtype=np.bool_)
    for scope in scopes:
        if scope.offers is not None:
            fits &= np.isin(np.arange(len(fits)), [a.awards[n] for n in scope.offers])
        if scope.offer_tags is not None:
            tagged = [any_of(scope.offer_tags, *one.tags) for one in sources_of(a)]
            fits &= np.array(tagged, dtype=np.bool_)
    return fits


def owners(a: Arrays, kind: str) -> tuple[Ints, dict[str, int]]:
    """Return whose each work share is (−1: nobody's), and the numbers of the names."""
    firms = list(a.problem.firms.values())
    if kind == "bidder":
        return a["bidder"][a["work_award"]], a.bidders
    if kind == "firm":
        return a["work_firm"], a.firms
    names = [one.ownership if kind == "firm_group" else one.region for one in firms]
    number = {name: i for i, name in enumerate(dict.fromkeys(n for n in names if n is not None))}
    of_firm = np.array([-1 if name is None else number[name] for name in names], dtype=np.int64)
    return of_firm[a["work_firm"]], number


def parts(a: Arrays, kind: str, scoped: Scoped) -> tuple[Ints, Ints, Ints, dict[str, int]]:
    """Return (award, who, part) for every award in scope, and the numbers of the names."""
    who, number = owners(a, kind)
    award, part = a["work_award"], a["work_part"]
    keep = scoped.fits[award] & scoped.firms[a["work_firm"]] & (part > 0) & (who >= 0)
    size = max(len(number), 1)
    keys, where = np.unique(award[keep] * size + who[keep], return_inverse=True)
    whole_part = np.zeros(len(keys), dtype=np.int64)
    np.add.at(whole_part, where, part[keep])
    return keys // size, keys % size, whole_part, number
