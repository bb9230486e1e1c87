"""Conflicts: what cannot hold together, and none too many."""

from typing import Any

import pytest

from app.allocation import AllocationFailed, Options, solve
from app.allocation.explaining import conflict
from app.allocation.explaining.changing import kinds, without
from tests.allocation.brute import answer
from tests.allocation.documents import offer, problem
from tests.allocation.tiny import drawn

Entry = dict[str, Any]


def clash() -> Entry:
    return problem(
        offer("a"),
        offer("b", "B"),
        rules=[
            {"id": "loose", "kind": "count", "of": "bidder", "max": 3},
            {"id": "all", "kind": "count", "of": "bidder", "min": 1, "always": True},
            {"id": "soft", "kind": "count", "of": "bidder", "max": 0, "penalty": "1"},
        ],
        pins=[{"id": "na", "offer": "a", "max": "0"}],
        choices=[{"id": "X", "of": ["b"], "max": 0}],
        requires=[{"id": "Q", "if": "a", "then_any_of": ["a"]}],
    )


def test_a_conflict_names_what_is_needed_for_it() -> None:
    found = conflict(clash(), Options())
    assert found["status"] == "infeasible"
    assert found["minimal"]
    assert {(one["id"], one["kind"], one["needed"]) for one in found["conflict"]} == {
        ("all", "rule", True),
        ("na", "pin", True),
        ("X", "choice", True),
    }


def test_what_is_possible_has_no_conflict() -> None:
    found = conflict(problem(offer()), Options())
    assert (found["status"], found["conflict"], found["minimal"]) == ("possible", [], False)


def test_a_set_that_is_too_large_is_thinned_out() -> None:
    result = {**solve(clash(), Options()), "conflict": ["loose", "all", "na", "X", "Q"]}
    found = conflict(clash(), Options(), known_result=result)
    assert [one["id"] for one in found["conflict"]] == ["all", "na", "X"]
    assert found["solves"] == 5
    with pytest.raises(AllocationFailed):
        conflict(problem(offer()), Options(), known_result=result)


def test_a_test_that_is_cut_short_is_not_called_proven() -> None:
    result = solve(clash(), Options())
    found = conflict(clash(), Options(), known_result=result, should_stop=lambda: True)
    assert [one["needed"] for one in found["conflict"]] == [None] * 3
    assert not found["minimal"]
    assert len(found["unproven"]) == 3
    found = conflict(clash(), Options(), should_stop=lambda: True)
    assert (found["status"], found["conflict"]) == ("unknown", [])


def test_conflicts_are_minimal_by_trying_everything() -> None:
    seen = 0
    for seed in range(150):
        document = drawn(seed)
        if answer(document).allowed:
            continue
        seen += 1
        found = conflict(document, Options())
        names = [one["id"] for one in found["conflict"]]
        assert found["minimal"]
        alone = without(document, *(one for one in kinds(document) if one not in names))
        assert not answer(alone).allowed
        for name in names:
            assert answer(without(alone, name)).allowed
    assert seen >= 8
