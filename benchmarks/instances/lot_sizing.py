"""Reads capacitated lot sizing with setup times: a setup is a delivery, stock is early delivery."""

import csv
from fractions import Fraction
from functools import partial
from pathlib import Path

from benchmarks.instances.instance import DATA, Entry, Instance, Known, document, text

FAMILY = "lotsizing_trigeiro"
_MAKER = "maker"


def instances() -> list[Instance]:
    """Return every file with a value."""
    with (DATA / FAMILY / "values.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    return [
        Instance(f"{FAMILY}/{row['instance']}", partial(_document, _path(row)), _known(row))
        for row in rows
    ]


def _path(row: dict[str, str]) -> Path:
    return DATA / FAMILY / "instances" / f"{row['instance']}.txt"


def _known(row: dict[str, str]) -> Known:
    if row["optimum"]:
        return Known(Fraction(row["optimum"]))
    return Known(Fraction(row["best_found"]), bound=Fraction(row["lower_bound"]))


def _document(path: Path) -> Entry:
    # A footer in words follows the numbers.
    numbers = [Fraction(word) for word in path.read_text().partition("Bi")[0].split()]
    n, periods = int(numbers[0]), int(numbers[1])
    capacity = numbers[3]
    items = [numbers[4 + 4 * i : 8 + 4 * i] for i in range(n)]
    demands = numbers[4 + 4 * n :]
    if len(demands) != n * periods:
        raise ValueError(f"{path.name}: {len(demands)} demands instead of {n * periods}")
    lots = [
        {
            "id": f"I{i + 1}",
            "unit": "pc",
            "demand": [text(demand) for demand in demands[i::n]],
            "carry_cost": text(holding),
        }
        for i, (_, holding, _, _) in enumerate(items)
    ]
    offers = [
        {
            "id": f"make I{i + 1}",
            "bidder": _MAKER,
            "lot": f"I{i + 1}",
            "price": "0",
            "delivery_cost": text(setup_cost),
            "uses": [
                {"resource": "time", "per_unit": text(unit), "per_delivery": text(setup_time)}
            ],
        }
        for i, (unit, _, setup_time, setup_cost) in enumerate(items)
    ]
    return document(
        lots,
        {_MAKER: [_MAKER]},
        offers,
        periods=[f"P{t + 1}" for t in range(periods)],
        resources=[{"id": "time", "firm": _MAKER, "capacity": text(capacity)}],
    )
