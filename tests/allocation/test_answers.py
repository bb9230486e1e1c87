"""What a result says beside the allocation: conflicts, reasons, limits, status, progress."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from app.allocation import AllocationFailed, Options, Progress, solve, solving
from app.allocation.results import Stated, status_of
from tests.allocation.documents import (
    item,
    lot,
    offer,
    package,
    problem,
    quantities,
    solved,
)
from tests.allocation.test_process import hard
from tests.allocation.tiny import drawn


def test_a_conflict_is_minimal() -> None:
    rules = [
        {"id": "all", "kind": "count", "of": "bidder", "min": 1, "always": True},
        {"id": "loose", "kind": "count", "of": "bidder", "max": 3},
        {"id": "soft", "kind": "count", "of": "bidder", "max": 0, "penalty": "1"},
    ]
    document = problem(
        offer("a"),
        offer("b", "B"),
        rules=rules,
        pins=[{"id": "na", "offer": "a", "max": "0"}, {"id": "nb", "offer": "b", "max": "0"}],
        choices=[{"id": "X", "of": ["a", "b"], "min": 0}],
    )
    result = solved(document)
    assert (result["status"], result["conflict"]) == ("infeasible", ["all", "na", "nb"])
    assert "allocations" not in result
    for name in result["conflict"]:
        rest = {
            **document,
            "rules": [one for one in rules if one["id"] != name],
            "pins": [one for one in document["pins"] if one["id"] != name],
        }
        assert solved(rest)["status"] == "optimal"


def test_choices_and_requires_stand_in_a_conflict() -> None:
    document = problem(
        offer("a"),
        offer("b"),
        choices=[{"id": "X", "of": ["a", "b"], "max": 1}],
        requires=[{"id": "Q", "if": "a", "then_any_of": ["b"]}],
        pins=[{"id": "N", "offer": "a", "min": "1"}],
    )
    assert set(solved(document)["conflict"]) == {"X", "Q", "N"}


def because(document: dict[str, Any]) -> list[str]:
    (entry,) = solved(document)["shortfalls"]
    reasons: list[str] = entry["because"]
    return reasons


R = [{"id": "R/1", "capacity": ["3"]}]
USES = [{"resource": "R/1", "per_unit": "1"}]


@pytest.mark.parametrize(
    ("document", "reasons"),
    [
        (problem(), ["no offer"]),
        (problem(offer(maximum="9")), ["maximum O"]),
        (problem(offer(maximum=["9"])), ["maximum O"]),
        (problem(offer(minimum="11", maximum="20")), ["minimum O"]),
        (problem(offer(increment="4")), ["increment O"]),
        (problem(offer(uses=USES), resources=R, periods=["W7"]), ["capacity R/1 W7"]),
        (problem(offer(), pins=[{"id": "N", "offer": "O", "max": "9"}]), ["pin N"]),
        (
            problem(
                offer(),
                rules=[
                    {"id": "cap", "kind": "amount", "measure": "quantity", "max": "4"},
                ],
            ),
            ["rule cap"],
        ),
        (problem(offer(), lots=[lot(shortfall_cost="1")]), ["shortfall_cost L"]),
        (problem(offer(setup="99"), lots=[lot(shortfall_cost="6")]), ["shortfall_cost L"]),
        (
            problem(packages=[package("P", "A", "1", item("L", "11"))]),
            ["package P"],
        ),
        (
            problem(offer("a", maximum="4"), offer("b", uses=USES), resources=R),
            ["maximum a", "capacity R/1"],
        ),
    ],
)
def test_why_a_demand_is_unfilled_is_named(document: dict[str, Any], reasons: list[str]) -> None:
    assert because(document) == reasons


def test_the_same_work_gives_the_same_allocation() -> None:
    options = Options(limit_deterministic=Decimal("0.5"), seed=3)
    first, second = (solve(hard(), options) for _ in range(2))
    for result in (first, second):
        steps = result.pop("solver")["steps"]
        assert sum(Fraction(step["work"]) for step in steps) < 2
    assert first["status"] == "feasible"
    assert first == second


def test_a_gap_target_ends_the_search_early() -> None:
    result = solve(hard(), Options(gap=Decimal("0.5"), limit_seconds=Decimal(60)))
    assert result["status"] == "optimal"
    assert result["solver"]["gap_target"] == "0.5"
    assert all(Fraction(stage["gap"]) <= Fraction(1, 2) for stage in result["stages"])


def test_a_limit_of_no_time_still_gives_an_answer() -> None:
    result = solve(hard(), Options(limit_seconds=Decimal("0.01")))
    assert result["status"] in {"feasible", "unsolved"}
    assert result["solver"]["limit"] == {"seconds": "0.01"}


def test_stopping_before_anything_is_found() -> None:
    document = hard()
    document["rules"].append(
        {"id": "some", "kind": "count", "of": "bidder", "min": 1, "always": True}
    )
    result = solve(document, Options(), None, lambda: True)
    assert result["status"] == "cancelled"


def test_progress_tells_the_stage_and_exact_numbers() -> None:
    told: list[Progress] = []
    solve(problem(offer(price="0.1")), Options(), told.append)
    assert [progress.stage for progress in told][-1] == 1
    assert all(p.incumbent is None or Fraction(p.incumbent) >= 0 for p in told)


def test_a_result_that_does_not_hold_is_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    right = solving.result_of

    def wrong(*arguments: Any) -> dict[str, Any]:
        return {**right(*arguments), "complete": None}

    monkeypatch.setattr(solving, "result_of", wrong)
    with pytest.raises(AllocationFailed, match="/complete"):
        solve(drawn(5), Options())


def stated(value: str, bound: str, tolerance: str = "0", **more: Any) -> Stated:
    known: dict[str, Any] = {
        "best": object(),
        "values": [Fraction(value)],
        "bounds": [Fraction(bound)],
        "tolerances": [Fraction(tolerance)],
        "infeasible": False,
        "cancelled": False,
        "conflict": (),
        "seconds": 0.0,
        "steps": (),
        "engine": ("", ""),
    }
    return Stated(**{**known, **more})


@pytest.mark.parametrize(
    ("run", "gap", "status"),
    [
        (stated("10", "10"), "0", "optimal"),
        (stated("10", "9"), "0", "feasible"),
        (stated("10", "9"), "0.1", "optimal"),
        (stated("10", "9"), "0.09", "feasible"),
        (stated("10", "9", "0.1"), "0", "optimal"),
        (stated("-9", "-10", "0.1"), "0", "optimal"),
        (stated("-8.9", "-10", "0.1"), "0", "feasible"),
        (stated("10", "9", cancelled=True), "0", "cancelled"),
        (stated("10", "10", cancelled=True), "0", "optimal"),
        (stated("10", "10", best=None), "0", "unsolved"),
        (stated("10", "10", best=None, cancelled=True), "0", "cancelled"),
        (stated("10", "10", best=None, infeasible=True), "0", "infeasible"),
    ],
)
def test_the_status_says_what_is_proven(run: Stated, gap: str, status: str) -> None:
    assert status_of(run, Fraction(gap)) == status


def test_the_solver_is_recorded() -> None:
    solver = solved(problem(offer()), seed=9)["solver"]
    assert (solver["name"], solver["seed"], solver["threads"]) == ("CP-SAT", 9, 1)
    assert solver["version"].startswith("9.15")
    assert [step["stage"] for step in solver["steps"]] == ["shortfall", "objective 0"]


def test_an_offer_that_is_not_used_is_not_listed() -> None:
    result = solved(problem(offer("a"), offer("b", "B", price="9")))
    assert list(quantities(result)) == ["a"]
