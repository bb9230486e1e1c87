"""Certificates of small problems hold, prove no more than is true, and close the gap."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.allocation import Options, solve
from app.allocation.certificate import certify
from app.allocation.certificate.lp import Box, Program, Solved
from app.allocation.checker import check
from app.allocation.document import parse
from app.allocation.verify import verify
from tests.allocation.brute import answer
from tests.allocation.certificate.proofs import certified, gaps, tender
from tests.allocation.documents import lot, offer, problem
from tests.allocation.tiny import ALL, drawn, tiny

TIERS = Path(__file__).parents[1] / "data" / "bid_evaluation_tiers.json"
# A stage's value that never ends as a decimal is written with 12 of them.
LOST = Fraction(1, 10**11)
CLOSED = Fraction(1, 10**9)


def proven(document: Mapping[str, Any]) -> str:
    """Certify, check, hold against trying everything, and return how it went."""
    right, result = answer(document), certified(document)
    assert check(document, result)
    assert verify(document, result) == []
    if right.optima is None:
        assert result["status"] == "infeasible"
        return "infeasible"
    bounds = [Fraction(stage["bound"]) for stage in result["certificate"]["stages"]]
    assert all(bound <= best + LOST for bound, best in zip(bounds, right.optima, strict=True))
    return "closed" if max(gaps(result)) < CLOSED else "open"


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_certificate_holds_and_never_exceeds_the_optimum(random: Random) -> None:
    proven(tiny(random))


def test_small_problems_are_proven_optimal_or_infeasible() -> None:
    outcomes = Counter(proven(drawn(seed, ALL - {"negative"})) for seed in range(60))
    assert outcomes["infeasible"] >= 2
    assert outcomes["closed"] >= 50


def test_the_published_tiers_are_proven_optimal() -> None:
    document = parse(TIERS.read_bytes())
    result = certified(document)
    check(document, result)
    assert max(gaps(result)) < CLOSED


def test_branching_closes_what_the_linear_bound_leaves_open() -> None:
    document = tender()
    assert max(gaps(certified(document, nodes=1))) > Fraction(1, 1000)
    result = certified(document)
    check(document, result)
    assert max(gaps(result)) < CLOSED


def test_a_larger_budget_never_proves_less() -> None:
    document = tender(rules=[{"id": "R1", "kind": "count", "of": "bidder", "per": "lot", "min": 2}])
    before = None
    for nodes in (1, 3, 9, 60):
        bound = Fraction(certified(document, nodes)["certificate"]["stages"][0]["bound"])
        assert before is None or bound >= before - LOST * abs(bound)
        before = bound


def test_who_stops_the_search_gets_what_is_proven_so_far() -> None:
    document = tender()
    result = solve(document, Options())
    result["certificate"] = certify(document, result, should_stop=lambda: True)
    check(document, result)
    assert set(result["certificate"]["stages"][0]["tree"]) == {"duals"}


def test_a_conflict_is_proven_over_its_own_elements() -> None:
    rules = [{"id": "few", "kind": "count", "of": "bidder", "max": 1}]
    rules += [{"id": "many", "kind": "count", "of": "bidder", "min": 2, "always": True}]
    rules += [{"id": "other", "kind": "count", "of": "lot", "min": 1}]
    document = problem(offer("O1", "A"), offer("O2", "B"), rules=rules)
    result = certified(document)
    assert result["conflict"] == ["few", "many"]
    assert check(document, result) == ["No allocation can keep few, many."]


def test_a_conflict_that_needs_branching_is_proven() -> None:
    pins = [{"id": "N1", "offer": "O1", "min": "3", "max": "3"}]
    document = problem(offer("O1", increment="2"), lots=[lot(increment="1")], pins=pins)
    result = certified(document)
    assert check(document, result) == ["No allocation can keep N1."]
    assert "on" in result["certificate"]["stages"][0]["tree"]


def test_a_conflict_beyond_the_budget_is_left_unproven() -> None:
    pins = [{"id": "N1", "offer": "O1", "min": "3", "max": "3"}]
    document = problem(offer("O1", increment="2"), lots=[lot(increment="1")], pins=pins)
    assert certified(document, nodes=1)["certificate"] == {"stages": []}


def test_an_offer_whose_delivery_needs_more_than_there_is_cannot_be_used() -> None:
    uses = [{"resource": "R", "per_delivery": "3"}]
    document = problem(
        offer("O1", uses=uses),
        offer("O2", price="8"),
        resources=[{"id": "R", "capacity": "2"}],
    )
    result = certified(document, nodes=1)
    check(document, result)
    assert max(gaps(result)) < CLOSED


def test_where_the_engine_breaks_down_the_bound_above_still_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = tender()
    result = certified(document, nodes=1)
    root = Fraction(result["certificate"]["stages"][0]["bound"])
    right = Program.solve

    def broken(program: Program, box: Box) -> Solved | None:
        return None if box else right(program, box)

    monkeypatch.setattr(Program, "solve", broken)
    result["certificate"] = certify(document, result)
    check(document, result)
    bound = Fraction(result["certificate"]["stages"][0]["bound"])
    assert abs(bound - root) < LOST * root


def test_a_result_without_allocation_or_conflict_has_nothing_to_prove() -> None:
    document = tender()
    result = {"status": "unsolved"}
    assert certify(document, result) == {"stages": []}
    with pytest.raises(ValueError, match="proves nothing"):
        check(document, {**result, "certificate": {"stages": []}})


def test_ids_that_make_one_name_have_no_certificate() -> None:
    document = problem(
        offer("O", of="L"),
        offer("O,W1", of="L"),
        lots=[lot("L", ["4", "4"])],
        periods=["W1,W1", "W1"],
    )
    result = certified(document)
    assert result["certificate"] == {"stages": []}
    with pytest.raises(ValueError, match="two columns are named"):
        check(document, {**result, "certificate": {"stages": [{"bound": "0", "tree": {}}]}})
