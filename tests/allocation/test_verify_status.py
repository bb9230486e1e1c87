"""The verifier on status, gap and bound, conflicts, and what is left out."""

import copy
from fractions import Fraction
from typing import Any

import pytest

from app.allocation import Options, solve
from app.allocation.verify import verify
from app.allocation.verify.findings import same
from tests.allocation.documents import lot, offer, problem
from tests.allocation.every_element import everything

Json = Any
DOCUMENT = everything()
RESULT = solve(DOCUMENT, Options())


def holds(document: Json, result: Json) -> bool:
    return verify(document, result) == []


def test_a_status_is_no_matter_of_taste() -> None:
    far = copy.deepcopy(RESULT)
    stage = far["stages"][-1]
    stage["bound"] = str(int(float(stage["value"])) - 5)
    far["stages"][-1].pop("gap")
    codes = {one.code for one in verify(DOCUMENT, far)}
    assert "status" in codes
    assert "gap" in codes or "not_a_number" in codes


def test_an_infeasible_result_names_known_conflicts_and_nothing_else() -> None:
    document = problem(offer(), pins=[{"id": "N", "offer": "O", "min": "11"}])
    result = solve(document, Options())
    assert holds(document, result)
    for conflict in ([], ["M"], ["N", "N"], None, [3]):
        assert not holds(document, {**result, "conflict": conflict})
    assert not holds(document, {**result, "allocations": []})
    hard = {"id": "H", "kind": "count", "of": "bidder", "max": 0}
    ruled = {**document, "rules": [hard, {**hard, "id": "S", "penalty": "1"}]}
    result = solve(ruled, Options())
    assert holds(ruled, {**result, "conflict": ["H", "N"]})
    assert not holds(ruled, {**result, "conflict": ["S"]})


FIRST = {"offer": "O1", "quantities": ["8", "0"]}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"format": "x"}, [("/format", "format")]),
        ({"problem_sha256": "x"}, [("/problem_sha256", "problem_sha256")]),
        ({"status": "best"}, [("/status", "status")]),
        ({"extra": 1}, [("/extra", "unknown_field")]),
        ({"allocations": {}}, [("/allocations", "not_a_list")]),
        ({"allocations": [3]}, [("/allocations/0", "not_an_object")]),
        ({"allocations": [{**FIRST, "offer": "Z"}]}, [("/allocations/0/offer", "offer")]),
        ({"allocations": [FIRST, FIRST]}, [("/allocations/1/offer", "offer")]),
        (
            {"allocations": [{**FIRST, "quantities": ["8"]}]},
            [("/allocations/0/quantities", "wrong_period_count")],
        ),
        (
            {"allocations": [{**FIRST, "quantities": ["8", "x"]}]},
            [("/allocations/0/quantities/1", "not_a_number")],
        ),
        ({"allocations": [{**FIRST, "offer": []}]}, [("/allocations/0/offer", "offer")]),
        (
            {"allocations": [{**RESULT["allocations"][0], "tier": 0}, *RESULT["allocations"][1:]]},
            [("/allocations/0/tier", "tier")],
        ),
        ({"packages": [[]]}, [("/packages/0", "package")]),
        ({"packages": "P1"}, [("/packages", "not_a_list")]),
        ({"packages": ["P1", "P9", "P8"]}, [("/packages/1", "package")]),
        ({"packages": ["P1", "P1"]}, [("/packages/1", "package")]),
        ({"cost": []}, [("/cost", "cost")]),
        ({"cost": {**RESULT["cost"], "setup": "1"}}, [("/cost/setup", "cost")]),
        ({"cost": {**RESULT["cost"], "tax": "0"}}, [("/cost/tax", "unknown_field")]),
        ({"charges": ["C2"]}, [("/charges", "charges")]),
        ({"charges": "C1"}, [("/charges", "charges")]),
        ({"discounts": RESULT["discounts"][1:]}, [("/discounts", "discounts")]),
        (
            {"discounts": [*RESULT["discounts"], {"id": "D1"}, {"id": "D9"}]},
            [("/discounts/2/id", "discounts"), ("/discounts/3/id", "discounts")],
        ),
        (
            {"discounts": [{"id": "D1", "tier": 0, "amount": "1", "x": 1}, RESULT["discounts"][1]]},
            [
                ("/discounts/0/x", "unknown_field"),
                ("/discounts/0/tier", "discounts"),
                ("/discounts/0/amount", "discounts"),
            ],
        ),
        (
            {"discounts": [*RESULT["discounts"], {"id": []}]},
            [("/discounts/2/id", "discounts")],
        ),
        ({"early": []}, [("/early", "early")]),
        (
            {"early": [{"lot": "B", "quantities": ["1", "0"]}]},
            [("/early/0/lot", "early"), ("/early", "early")],
        ),
        (
            {"early": [{"lot": "A", "quantities": ["2", "0"], "because": []}]},
            [("/early/0/because", "unknown_field"), ("/early/0/quantities", "early")],
        ),
        ({"complete": True}, [("/complete", "complete")]),
        ({"rules": RESULT["rules"][1:]}, [("/rules", "rules")]),
        ({"stages": RESULT["stages"][1:]}, [("/stages", "stages")]),
        ({"conflict": ["R-lot"]}, [("/conflict", "conflict")]),
    ],
)
def test_a_finding_says_where_and_what(
    change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = verify(DOCUMENT, {**RESULT, **change})
    assert [(one.pointer, one.code) for one in found] == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"id": "Z"}, [("/id", "rules"), ("", "rules")]),
        ({"holds": None}, [("/holds", "rules")]),
        ({"violation": "9"}, [("/violation", "rules")]),
        ({"cells": {}}, [("/cells", "not_a_list"), ("/cells", "rules")]),
        ({"x": 1}, [("/x", "unknown_field")]),
    ],
)
def test_a_finding_on_a_rule_says_where_and_what(
    change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    for k, rule in enumerate(RESULT["rules"]):
        rules = [*RESULT["rules"][:k], {**rule, **change}, *RESULT["rules"][k + 1 :]]
        found = verify(DOCUMENT, {**RESULT, "rules": rules})
        where = [f"/rules/{k}{at}" if at else "/rules" for at, _ in expected]
        assert [(one.pointer, one.code) for one in found] == [
            (at, code) for at, (_, code) in zip(where, expected, strict=True)
        ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"who": "Z"}, [("/0", "rules"), ("", "rules")]),
        ({"who": 5}, [("/0", "rules"), ("", "rules")]),
        ({"selected": "-1"}, [("/0/selected", "rules")]),
        ({"violation": "99"}, [("/0/violation", "rules")]),
        ({"x": 1}, [("/0/x", "unknown_field")]),
    ],
)
def test_a_finding_on_a_cell_says_where_and_what(
    change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    for k, rule in enumerate(RESULT["rules"]):
        cells = [{**rule["cells"][0], **change}, *rule["cells"][1:]]
        rules = [*RESULT["rules"][:k], {**rule, "cells": cells}, *RESULT["rules"][k + 1 :]]
        found = verify(DOCUMENT, {**RESULT, "rules": rules})
        assert [(one.pointer, one.code) for one in found] == [
            (f"/rules/{k}/cells{at}", code) for at, code in expected
        ]


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        ("5.250000000001", "'5.250000000001' is stated, 5.25 is right."),
        ("x" * 100, f"'{'x' * 79} is not an exact decimal."),
        ([1], "A list is not an exact decimal."),
        ({"a": 1}, "An object is not an exact decimal."),
        (10**80, "A number of many digits is stated, 5.25 is right."),
        (10**80 - 1, f"{10**80 - 1} is stated, 5.25 is right."),
        (None, "None is not an exact decimal."),
    ],
    ids=range(7),
)
def test_a_finding_has_a_sentence_of_bounded_length(stated: Json, sentence: str) -> None:
    (finding,) = verify(DOCUMENT, {**RESULT, "cost": {**RESULT["cost"], "setup": stated}})
    assert finding.detail == sentence


