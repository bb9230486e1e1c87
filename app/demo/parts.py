"""The machine's bill of materials: real quantities and prices, and what the case adds to them."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from importlib.resources import files

IDR_PER_USD = Decimal(16500)
KITS = 1000  # the second price point of the bill of materials
_WIDE = Context(prec=40)

Row = Mapping[str, str]


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one of the case's tables."""
    with (files("app.demo") / "data" / name).open("r", encoding="utf-8") as file:
        yield from csv.DictReader(file)


@dataclass(frozen=True)
class Part:
    """A line of the bill of materials with what the case adds to it."""

    code: str
    name: str
    per_machine: int
    make: str
    hours: Mapping[str, Decimal]  # per unit, by process; the first is the lot's own
    lead_time_weeks: int
    kg: Decimal
    setup: Decimal
    tags: list[str]
    usd_at_one: Decimal
    usd_at_thousand: Decimal

    def price(self, machines: int) -> Decimal:
        """Return the price of a unit in rupiah when parts for so many machines are made.

        A power law through the two prices that the bill of materials states.
        """
        steps = _WIDE.divide(_WIDE.ln(Decimal(machines)), _WIDE.ln(Decimal(KITS)))
        fall = _WIDE.multiply(_WIDE.ln(self.usd_at_thousand / self.usd_at_one), steps)
        return IDR_PER_USD * self.usd_at_one * _WIDE.exp(fall)


def parts() -> dict[str, Part]:
    """Return the bill of materials in its order, by the parts' codes."""
    prices = {row["part"]: row for row in rows("picoedm_bom.csv")}
    return {row["code"]: _part(row, prices[row["part"]]) for row in rows("parts.csv")}


def _part(row: Row, priced: Row) -> Part:
    return Part(
        code=row["code"],
        name=row["part"],
        per_machine=int(priced["qty_per_machine"]),
        make=row["make"],
        hours=shares(row["operations"]),
        lead_time_weeks=int(row["lead_time_weeks"]),
        kg=Decimal(row["kg"]),
        setup=Decimal(row["setup"]),
        tags=row["tags"].split(),
        usd_at_one=Decimal(priced["unit_cost_usd_at_1_kit"]),
        usd_at_thousand=Decimal(priced["unit_cost_usd_at_1000_kits"]),
    )


def shares(text: str) -> dict[str, Decimal]:
    """Return the numbers of a text like `name:number name:number`."""
    pairs = (entry.split(":") for entry in text.split())
    return {name: Decimal(number) for name, number in pairs}
