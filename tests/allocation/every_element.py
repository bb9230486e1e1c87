"""A problem that uses every field of the format, its decisions pinned so that its result is known.

Lot A gets more than it needs and some of it early, lots B and C too little; some rules hold, some
are broken at a penalty.
"""

from typing import Any

from app.allocation.document import FORMAT
from tests.allocation.documents import item, lot, offer, package

Entry = dict[str, Any]

PARTIES: Entry = {
    "format": FORMAT,
    "currency": "IDR",
    "periods": ["W1", "W2"],
    "lots": [
        lot("A", ["6", "4"], shortfall_cost="90", carry_cost="1", over_cost="2", tags=["hot"])
        | {"increment": "1", "region": "ID-JB"},
        lot("B", "5", carry_cost="1", increment="0.5"),
        {**lot("C", ["0", "3"], over_cost="0", shortfall_cost="7"), "unit": "kg"},
    ],
    "firms": [
        {"id": "F1", "size": "micro", "region": "ID-JB", "group": "G", "tags": ["women-owned"]},
        {"id": "F2", "size": "small", "region": "ID-JT", "group": "G"},
        {"id": "F3", "region": "ID-JT"},
    ],
    "bidders": [
        {"id": "K", "members": ["F1", "F2"], "tags": ["local"]},
        {"id": "M", "members": ["F3"]},
        {"id": "N", "members": ["F2"]},
    ],
    "resources": [
        {"id": "R", "firm": "F1", "capacity": ["50", "60"]},
        {"id": "S", "capacity": "40"},
        {"id": "T", "capacity": ["0", "4"]},
    ],
}


def tiers(kind: str, *steps: tuple[str, str]) -> Entry:
    return {"kind": kind, "tiers": [{"from": start, "unit": unit} for start, unit in steps]}


OFFERS: Entry = {
    "offers": [
        offer("O1", "K", "A", tiers("incremental", ("0", "10"), ("5", "8.5")), tags=["green"])
        | {"increment": "2", "minimum": "2", "delivery_minimum": "2", "maximum": ["12", "0"]}
        | {"setup": "5", "delivery_cost": "2", "freight": "0.5", "order": 3}
        | {"uses": [{"resource": "R", "per_unit": "0.75", "per_delivery": "2"}]}
        | {"workshare": {"F1": "0.7", "F2": "0.3"}, "scores": {"quality": "0.9"}},
        offer("O2", "M", "A", tiers("all_units", ("0", "12"), ("3", "9")), maximum=["0", "4"])
        | {"scores": {"quality": "-1"}, "order": 1, "setup": "0.25", "freight": "0.125"}
        | {"uses": [{"resource": "S", "per_unit": "3"}]},
        offer("O3", "N", "B", "7.25", maximum=["2", "0"], scores={"quality": "2"}),
        offer("O4", "M", "B", "8", maximum=["1", "0"], scores={"quality": "0"}),
        offer("O5", "K", "C", "6", maximum=["0", "2"], scores={"quality": "0.5"}),
    ],
    "packages": [
        package("P1", "K", "9", item("A", ["1", "1"], "4"), item("C", "1", "5"), tags=["green"])
        | {"uses": [{"resource": "R", "amount": ["3", "1"]}], "order": 2}
        | {"workshare": {"F1": "0.5", "F2": "0.5"}, "scores": {"quality": "1"}},
        package("P2", "M", "4", item("B", ["0", "1"]), scores={"quality": "1"}),
    ],
    "charges": [
        {"id": "C1", "amount": "7.5", "any_of": ["O1", "P1"]},
        {"id": "C2", "amount": "1", "any_of": ["P2"]},
    ],
    "discounts": [
        {"id": "D1", "on": ["O1"], "basis": "value", "kind": "incremental"}
        | {"tiers": [{"from": "0", "percent": "2"}, {"from": "40", "percent": "5"}]},
        {"id": "D2", "on": ["O2", "O3"], "basis": "quantity", "kind": "all_units"}
        | {"tiers": [{"from": "0", "percent": "0"}, {"from": "4", "percent": "10"}]},
    ],
    "choices": [{"id": "X1", "of": ["O1", "O2", "P2"], "min": 1, "max": 2}],
    "requires": [{"id": "Q1", "if": "O1", "then_any_of": ["O2", "P2"]}],
    "adjustments": [
        {"id": "J1", "scope": {"firm_sizes": ["micro"], "lots": ["A"]}, "percent": "-5"},
        {"id": "J3", "scope": {"bidders": ["M"]}, "percent": "2"},
        {"id": "J2", "scope": {"lots": ["B"]}, "per_unit": "1.5"},
    ],
    "pins": [
        {"id": "N1", "offer": "O1", "min": "8", "max": "8"},
        {"id": "N2", "offer": "O2", "min": "3", "max": "3"},
        {"id": "N3", "offer": "O3", "min": "2"},
        {"id": "N4", "offer": "O4", "min": "1"},
        {"id": "N5", "offer": "O5", "min": "2"},
        {"id": "N6", "package": "P1", "accept": True},
        {"id": "N7", "package": "P2", "accept": False},
    ],
}