def test_a_number_that_never_ends_may_lose_a_billionth_of_itself() -> None:
    for exact in (Fraction(10**5, 3), Fraction(-(10**5), 3)):
        assert same(exact + abs(exact) / 10**9, exact)
        assert not same(exact + abs(exact) * Fraction(11, 10**10), exact)
    for ends in (Fraction(1, 8), Fraction(1, 5), Fraction(7, 20), Fraction(3)):
        assert not same(ends + Fraction(1, 10**12), ends)
    assert same(Fraction(1, 3000) + Fraction(1, 10**9), Fraction(1, 3000))


def test_a_broken_hard_rule_is_named_by_its_kind() -> None:
    rules = [{**rule, "penalty": "1"} for rule in DOCUMENT["rules"] if rule["kind"] == "count"]
    hard = {**DOCUMENT, "rules": [{k: v for k, v in r.items() if k != "penalty"} for r in rules]}
    found = verify(hard, RESULT)
    assert ("/rules", "count") in {(one.pointer, one.code) for one in found}


def test_only_an_infeasible_result_names_a_conflict() -> None:
    (finding,) = verify(DOCUMENT, {**RESULT, "conflict": ["R-lot"]})
    assert finding.pointer == "/conflict"


@pytest.mark.parametrize("status", ["infeasible", "unsolved", "cancelled", [], None, "best"])
def test_a_result_without_an_allocation_states_none(status: Json) -> None:
    document = problem(offer(), pins=[{"id": "N", "offer": "O", "min": "11"}])
    bare = {"format": RESULT["format"], "status": status}
    bare |= {"problem_sha256": solve(document, Options())["problem_sha256"]}
    if status == "infeasible":
        bare["conflict"] = ["N"]
    assert holds(document, bare) == (status in ("infeasible", "unsolved", "cancelled"))
    for name in ("stages", "cost", "packages", "shortfalls", "rules", "complete"):
        assert not holds(document, {**bare, name: []})


