"""The frontier of a measure and a share, against the non-dominated values of all allocations."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from app.allocation import Options
from app.allocation.document import DocumentError
from app.allocation.explaining import frontier
from app.allocation.explaining.axes import parsed_axis, read_axes
from app.allocation.solvers import engine
from tests.allocation.documents import item, lot, offer, package, problem
from tests.allocation.explaining.reckoning import LOST, allowed
from tests.allocation.tiny import drawn

Entry = dict[str, Any]
SMALL: Entry = {"measure": "share", "weight": "-1", "select": {"firm_sizes": ["micro", "small"]}}


def sized(document: Entry) -> Entry:
    """The same with A micro, B small and C large."""
    sizes = {"A": "micro", "B": "small", "C": "large"}
    firms = [{**one, "size": sizes[one["id"]]} for one in document["firms"]]
    return {**document, "firms": firms}


def two_makers(demand: str = "4", **more: Any) -> Entry:
    """Each piece from the micro firm a costs 3 more than one from the large firm c."""
    return sized(
        problem(
            offer("a", price="8"), offer("c", "C", price="5"), lots=[lot(demand=demand)], **more
        )
    )


def values(found: Entry) -> list[list[Fraction]]:
    return [[Fraction(value) for value in point["values"]] for point in found["points"]]


def test_each_piece_for_a_small_firm_is_a_point() -> None:
    found = frontier(two_makers(), ("cost", [SMALL]), Options())
    right = [[20 + 3 * k, Fraction(-8 * k, 20 + 3 * k)] for k in range(5)]
    assert found["status"] == "complete"
    assert len(found["points"]) == 5
    for got, wanted in zip(values(found), right, strict=True):
        assert all(abs(a - b) < LOST for a, b in zip(got, wanted, strict=True))
    assert found["axes"] == [[{"measure": "cost"}], [SMALL]]
    assert all(point["proven"] for point in found["points"])


def test_a_share_may_stand_first_and_be_minimised() -> None:
    dear = {"measure": "share", "basis": "quantity", "select": {"bidders": ["C"]}}
    found = frontier(two_makers(), ([dear], "cost"), Options())
    assert values(found) == [[Fraction(k, 4), 32 - 3 * k] for k in range(5)]
    assert found["status"] == "complete"


def test_the_points_between_two_ends_may_be_bounded() -> None:
    found = frontier(two_makers("400"), ("cost", [SMALL]), Options(), most_points=4)
    assert found["status"] == "partial"
    ends = values(found)
    assert [ends[0][0], ends[-1][0]] == [2000, 3200]
    assert all(2000 < cost < 3200 for cost, _ in ends[1:-1])
    assert all(Fraction(box[0][0]) < Fraction(box[1][0]) for box in found["open"])


def test_a_scope_is_what_the_share_is_part_of() -> None:
    lots = [lot("L", "2"), lot("M", "2")]
    makers = (("A", "8"), ("C", "5"))
    offers = [offer(f"{b}{at}", b, of=at, price=p) for b, p in makers for at in "LM"]
    document = sized(problem(*offers, lots=lots))
    one = {**SMALL, "basis": "quantity", "scope": {"lots": ["M"]}}
    found = frontier(document, ("cost", [one]), Options())
    assert values(found) == [[20, 0], [23, Fraction(-1, 2)], [26, -1]]


def test_nothing_awarded_has_no_share() -> None:
    cheap = [lot(demand="4", shortfall_cost="1")]
    found = frontier({**two_makers(), "lots": cheap}, ("cost", [SMALL]), Options())
    # One piece has to be bought, from either: the cheapest plan of all would buy none.
    assert values(found) == [[8, 0], [11, -1]]
    for nobody in (problem(lots=cheap), problem(offer(maximum="0"), lots=cheap)):
        found = frontier(nobody, ("cost", [SMALL]), Options())
        assert (found["status"], found["points"]) == ("infeasible", [])


def test_a_package_counts_by_its_price_and_a_consortium_by_its_workshare() -> None:
    document = sized(
        problem(
            offer("c", "C", price="5"),
            packages=[package("P", "AB", "100", item("L", "10"), workshare={"A": "1", "B": "0"})],
        )
    )
    micro = {**SMALL, "select": {"firms": ["A"]}}
    assert values(frontier(document, ("cost", [micro]), Options())) == [[50, 0], [100, -1]]


@pytest.mark.parametrize("proven", range(11))
def test_a_search_that_is_cut_short_proves_nothing(
    proven: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, asked = engine.minimise, []

    def short(*arguments: Any) -> Any:
        asked.append(arguments)
        return replace(right(*arguments), complete=len(asked) <= proven)

    monkeypatch.setattr(engine, "minimise", short)
    found = frontier(two_makers(), ("cost", [SMALL]), Options())
    assert found["status"] == "partial"
    assert found["unproven"]


@pytest.mark.parametrize("gone", range(2, 12))
def test_a_search_that_finds_nothing_leaves_the_last_one(
    gone: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, asked = engine.minimise, []

    def none(*arguments: Any) -> Any:
        asked.append(arguments)
        outcome = right(*arguments)
        return replace(outcome, point=None, complete=False) if len(asked) == gone else outcome

    monkeypatch.setattr(engine, "minimise", none)
    found = frontier(two_makers(), ("cost", [SMALL]), Options())
    assert found["status"] in {"partial", "unknown"}
    assert found["unproven"]


@pytest.mark.parametrize(
    ("text", "axis"),
    [
        ("cost", "cost"),
        ("-score:days", [{"measure": "score:days", "weight": "-1"}]),
        ("-share:firm_sizes=micro,small", [SMALL]),
        (
            "share:firms=A;lots=L,M",
            [{"measure": "share", "weight": "1", "select": {"firms": ["A"], "lots": ["L", "M"]}}],
        ),
        (
            'share:{"firms": ["a,b"]}',
            [{"measure": "share", "weight": "1", "select": {"firms": ["a,b"]}}],
        ),
    ],
)
def test_an_axis_is_read_from_a_command_line(text: str, axis: Any) -> None:
    assert parsed_axis(text) == axis


@pytest.mark.parametrize(
    "axes",
    [
        ([SMALL], [SMALL]),
        ("cost", [SMALL, {"measure": "cost"}]),
        ("cost", [{**SMALL, "min": "0.4"}]),
        ("cost", [{**SMALL, "weight": "0"}]),
        ("cost", [{**SMALL, "weight": "much"}]),
        ("cost", [{**SMALL, "basis": "price"}]),
        ("cost", [{**SMALL, "select": {"firms": ["Z"]}}]),
        ("cost", parsed_axis("share:")),
        ("none", [SMALL]),
    ],
)
def test_what_is_no_share_is_a_defect(axes: Any) -> None:
    with pytest.raises(DocumentError):
        frontier(two_makers(), axes, Options())


def test_a_bad_problem_is_told_before_its_share() -> None:
    with pytest.raises(DocumentError, match="format"):
        frontier({"rules": [{}]}, ("cost", [SMALL]), Options())


AXES = (
    ("cost", [{**SMALL, "basis": "value"}]),
    ("cost", [{**SMALL, "weight": "2", "select": {"firm_groups": ["G"]}}]),
    ("winners", [{**SMALL, "basis": "quantity", "scope": {"offer_tags": ["green"]}}]),
    ("score:quality", [{**SMALL, "select": {"firm_regions": ["ID-JB"]}}]),
)


def reckoned(document: Entry, axes: Any) -> list[list[Fraction]]:
    """The non-dominated pairs of all allocations in whose scope anything is awarded."""
    changed, _, (one, two) = read_axes(document, axes)
    rows = []
    for _, amounts in allowed(changed):
        base = amounts.rules[two.rule][0].base  # type: ignore[union-attr]  # the second is a share
        if base:
            share = two.weight * amounts.rules[two.rule][0].selected / base  # type: ignore[union-attr]  # as above
            rows.append((amounts.stages[:-1], (amounts.stages[one.stage], share)))  # type: ignore[union-attr]  # the first is a sum
    least = min((earlier for earlier, _ in rows), default=None)
    pairs = {pair for earlier, pair in rows if earlier == least}
    return sorted(
        [a, b]
        for a, b in pairs
        if not any(c <= a and d <= b and (c, d) != (a, b) for c, d in pairs)
    )


def compared(seed: int) -> str:
    axes: Any = AXES[seed % len(AXES)]
    document = {key: value for key, value in drawn(seed).items() if key != "objective"}
    found = frontier(document, axes, Options())
    truth = reckoned(document, axes)
    assert found["status"] == ("complete" if truth else "infeasible")
    assert len(truth) == len(found["points"])
    for right, point in zip(truth, values(found), strict=True):
        assert all(abs(a - b) < LOST for a, b in zip(right, point, strict=True))
    return found["status"] if len(truth) < 2 else f"{min(len(truth), 3)} points"


def test_frontiers_of_shares_are_those_of_trying_everything() -> None:
    outcomes = Counter(compared(seed) for seed in range(140))
    assert outcomes["infeasible"] >= 5
    assert outcomes["complete"] >= 5
    assert outcomes["2 points"] >= 5
    assert outcomes["3 points"] >= 3
