"""Re-planning: least change first, then cost."""

from typing import Any

import pytest

from app.allocation import Options, solve
from app.allocation.document import DocumentError
from app.allocation.explaining import replan
from app.allocation.explaining.replan import replanned
from app.allocation.verify import verify
from tests.allocation.brute import answer
from tests.allocation.documents import item, lot, offer, package, problem, quantities
from tests.allocation.explaining.reckoning import is_exactly
from tests.allocation.tiny import drawn

Entry = dict[str, Any]


def three_makers(**more: Any) -> Entry:
    return problem(
        offer("a", maximum="6"), offer("b", "B", price="7"), offer("c", "C", price="6.5"), **more
    )


def plan(**totals: str) -> Entry:
    return {"allocations": [{"offer": o, "quantities": [q]} for o, q in totals.items()]}


def test_only_what_failed_is_moved() -> None:
    # The cheapest would be 10 from c; from six of a and four of b only a's six have to move.
    found = replan(three_makers(), plan(a="6", b="4"), Options(), failed=["A"])
    assert quantities(found["result"]) == {"b": ["4"], "c": ["6"]}
    assert found["moves"] == [
        {"offer": "a", "before": ["6"], "after": ["0"]},
        {"offer": "c", "before": ["0"], "after": ["6"]},
    ]
    assert [(one["stage"], one["high"], one["exact"]) for one in found["stages"]] == [
        ("shortfall", "0", True),
        ("change", "6", True),
        ("cost", "67", True),
    ]
    assert verify(found["problem"], found["result"]) == []


def test_nothing_moves_where_nothing_failed() -> None:
    found = replan(three_makers(), plan(a="2", b="8"), Options())
    assert (found["moves"], found["gone"], found["unproven"]) == ([], [], [])


def test_a_result_serves_as_the_reference() -> None:
    before = solve(three_makers(), Options())
    less = {**three_makers(), "lots": [lot(demand="9")]}
    found = replan(less, before, Options())
    assert found["stages"][1]["high"] == "1"


def test_a_consortium_fails_with_its_member_where_that_has_work() -> None:
    document = problem(
        offer("ab", "AB"),
        offer("other", "AB", price="6", workshare={"A": "0", "B": "1"}),
        packages=[package("P", "AB", "1", item("L", "1"))],
    )
    changed, _ = replanned(document, plan(ab="10"), ["A"])
    assert [pin.get("offer") or pin["package"] for pin in changed["pins"]] == ["ab", "P"]
    found = replan(document, {**plan(ab="9"), "packages": ["P"]}, Options(), failed=["A"])
    assert {"package": "P", "before": True, "after": False} in found["moves"]
    assert quantities(found["result"]) == {"other": ["10"]}


def test_what_is_no_longer_offered_is_named() -> None:
    found = replan(three_makers(), {**plan(a="5", x="5"), "packages": ["Y"]}, Options())
    assert found["gone"] == ["x", "Y"]
    assert found["problem"]["reference"] == {**plan(a="5"), "packages": []}


def test_a_firm_that_nobody_knows_is_a_defect() -> None:
    with pytest.raises(DocumentError, match="no firm"):
        replan(three_makers(), plan(), Options(), failed=["Z"])


def test_a_plan_that_is_impossible_says_what_conflicts() -> None:
    pin = {"id": "pin a", "offer": "a", "min": "1"}
    found = replan(three_makers(pins=[pin]), plan(a="6"), Options(), failed=["A"])
    assert found["result"]["conflict"] == ["pin a", "pin a-1"]
    assert found["moves"] == []
    assert [one["high"] for one in found["stages"]] == [None] * 3


def test_stopping_leaves_the_question_open() -> None:
    found = replan(three_makers(), plan(a="6"), Options(), should_stop=lambda: True)
    assert (found["result"], found["unproven"]) == ({"status": "cancelled"}, ["least change"])


def test_least_change_is_that_of_trying_everything() -> None:
    seen = 0
    for seed in range(60):
        document = drawn(seed)
        firm = document["firms"][0]["id"]
        before = document.get("reference", {})
        right = answer(replanned(document, before, [firm])[0]).optima
        found = replan(document, before, Options(), failed=[firm])
        if right is None:
            assert found["result"]["status"] == "infeasible"
            continue
        seen += 1
        for stage, truth in zip(found["stages"], right, strict=True):
            assert is_exactly(stage, truth)
    assert seen >= 30