def test_a_cancelled_result_may_state_an_allocation_and_is_held_to_it() -> None:
    assert holds(DOCUMENT, {**RESULT, "status": "cancelled"})
    assert not holds(DOCUMENT, {**RESULT, "status": "cancelled", "complete": True})


def test_an_offer_that_brings_nothing_is_no_allocation() -> None:
    idle = {"offer": "O4", "quantities": ["0", "0"], "tier": 0, "price": "0"}
    without = [one for one in RESULT["allocations"] if one["offer"] != "O4"]
    codes = [one.code for one in verify(DOCUMENT, {**RESULT, "allocations": [*without, idle]})]
    assert codes == ["unused"]


def free_lot(**stated: str) -> tuple[Json, Json]:
    """A result whose stage has the value 0, and what it says of that stage."""
    document = problem(offer(price="0"), lots=[lot(shortfall_cost="1")])
    result = solve(document, Options())
    return document, {**result, "stages": [{**result["stages"][0], **stated}]}


def test_there_is_no_gap_to_a_value_of_nothing() -> None:
    document, result = free_lot()
    assert holds(document, result)
    document, below = free_lot(bound="-1")
    below["status"] = "feasible"
    assert [one.code for one in verify(document, below)] == ["gap"]
    del below["stages"][0]["gap"]
    assert holds(document, below)
    below["status"] = "optimal"
    assert [one.code for one in verify(document, below)] == ["status"]


@pytest.mark.parametrize(
    ("bound", "gap", "target", "status", "codes"),
    [
        ("38", "0.05", "0.05", "optimal", []),
        ("38", "0.05", "0.04", "optimal", ["status"]),
        ("38", "0.05", "0.04", "feasible", []),
        ("38", "0.05", None, "optimal", ["status"]),
        ("38", "0.05", "much", "optimal", ["status"]),
        ("38", "0.0500000009", "1", "optimal", []),
        ("38", "0.050000001", "1", "optimal", []),
        ("38", "0.0500000011", "1", "optimal", ["gap"]),
        ("38", "0.04", "1", "optimal", ["gap"]),
        ("41", "-0.025", "1", "optimal", ["stages"]),
        ("40.0000000001", "0", "0", "optimal", ["stages"]),
        ("0", "1", "1", "optimal", []),
        ("-40", "2", "2", "optimal", []),
        ("-1e300", "2", "2", "feasible", ["gap"]),
    ],
)
def test_gap_bound_and_status_go_together(
    bound: str, gap: str, target: str | None, status: str, codes: list[str]
) -> None:
    document = problem(offer(price="4"), lots=[lot(shortfall_cost="9")])
    result = solve(document, Options())
    stage = {"value": "40", "bound": bound, "gap": gap}
    solver = {} if target is None else {"gap_target": target}
    found = verify(document, {**result, "stages": [stage], "status": status, "solver": solver})
    assert sorted(one.code for one in found) == sorted(codes)
    if target is None:
        bare = {**result, "stages": [stage], "status": status, "solver": None}
        assert [one.code for one in verify(document, bare)] == codes


def test_a_stages_tolerance_counts_as_room() -> None:
    objective = [{"terms": [{"measure": "cost"}], "tolerance": "0.1"}]
    document = problem(offer(price="4"), lots=[lot(shortfall_cost="9")], objective=objective)
    result = solve(document, Options())
    for bound, gap, good in (("36", "0.1", True), ("35.9", "0.1025", False)):
        stage = {"value": "40", "bound": bound, "gap": gap}
        assert holds(document, {**result, "stages": [stage]}) == good
    # Stage 0, of lots without a shortfall cost, has no room.
    document = problem(offer(price="4", maximum="5"), objective=objective)
    result = solve(document, Options())
    loose = {**result["stages"][0], "bound": "0.45", "gap": "0.1"}
    assert not holds(document, {**result, "stages": [loose, result["stages"][1]]})


def test_what_never_ends_is_compared_as_far_as_it_is_written() -> None:
    shares = {"workshare": {"A": "0.5", "B": "0.5"}, "bidder": "ABC"}
    document = problem(offer(**shares), lots=[lot(demand="3"), lot("M", "1")])
    document["bidders"].append({"id": "ABC", "members": ["A", "B", "C"]})
    document["offers"] = [offer(bidder="ABC", price="1", maximum="3")]
    result = solve(document, Options())
    for value, good in (("1", True), ("1.000000000001", False)):
        stages = [{"value": value, "bound": value, "gap": "0"}, *result["stages"][1:]]
        assert holds(document, {**result, "stages": stages}) == good
    third = problem(offer(maximum="1"), lots=[lot(demand="3")])
    result = solve(third, Options())
    exact = "0.666666666667"
    assert result["stages"][0]["value"] == exact
    for value, good in ((exact, True), ("0.6666666676", True), ("0.6666666678", False)):
        stages = [{"value": value, "bound": exact, "gap": "0"}, *result["stages"][1:]]
        assert holds(third, {**result, "stages": stages}) == good
    stages = [{"value": exact, "bound": "0.666666666666", "gap": "0"}, *result["stages"][1:]]
    assert holds(third, {**result, "stages": stages, "status": "optimal"})
