"""Rules of the kinds consistent and split, and pins."""

from typing import Any

import pytest

from tests.allocation.documents import (
    cost,
    item,
    lot,
    offer,
    package,
    problem,
    solved,
    totals,
)

HANDLES = [lot("left"), lot("right")]


def handles(**more: Any) -> dict[str, Any]:
    """A is cheap on the left, B on the right."""
    return problem(
        offer("al", "A", of="left", price="1"),
        offer("bl", "B", of="left", price="2"),
        offer("ar", "A", of="right", price="4"),
        offer("br", "B", of="right", price="2"),
        lots=HANDLES,
        **more,
    )


def consistent(**fields: Any) -> list[dict[str, Any]]:
    return [{"id": "R", "kind": "consistent", "of": "bidder", **fields}]


def test_consistency_allows_one_maker_of_both() -> None:
    assert set(totals(solved(handles()))) == {"al", "br"}
    result = solved(handles(rules=consistent()))
    winners = {name[0]: set() for name in totals(result)}
    for name in totals(result):
        winners[name[0]].add(name[1])
    assert all(sides == {"l", "r"} for sides in winners.values())


def test_consistency_refuses_who_cannot_make_the_other() -> None:
    document = handles(rules=consistent())
    document["offers"] = [one for one in document["offers"] if one["id"] != "br"]
    result = solved(document)
    assert set(totals(result)) == {"al", "ar"}


def test_consistency_looks_at_its_scope_alone() -> None:
    result = solved(handles(rules=consistent(scope={"lots": ["left"]})))
    assert set(totals(result)) == {"al", "br"}


def test_consistency_of_firms_follows_workshares() -> None:
    document = problem(
        offer("l", "AB", of="left", price="1"),
        offer("r", "A", of="right", price="1"),
        offer("c", "C", of="left", price="9"),
        offer("d", "C", of="right", price="9"),
        lots=HANDLES,
        rules=[{**consistent()[0], "of": "firm"}],
    )
    assert set(totals(solved(document))) == {"c", "d"}
    document["offers"][0]["workshare"] = {"A": "1", "B": "0"}
    assert set(totals(solved(document))) == {"l", "r"}


def test_a_penalty_counts_missing_pairs() -> None:
    result = solved(handles(rules=consistent(penalty="0.5")))
    assert (result["rules"][0]["violation"], cost(result)) == ("2", 31)


def split(**fields: Any) -> list[dict[str, Any]]:
    return [{"id": "R", "kind": "split", "shares": ["0.6", "0.4"], **fields}]


def two(**more: Any) -> dict[str, Any]:
    return problem(
        offer("a", "A", price="1"),
        offer("b", "B", price="2"),
        offer("c", "C", price="3"),
        **more,
    )


def test_a_split_is_kept_exactly() -> None:
    assert totals(solved(two(rules=split()))) == {"a": 6, "b": 4}


@pytest.mark.parametrize(("tolerance", "units"), [("0.1", 7), ("0.099", 6)])
def test_a_tolerance_allows_the_limit_and_no_more(tolerance: str, units: int) -> None:
    assert totals(solved(two(rules=split(tolerance=tolerance))))["a"] == units


def test_a_split_needs_as_many_winners_as_shares() -> None:
    document = two(rules=split(shares=["0.5", "0.3", "0.2"]))
    assert totals(solved(document)) == {"a": 5, "b": 3, "c": 2}
    document["offers"].pop()
    assert solved(document)["allocations"] == []


def test_a_split_does_not_bind_other_lots() -> None:
    document = two(rules=split(scope={"lots": ["other"]}))
    document["lots"].append(lot("other", "0"))
    assert totals(solved(document)) == {"a": 10}


def test_a_bidders_offers_and_packages_are_added_up() -> None:
    document = problem(
        offer("a", "A", price="1", maximum="2"),
        offer("b", "B", price="2"),
        packages=[package("P", "A", "1", item("L", "4"))],
        rules=split(),
    )
    result = solved(document)
    assert (totals(result), result["packages"]) == ({"a": 2, "b": 4}, ["P"])


def test_pins_bound_an_offer() -> None:
    pinned = solved(two(pins=[{"id": "N", "offer": "b", "min": "2", "max": "3"}]))
    assert totals(pinned) == {"a": 8, "b": 2}
    forbidden = solved(two(pins=[{"id": "N", "offer": "a", "max": "0"}]))
    assert totals(forbidden) == {"b": 10}


def test_a_pin_beyond_the_maximum_conflicts() -> None:
    result = solved(two(pins=[{"id": "N", "offer": "b", "min": "11"}]))
    assert (result["status"], result["conflict"]) == ("infeasible", ["N"])


@pytest.mark.parametrize(("accept", "taken"), [(True, ["P"]), (False, [])])
def test_a_pin_decides_a_package(accept: bool, taken: list[str]) -> None:
    document = two(
        packages=[package("P", "A", "15" if accept else "1", item("L", "10"))],
        pins=[{"id": "N", "package": "P", "accept": accept}],
    )
    assert solved(document)["packages"] == taken
