"""Certificates of small problems hold, prove no more than is true, and close the gap."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.linear_solver import pywraplp

from app.allocation import Options, solve
from app.allocation.certificate import certify
from app.allocation.certificate.exact import Exact
from app.allocation.certificate.lp import Box, Program, Solved
from app.allocation.certificate.measures import relaxed
from app.allocation.check_certificate import check
from app.allocation.document import parse, read
from app.allocation.options import Progress
from app.allocation.verify import verify
from tests.allocation.brute import answer
from tests.allocation.certificate.proofs import bare, certified, gaps, tender
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
    asked = count()
    # The relaxation is made of six offers; whoever stops later gets a leaf.
    result["certificate"] = certify(document, result, should_stop=lambda: next(asked) >= 6)
    check(document, result)
    assert set(result["certificate"]["stages"][0]["tree"]) == {"duals"}


def test_who_stops_at_once_gets_nothing() -> None:
    result = solve(tender(), Options())
    assert certify(tender(), result, should_stop=lambda: True) == {"stages": []}


def test_progress_tells_the_stage_its_value_and_the_bound_that_is_known() -> None:
    document = tender()
    result = solve(document, Options())
    told: list[Progress] = []
    certify(document, result, on_progress=told.append)
    assert told
    stated = result["stages"][0]
    assert {(one.stage, one.incumbent, one.bound) for one in told} == {
        (0, stated["value"], stated["bound"])
    }


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
    result = certified(document)
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


def test_resources_that_make_one_name_have_no_certificate() -> None:
    resources = [{"id": "R", "capacity": "4"}, {"id": "R,W1", "capacity": "4"}]
    document = problem(
        offer("O"), lots=[lot("L", ["4", "4"])], periods=["W1,W1", "W1"], resources=resources
    )
    assert certified(document)["certificate"] == {"stages": []}


def test_duals_that_are_no_numbers_or_next_to_nothing_are_left_out() -> None:
    made, stages = relaxed(read(bare()))
    rows = list(made.rows.values())
    exact = Exact(made.space, rows, stages[0].cost)
    duals = {"demand[L,]": 7.0, "total[O].max": 2.0, "total[O].min": 1e-30}
    floats = [duals.get(row.name, float("nan")) for row in rows]
    proof = exact.prove(floats, {}, None)
    assert (set(proof.duals), proof.bound) == ({"demand[L,]", "total[O].max"}, 70)


def test_a_linear_program_that_breaks_down_every_way_has_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, stages = relaxed(read(bare()))
    program = Program(made.space, list(made.rows.values()), stages[0].cost)
    assert program.solve({}) is not None
    monkeypatch.setattr(type(program.solver), "Solve", lambda _: pywraplp.Solver.ABNORMAL)
    assert program.solve({}) is None
