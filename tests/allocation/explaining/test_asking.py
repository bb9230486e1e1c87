"""Limits over many solves, progress, and what a result says of the optima."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from app.allocation import Options, Progress, solve
from app.allocation.explaining import Step, price_of_rules
from app.allocation.explaining.asking import Asking, Solve, answer_of
from app.allocation.explaining.intervals import Interval
from tests.allocation.brute import answer
from tests.allocation.documents import offer, problem
from tests.allocation.explaining.reckoning import LOST, loose
from tests.allocation.tiny import drawn


class Spy:
    """Solves, and remembers the options of each solve."""

    def __init__(self) -> None:
        self.asked: list[Options] = []

    def __call__(self, document: Mapping[str, Any], options: Options, *more: Any) -> Any:
        self.asked.append(options)
        return solve(document, options, *more)


def rules(count: int) -> list[dict[str, Any]]:
    return [{"id": f"R{k}", "kind": "count", "of": "bidder", "max": 3} for k in range(count)]


def test_a_limit_is_shared_out_among_the_solves() -> None:
    spy = Spy()
    price_of_rules(
        problem(offer(), rules=rules(4)),
        Options(limit_seconds=Decimal(100), limit_deterministic=Decimal(10)),
        solve=spy,
    )
    assert len(spy.asked) == 5
    first, last = spy.asked[0], spy.asked[-1]
    assert Decimal(19) < (first.limit_seconds or 0) <= Decimal(20)
    assert first.limit_deterministic == Decimal(2)
    assert Decimal(50) < (last.limit_seconds or 0) <= Decimal(100)
    assert Decimal(9) < (last.limit_deterministic or 0) <= Decimal(10)


def test_once_a_limit_is_used_up_nothing_more_is_solved() -> None:
    document = problem(offer(), rules=rules(2))
    for options in (
        Options(limit_seconds=Decimal(0)),
        Options(limit_deterministic=Decimal(0)),
    ):
        spy = Spy()
        found = price_of_rules(document, options, solve=spy)
        assert spy.asked == []
        assert found["unproven"] == ["with all", "without R0", "without R1"]
        assert found["rules"][-1]["without"] == "unsolved"


def test_a_part_is_never_less_than_an_engine_takes() -> None:
    spy = Spy()
    price_of_rules(
        problem(offer(), rules=rules(20)),
        Options(limit_seconds=Decimal("0.2"), limit_deterministic=Decimal("0.00001")),
        solve=spy,
    )
    assert spy.asked[0].limit_seconds == Decimal("0.01")
    assert spy.asked[0].limit_deterministic == Decimal("0.000001")


def test_later_solves_start_from_the_first_allocation() -> None:
    seen: list[Any] = []

    def noting(document: Mapping[str, Any], *more: Any) -> Any:
        seen.append(document.get("reference"))
        return solve(document, *more)

    document = problem(offer(), rules=rules(1))
    price_of_rules(document, Options(), solve=noting)
    first = {"allocations": [{"offer": "O", "quantities": ["10"]}], "packages": []}
    assert seen == [None, first]
    seen.clear()
    change = [{"terms": [{"measure": "change"}]}]
    price_of_rules({**document, "objective": change}, Options(), solve=noting)
    assert seen == [None, None]


def test_other_options_are_passed_on() -> None:
    spy = Spy()
    options = Options(gap=Decimal("0.1"), seed=4, threads=2)
    found = price_of_rules(problem(offer(), rules=rules(1)), options, solve=spy)
    assert spy.asked == [options] * 2
    assert found["gap_target"] == "0.1"


def test_steps_are_told() -> None:
    told: list[Step] = []
    price_of_rules(problem(offer(), rules=rules(2)), Options(), on_step=told.append)
    assert [(one.what, one.done, one.of) for one in told if one.progress is None] == [
        ("with all", 0, 3),
        ("without R0", 1, 3),
        ("without R1", 2, 3),
    ]
    assert any(isinstance(one.progress, Progress) for one in told)


def test_a_stage_with_a_tolerance_is_solved_for_itself() -> None:
    document = problem(
        offer("a", scores={"days": "9"}),
        offer("b", "B", price="5.2", scores={"days": "1"}),
        objective=[
            {"terms": [{"measure": "cost"}], "tolerance": "0.1"},
            {"terms": [{"measure": "score:days"}]},
        ],
    )
    asking = Asking(Options())
    assert asking.ask("once", document).stages[1] == Interval(Fraction(50), Fraction(52))
    exact = asking.exactly("all", document).stages
    assert [one.low for one in exact] == [one.high for one in exact] == [0, 50, 10]


def test_a_stage_after_an_unproven_one_has_no_upper_end() -> None:
    document = problem(offer("a"))
    result = solve(document, Options())
    result["stages"][0]["bound"] = "-1"
    assert answer_of(document, result).stages == (
        Interval(Fraction(-1), Fraction(0)),
        Interval(Fraction(50), None),
    )


@pytest.mark.parametrize("solver", [solve, loose])
def test_the_optima_lie_in_their_intervals(solver: Solve) -> None:
    for seed in range(60):
        document = drawn(seed)
        right = answer(document).optima
        asking = Asking(Options(), solve=solver)
        found = asking.exactly("it", document)
        assert found.infeasible <= (right is None)
        if right is not None:
            for interval, truth in zip(found.stages, right, strict=True):
                assert interval.low is None or interval.low <= truth + LOST
                assert interval.high is None or truth <= interval.high + LOST
                assert interval.exact == (solver is solve)
