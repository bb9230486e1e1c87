"""The problem as the verifier reads it: exact fractions, defaults filled in, its own way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from math import ceil
from typing import Any

from app.allocation.verify.findings import Json

ZERO = Fraction(0)
Entry = Mapping[str, Any]


@lru_cache(maxsize=2**15)
def exact(value: Json) -> Fraction:
    """Return a number of the problem, which has been read before, as a fraction.

    The same few texts stand in a tender again and again; equal numbers have equal fractions.
    """
    return Fraction(Decimal(value))


def optional(value: Json) -> Fraction | None:
    """Return a number, or ``None`` where it is absent."""
    return None if value is None else exact(value)


def first(value: Json, count: int) -> tuple[Fraction, ...]:
    """Return one number per period; a single one stands for the first."""
    if isinstance(value, (list, tuple)):
        return tuple(exact(item) for item in value)
    return (exact(value), *[ZERO] * (count - 1))


def every(value: Json, count: int) -> tuple[Fraction, ...]:
    """Return one number per period; a single one stands for each."""
    if isinstance(value, (list, tuple)):
        return tuple(exact(item) for item in value)
    return (exact(value),) * count


@dataclass(frozen=True)
class Source:
    """An offer or a package: who offers it, who works, and what it brings of which lots.

    ``shares`` holds the parts above 0; ``items``, of a package, (lot, quantity per period, value
    or ``None``); ``lots`` are those of which it brings something.
    """

    id: str
    entry: Entry
    bidder: Entry
    shares: Mapping[str, Fraction]
    items: tuple[tuple[str, tuple[Fraction, ...], Fraction | None], ...]
    lots: frozenset[str]

    @property
    def is_package(self) -> bool:
        """Whether this is a package."""
        return "items" in self.entry

    @property
    def lot(self) -> str:
        """The lot of an offer."""
        return str(self.entry["lot"])


class Facts:
    """Everything that checks ask of a problem.

    Parameters
    ----------
    document
        A problem document that has no defects.
    """

    def __init__(self, document: Entry) -> None:
        self.document = document
        # What scopes select, by the scopes' ids; see ``scope.selection``.
        self.selections: dict[tuple[int, ...], tuple[Any, Any]] = {}
        self._in_lot: dict[str, frozenset[str]] = {}
        self.periods: Sequence[str] = document.get("periods", [""])
        self.count = len(self.periods)
        self.lots: dict[str, Entry] = self.by_id("lots")
        self.firms: dict[str, Entry] = self.by_id("firms")
        self.bidders: dict[str, Entry] = self.by_id("bidders")
        self.resources: dict[str, Entry] = self.by_id("resources")
        self.offers = {name: self._source(entry) for name, entry in self.by_id("offers").items()}
        self.packages = {
            name: self._source(entry) for name, entry in self.by_id("packages").items()
        }
        self.rules: dict[str, Entry] = self.by_id("rules")
        self.discounts: dict[str, Entry] = self.by_id("discounts")

    def by_id(self, name: str) -> dict[str, Entry]:
        """Return the entries of a list by their ids."""
        return {entry["id"]: entry for entry in self.document.get(name, ())}

    def source(self, name: str) -> Source:
        """Return an offer or a package."""
        return self.offers[name] if name in self.offers else self.packages[name]

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """All offers and packages."""
        return (*self.offers.values(), *self.packages.values())

    @cached_property
    def sources_by_lot(self) -> dict[str, tuple[Source, ...]]:
        """The offers and packages that could bring each lot."""
        found: dict[str, list[Source]] = {lot: [] for lot in self.lots}
        for source in self.sources:
            for lot in source.lots:
                found[lot].append(source)
        return {lot: tuple(sources) for lot, sources in found.items()}

    @cached_property
    def demand(self) -> dict[str, tuple[Fraction, ...]]:
        """Each lot's demand per period."""
        return {name: first(lot["demand"], self.count) for name, lot in self.lots.items()}

    @cached_property
    def stages(self) -> list[Entry]:
        """The objective's stages; by default the cost."""
        return list(self.document.get("objective") or [{"terms": [{"measure": "cost"}]}])

    @cached_property
    def has_stage_zero(self) -> bool:
        """Whether some lot has no shortfall cost."""
        return any("shortfall_cost" not in lot for lot in self.lots.values())

    def increment(self, offer: Source) -> Fraction:
        """Return an offer's step."""
        own = offer.entry.get("increment", self.lots[offer.lot].get("increment", 1))
        return exact(own)

    def maximum(self, offer: Source) -> Fraction | None:
        """Return the most that an offer may bring over all periods; ``None`` if given by period."""
        stated = offer.entry.get("maximum")
        if isinstance(stated, (list, tuple)):
            return None
        if stated is not None:
            return exact(stated)
        step = self.increment(offer)
        covering = ceil(sum(self.demand[offer.lot], ZERO) / step) * step
        return max(covering, exact(offer.entry.get("minimum", 0)))

    def group(self, firm: str) -> str:
        """Return a firm's group; one without is a group of its own."""
        return str(self.firms[firm].get("group", firm))

    def _source(self, entry: Entry) -> Source:
        bidder = self.bidders[entry["bidder"]]
        stated = entry.get("workshare")
        if stated:
            shares = {firm: exact(part) for firm, part in stated.items() if exact(part)}
        else:
            members = bidder["members"]
            shares = {firm: Fraction(1, len(members)) for firm in members}
        items = tuple(
            (item["lot"], first(item["quantity"], self.count), optional(item.get("value")))
            for item in entry.get("items", ())
        )
        if items:
            lots = frozenset(lot for lot, quantities, _ in items if any(quantities))
        else:
            lots = self._in_lot.setdefault(entry["lot"], frozenset([entry["lot"]]))
        return Source(entry["id"], entry, bidder, shares, items, lots)
