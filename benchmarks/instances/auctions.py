"""Reads combinatorial auctions: goods are lots of one unit, bids are packages."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

from benchmarks.instances.instance import (
    DATA,
    Entry,
    Instance,
    Known,
    all_of,
    alone,
    document,
)

FAMILY = "cats_generated"


@dataclass(frozen=True)
class Bid:
    """A price for a set of real goods; bids that share a dummy good exclude each other."""

    name: str
    price: str
    goods: tuple[int, ...]
    dummies: tuple[int, ...]


def instances() -> list[Instance]:
    """Return every file read as a sale (most revenue) and as a purchase (cheapest cover)."""
    found = []
    # Three covers that the source had not proven, solved since as plain covering models.
    later = {row["file"]: row["reverse_min_cost_cover"] for row in _table("covers.csv")}
    for row in _table("optima.csv"):
        path = DATA / FAMILY / "instances" / row["file"]
        revenue = Known(Fraction(row["forward_max_revenue"]))
        name = f"{FAMILY}/{path.stem}/forward"
        found.append(Instance(name, partial(_forward, path), revenue, maximises=True))
        name = f"{FAMILY}/{path.stem}/reverse"
        found.append(Instance(name, partial(_reverse, path), _cover(row, later)))
    return found


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / FAMILY / name).open(newline="") as table:
        return list(csv.DictReader(table))


def _cover(row: dict[str, str], later: dict[str, str]) -> Known:
    if row["reverse_status"] == "infeasible":
        return Known(None, infeasible=True)
    return Known(Fraction(row["reverse_min_cost_cover"] or later[row["file"]]))


def _forward(path: Path) -> Entry:
    """Return the sale: nothing need be sold, and the least of minus the prices is the most."""
    goods, bids = _read(path)
    lots = [_lot(good) | {"shortfall_cost": "0"} for good in goods]
    objective = [{"terms": [{"measure": "cost", "weight": "-1"}]}]
    return _document(lots, bids) | {"objective": objective}


def _reverse(path: Path) -> Entry:
    """Return the purchase: every good at least once, more of it for nothing."""
    goods, bids = _read(path)
    lots = [_lot(good) | {"over_cost": "0"} for good in goods]
    return _document(lots, bids) | {"rules": all_of(lots)}


def _lot(good: int) -> Entry:
    return {"id": f"G{good}", "unit": "pc", "demand": "1"}


def _document(lots: list[Entry], bids: list[Bid]) -> Entry:
    packages = [
        {
            "id": bid.name,
            "bidder": _bidder(bid),
            "price": bid.price,
            "items": [{"lot": f"G{good}", "quantity": "1"} for good in bid.goods],
        }
        for bid in bids
    ]
    dummies = sorted({dummy for bid in bids for dummy in bid.dummies})
    choices = [
        {"id": f"D{dummy}", "of": [bid.name for bid in bids if dummy in bid.dummies], "max": 1}
        for dummy in dummies
    ]
    bidders = alone(dict.fromkeys(_bidder(bid) for bid in bids))
    return document(lots, bidders, [], packages=packages, choices=choices)


def _bidder(bid: Bid) -> str:
    return f"F{bid.dummies[0]}" if bid.dummies else f"F-{bid.name}"


def _read(path: Path) -> tuple[range, list[Bid]]:
    """Return the real goods and the bids of a file."""
    goods = range(0)
    bids = []
    for line in _lines(path):
        words = line.split()
        if words[0] == "goods":
            goods = range(int(words[1]))
        elif words[0].isdigit():
            named = [int(word) for word in words[2 : words.index("#")]]
            real = tuple(one for one in named if one in goods)
            dummies = tuple(one for one in named if one not in goods)
            bids.append(Bid(f"B{words[0]}", words[1], real, dummies))
    return goods, bids


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("%"):
            yield line
