"""What would have won, against trying every allocation with the losing bid in it."""

from fractions import Fraction
from typing import Any

import pytest

from app.allocation import AllocationFailed, Options, solve
from app.allocation.document import DocumentError
from app.allocation.explaining import price_cut, what_would_have_won
from tests.allocation.documents import item, lot, offer, package, problem
from tests.allocation.explaining.reckoning import (
    holds,
    loose,
)

Entry = dict[str, Any]


def lost(document: Entry, bid: str, **more: Any) -> Entry:
    (entry,) = what_would_have_won(document, Options(), bids=[bid], **more)["offers"]
    return entry


def test_a_dearer_offer_had_to_be_as_cheap_as_the_one_it_replaces() -> None:
    found = what_would_have_won(problem(offer("a"), offer("b", "B", price="8")), Options())
    assert [one["id"] for one in found["offers"]] == ["b"]
    price = found["offers"][0]["price"]
    assert price["per_unit"] == {"low": "3", "high": "3", "exact": True}
    assert price["percent"] == {"low": "37.5", "high": "37.5", "exact": True}
    assert (price["outcome"], price["by"], found["unproven"]) == ("possible", "ratio", [])


def test_the_best_quantity_is_not_the_one_at_price_zero() -> None:
    # At price zero b takes all ten; what it would have won at first are the four that a lacks.
    document = problem(
        offer("a", maximum="6"), offer("c", "C", price="9"), offer("b", "B", price="10")
    )
    assert lost(document, "b")["price"]["per_unit"]["high"] == "1"


def test_setup_and_freight_count_against_a_bid() -> None:
    document = problem(offer("a"), offer("b", "B", price="8", setup="10", freight="1"))
    assert lost(document, "b")["price"]["per_unit"] == {"low": "5", "high": "5", "exact": True}


def test_a_part_that_never_ends_is_rounded_outward() -> None:
    document = problem(offer("a"), offer("b", "B", price="6", maximum="3", setup="1"))
    price = lost(document, "b")["price"]
    assert price["per_unit"]["low"] == "1.333333333333"
    assert price["per_unit"]["high"] == "1.333333333334"
    assert price["per_unit"]["exact"]


def test_a_bid_whose_setup_alone_is_too_much_cannot_win_by_price() -> None:
    document = problem(offer("a"), offer("b", "B", price="8", setup="51"))
    assert lost(document, "b")["price"] == {
        "outcome": "not_by_price",
        "by": "ratio",
        "because": [],
    }


def test_a_bid_that_is_free_already_cannot_become_cheaper() -> None:
    document = problem(offer("a", price="0"), offer("b", "B", price="0", setup="1"))
    assert lost(document, "b")["price"]["outcome"] == "not_by_price"


def test_what_keeps_a_bid_out_at_any_price_is_named() -> None:
    pin = {"id": "N", "offer": "b", "max": "0"}
    document = problem(offer("a"), offer("b", "B", price="8"), pins=[pin])
    because = lost(document, "b")["price"]["because"]
    # The pin that the question adds is none of the buyer's.
    assert because == ["N"]
    alone = problem(offer("a"), offer("b", "B", price="8", minimum="20"))
    assert lost(alone, "b")["price"]["because"] == ["own limits"]


def test_a_bid_that_leaves_demand_open_cannot_win_by_price() -> None:
    choice = {"id": "X", "of": ["a", "b"], "max": 1}
    document = problem(offer("a"), offer("b", "B", price="1", maximum="9"), choices=[choice])
    entry = lost(document, "b")
    assert (entry["price"]["outcome"], entry["price"]["because"]) == (
        "not_by_price",
        ["earlier stage"],
    )
    assert entry["capacity"]["outcome"] == "possible"
    assert entry["capacity"]["quantity"] == {"low": "10", "high": "10", "exact": True}
    assert entry["capacity"]["stated"] == "9"


def test_tiers_are_cut_in_proportion() -> None:
    tiers = [{"from": "0", "unit": "10"}, {"from": "5", "unit": "8"}]
    price = {"kind": "all_units", "tiers": tiers}
    entry = lost(problem(offer("a"), offer("b", "B", price=price)), "b")["price"]
    assert entry["percent"] == {"low": "37.5", "high": "37.5", "exact": True}
    assert "per_unit" not in entry


def test_a_package_gives_up_part_of_its_price() -> None:
    document = problem(offer("a"), packages=[package("P", "B", "80", item("L", "10"))])
    entry = lost(document, "P")
    assert entry["price"]["amount"] == {"low": "30", "high": "30", "exact": True}
    assert set(entry) == {"id", "used", "price"}


