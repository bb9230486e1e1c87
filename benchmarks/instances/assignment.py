"""Reads generalized assignment: indivisible jobs are lots of one unit, agents have a capacity."""

import csv
from fractions import Fraction
from functools import partial
from pathlib import Path

from benchmarks.instances.instance import DATA, Entry, Instance, Known, alone, document

FAMILY = "gap_orlib"


def instances() -> list[Instance]:
    """Return every file minimised, and those with a published greatest value maximised too."""
    found = []
    for row in _table("best_known.csv"):
        path = DATA / FAMILY / "instances" / row["instance"]
        known = Known(Fraction(row["optimum_min"]))
        build = partial(_document, path, maximises=False)
        found.append(Instance(f"{FAMILY}/{row['instance']}/min", build, known))
    for row in _table("maxima.csv"):
        path = DATA / FAMILY / "instances" / row["instance"]
        known = Known(Fraction(row["optimum_max"]))
        build = partial(_document, path, maximises=True)
        name = f"{FAMILY}/{row['instance']}/max"
        found.append(Instance(name, build, known, maximises=True))
    return found


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / FAMILY / name).open(newline="") as table:
        return list(csv.DictReader(table))


def _document(path: Path, *, maximises: bool) -> Entry:
    numbers = path.read_text().split()
    m, n = int(numbers[0]), int(numbers[1])
    costs, uses = numbers[2 : 2 + m * n], numbers[2 + m * n : 2 + 2 * m * n]
    capacities = numbers[2 + 2 * m * n : 2 + 2 * m * n + m]
    agents = [f"A{i + 1}" for i in range(m)]
    jobs = [f"J{j + 1}" for j in range(n)]
    offers = [
        {
            "id": f"{agent} {job}",
            "bidder": agent,
            "lot": job,
            "price": costs[i * n + j],
            "uses": [{"resource": agent, "per_unit": uses[i * n + j]}],
        }
        for i, agent in enumerate(agents)
        for j, job in enumerate(jobs)
    ]
    resources = [
        {"id": agent, "firm": agent, "capacity": capacity}
        for agent, capacity in zip(agents, capacities, strict=True)
    ]
    lots = [{"id": job, "unit": "job", "demand": "1"} for job in jobs]
    weight = "-1" if maximises else "1"
    objective = [{"terms": [{"measure": "cost", "weight": weight}]}]
    return document(lots, alone(agents), offers, resources=resources, objective=objective)
