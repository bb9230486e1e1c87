"""Reads capacitated facility location: customers are lots, warehouses firms with a fixed charge."""

import csv
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path

from benchmarks.instances.instance import DATA, Entry, Instance, alone, document, rounded, text

FAMILY = "cflp_orlib"
# How the demand of a customer is served, and the column with the optimum.
READINGS = {
    "split": "optimum_split_demand_capopt",
    "single": "optimum_single_source",
    "single-rule": "optimum_single_source",
}


def instances() -> list[Instance]:
    """Return every file: demand split, from one source as an indivisible lot, and by a rule."""
    found = []
    with (DATA / FAMILY / "optima.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    for row in rows:
        path = DATA / FAMILY / "instances" / f"{row['instance']}.txt"
        for reading, column in READINGS.items():
            if row[column]:
                build = partial(_document, path, reading)
                name = f"{FAMILY}/{row['instance']}/{reading}"
                found.append(Instance(name, build, rounded(row[column])))
    return found


def _document(path: Path, reading: str) -> Entry:
    numbers = iter(path.read_text().split())
    warehouses = [f"W{i + 1}" for i in range(int(next(numbers)))]
    customers = [f"C{j + 1}" for j in range(int(next(numbers)))]
    limits = {name: (next(numbers), next(numbers)) for name in warehouses}
    lots = []
    offers: list[Entry] = []
    for customer in customers:
        demand = next(numbers)
        step = demand if reading == "single" else "1"
        lots.append({"id": customer, "unit": "unit", "demand": demand, "increment": step})
        offers.extend(_offers(customer, Fraction(demand), warehouses, numbers))
    charges = [
        {
            "id": f"open {name}",
            "amount": fixed,
            "any_of": [f"{name} {customer}" for customer in customers],
        }
        for name, (_, fixed) in limits.items()
    ]
    resources = [
        {"id": name, "firm": name, "capacity": capacity} for name, (capacity, _) in limits.items()
    ]
    one_source = {"id": "one source", "kind": "count", "of": "bidder", "per": "lot", "max": 1}
    rules = [one_source] if reading == "single-rule" else []
    return document(
        lots, alone(warehouses), offers, resources=resources, charges=charges, rules=rules
    )


def _offers(
    customer: str, demand: Fraction, warehouses: list[str], numbers: Iterator[str]
) -> Iterator[Entry]:
    """Yield a customer's offers: the file gives the cost of serving all of its demand."""
    for warehouse in warehouses:
        yield {
            "id": f"{warehouse} {customer}",
            "bidder": warehouse,
            "lot": customer,
            "price": text(Fraction(next(numbers)) / demand),
            "uses": [{"resource": warehouse, "per_unit": "1"}],
        }
