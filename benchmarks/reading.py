"""Reading, hashing and verifying at every size: `python3 dev.py bench reading [S|M|L|XL|FILE …]`.

Each step runs in a process of its own, so that its peak memory is its own. Without a file the
tender is drawn here, in the sizes of the real ones. Verified is a quick award that fills each lot
from its cheapest offers; every rule gets a penalty, so that it holds whatever it does to the rules.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from app.allocation import Options, document
from app.allocation.elements import Offer, Problem
from app.allocation.evaluation import Evaluation, Plan, evaluate
from app.allocation.results import Stated, result_of
from app.allocation.verify import verify

Entry = dict[str, Any]
T = TypeVar("T")
# lots, bidders, offers, periods
SIZES = {
    "S": (20, 12, 120, 2),
    "M": (200, 60, 3000, 3),
    "L": (1000, 200, 19000, 4),
    "XL": (5000, 400, 142000, 4),
}
PROCESSES = ("casting", "machining", "plating", "stamping", "welding")


def tender(lots: int, bidders: int, offers: int, periods: int) -> Entry:
    """Draw a tender: five processes, consortia of one to three firms, tiers, machine hours."""
    random = Random(1)  # the same tender every time
    firms = [f"F{i}" for i in range(bidders * 4 // 3)]
    made: Entry = {
        "format": document.FORMAT,
        "currency": "IDR",
        "periods": [f"2027-M{t + 1:02}" for t in range(periods)],
        "lots": [lot(random, i, periods) for i in range(lots)],
        "firms": [
            {
                "id": name,
                "size": random.choice(["micro", "small", "medium"]),
                "group": f"G{random.randrange(len(firms))}",
            }
            for name in firms
        ],
        "bidders": [
            {"id": f"K{i}", "members": random.sample(firms, random.randint(1, 3))}
            for i in range(bidders)
        ],
        "rules": list(rules()),
    }
    hours = str(40 * offers // len(firms))
    made["resources"] = [
        {"id": f"{name}/{process}", "firm": name, "capacity": [hours] * periods}
        for name in firms
        for process in PROCESSES
    ]
    made["offers"] = [offer(random, i, made) for i in range(offers)]
    return made


def lot(random: Random, number: int, periods: int) -> Entry:
    demand = [str(random.randint(0, 900) * 10) for _ in range(periods)]
    tags = [PROCESSES[number % len(PROCESSES)], *(["critical"] if number % 5 == 0 else [])]
    entry = {"id": f"L{number}", "unit": "pc", "demand": demand, "shortfall_cost": "250000"}
    return {**entry, "tags": tags} | ({"carry_cost": "260"} if number % 3 == 0 else {})


def offer(random: Random, number: int, made: Entry) -> Entry:
    bidder, of = random.choice(made["bidders"]), random.choice(made["lots"])
    members, process = bidder["members"], of["tags"][0]
    first = random.randint(1000, 3000) * 10
    tiers = [
        {"from": str(k * 1000 + (k > 0) * random.randint(0, 90) * 10), "unit": str(first - 900 * k)}
        for k in range(random.randint(1, 3))
    ]
    kind = random.choice(["incremental", "all_units"])
    entry: Entry = {
        "id": f"O{number}",
        "bidder": bidder["id"],
        "lot": of["id"],
        "maximum": str(random.randint(100, 900) * 10),
        "price": {"kind": kind, "tiers": tiers} if len(tiers) > 1 else tiers[0]["unit"],
        "setup": str(random.randint(10, 400) * 10000),
        "delivery_cost": str(random.randint(1, 90) * 10000),
        "freight": str(random.randint(10, 900)),
        "uses": [
            {
                "resource": f"{firm}/{process}",
                "per_unit": f"0.0{random.randint(1, 999):03}",
                "per_delivery": f"0.{random.randint(1, 9)}",
            }
            for firm in members
        ],
    }
    shares = {1: ["1"], 2: ["0.55", "0.45"], 3: ["0.5", "0.3", "0.2"]}[len(members)]
    return {**entry, "workshare": dict(zip(members, shares, strict=True))}


def rules() -> Iterator[Entry]:
    """The rules of the study's tenders, plain and full."""
    yield {"id": "bidders", "kind": "count", "of": "bidder", "per": "lot", "min": 1, "max": 3}
    scope = {"lot_tags": ["critical"]}
    yield {"id": "dual", "kind": "count", "of": "bidder", "per": "lot", "min": 2, "scope": scope}
    small = {"firm_sizes": ["micro", "small"]}
    yield {"id": "small", "kind": "share", "select": small, "measure": "value", "min": "0.3"}
    for process in PROCESSES:
        one = {"measure": "value", "scope": {"lot_tags": [process]}}
        yield {"id": f"g-{process}", "kind": "share", "each": "firm_group", "max": "0.5", **one}
        top = {"kind": "top_share", "each": "bidder", "n": 3, "max": "0.75"}
        yield {"id": f"t-{process}", **top, **one}
    worth = {"kind": "amount", "each": "bidder", "min": "50000000", "if_awarded": True}
    yield {"id": "worthwhile", **worth, "measure": "value"}