@pytest.mark.parametrize(
    "more",
    [
        {"rules": [{"id": "R", "kind": "share", "measure": "value", "max": "1"}]},
        {
            "discounts": [
                {
                    "id": "D",
                    "on": ["b"],
                    "basis": "value",
                    "kind": "all_units",
                    "tiers": [{"from": "0", "percent": "0"}],
                }
            ]
        },
        {
            "adjustments": [{"id": "A", "percent": "10"}],
            "objective": [{"terms": [{"measure": "adjustment"}, {"measure": "cost"}]}],
        },
    ],
)
def test_where_rules_look_at_the_price_cuts_are_tried(more: Entry) -> None:
    document = problem(offer("a"), offer("b", "B", price="8"), **more)
    price = lost(document, "b")["price"]
    assert price["by"] == "trial"
    assert price["percent"] == {"low": "35", "high": "40", "exact": False}


def test_an_adjustment_that_leaves_the_price_alone_is_kept() -> None:
    document = problem(
        offer("a"),
        offer("b", "B", price="8"),
        adjustments=[{"id": "A", "scope": {"offers": ["b"]}, "per_unit": "-2"}],
        objective=[{"terms": [{"measure": "cost"}, {"measure": "adjustment", "weight": "0.5"}]}],
    )
    price = lost(document, "b")["price"]
    assert (price["by"], price["per_unit"]["high"], price["per_unit"]["exact"]) == (
        "ratio",
        "2",
        True,
    )


def test_an_adjustment_in_an_earlier_stage_sees_the_price() -> None:
    stages = [{"terms": [{"measure": name}]} for name in ("adjustment", "cost")]
    document = problem(
        offer("a"),
        offer("b", "B", price="8"),
        adjustments=[{"id": "A", "scope": {"offers": ["a"]}, "percent": "0"}],
        objective=stages,
    )
    price = lost(document, "b")["price"]
    assert (price["by"], price["percent"]["low"], price["percent"]["high"]) == ("trial", "35", "40")


def test_a_part_with_too_many_digits_is_closed_in_from_both_sides() -> None:
    document = problem(offer("a"), offer("b", "B", price="7.123456789123"))
    found = lost(document, "b")["price"]["per_unit"]
    truth = Fraction("2.123456789123")
    assert Fraction(found["high"]) == truth
    assert truth - Fraction(1, 10**9) < Fraction(found["low"]) <= truth


def test_rounds_that_run_out_leave_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(price_cut, "MOST_ROUNDS", 1)
    document = problem(
        offer("a", maximum="6"), offer("c", "C", price="9"), offer("b", "B", price="10")
    )
    found = lost(document, "b")["price"]["per_unit"]
    assert (found["high"], found["exact"]) == ("3.4", False)
    assert holds(found, Fraction(1))


def test_a_bid_that_was_never_tried_stays_open() -> None:
    document = problem(offer("a"), offer("b", "B", price="8"), lots=[lot(shortfall_cost="99")])
    asked: list[Entry] = []

    def once(*arguments: Any) -> Entry:
        asked.append(arguments[0])
        return solve(*arguments) if len(asked) == 1 else {"status": "cancelled"}

    price = lost(document, "b", solve=once)["price"]
    assert price["outcome"] == "unknown"
    assert price["percent"] == {"low": "0", "high": None, "exact": False}


def test_a_package_with_item_values_is_tried_too() -> None:
    rule = {"id": "R", "kind": "share", "measure": "value", "per": "lot", "max": "1"}
    bid = package("P", "B", "80", item("L", "10", "80"))
    document = problem(offer("a"), packages=[bid], rules=[rule])
    price = lost(document, "P")["price"]
    assert price["amount"] == {"low": "28", "high": "32", "exact": False}


def test_a_trial_that_fails_at_zero_ends_there() -> None:
    rule = {"id": "R", "kind": "share", "measure": "value", "max": "1"}
    document = problem(offer("a"), offer("b", "B", price="8", setup="51"), rules=[rule])
    price = lost(document, "b")["price"]
    assert (price["outcome"], price["by"]) == ("not_by_price", "trial")


def test_a_lower_minimum_would_have_won() -> None:
    document = problem(
        offer("a", maximum="7"),
        offer("c", "C", price="9"),
        offer("b", "B", price="6.5", minimum="10"),
    )
    # 62 without b. With b for c's three 54.5; seven from b 60.5, eight 62: a tie does not win.
    minimum = lost(document, "b")["minimum"]
    assert minimum["stated"] == "10"
    assert minimum["quantity"] == {"low": "7", "high": "7", "exact": True}


