"""What a scope selects among offers and packages, by the verifier's own reading."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.allocation.verify.facts import ZERO, Facts, Source
from app.allocation.verify.findings import Json

Entry = Mapping[str, Any]
LOT_WORDS = ("lots", "lot_tags", "lot_regions")


@dataclass(frozen=True)
class Match:
    """A source in scope; ``lots`` are those of its lots that count, ``None`` for all of it."""

    source: Source
    lots: frozenset[str] | None
    shares: Mapping[str, Fraction]

    @property
    def share(self) -> Fraction:
        """The workshare of the selected firms."""
        return sum(self.shares.values(), ZERO)


def allowed(scope: Entry, word: str, values: Json) -> bool:
    """Return whether one of ``values`` is listed under ``word``, or nothing is asked."""
    return word not in scope or not set(scope[word]).isdisjoint(values)


def lot_in(facts: Facts, scope: Entry, lot: str) -> bool:
    """Return whether a lot meets a scope's lot conditions."""
    entry = facts.lots[lot]
    return (
        allowed(scope, "lots", [lot])
        and allowed(scope, "lot_tags", entry.get("tags", ()))
        and allowed(scope, "lot_regions", [entry.get("region")])
    )


def firm_in(facts: Facts, scope: Entry, firm: str) -> bool:
    """Return whether a firm meets a scope's firm conditions."""
    entry = facts.firms[firm]
    return (
        allowed(scope, "firms", [firm])
        and allowed(scope, "firm_sizes", [entry.get("size")])
        and allowed(scope, "firm_regions", [entry.get("region")])
        and allowed(scope, "firm_groups", [facts.group(firm)])
        and allowed(scope, "firm_tags", entry.get("tags", ()))
    )


def matches(facts: Facts, scopes: list[Entry], lot: str | None = None) -> Iterator[Match]:
    """Yield every source that meets all scopes (in one lot where given), awarded or not."""
    by_lot = lot is not None or any(word in scope for scope in scopes for word in LOT_WORDS)
    for source in facts.sources if lot is None else facts.sources_by_lot[lot]:
        if not all(_source_in(scope, source) for scope in scopes):
            continue
        shares = {
            firm: part
            for firm, part in source.shares.items()
            if part > 0 and all(firm_in(facts, scope, firm) for scope in scopes)
        }
        if not shares:
            continue
        inside = frozenset(
            name
            for name in _lots_of(source)
            if (lot is None or name == lot) and all(lot_in(facts, scope, name) for scope in scopes)
        )
        if inside:
            yield Match(source, inside if by_lot else None, shares)
        elif not by_lot and source.is_package:
            yield Match(source, None, shares)


def _source_in(scope: Entry, source: Source) -> bool:
    return (
        allowed(scope, "bidders", [source.bidder["id"]])
        and allowed(scope, "bidder_tags", source.bidder.get("tags", ()))
        and allowed(scope, "offers", [source.id])
        and allowed(scope, "offer_tags", source.entry.get("tags", ()))
    )


def _lots_of(source: Source) -> Iterator[str]:
    if not source.is_package:
        yield source.lot
    for lot, quantities, _ in source.items:
        if any(quantities):
            yield lot


def whose(facts: Facts, kind: str, match: Match) -> dict[str, Fraction]:
    """Return whom a match counts for (``bidder``, ``firm``, ...), and with what part."""
    parts: dict[str, Fraction] = {}
    for firm, part in match.shares.items():
        if kind == "bidder":
            name: Json = match.source.bidder["id"]
        elif kind == "firm":
            name = firm
        elif kind == "firm_group":
            name = facts.group(firm)
        else:
            name = facts.firms[firm].get("region")
        if name is not None:
            parts[name] = parts.get(name, ZERO) + part
    return parts