def rule(name: str, kind: str, **more: Any) -> Entry:
    return {"id": name, "kind": kind, **more}


# Every condition of a scope, none of which leaves anything of lot A out.
SCOPE: Entry = {
    "lots": ["A"],
    "lot_tags": ["hot"],
    "lot_regions": ["ID-JB"],
    "bidders": ["K", "M"],
    "firms": ["F1", "F2", "F3"],
    "firm_regions": ["ID-JB", "ID-JT"],
    "firm_groups": ["G", "F3"],
    "offers": ["O1", "O2", "P1"],
}
RULES: Entry = {
    "rules": [
        rule("R-lot", "count", of="bidder", per="lot", min=1, max=3, scope=SCOPE),
        rule("R-period", "count", of="firm_group", per="period", min=2, penalty="3"),
        rule("R-firm", "count", of="firm", max=2, penalty="1.5"),
        rule("R-wide", "count", of="lot", always=True, min=4, penalty="2"),
        rule("R-c", "count", of="bidder", per="period", min=2, penalty="1", scope={"lots": ["C"]}),
        rule("R-c-lot", "count", of="lot", per="period", max=0, penalty="2", scope={"lots": ["C"]}),
        rule("R-small", "share", measure="value", min="0.9", penalty="0.5")
        | {"select": {"firm_sizes": ["micro"], "firm_tags": ["women-owned"]}},
        rule("R-group", "share", measure="quantity", each="firm_group", per="lot", max="0.7")
        | {"penalty": "0.25", "scope": {"lots": ["A", "B", "C"]}},
        rule("R-prior", "share", measure="value", each="bidder", max="0.6", penalty="1")
        | {"prior": {"K": "20", "N": "5"}, "prior_other": "4"},
        rule("R-top", "top_share", measure="value", each="firm_region", n=1, max="0.5")
        | {"penalty": "0.125", "prior": {"ID-JT": "3"}, "prior_other": "1"}
        | {"scope": {"bidders": ["K", "M", "N"]}},
        rule("R-top-lot", "top_share", measure="quantity", each="firm", n=2, max="0.99", per="lot")
        | {"penalty": "1", "select": {"bidder_tags": ["local"]}},
        rule("R-both", "consistent", of="bidder", penalty="4", scope={"lots": ["A", "B"]}),
        rule("R-split", "split", shares=["0.667", "0.333"], tolerance="0.01")
        | {"scope": {"lots": ["B"]}},
        rule("R-amount", "amount", measure="value", each="bidder", min="30", max="80")
        | {"if_awarded": True, "penalty": "1", "prior": {"M": "1"}, "prior_other": "1"},
        rule("R-region", "amount", measure="value", max="50", penalty="0.5")
        | {"scope": {"lot_regions": ["ID-JB"]}},
        rule("R-green", "amount", measure="quantity", per="lot", min="2", max="9", penalty="0.5")
        | {"select": {"offer_tags": ["green"]}, "scope": {"lot_regions": ["ID-JB"]}},
    ],
}
PURPOSE: Entry = {
    "objective": [
        {
            "terms": [{"measure": "cost"}, {"measure": "change", "weight": "0.5"}],
            "tolerance": "0.1",
        },
        {"terms": [{"measure": name} for name in ("winners", "score:quality", "order")]},
        {"terms": [{"measure": "peak_load"}]},
        {"terms": [{"measure": "adjustment", "weight": "-1"}]},
    ],
    "reference": {
        "allocations": [
            {"offer": "O1", "quantities": ["4", "0"]},
            {"offer": "O4", "quantities": "3"},
        ],
        "packages": ["P2"],
    },
}


def everything() -> Entry:
    """Return the problem."""
    return {**PARTIES, **OFFERS, **RULES, **PURPOSE}