def test_a_minimum_per_delivery_is_lowered_with_it() -> None:
    document = problem(
        offer("a", maximum="7"), offer("c", "C", price="9"), offer("b", "B", delivery_minimum="11")
    )
    minimum = lost(document, "b")["minimum"]
    assert (minimum["outcome"], minimum["stated"]) == ("possible", "11")
    assert minimum["quantity"]["high"] == "10"


def test_a_minimum_that_is_not_the_reason() -> None:
    document = problem(offer("a"), offer("b", "B", price="8", minimum="4", maximum="9"))
    assert lost(document, "b")["minimum"]["outcome"] == "not_by_minimum"
    assert lost(document, "b")["capacity"]["outcome"] == "not_by_capacity"


def test_resources_are_capacity_too() -> None:
    uses = [{"resource": "R", "per_unit": "1"}]
    document = problem(
        offer("a", price="6"),
        offer("b", "B", uses=uses, minimum="4"),
        resources=[{"id": "R", "capacity": "3"}],
    )
    entry = lost(document, "b")
    assert entry["minimum"]["quantity"] == {"low": "3", "high": "3", "exact": True}
    assert entry["capacity"]["quantity"] == {"low": "4", "high": "4", "exact": True}


def test_a_maximum_per_period_is_capacity() -> None:
    choice = {"id": "X", "of": ["a", "b"], "max": 1}
    document = problem(
        offer("a", price="6"),
        offer("b", "B", maximum=["4", "3"]),
        lots=[lot(demand=["4", "6"])],
        periods=["1", "2"],
        choices=[choice],
    )
    capacity = lost(document, "b")["capacity"]
    assert (capacity["stated"], capacity["quantity"]["high"]) == ("7", "10")


def test_a_winner_has_nothing_to_learn() -> None:
    assert lost(problem(offer("a")), "a") == {"id": "a", "used": True}


def test_a_known_result_says_who_won() -> None:
    document = problem(offer("a"), offer("b", "B"))
    result = solve(document, Options())
    found = what_would_have_won(document, Options(), known_result=result)
    won = {one["offer"] for one in result["allocations"]}
    assert not {one["id"] for one in found["offers"]} & won
    with pytest.raises(AllocationFailed):
        what_would_have_won(problem(offer("b")), Options(), known_result=result)


def test_nothing_to_say_without_an_allocation_or_a_cost() -> None:
    rule = {"id": "R", "kind": "count", "of": "bidder", "min": 9, "always": True}
    found = what_would_have_won(problem(offer(), rules=[rule]), Options())
    assert (found["status"], found["offers"]) == ("infeasible", [])
    stage = {"terms": [{"measure": "winners"}]}
    found = what_would_have_won(problem(offer(), objective=[stage]), Options())
    assert (found["status"], found["offers"]) == ("optimal", [])


def test_an_unknown_bid_is_a_defect() -> None:
    with pytest.raises(DocumentError, match="offer or package"):
        lost(problem(offer()), "nobody")


def test_solves_cut_short_leave_intervals_that_hold_the_truth() -> None:
    cheap = lot(shortfall_cost="99")
    document = problem(offer("a"), offer("b", "B", price="8", minimum="2"), lots=[cheap])
    found = what_would_have_won(document, Options(), bids=["b"], solve=loose)
    price = found["offers"][0]["price"]
    assert not price["per_unit"]["exact"]
    assert holds(price["per_unit"], Fraction(3))
    assert "as it is" in found["unproven"]
    assert len(found["unproven"]) == found["solves"]


def test_an_unproven_earlier_stage_leaves_everything_open() -> None:
    document = problem(offer("a"), offer("b", "B", price="8", minimum="2", maximum="9"))
    entry = lost(document, "b", solve=loose)
    assert {entry[name]["outcome"] for name in ("price", "minimum", "capacity")} == {"unknown"}
    assert entry["minimum"]["quantity"] == {"low": None, "high": "1", "exact": False}
    assert entry["capacity"]["quantity"] == {"low": "1", "high": None, "exact": False}
    rule = {"id": "R", "kind": "share", "measure": "value", "max": "1"}
    entry = lost({**document, "rules": [rule]}, "b", solve=loose)
    assert entry["price"]["percent"] == {"low": "0", "high": None, "exact": False}
