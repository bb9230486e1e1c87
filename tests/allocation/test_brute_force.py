"""Tiny random problems over every feature: the optimizer against trying everything."""

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.allocation import Options, solve
from app.allocation.document import defects
from app.allocation.published import problem_schema
from tests.allocation.brute import answer
from tests.allocation.tiny import drawn, tiny

# A stage's value that never ends as a decimal is written with 12 of them.
LOST = Fraction(1, 10**11)


def agree(document: Mapping[str, Any]) -> str:
    """Solve, compare with trying everything, and return the outcome."""
    assert defects(document) == []
    right, result = answer(document), solve(document, Options())
    if right.optima is None:
        assert result["status"] == "infeasible"
        return "infeasible"
    assert result["status"] == "optimal"
    bounds = [Fraction(stage["bound"]) for stage in result["stages"]]
    assert all(abs(b - o) < LOST for b, o in zip(bounds, right.optima, strict=True))
    last = Fraction(result["stages"][-1]["value"])
    assert abs(last - right.optima[-1]) < LOST
    return "complete" if result["complete"] else "incomplete"


@settings(max_examples=120)
@given(st.randoms(use_true_random=False))
def test_the_optimum_is_the_best_of_all_allocations(random: Random) -> None:
    agree(tiny(random))


def test_complete_incomplete_and_infeasible_all_occur() -> None:
    outcomes = Counter(agree(drawn(seed)) for seed in range(150))
    assert outcomes["complete"] >= 30
    assert outcomes["incomplete"] >= 50
    assert outcomes["infeasible"] >= 8


def stated(schema: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """Every field that the published schema knows, those of a rule by its kind."""
    # All scopes are of one form: it is looked at in one place.
    if schema.get("$ref") == "#/$defs/scope" and at == "/adjustments/scope":
        schema = problem_schema()["$defs"]["scope"]
    for one in schema.get("oneOf", ()):
        (kind,) = one.get("properties", {}).get("kind", {}).get("enum", ["", ""])[:1]
        yield from stated(one, f"{at}:{kind}" if at == "/rules" else at)
    if "items" in schema:
        yield from stated(schema["items"], at)
    for name, inner in schema.get("properties", {}).items():
        yield f"{at}/{name}"
        yield from stated(inner, f"{at}/{name}")


def given_fields(value: Any, at: str = "") -> Iterator[str]:
    """Every field of a document, named in the same way."""
    if isinstance(value, list):
        for one in value:
            yield from given_fields(one, f"{at}:{one['kind']}" if at == "/rules" else at)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield f"{at}/{name}"
            yield from given_fields(inner, f"{at}/{name}")


def test_the_tiny_problems_have_every_field_of_the_format() -> None:
    known = set(stated(problem_schema()))
    assert len(known) > 150
    drawn_fields = {field for seed in range(600) for field in given_fields(drawn(seed))}
    assert known - drawn_fields == set()


@pytest.mark.parametrize("kind", ["top_share", "share", "amount", "count", "consistent"])
@pytest.mark.parametrize("seed", range(12))
def test_cost_is_never_overstated_where_more_of_it_is_wanted(kind: str, seed: int) -> None:
    features = {f"rule:{kind}", "negative", "packages", "discounts", "charges"}
    document = drawn(seed, frozenset(features))
    document["objective"] = [{"terms": [{"measure": "cost", "weight": "-1"}]}]
    for rule in document["rules"]:
        rule["penalty"] = "4.5"
    agree(document)
