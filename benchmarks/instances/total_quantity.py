"""Reads supplier selection with discounts on a supplier's total quantity, in three variants."""

import json
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from benchmarks.instances.instance import (
    DATA,
    Entry,
    Instance,
    Known,
    all_of,
    alone,
    document,
    text,
)

FAMILY = "tqd_generated"
# Without availabilities; with them; with them and three rules.
VARIANTS = ("V1", "V2", "V3")


def instances() -> list[Instance]:
    """Return every file in every variant; quantities are whole units."""
    found = []
    for path in sorted((DATA / FAMILY).glob("*.json"), key=lambda one: one.stat().st_size):
        data = json.loads(path.read_text(), parse_float=Decimal)
        for variant in VARIANTS:
            build = partial(_document, data, variant)
            known = _known(data["known_optimum"][variant])
            found.append(Instance(f"{FAMILY}/{path.stem}/{variant}", build, known))
    return found


def _known(stated: dict[str, Any]) -> Known:
    if stated["status"] == "infeasible":
        return Known(None, infeasible=True)
    return Known(Fraction(stated["optimal_cost_whole_units"]))


def _document(data: dict[str, Any], variant: str) -> Entry:
    lots = [{"id": name, "unit": "pc", "demand": str(n)} for name, n in data["demand"].items()]
    offers = []
    discounts = []
    for one in data["suppliers"]:
        supplier = one["supplier"]
        own = [_offer(supplier, lot, terms, variant) for lot, terms in one["offers"].items()]
        offers.extend(own)
        tiers = [
            {"from": str(tier["from"]), "percent": str(tier["discount_percent"])}
            for tier in one["total_quantity_intervals"]
        ]
        discounts.append(
            {
                "id": f"discount of {supplier}",
                "on": [offer["id"] for offer in own],
                "basis": "quantity",
                "kind": "all_units",
                "tiers": tiers,
            }
        )
    rules = _rules(data["rules"], lots) if variant == "V3" else []
    bidders = alone(one["supplier"] for one in data["suppliers"])
    return document(lots, bidders, offers, discounts=discounts, rules=rules)


def _offer(supplier: str, lot: str, terms: dict[str, Any], variant: str) -> Entry:
    offer = {
        "id": f"{supplier} {lot}",
        "bidder": supplier,
        "lot": lot,
        "price": str(terms["unit_price"]),
    }
    return offer if variant == "V1" else offer | {"maximum": str(terms["availability"])}


def _rules(limits: dict[str, int], lots: list[Entry]) -> list[Entry]:
    """Return the three rules, and that every demand is met: without it they could be escaped."""
    return [
        {"id": "winners", "kind": "count", "of": "bidder", "max": limits["max_winners"]},
        {
            "id": "shares",
            "kind": "share",
            "each": "bidder",
            "measure": "quantity",
            "min": text(Fraction(limits["min_share_percent"], 100)),
            "max": text(Fraction(limits["max_share_percent"], 100)),
        },
        *all_of(lots),
    ]
