"""The relaxation loses no allocation, and the checker's and the producer's are the same."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.allocation.certificate.measures import relaxed
from app.allocation.certificate.relaxation import Relaxation as Produced
from app.allocation.check_certificate import Relaxation
from app.allocation.document import read
from app.allocation.linear import Linear
from app.allocation.verify.amounts import Amounts
from app.allocation.verify.facts import Facts
from app.allocation.verify.feasibility import breaches
from tests.allocation.brute import allocations
from tests.allocation.certificate.image import breaches as rows_broken
from tests.allocation.certificate.image import image
from tests.allocation.documents import item, lot, offer, package, problem
from tests.allocation.tiny import drawn, tiny

MOST = 40


def allowed(document: Mapping[str, Any], random: Random) -> list[Amounts]:
    """Some of the allocations that keep everything hard, drawn from all of them."""
    found = []
    every = list(allocations(Facts(document)))
    for awarded in random.sample(every, len(every)):
        amounts = Amounts(awarded)
        if next(breaches(awarded), None) is None and not amounts.broken:
            found.append(amounts)
            if len(found) == MOST:
                break
    return found


def kept_by_all(document: Mapping[str, Any], random: Random) -> int:
    """Hold allowed allocations against the relaxation; return how many there were."""
    relaxation = Relaxation(document)
    stated = relaxation.stages()
    found = allowed(document, random)
    for amounts in found:
        values = image(relaxation, amounts)
        assert rows_broken(relaxation, values) == []
        costs = [
            sum((c * (values[j] if j else 1) for j, c in cost.items()), Fraction(0))
            for cost, _ in stated
        ]
        assert costs == amounts.stages
    return len(found)


@settings(max_examples=60)
@given(st.randoms(use_true_random=False))
def test_every_allowed_allocation_keeps_every_row_at_its_stage_values(random: Random) -> None:
    kept_by_all(tiny(random), random)


def test_many_allocations_and_every_kind_of_row_are_met() -> None:
    kinds: Counter[str] = Counter()
    tried = 0
    for seed in range(120):
        document = drawn(seed)
        tried += kept_by_all(document, Random(seed))  # noqa: S311  # nothing secret is drawn
        relaxation = Relaxation(document)
        relaxation.stages()
        kinds.update(name.split("[")[0] for name in relaxation.rows)
    assert tried > 1500
    assert {"capacity", "charge", "choice", "require", "pin", "level", "full_excess"} <= set(kinds)
    assert {"count", "share", "amount", "above", "consistent", "least", "peak"} <= set(kinds)
    assert {"added", "fewer", "winner", "value_basis", "top_share"} <= set(kinds)


def test_the_page_names_every_column_and_row() -> None:
    page = (Path(__file__).parents[3] / "docs" / "certificate.md").read_text(encoding="utf-8")
    kinds: set[str] = set()
    for seed in range(150):
        relaxation = Relaxation(drawn(seed))
        relaxation.stages()
        names = (*relaxation.box, *relaxation.rows)
        kinds.update(name.split("[")[0] for name in names if ">=" not in name)
    assert len(kinds) > 40
    assert [kind for kind in kinds if f"{kind}[" not in page and f"`{kind}`" not in page] == []


def terms(relaxation: Produced, body: Linear) -> dict[str, Fraction]:
    named = {relaxation.names[j]: Fraction(value) for j, value in body.terms.items()}
    named[""] = Fraction(body.constant)
    return {name: value for name, value in named.items() if value}


def same_as_produced(document: Mapping[str, Any]) -> None:
    checked = Relaxation(document)
    costs = [
        ({j: c for j, c in cost.items() if c}, tolerance) for cost, tolerance in checked.stages()
    ]
    made, produced = relaxed(read(document))
    ends = zip(made.names, made.high, strict=True)
    assert {name: (0, high) for name, high in ends} == checked.box
    whole = zip(made.names, made.whole, strict=True)
    assert {name for name, is_whole in whole if is_whole} == checked.whole
    rows = {name: (terms(made, row.body), row.equal) for name, row in made.rows.items()}
    assert rows == checked.rows
    assert [(terms(made, stage.cost), stage.tolerance) for stage in produced] == costs


@settings(max_examples=60)
@given(st.randoms(use_true_random=False))
def test_checker_and_producer_build_the_same_relaxation(random: Random) -> None:
    same_as_produced(tiny(random))


def test_the_relaxations_agree_on_many_saved_problems() -> None:
    for seed in islice(range(1000, 2000), 120):
        same_as_produced(drawn(seed))


def test_the_relaxations_agree_on_what_chance_seldom_draws() -> None:
    steps = {"increment": "2", "delivery_minimum": "3", "minimum": "5", "maximum": "7"}
    share = {"kind": "share", "measure": "value", "min": "0.1"}
    top = {"kind": "top_share", "each": "bidder", "n": 1, "max": "0.5", "measure": "quantity"}
    document = problem(
        offer("O1", "A", **steps),
        offer("O2", "B", maximum="2"),
        offer("O3", "C", "M", "0.5", maximum=["3", "1"]),
        lots=[lot("L", ["9", "4"], over_cost="1"), lot("M", ["2", "3"]), lot("N", "1")],
        periods=["W1", "W2"],
        packages=[
            package("P", "AB", "9", item("L", ["0", "2"], "4"), item("M", ["0", "1"], "5")),
            package("Q", "AB", "7", item("L", ["2", "0"], "7")),
        ],
        rules=[
            {"id": "R1", "kind": "count", "of": "firm", "per": "period", "min": 1, "max": 2},
            {"id": "R2", **share, "scope": {"lots": ["N"]}},
            {"id": "R3", **top, "prior": {"A": "1", "elsewhere": "2"}},
            {"id": "R4", **top, "per": "lot", "penalty": "3"},
        ],
        resources=[{"id": "none", "capacity": "0"}, {"id": "some", "capacity": ["2", "0"]}],
        objective=[{"terms": [{"measure": "peak_load"}]}],
    )
    same_as_produced(document)
    document["periods"] = ["W1"]
    for entry in (*document["lots"], *document["offers"]):
        for field in ("demand", "maximum"):
            if isinstance(entry.get(field), list):
                entry[field] = entry[field][:1]
    document["resources"].pop()
    for one in document["packages"]:
        for part in one["items"]:
            part["quantity"] = part["quantity"][-1:]
    same_as_produced(document)
