"""What a scope selects among offers and packages, by the verifier's own reading."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.allocation.verify.facts import ZERO, Facts, Source
from app.allocation.verify.findings import Json

Entry = Mapping[str, Any]
EVERYTHING: Entry = {}
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


class Selection:
    """What some scopes select together: every condition is settled once, not source by source."""

    def __init__(self, facts: Facts, scopes: Iterable[Entry]) -> None:
        conditions = [
            {word: frozenset(values) for word, values in scope.items()} for scope in scopes
        ]

        def all_allow(**asked: Json) -> bool:
            return all(_allows(one, asked) for one in conditions)

        self.by_lot = any(word in one for one in conditions for word in LOT_WORDS)
        self.lots = frozenset(
            name
            for name, lot in facts.lots.items()
            if all_allow(lots=[name], lot_tags=lot.get("tags", ()), lot_regions=[lot.get("region")])
        )
        self.firms = frozenset(
            name
            for name, firm in facts.firms.items()
            if all_allow(
                firms=[name],
                firm_sizes=[firm.get("size")],
                firm_regions=[firm.get("region")],
                firm_groups=[facts.group(name)],
                firm_tags=firm.get("tags", ()),
            )
        )
        self.bidders = frozenset(
            name
            for name, bidder in facts.bidders.items()
            if all_allow(bidders=[name], bidder_tags=bidder.get("tags", ()))
        )
        self.every_firm = len(self.firms) == len(facts.firms)
        self._naming = [one for one in conditions if "offers" in one or "offer_tags" in one]

    def match(self, source: Source, lot: str | None = None) -> Match | None:
        """Return what the scopes select of a source (in one lot where given); ``None``: nothing."""
        if source.bidder["id"] not in self.bidders:
            return None
        if self._naming:
            asked = {"offers": [source.id], "offer_tags": source.entry.get("tags", ())}
            if not all(_allows(one, asked) for one in self._naming):
                return None
        shares = source.shares
        if not self.every_firm:
            shares = {firm: part for firm, part in shares.items() if firm in self.firms}
            if not shares:
                return None
        brought = source.lots if lot is None else source.lots & {lot}
        inside = brought & self.lots
        if inside:
            by_lot = self.by_lot or lot is not None
            return Match(source, inside if by_lot else None, shares)
        # A package that brings nothing at all is still in scope where no lot is asked for.
        return None if self.by_lot or lot is not None else Match(source, None, shares)


def _allows(condition: Mapping[str, frozenset[Json]], asked: Mapping[str, Json]) -> bool:
    """Return whether, for each word of a condition that is asked, one of the values is listed."""
    return all(
        word not in condition or not condition[word].isdisjoint(values)
        for word, values in asked.items()
    )


def selection(facts: Facts, scopes: Sequence[Entry]) -> Selection:
    """Return the selection of some scopes, made once for each of the document's own scopes."""
    asking = [scope for scope in scopes if scope]
    key = tuple(map(id, asking))
    if key not in facts.selections:
        # The scopes are kept beside what was made of them, so that no id can stand for another.
        facts.selections[key] = (asking, Selection(facts, asking))
    made: Selection = facts.selections[key][1]
    return made


def matches(
    facts: Facts,
    scopes: Sequence[Entry],
    lot: str | None = None,
    among: Iterable[Source] | None = None,
) -> Iterator[Match]:
    """Yield every source that meets all scopes (in one lot where given).

    Without ``among`` all offers and packages are looked at, awarded or not.
    """
    chosen = selection(facts, scopes)
    if among is None:
        among = facts.sources if lot is None else facts.sources_by_lot[lot]
    for source in among:
        match = chosen.match(source, lot)
        if match is not None:
            yield match


def whose(facts: Facts, kind: str, match: Match) -> dict[str, Fraction]:
    """Return whom a match counts for (``bidder``, ``firm``, ...), and with what part."""
    if kind == "bidder":
        return {match.source.bidder["id"]: match.share}
    parts: dict[str, Fraction] = {}
    for firm, part in match.shares.items():
        name: Json = firm
        if kind == "firm_group":
            name = facts.group(firm)
        elif kind == "firm_region":
            name = facts.firms[firm].get("region")
        if name is not None:
            parts[name] = parts[name] + part if name in parts else part
    return parts


def everybody(facts: Facts, kind: str, found: Iterable[Match]) -> dict[str, None]:
    """Return everybody whom some matches count for."""
    alike = {(match.source.bidder["id"], *match.shares): match for match in found}
    return {name: None for match in alike.values() for name in whose(facts, kind, match)}
