"""Reads the classic bid evaluation problem: one lot, five vendors, incremental price tiers."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from benchmarks.instances.instance import DATA, Entry, Instance, Known, alone, document, text

FAMILY = "bid_evaluation_tiers"


def instances() -> list[Instance]:
    """Return the family's one instance."""
    data = json.loads((DATA / FAMILY / "bid.json").read_text(), parse_float=Decimal)
    known = Known(Fraction(data["optimal_cost"]))
    return [Instance(f"{FAMILY}/bid", lambda: _document(data), known)]


def _document(data: dict[str, Any]) -> Entry:
    lot = {
        "id": "lot",
        "unit": "unit",
        "increment": "0.01",
        "demand": str(data["requirement_units"]),
    }
    offers = [_offer(vendor) for vendor in data["vendors"]]
    return document([lot], alone(one["vendor"] for one in data["vendors"]), offers)


def _offer(vendor: dict[str, Any]) -> Entry:
    """Return one vendor's offer: the cost of a segment follows from the segments before it."""
    segments = vendor["segments"]
    tiers = [
        {"from": "0" if k == 0 else str(one["q_min"]), "unit": str(one["unit_price"])}
        for k, one in enumerate(segments)
    ]
    return {
        "id": vendor["vendor"],
        "bidder": vendor["vendor"],
        "lot": "lot",
        "price": {"kind": "incremental", "tiers": tiers},
        "setup": text(Fraction(segments[0]["setup"])),
        "minimum": str(segments[0]["q_min"]),
        "maximum": str(segments[-1]["q_max"]),
    }
