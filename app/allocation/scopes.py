"""Which awards a scope selects, and how much of each counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from app.allocation.elements import Firm, Lot, Offer, Package, Problem, Scope

EVERYTHING = Scope()
_FIRM_CONDITIONS = ("firms", "firm_sizes", "firm_regions", "firm_groups", "firm_tags")
_LOT_CONDITIONS = ("lots", "lot_tags", "lot_regions")
ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Award:
    """An offer or package in scope, and the part of it that counts.

    ``lots`` are the lots that count (of a package: those of its items that are in scope, ``None``
    where the whole package counts); ``share`` is the workshare of the selected firms.
    """

    source: Offer | Package
    lots: frozenset[str] | None
    share: Fraction


def any_of(allowed: tuple[str, ...] | None, *values: str | None) -> bool:
    """Return whether one of ``values`` is allowed; no condition allows everything."""
    return allowed is None or any(value in allowed for value in values)


def has_lot_condition(scope: Scope) -> bool:
    """Return whether the scope asks anything of lots."""
    return any(getattr(scope, name) is not None for name in _LOT_CONDITIONS)


def lot_fits(lot: Lot, scope: Scope) -> bool:
    """Return whether a lot meets the scope's lot conditions."""
    return (
        any_of(scope.lots, lot.id)
        and any_of(scope.lot_tags, *lot.tags)
        and any_of(scope.lot_regions, lot.region)
    )


def firm_fits(firm: Firm, scope: Scope) -> bool:
    """Return whether a firm meets the scope's firm conditions."""
    return (
        any_of(scope.firms, firm.id)
        and any_of(scope.firm_sizes, firm.size)
        and any_of(scope.firm_regions, firm.region)
        and any_of(scope.firm_groups, firm.ownership)
        and any_of(scope.firm_tags, *firm.tags)
    )


def lots_in(problem: Problem, scope: Scope) -> tuple[str, ...]:
    """Return the lots that meet the scope's lot conditions, in document order."""
    return tuple(lot.id for lot in problem.lots.values() if lot_fits(lot, scope))


class Selection:
    """The awards that one or several scopes select together.

    Parameters
    ----------
    problem
        The whole problem.
    scopes
        An award must meet every one of them.
    """

    def __init__(self, problem: Problem, *scopes: Scope) -> None:
        self.problem = problem
        self.scopes = scopes
        self.by_lot = any(has_lot_condition(scope) for scope in scopes)
        self.lots = frozenset(
            lot.id for lot in problem.lots.values() if all(lot_fits(lot, scope) for scope in scopes)
        )
        self.firms = frozenset(
            firm.id
            for firm in problem.firms.values()
            if all(firm_fits(firm, scope) for scope in scopes)
        )

    @cached_property
    def all_firms(self) -> bool:
        """Whether every firm's work counts."""
        return len(self.firms) == len(self.problem.firms)

    def awards(self, cell: str | None = None) -> Iterator[Award]:
        """Yield what is in scope, offers first; with ``cell``, in that one lot."""
        if cell is None:
            for awards in self._offers.values():
                yield from awards
        else:
            yield from self._offers.get(cell, ())
        yield from self.packages(cell)

    @cached_property
    def _offers(self) -> dict[str, list[Award]]:
        """The offers in scope, by lot."""
        found: dict[str, list[Award]] = {}
        for offer in self.problem.offers.values():
            if offer.lot in self.lots and self._source_fits(offer):
                found.setdefault(offer.lot, []).extend(self._counted(offer, None))
        return found

    def packages(self, cell: str | None = None) -> Iterator[Award]:
        """Yield the packages in scope; with ``cell``, those with an item in that lot."""
        lots = self.lots if cell is None else self.lots & {cell}
        by_lot = self.by_lot or cell is not None
        for package in self.problem.packages.values():
            if not self._source_fits(package):
                continue
            inside = frozenset(
                item.lot for item in package.items if item.lot in lots and item.total > 0
            )
            if inside or not by_lot:
                yield from self._counted(package, inside if by_lot else None)

    def _counted(self, source: Offer | Package, lots: frozenset[str] | None) -> Iterator[Award]:
        share = ONE
        if not self.all_firms:
            share = sum(
                (part for firm, part in source.workshare.items() if firm in self.firms), 0 * ONE
            )
        if share > 0:
            yield Award(source, lots, share)

    def _source_fits(self, source: Offer | Package) -> bool:
        bidder = self.problem.bidders[source.bidder]
        return all(
            any_of(scope.bidders, bidder.id)
            and any_of(scope.bidder_tags, *bidder.tags)
            and any_of(scope.offers, source.id)
            and any_of(scope.offer_tags, *source.tags)
            for scope in self.scopes
        )
