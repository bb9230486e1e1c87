"""Reads a document that has no defects, offer by offer, without ever holding all that was read.

A large tender is nearly all offers. The careful reader keeps what it has read of every one until
the whole document has been examined, since any other place may turn out to be damaged. Here each
offer becomes an element at once; with the first thing out of order this reader gives up, and the
careful one reads everything anew.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from app.allocation import elements as e
from app.allocation.reading import building, consistency, meaning, references
from app.allocation.reading.format import OFFER, PROBLEM
from app.allocation.reading.sound import ODD, OddError, Sound, read_leaf
from app.allocation.reading.values import Json

Entry = dict[str, Any]


def problem_of(document: Mapping[str, Any]) -> e.Problem | None:
    """Return the problem of a sound document, or ``None`` if anything is out of order.

    Parameters
    ----------
    document
        What may be a problem document.

    Returns
    -------
    Problem or None
        ``None`` says only that the careful reader must look.
    """
    try:
        return _problem(document)
    except ODD:
        return None


def _problem(document: Mapping[str, Any]) -> e.Problem:
    sound = Sound(read_leaf)
    raw = document.get("offers", []) if document.__class__ is dict else None
    if raw.__class__ is not list:
        raise OddError
    # The rest of the document is read whole; of the offers it is shown what others refer to.
    tree = sound.walk(PROBLEM)({**document, "offers": []})
    tree["offers"] = tuple({"id": one["id"], "lot": one["lot"]} for one in raw)
    done = ("offers",)
    _none(references.check(tree, done))
    _none(consistency.check(tree, done))
    frame = building.build({**tree, "offers": ()})
    offers = _Offers(frame, sound.walk(OFFER))
    problem = replace(frame, offers={one.id: one for one in map(offers.offer, raw)})
    _none(meaning.check(problem, tree))
    return problem


def _none(defects: Iterator[Any]) -> None:
    for _ in defects:
        raise OddError


class _Offers:
    """Checks offers against the rest of the problem and builds them."""

    def __init__(self, frame: e.Problem, read: Callable[[Json], Entry]) -> None:
        self.lots, self.bidders = frame.lots, frame.bidders
        self.resources = frame.resources
        self.count = len(frame.periods)
        self.read = read
        self.shares: dict[Any, Mapping[str, Fraction]] = {}
        self.covers: dict[tuple[str, Decimal], Decimal] = {}

    def offer(self, raw: Entry) -> e.Offer:
        """Return the element of one offer; odd if anything about it is."""
        entry = self.read(raw)
        of_lot, bidder = self.lots[entry["lot"]], self.bidders[entry["bidder"]]
        price = entry["price"]
        if price.__class__ is dict and not _rising(price["tiers"]):
            raise OddError
        increment = entry.get("increment", of_lot.increment)
        if increment is not of_lot.increment and Fraction(increment) % Fraction(of_lot.increment):
            raise OddError
        for use in entry.get("uses", ()):
            if use["resource"] not in self.resources:
                raise OddError
        maximum = entry.get("maximum")
        if maximum.__class__ is tuple and len(maximum) != self.count:
            raise OddError
        return building.offer_of(entry, of_lot, self._shares(raw, entry, bidder), self._cover)

    def _cover(self, of_lot: e.Lot, increment: Decimal) -> Decimal:
        key = of_lot.id, increment
        known = self.covers.get(key)
        if known is None:
            known = self.covers[key] = building.covering(of_lot, increment)
        return known

    def _shares(self, raw: Entry, entry: Entry, bidder: e.Bidder) -> Mapping[str, Fraction]:
        """Return the workshare; offers of one bidder that state the same share one mapping."""
        stated = entry.get("workshare")
        # What has been read is a key that costs more to hash; True and 1 were told apart by then.
        key = (bidder.id, *raw["workshare"].items()) if stated else bidder.id
        known = self.shares.get(key)
        if known is None:
            for _ in consistency.workshare(entry, "", {bidder.id: bidder.members}):
                raise OddError
            known = self.shares[key] = building.workshare(entry, bidder)
        return known


def _rising(tiers: tuple[Entry, ...]) -> bool:
    starts = [tier["from"] for tier in tiers]
    return not starts[0] and all(low < high for low, high in pairwise(starts))
