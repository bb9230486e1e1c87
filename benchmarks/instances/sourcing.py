"""Restates a sourcing tool's model: freight or delivered price, rebate, discount, incumbents.

The numbers are read from the tool's own linear programme, the meaning of its rows is written here:

- ``x`` is what a supplier gets of an item, ``xKBX`` of it at a price plus freight, ``xSF`` at a
  delivered price; a binary allows one of the two: two offers, of which one may be used.
- ``Cap`` rows limit a supplier's items one by one or in groups: resources.
- ``S0`` and ``F`` rows hold the prices and the freight.
- A discount ``d`` is a part of the spend, a rebate ``reb`` a part of what is left: both hold from
  one unit on, so they are one discount of ``1 - (1 - d)(1 - reb)``.
- ``MinAward``: a supplier that gets anything gets at least one unit.
- ``PctAgg``: everything but the terms with coefficient 0 is 0, so that those (the incumbents) get
  100 %.

Left out, since they cannot bind: the greatest quantities 1,000,000 of discount and rebate (all
demand is 15,117), the transition binaries ``T`` (in no cost and no other row), the constants
``dZero`` and ``rZero``. The model's quantities are divisible and ours whole; ``PctAgg`` fixes them
to the whole demands, so that both have the same optimum.
"""

import csv

from benchmarks.instances.instance import (
    DATA,
    Entry,
    Instance,
    alone,
    document,
    rounded,
    text,
)
from benchmarks.instances.linear_file import Row, rows

FAMILY = "sourcing_rfp_peer"
_PATH = DATA / FAMILY / "sourcing_with_freight.lp"
_WITH_TERMS = "Supplier_1"
# At a price plus freight, and at a delivered price.
_MODES = ("KBX", "SF")


def instances() -> list[Instance]:
    """Return the family's one model; the source rounds its optimum to four places."""
    with (DATA / FAMILY / "optimum.csv").open(newline="") as table:
        (row,) = csv.DictReader(table)
    return [Instance(f"{FAMILY}/{row['model']}", _document, rounded(row["optimum"]))]


def _document() -> Entry:
    model = rows(_PATH)
    suppliers = [name.removeprefix("S0_") for name in model if name.startswith("S0_")]
    lots = [
        {"id": name.removeprefix("Demand_"), "unit": "unit", "demand": text(row.limit)}
        for name, row in model.items()
        if name.startswith("Demand_")
    ]
    pairs = [(supplier, lot["id"]) for supplier in suppliers for lot in lots]
    offers = [_offer(model, mode, supplier, lot) for supplier, lot in pairs for mode in _MODES]
    resources = [
        {"id": name, "firm": _supplier(row), "capacity": text(row.limit)}
        for name, row in _limits(model).items()
    ]
    choices = [
        {"id": f"mode {s} {lot}", "of": [_name(mode, s, lot) for mode in _MODES], "max": 1}
        for s, lot in pairs
    ]
    return document(
        lots,
        alone(suppliers),
        offers,
        resources=resources,
        choices=choices,
        discounts=[_discount(model, [_name(m, s, lot) for s, lot in pairs for m in _MODES])],
        rules=_rules(model, suppliers),
    )


def _name(mode: str, supplier: str, lot: str) -> str:
    return f"x{mode}_{supplier}_{lot}"


def _supplier(row: Row) -> str:
    """Return whose quantities a row adds up."""
    (supplier,) = {name.removeprefix("x_").rpartition("_")[0] for name in row.terms}
    return supplier


def _limits(model: dict[str, Row]) -> dict[str, Row]:
    return {name: row for name, row in model.items() if name.startswith("Cap_")}


def _offer(model: dict[str, Row], mode: str, supplier: str, lot: str) -> Entry:
    name, both = _name(mode, supplier, lot), f"x_{supplier}_{lot}"
    offer: Entry = {
        "id": name,
        "bidder": supplier,
        "lot": lot,
        "price": text(-model[f"S0_{supplier}"].terms[name]),
        "uses": [
            {"resource": limit, "per_unit": text(row.terms[both])}
            for limit, row in _limits(model).items()
            if both in row.terms
        ],
        "tags": [] if model["PctAggEQLB_0"].terms[both] else ["incumbent"],
    }
    freight = model[f"F_{supplier}"].terms.get(name)
    return offer if freight is None else offer | {"freight": text(-freight)}


def _discount(model: dict[str, Row], names: list[str]) -> Entry:
    discount = -model[f"dUp_{_WITH_TERMS}_0"].terms[f"S0_{_WITH_TERMS}"]
    rebate = -model[f"rUp_{_WITH_TERMS}_0"].terms[f"S_{_WITH_TERMS}"]
    least = -model[f"DMin_{_WITH_TERMS}_0"].terms[f"zd_{_WITH_TERMS}_0"]
    if least != -model[f"RMin_{_WITH_TERMS}_0"].terms[f"yr_{_WITH_TERMS}_0"]:
        raise ValueError("discount and rebate begin at different quantities")
    percent = 100 * (1 - (1 - discount) * (1 - rebate))
    return {
        "id": "discount and rebate",
        "on": [name for name in names if f"_{_WITH_TERMS}_" in name],
        "basis": "quantity",
        "kind": "all_units",
        "tiers": [
            {"from": "0", "percent": "0"},
            {"from": text(least), "percent": text(percent)},
        ],
    }


def _rules(model: dict[str, Row], suppliers: list[str]) -> list[Entry]:
    least = {-model[f"MinAward_{name}"].terms[f"z_{name}"] for name in suppliers}
    (minimum,) = least
    return [
        {
            "id": "least award",
            "kind": "amount",
            "each": "bidder",
            "measure": "quantity",
            "min": text(minimum),
            "if_awarded": True,
        },
        {
            "id": "incumbents",
            "kind": "share",
            "select": {"offer_tags": ["incumbent"]},
            "measure": "quantity",
            "min": "1",
        },
    ]
