"""Tiny random problems that the scale room carries, and the proof that a plan of it holds."""

from fractions import Fraction
from random import Random
from typing import Any

from app.allocation import Options
from app.allocation import document as documents
from app.allocation.elements import Problem
from app.allocation.evaluation import evaluate
from app.allocation.results import Stated, result_of
from app.allocation.scale.search import Found
from app.allocation.solvers.search import Limits
from app.allocation.verify import verify
from tests.allocation.tiny import ALL, drawn

FEATURES = frozenset(ALL - {"objective", "adjustments", "reference"})


def limits(work: float = 0.4, seed: int = 0, threads: int = 1) -> Limits:
    return Limits(None, work, Fraction(0), seed, threads)


def never(_value: Fraction | None, _bound: Fraction | None) -> bool:
    return False


def tiny(seed: int) -> dict[str, Any]:
    """A problem of one stage, cost, in which demand left open costs something."""
    entry = drawn(seed, FEATURES)
    for lot in entry["lots"]:
        lot.setdefault("shortfall_cost", "50")
    for rule in entry["rules"]:
        rule.pop("penalty", None)
    return entry


def findings(document: dict[str, Any], problem: Problem, found: Found) -> list[str]:
    """What the verifier has against a plan; its cost must be the value stated."""
    assert found.plan is not None
    evaluation = evaluate(problem, found.plan)
    assert evaluation.stage(problem.objective[0]) == found.value
    stated = Stated(
        best=evaluation,
        values=[evaluation.cost["total"]],
        bounds=[found.bound or Fraction(0)],
        tolerances=[Fraction(0)],
        infeasible=False,
        cancelled=False,
        conflict=(),
        seconds=0.0,
        steps=[],
        engine=("scale", "1"),
    )
    result = result_of(document, problem, Options(), stated)
    return [f"{one.pointer}: {one.detail}" for one in verify(document, result)]


def tender(seed: int, lots: int = 12) -> dict[str, Any]:
    """A small factory tender: tight machines shared by consortia, tiers, setups, every rule."""
    random = Random(seed)  # noqa: S311  # nothing secret is drawn
    firms = [
        {"id": f"F{i}", "group": f"G{i % 4}", "size": ("micro", "large")[i % 2]} for i in range(8)
    ]
    bidders = [{"id": f"B{i}", "members": [f"F{i}", f"F{(i + 3) % 8}"]} for i in range(8)]
    resources = [{"id": f"R{i}", "firm": f"F{i}", "capacity": ["60", "80"]} for i in range(8)]
    made, offers = [], []
    for i in range(lots):
        demand = [str(random.randrange(20, 90)), str(random.randrange(0, 90))]
        made.append({"id": f"L{i}", "unit": "pc", "demand": demand, "shortfall_cost": "900"})
        if i % 3 == 0:
            made[-1]["carry_cost"] = "1.5"
        for b in random.sample(range(8), 4):
            unit = random.randrange(80, 130)
            tiers = [{"from": "0", "unit": str(unit)}, {"from": "60", "unit": str(unit - 4)}]
            kind = ("incremental", "all_units")[b % 2]
            offers.append(
                {
                    "id": f"O{i}-{b}",
                    "bidder": f"B{b}",
                    "lot": f"L{i}",
                    "price": {"kind": kind, "tiers": tiers},
                    "setup": str(random.randrange(100, 900)),
                    "delivery_cost": "60",
                    "minimum": "10",
                    "uses": [{"resource": f"R{b}", "per_unit": "0.31", "per_delivery": "1"}],
                }
            )
    first = [offer["id"] for offer in offers if offer["bidder"] == "B0"]
    second = [offer["id"] for offer in offers if offer["bidder"] == "B1"]
    levels = [{"from": "0", "percent": "0"}, {"from": "6000", "percent": "2.5"}]
    return {
        "format": documents.FORMAT,
        "currency": "IDR",
        "periods": ["W1", "W2"],
        "lots": made,
        "firms": firms,
        "bidders": bidders,
        "resources": resources,
        "offers": offers,
        "charges": [{"id": "C0", "amount": "300", "any_of": first}],
        "discounts": [
            {"id": "D0", "on": first, "basis": "value", "kind": "all_units", "tiers": levels},
            {"id": "D1", "on": second, "basis": "value", "kind": "incremental", "tiers": levels},
        ],
        "rules": [
            {"id": "count", "kind": "count", "of": "bidder", "per": "lot", "min": 1, "max": 3},
            {
                "id": "small",
                "kind": "share",
                "select": {"firm_sizes": ["micro"]},
                "measure": "value",
                "min": "0.4",
            },
            {
                "id": "group",
                "kind": "share",
                "each": "firm_group",
                "measure": "value",
                "max": "0.5",
            },
            {
                "id": "worth",
                "kind": "amount",
                "each": "bidder",
                "measure": "value",
                "min": "2500",
                "if_awarded": True,
            },
        ],
    }
