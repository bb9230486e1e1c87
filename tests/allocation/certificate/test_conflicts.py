"""Conflicts of every kind are proven over their own elements alone."""

from typing import Any

import pytest

from app.allocation.check_certificate import check
from tests.allocation.certificate.proofs import certified, holds
from tests.allocation.documents import item, lot, offer, package, problem

Entry = dict[str, Any]
MANY = {"id": "many", "kind": "count", "of": "bidder", "min": 2, "always": True}
SOME = {"id": "some", "kind": "count", "of": "lot", "min": 1, "always": True}
ONE = {"id": "one", "kind": "count", "of": "bidder", "max": 1}
OTHER = {"id": "other", "kind": "count", "of": "lot", "min": 1}
PIN = {"id": "pinned", "offer": "O1", "min": "3", "max": "5"}
LEFT = {"id": "left", "package": "P", "accept": False}


def tender(**more: Any) -> Entry:
    rules = [*more.pop("rules", ()), OTHER]
    return problem(
        offer("O1", "A"),
        offer("O2", "B"),
        offer("O3", "C", "M"),
        lots=[lot("L"), lot("M", "4")],
        packages=[package("P", "B", "9", item("L", "2", "5"), item("M", "1", "4"))],
        rules=rules,
        **more,
    )


CONFLICTS: dict[str, tuple[Entry, set[str]]] = {
    "counts": (tender(rules=[ONE, MANY]), {"one", "many"}),
    "a choice": (
        tender(rules=[MANY], choices=[{"id": "X", "of": ["O1", "O2", "O3", "P"], "max": 1}]),
        {"many", "X"},
    ),
    "choices": (
        tender(
            choices=[
                {"id": "X", "of": ["O1", "O2"], "min": 2},
                {"id": "Y", "of": ["O1"], "max": 0},
            ]
        ),
        {"X", "Y"},
    ),
    "a require": (
        tender(
            requires=[{"id": "Q", "if": "O1", "then_any_of": ["P"]}],
            pins=[PIN, LEFT],
        ),
        {"Q", "pinned", "left"},
    ),
    "a share": (
        tender(
            rules=[
                {"id": "S", "kind": "share", "each": "firm", "measure": "value", "max": "0.2"},
                SOME,
            ]
        ),
        {"S", "some"},
    ),
    "an amount": (
        tender(
            rules=[{"id": "A", "kind": "amount", "measure": "quantity", "min": "99", "per": "lot"}]
        ),
        {"A"},
    ),
    "a top share": (
        tender(
            rules=[
                {
                    "id": "T",
                    "kind": "top_share",
                    "each": "bidder",
                    "n": 1,
                    "max": "0.2",
                    "measure": "value",
                },
                SOME,
            ]
        ),
        {"T", "some"},
    ),
    "consistency": (
        tender(
            rules=[{"id": "K", "kind": "consistent", "of": "bidder"}],
            pins=[PIN, {"id": "none", "package": "P", "accept": True}],
        ),
        {"K", "pinned"},
    ),
    "a split": (
        tender(rules=[{"id": "Z", "kind": "split", "shares": ["0.5", "0.5"]}, ONE, SOME]),
        {"Z", "one", "some"},
    ),
    "a pin beyond a step": (
        problem(
            offer("O1", increment="2"),
            lots=[lot(increment="1")],
            pins=[{**PIN, "max": "3"}],
            rules=[OTHER],
        ),
        {"pinned"},
    ),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_a_conflict_is_proven_over_its_own_elements(name: str) -> None:
    document, expected = CONFLICTS[name]
    result = certified(document, nodes=400)
    assert set(result["conflict"]) == expected
    assert check(document, result) == [f"No allocation can keep {', '.join(result['conflict'])}."]
    for one in expected:
        rest = [other for other in result["conflict"] if other != one]
        assert not holds(document, {**result, "conflict": rest})
