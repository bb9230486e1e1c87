"""The engines together: on tiny problems of every feature, as if those were large."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest

from app.allocation import Options, solve
from app.allocation.solvers import portfolio
from app.allocation.solvers.search import Outcome
from app.allocation.verify import verify
from tests.allocation.brute import answer
from tests.allocation.tiny import drawn

NOTHING = Outcome(None, None, infeasible=False, complete=False, work=0.0)
LOST = Fraction(1, 10**11)
ROUTES = {"HIGHS, relaxation", "CP-SAT, lot by lot"}


@pytest.fixture(params=["medium", "large"])
def route(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Send even the smallest problem the way of the larger ones."""
    kind: str = request.param
    monkeypatch.setattr(portfolio, "SMALL", 0)
    monkeypatch.setattr(portfolio, "WIDE", -1)
    # Tiny as they are, CP-SAT would prove all of them in its first moment.
    monkeypatch.setattr(portfolio, "_first", lambda _state, _hint: NOTHING)
    if kind == "large":
        monkeypatch.setattr(portfolio, "LARGE", 0)
    return kind


@pytest.mark.parametrize(
    "options",
    [
        Options(limit_deterministic=Decimal(2), threads=2),
        Options(limit_seconds=Decimal("0.5"), threads=2),
    ],
    ids=["work", "seconds"],
)
def test_value_and_bound_enclose_the_optimum(route: str, options: Options) -> None:
    met, engines, work = Counter[str](), set[str](), options.limit_deterministic
    for seed in range(25 if options.limit_seconds else 60):
        document = drawn(seed)
        right, result = answer(document), solve(document, options)
        assert verify(document, result) == []
        engines |= {step["engine"] for step in result["solver"]["steps"]}
        if right.optima is None:
            assert result["status"] in {"infeasible", "unsolved"}
            met["infeasible"] += 1
            continue
        if result["status"] == "unsolved":
            met["unsolved"] += 1
            continue
        first = result["stages"][0]
        assert Fraction(first["bound"]) - LOST <= right.optima[0]
        assert right.optima[0] <= Fraction(first["value"]) + LOST
        met["met" if Fraction(first["value"]) - right.optima[0] < LOST else "missed"] += 1
    assert engines >= ROUTES
    assert ("SCIP, beside the others" in engines) == (route == "medium" and not work)
    assert met["met"] > 10 * (met["missed"] + met["unsolved"]), met


def test_the_same_work_gives_the_same_allocation(route: str) -> None:
    for seed in range(12):
        options = Options(limit_deterministic=Decimal("0.5"), threads=2, seed=seed)
        one, two = (solve(drawn(seed), options) for _ in range(2))
        for result in (one, two):
            result["solver"]["seconds"] = ""
            for step in result["solver"]["steps"]:
                step["seconds"] = ""
        assert one == two, route


def test_a_search_that_is_stopped_returns_the_best_so_far(route: str) -> None:
    stop = iter([False] * 3)
    result = solve(
        drawn(3), Options(limit_seconds=Decimal(60), threads=2), None, lambda: next(stop, True)
    )
    assert result["status"] in {"cancelled", "optimal"}, route
