"""The frontier, against the non-dominated values of all allocations."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from app.allocation import AllocationFailed, Options
from app.allocation.document import DocumentError, defects
from app.allocation.explaining import Step, frontier, lexicographic
from app.allocation.solvers import engine
from app.allocation.verify.checking import evaluate
from tests.allocation.documents import lot, offer, problem
from tests.allocation.explaining.reckoning import LOST, allowed
from tests.allocation.tiny import drawn

Entry = dict[str, Any]
AXES = (
    ("cost", "score:quality"),
    ("cost", [{"measure": "score:quality", "weight": "-1"}]),
    ("winners", "cost"),
    ("order", "winners"),
    ("change", "cost"),
    ("peak_load", "cost"),
    ([{"measure": "cost", "weight": "-1"}, {"measure": "winners", "weight": "3"}], "change"),
)


def trade_off(steps: str = "10", **more: Any) -> Entry:
    """Each piece from b instead of a costs 2 more and takes 2 days less."""
    return problem(
        offer("a", price="5", scores={"days": "3"}),
        offer("b", "B", price="7", scores={"days": "1"}),
        lots=[lot(demand=steps)],
        **more,
    )


def values(found: Entry) -> list[list[Fraction]]:
    return [[Fraction(value) for value in point["values"]] for point in found["points"]]


def test_every_step_of_a_trade_off_is_a_point() -> None:
    found = frontier(trade_off(), ("cost", "score:days"), Options())
    assert found["status"] == "complete"
    assert values(found) == [[50 + 2 * k, 30 - 2 * k] for k in range(11)]
    assert all(point["proven"] and point["complete"] for point in found["points"])
    assert (found["open"], found["unproven"], found["cancelled"]) == ([], [], False)


def test_one_best_in_both_is_the_whole_frontier() -> None:
    found = frontier(trade_off(), ("cost", "winners"), Options())
    assert (found["status"], values(found)) == ("complete", [[50, 1]])


def test_points_off_the_convex_hull_are_found() -> None:
    # Values (0, 10), (6, 6), (10, 0): no weighted sum makes the middle one best.
    offers = [
        offer(name, bidder, price=price, scores={"days": days})
        for name, bidder, price, days in (
            ("a", "A", "0", "10"),
            ("b", "B", "6", "6"),
            ("c", "C", "10", "0"),
        )
    ]
    found = frontier(problem(*offers, lots=[lot(demand="1")]), ("cost", "score:days"), Options())
    assert values(found) == [[0, 10], [6, 6], [10, 0]]


def test_a_bounded_number_of_points_is_spread_and_the_rest_is_left_open() -> None:
    found = frontier(trade_off("100"), ("cost", "score:days"), Options(), most_points=4)
    assert found["status"] == "partial"
    first, *middle, last = values(found)
    assert (first, last) == ([500, 300], [700, 100])
    assert any(560 <= cost <= 640 for cost, _ in middle)
    corners = [[[Fraction(v) for v in end] for end in box] for box in found["open"]]
    assert corners
    assert all(box[0] in values(found) and box[1] in values(found) for box in corners)


def test_demand_is_filled_before_anything_is_traded() -> None:
    found = frontier(trade_off("30"), ("cost", "score:days"), Options())
    assert {
        sum(map(Fraction, a["quantities"])) <= 30 for p in found["points"] for a in p["allocations"]
    }
    empty = frontier(problem(), ("cost", "winners"), Options())
    assert (values(empty), empty["points"][0]["complete"]) == ([[0, 0]], False)


def test_nothing_is_possible() -> None:
    rule = {"id": "R", "kind": "count", "of": "bidder", "min": 9, "always": True}
    for lots in ([lot()], [lot(shortfall_cost="1")]):
        found = frontier(problem(offer(), lots=lots, rules=[rule]), ("cost", "winners"), Options())
        assert (found["status"], found["points"]) == ("infeasible", [])


def test_progress_and_cancel() -> None:
    told: list[Step] = []
    found = frontier(
        trade_off("100"),
        ("cost", "score:days"),
        Options(),
        on_step=told.append,
        should_stop=lambda: len(told) > 6,
    )
    assert found["cancelled"]
    assert found["status"] == "partial"
    assert len(found["points"]) >= 3
    assert all(step.done < step.of for step in told)
    assert any(step.progress is not None for step in told)


def test_no_time_gives_no_proof() -> None:
    for options in (
        Options(limit_seconds=Decimal("0.001")),
        Options(limit_deterministic=Decimal("0.000001")),
    ):
        found = frontier(drawn_hard(), ("cost", "score:days"), options)
        assert found["status"] in {"partial", "unknown"}
        assert found["unproven"]


def drawn_hard() -> Entry:
    from tests.allocation.test_process import hard

    document = hard()
    for one in document["offers"]:
        one["scores"] = {"days": str(len(one["price"]) + int(one["price"]) % 7)}
    return document


@pytest.mark.parametrize("proven_searches", [5, 7])
def test_a_half_that_is_cut_short_stays_open(
    proven_searches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, asked = engine.minimise, []

    def short(*arguments: Any) -> Any:
        asked.append(arguments)
        outcome = right(*arguments)
        return replace(outcome, complete=len(asked) <= proven_searches)

    monkeypatch.setattr(engine, "minimise", short)
    found = frontier(trade_off(), ("cost", "score:days"), Options())
    assert (found["status"], found["unproven"]) == ("partial", ["between"])
    assert found["open"][0] == [["50", "30"], ["70", "10"]]
    assert not all(point["proven"] for point in found["points"])


def test_a_second_search_without_an_answer_leaves_an_unproven_point(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right, asked = engine.minimise, []

    def short(*arguments: Any) -> Any:
        asked.append(arguments)
        outcome = right(*arguments)
        return replace(outcome, point=None, complete=False) if len(asked) == 3 else outcome

    monkeypatch.setattr(engine, "minimise", short)
    found = frontier(trade_off(), ("cost", "score:days"), Options())
    assert (found["status"], found["unproven"]) == ("partial", ["end 0"])
    assert found["points"][0]["values"] == ["50", "30"]


def test_a_search_that_finds_nothing_leaves_its_box_open(monkeypatch: pytest.MonkeyPatch) -> None:
    right, asked = engine.minimise, []

    def short(*arguments: Any) -> Any:
        asked.append(arguments)
        outcome = right(*arguments)
        return replace(outcome, point=None, complete=False) if len(asked) > 5 else outcome

    monkeypatch.setattr(engine, "minimise", short)
    found = frontier(trade_off(), ("cost", "score:days"), Options())
    assert values(found) == [[50, 30], [70, 10]]
    assert found["open"] == [[["50", "30"], ["70", "10"]]]


def test_a_measure_that_does_not_move_ends_its_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicographic.Plane, "step", lambda *_: Fraction(0))
    found = frontier(trade_off(), ("cost", "score:days"), Options())
    assert (found["status"], found["unproven"]) == ("partial", ["between"])


def test_a_limit_ends_the_search_between_two_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicographic, "_REST", 1)
    for options in (
        Options(limit_seconds=Decimal(60)),
        Options(limit_deterministic=Decimal(60)),
    ):
        found = frontier(trade_off(), ("cost", "score:days"), options)
        assert (found["status"], found["unproven"]) == ("partial", [])
        assert len(found["points"]) == 2


def test_a_point_that_does_not_hold_is_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicographic, "reckon", lambda *_: evaluate(problem(), {}))
    with pytest.raises(AllocationFailed, match="does not hold"):
        frontier(trade_off(), ("cost", "score:days"), Options())


@pytest.mark.parametrize("axis", ["price", "score:none"])
def test_an_axis_is_a_measure_of_the_problem(axis: str) -> None:
    with pytest.raises(DocumentError):
        frontier(trade_off(), ("cost", axis), Options())


def reckoned(document: Entry) -> list[list[Fraction]]:
    rows = [amounts.stages for _, amounts in allowed(document)]
    least = min((row[:-2] for row in rows), default=None)
    pairs = {tuple(row[-2:]) for row in rows if row[:-2] == least}
    return sorted(
        [a, b]
        for a, b in pairs
        if not any(c <= a and d <= b and (c, d) != (a, b) for c, d in pairs)
    )


def compared(seed: int) -> str:
    axes = AXES[seed % len(AXES)]
    document = {key: value for key, value in drawn(seed).items() if key != "objective"}
    found = frontier(document, axes, Options())  # type: ignore[arg-type]  # a tuple of two
    stages = [{"terms": terms} for terms in found["axes"]]
    two = {**document, "objective": stages}
    assert defects(two) == []
    truth = reckoned(two)
    assert found["status"] == ("complete" if truth else "infeasible")
    assert len(truth) == len(found["points"])
    for right, point in zip(truth, values(found), strict=True):
        assert all(abs(a - b) < LOST for a, b in zip(right, point, strict=True))
    return found["status"] if len(truth) < 2 else f"{min(len(truth), 3)} points"


def test_frontiers_are_those_of_trying_everything() -> None:
    outcomes = Counter(compared(seed) for seed in range(140))
    assert outcomes["infeasible"] >= 5
    assert outcomes["2 points"] >= 5
    assert outcomes["3 points"] >= 5
