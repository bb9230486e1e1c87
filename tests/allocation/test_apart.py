"""Tenders searched apart: the compiled search as a head start, and as all there is."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from app.allocation import Options, apart, solve
from app.allocation.verify import verify
from tests.allocation.brute import answer
from tests.allocation.scale.carried import tiny

LOST = Fraction(1, 10**11)
WORK = Options(limit_deterministic=Decimal(1))


@pytest.fixture(params=["head start", "all there is"])
def route(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Send even the smallest problem the way of the larger ones."""
    kind: str = request.param
    monkeypatch.setattr(apart, "WORTHWHILE", 0)
    if kind == "all there is":
        monkeypatch.setattr(apart, "WHOLE", -1)
    return kind


def engines(result: dict[str, Any]) -> set[str]:
    return {step["engine"] for step in result["solver"]["steps"]}


def test_value_and_bound_enclose_the_optimum(route: str) -> None:
    carried = 0
    for seed in range(40):
        document = tiny(seed)
        result = solve(document, WORK)
        assert verify(document, result) == []
        carried += "scale" in engines(result)
        right = answer(document)
        if right.optima is None:
            assert result["status"] in {"infeasible", "unsolved"}
        elif result["status"] not in {"infeasible", "unsolved"}:
            stage = result["stages"][0]
            assert Fraction(stage["bound"]) - LOST <= right.optima[0]
            assert right.optima[0] <= Fraction(stage["value"]) + LOST
            if route == "head start":
                assert result["status"] == "optimal"
        else:
            assert route == "all there is"
            assert result["status"] == "unsolved"
    assert carried > 15


def test_without_a_limit_nothing_is_compiled(route: str) -> None:
    assert engines(solve(tiny(0), Options())) == {"CP-SAT"}, route


def test_what_it_cannot_carry_goes_another_way(route: str) -> None:
    document = {**tiny(1), "objective": [{"terms": [{"measure": "winners"}]}]}
    result = solve(document, WORK)
    assert "scale" not in engines(result), route
    assert verify(document, result) == []


def test_the_same_work_gives_the_same_allocation(route: str) -> None:
    for seed in range(3):
        one, two = (solve(tiny(seed), WORK) for _ in range(2))
        for result in (one, two):
            result["solver"]["seconds"] = ""
            for step in result["solver"]["steps"]:
                step["seconds"] = ""
        assert one == two, route
