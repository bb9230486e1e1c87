"""Makes the demonstration's case from its sources: the same numbers from the same seed.

Run as a module it writes `data/case.json`. What is real and what is invented stands in
`data/SOURCE.txt`.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

from app.demo import terms
from app.demo.parts import IDR_PER_USD, KITS, Part, Row, parts, rows, shares
from app.demo.places import places
from app.kit.types import decimal_text

SEED = 20261124
TIERS = (1, 100, 250, 500, KITS)  # machines from which a price holds
MINIMUM_MACHINES = 50
# How a size class bids against the reference price, and how far chance moves it.
SPREAD = {"micro": "1.04", "small": "1.02", "medium": "0.99", "large": "0.95"}
SPREAD_WIDTH = Decimal("0.1")
_THREE_DIGITS = Context(prec=3)


class Maker:
    """Reads the tables once and makes each piece of the case from them."""

    def __init__(self) -> None:
        self.parts = parts()
        self.firms = {row["key"]: row for row in rows("firms.csv")}
        self.machines = {f"{row['firm']}/{row['code']}": row for row in rows("machines.csv")}
        self.networks = {
            row["key"]: row | {"shares": shares(row["members"])} for row in rows("networks.csv")
        }
        self.places = places()
        self.chance = Random(SEED)  # noqa: S311 - invented bids, not secrets

    def case(self) -> dict[str, Any]:
        """Return the whole case as JSON can hold it."""
        return {
            "seed": SEED,
            "idr_per_usd": decimal_text(IDR_PER_USD),
            "buyer": terms.BUYER,
            "product": {**terms.PRODUCT, "parts": [_bill_line(p) for p in self.parts.values()]},
            "tender": {**terms.TENDER, "overrides": list(self.overrides())},
            "firms": [self.firm(key) for key in self.firms],
            "networks": [_network(row) for row in self.networks.values()],
            "bids": list(self.bids()),
        }

    def overrides(self) -> Iterator[dict[str, str]]:
        """Yield what a missing or early part costs: buying it singly, and tied-up money."""
        for part in self.parts.values():
            if part.make == "subcontracted":
                yield {
                    "part": part.code,
                    "shortfall_cost": _money(part.price(1)),
                    "carry_cost": _money(part.price(KITS) * terms.CARRY_RATE),
                }

    def firm(self, key: str) -> dict[str, Any]:
        """Return a firm with its profile, its machines and their calendars."""
        row = self.firms[key]
        mine = [machine for machine in self.machines.values() if machine["firm"] == key]
        return {
            "key": key,
            "name": row["name"],
            "profile": {
                "annual_sales": row["annual_sales"],
                "sales_year": terms.SALES_YEAR,
                "regency_code": row["regency_code"],
                "ownership_group": row["ownership_group"] or None,
                "about": terms.INVENTED,
                "classifications": [
                    {"scheme": "jejaring-process", "edition": "2026", "code": code}
                    for code in sorted({machine["process"] for machine in mine})
                ],
            },
            "resources": [
                {
                    **{name: machine[name] for name in ("code", "name", "process")},
                    "weeks": terms.calendar(Decimal(machine["hours_per_week"])),
                }
                for machine in mine
            ],
        }

    def bids(self) -> Iterator[dict[str, Any]]:
        """Yield each bidder's offers, in the order of the table."""
        offers: dict[str, list[dict[str, Any]]] = {}
        for row in rows("bids.csv"):
            offers.setdefault(row["bidder"], []).append(self.offer(row))
        for bidder, own in offers.items():
            yield {"bidder": bidder, "offers": own}

    def offer(self, row: Row) -> dict[str, Any]:
        """Return an offer in the words of the allocation format."""
        part, maximum = self.parts[row["lot"]], int(row["maximum_machines"])
        work = shares(row["workshare"]) or {row["bidder"]: Decimal(1)}
        factor = self.factor(work)
        offer: dict[str, Any] = {
            "id": part.code,
            "lot": part.code,
            "price": {
                "kind": "all_units",
                "tiers": [
                    {
                        "from": str(machines * part.per_machine if machines > 1 else 0),
                        "unit": _money(part.price(machines) * factor),
                    }
                    for machines in TIERS
                    if machines <= maximum
                ],
            },
            "minimum": str(MINIMUM_MACHINES * part.per_machine),
            "maximum": str(maximum * part.per_machine),
            "setup": _money(part.setup * factor),
            "freight": decimal_text(self.freight(part, work)),
            "uses": list(self.uses(part, row["work"])),
        }
        if row["workshare"]:
            offer["workshare"] = {
                firm: decimal_text(share) for firm, share in work.items() if share
            }
        return offer

    def factor(self, work: Mapping[str, Decimal]) -> Decimal:
        """Return how a bidder's prices stand to the reference: by size, and by chance."""
        size = sum(
            (
                Decimal(SPREAD[terms.size_of(self.firms[firm])]) * share
                for firm, share in work.items()
            ),
            Decimal(0),
        )
        # `random()` alone is promised to give the same numbers in every version of Python.
        chance = Decimal(round((self.chance.random() - 0.5) * 1000)) / 1000
        return size + SPREAD_WIDTH * chance

    def freight(self, part: Part, work: Mapping[str, Decimal]) -> Decimal:
        """Return what carrying one unit to the centre factory costs, from where it is made."""
        to = terms.TENDER["delivery_regency"]
        km = sum(
            (
                self.places.road_km(self.firms[firm]["regency_code"], to) * share
                for firm, share in work.items()
            ),
            Decimal(0),
        )
        return (part.kg / 1000 * km * self.places.idr_per_ton_km).quantize(Decimal("0.01"))

    def uses(self, part: Part, work: str) -> Iterator[dict[str, str]]:
        """Yield the hours that one unit takes on each machine."""
        for machine, share in shares(work).items():
            hours = part.hours[self.machines[machine]["process"]] * share
            yield {"resource": machine, "per_unit": decimal_text(hours)}


def _bill_line(part: Part) -> dict[str, Any]:
    return {
        "code": part.code,
        "name": part.name,
        "unit": "pc",
        "quantity_per": str(part.per_machine),
        "make": part.make,
        "process": next(iter(part.hours)),
        "lead_time_weeks": part.lead_time_weeks,
        "increment": str(terms.BOX_MACHINES * part.per_machine),
        "tags": part.tags,
    }


def _network(row: Mapping[str, Any]) -> dict[str, Any]:
    members: Mapping[str, Decimal] = row["shares"]
    return {
        **{name: row[name] for name in ("key", "name", "purpose", "contract_form")},
        "lead": next(iter(members)),
        "charter": terms.CHARTER,
        "members": {firm: decimal_text(share) for firm, share in members.items()},
    }


def _money(amount: Decimal) -> str:
    """Round as a price list does: to three digits, with one decimal at most."""
    return decimal_text(_THREE_DIGITS.plus(amount).quantize(Decimal("0.1")))


def written() -> str:
    """Return the text of `data/case.json`."""
    return json.dumps(Maker().case(), indent=1, ensure_ascii=False) + "\n"


def read() -> dict[str, Any]:
    """Return the case as it is committed."""
    text = (files("app.demo") / "data" / "case.json").read_text("utf-8")
    case: dict[str, Any] = json.loads(text)
    return case


if __name__ == "__main__":
    (Path(__file__).parent / "data" / "case.json").write_text(written(), encoding="utf-8")