def award(problem: Problem) -> Plan:
    """Fill each lot from its cheapest offers, three bidders at most, within what is left."""
    left = {
        (name, t): Fraction(amount)
        for name, one in problem.resources.items()
        for t, amount in enumerate(one.capacity)
    }
    by_lot: dict[str, list[Offer]] = {name: [] for name in problem.lots}
    for one in problem.offers.values():
        by_lot[one.lot].append(one)
    taken: dict[str, tuple[Fraction, ...]] = {}
    alternates = {name: choice.id for choice in problem.choices for name in choice.of}
    chosen: set[str] = set()
    for name, offers in by_lot.items():
        demand = [Fraction(amount) for amount in problem.lots[name].demand]
        bidders: set[str] = set()
        for one in sorted(offers, key=lambda one: (one.price.tiers[0].unit, one.id)):
            if len(bidders) == 3 or alternates.get(one.id, one.id) in chosen:
                continue
            row = quantities(one, demand, left)
            if sum(row, Fraction(0)) < max(Fraction(one.minimum), Fraction(1)):
                continue
            for t, amount in enumerate(row):
                demand[t] -= amount
                for use in one.uses if amount else ():
                    per_delivery = Fraction(use.per_delivery)
                    left[use.resource, t] -= Fraction(use.per_unit) * amount + per_delivery
            taken[one.id] = tuple(row)
            bidders.add(one.bidder)
            chosen.add(alternates.get(one.id, one.id))
    return Plan(taken, ())


def quantities(
    one: Offer, demand: list[Fraction], left: Mapping[tuple[str, int], Fraction]
) -> list[Fraction]:
    """The most that an offer can bring in each period, in whole steps, or nothing."""
    step, most, row = Fraction(one.increment), Fraction(one.maximum or 0), []
    for t, wanted in enumerate(demand):
        amount = min(wanted, most)
        for use in one.uses:
            room = left[use.resource, t] - Fraction(use.per_delivery)
            if use.per_unit:
                amount = min(amount, room / Fraction(use.per_unit))
        amount = max(amount // step, 0) * step
        row.append(amount if amount >= one.delivery_minimum else Fraction(0))
        most -= row[-1]
    return row


def softened(made: Entry) -> Entry:
    """Give every rule a penalty; a rule that can have none is left out."""
    soft = [{**rule, "penalty": "1"} for rule in made.get("rules", ()) if rule["kind"] != "split"]
    return {**made, "rules": soft}


class Unexplained(Evaluation):
    """An evaluation of which nobody asks why a demand is unfilled: that takes many evaluations."""

    complete = True


def awarded(made: Entry) -> Entry:
    """The result document of the quick award."""
    problem = document.read(made)
    best = evaluate(problem, award(problem))
    values = [best.stage(stage) for stage in problem.objective]
    if any(one.shortfall_cost is None for one in problem.lots.values()):
        values.insert(0, best.shortfall_share)
    none = [Fraction(0)] * len(values)
    told = Unexplained(**vars(best))
    stated = Stated(told, values, none, none, False, False, (), 0.0, (), ("quick award", "1"))
    unfilled = [
        {"lot": lot, "quantities": [document.decimal_text(amount) for amount in flow.shortfall]}
        for lot, flow in best.flows.items()
        if any(flow.shortfall)
    ]
    filled = {"complete": not unfilled, "shortfalls": unfilled}
    return {**result_of(made, problem, Options(), stated), **filled}


def step(name: str, problem_path: Path, result_path: Path) -> Entry:
    """Do one step and return the seconds of its parts; what it starts from is read before."""
    told: Entry = {}

    def timed(part: str, call: Callable[[], T]) -> T:
        began, worked = time.perf_counter(), time.process_time()
        value = call()
        told[part] = (time.perf_counter() - began, time.process_time() - worked)
        return value

    if name == "read":
        made = timed("parse", lambda: document.parse(problem_path.read_bytes()))
        timed("read", lambda: document.read(made))
        return told
    made = document.parse(problem_path.read_bytes())
    if name == "hash":
        timed("hash", lambda: document.problem_sha256(made))
        timed("canonical", lambda: document.canonical(made))
    elif name == "award":
        result_path.write_text(json.dumps(timed("award", lambda: awarded(made))))
    else:
        result = document.parse(result_path.read_bytes())
        findings = timed("verify", lambda: verify(made, result))
        if findings:
            raise SystemExit(f"the award does not hold: {findings[:3]}")
    return told


def measure(name: str, problem_path: Path, result_path: Path) -> None:
    """Run a step in a process of its own and print a line for each of its parts."""
    command = [sys.executable, "-m", "benchmarks.reading", "--step", name]
    with subprocess.Popen([*command, problem_path, result_path], stdout=subprocess.PIPE) as child:
        assert child.stdout
        text = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(child.returncode)
    for part, (seconds, worked) in json.loads(text).items():
        memory = used.ru_maxrss / 1024
        print(f"  {part:10} {seconds:8.2f} s {worked:8.2f} s of work {memory:7.0f} MB", flush=True)


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench reading", description=__doc__)
    parser.add_argument("names", nargs="*", default=["S", "M", "L", "XL"], help="sizes or files")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    arguments = parser.parse_args(words)
    if arguments.step:
        print(json.dumps(step(arguments.step, *map(Path, arguments.names))))
        return 0
    for name in arguments.names:
        print(f"{name}: seconds, seconds of processor time, peak memory of the step's process")
        with tempfile.TemporaryDirectory() as folder:
            problem_path, result_path = Path(folder, "problem.json"), Path(folder, "result.json")
            problem_path.write_text(json.dumps(softened(loaded(name)), separators=(",", ":")))
            for one in ("read", "hash", "award", "verify"):
                measure(one, problem_path, result_path)
    return 0


def loaded(name: str) -> Entry:
    if name in SIZES:
        return tender(*SIZES[name])
    data = Path(name).read_bytes()
    made: Entry = json.loads(gzip.decompress(data) if name.endswith(".gz") else data)
    return made


if __name__ == "__main__":
    raise SystemExit(main())
