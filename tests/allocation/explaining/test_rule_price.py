"""The price of a rule, against trying every allocation with and without it."""

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest

from app.allocation import AllocationFailed, Options, solve
from app.allocation.document import DocumentError
from app.allocation.explaining import price_of_rules, rule_price
from app.allocation.explaining.changing import without
from tests.allocation.brute import answer
from tests.allocation.documents import lot, offer, problem
from tests.allocation.explaining.reckoning import holds, is_exactly, loose
from tests.allocation.tiny import drawn

CAP = {"id": "cap", "kind": "amount", "each": "bidder", "measure": "quantity", "max": "6"}
ALWAYS = {"id": "all", "kind": "count", "of": "bidder", "min": 3, "always": True}


def two_makers(**more: Any) -> dict[str, Any]:
    """Ten pieces, at 5 from A and at 7 from B."""
    return problem(offer("a"), offer("b", "B", price="7"), **{"rules": [CAP], **more})


def test_a_cap_costs_what_the_dearer_maker_is_dearer() -> None:
    found = price_of_rules(two_makers(), Options())
    (entry,) = found["rules"]
    assert entry["cost"] == {"low": "8", "high": "8", "exact": True}
    assert (entry["kind"], entry["outcome"], found["unproven"]) == ("rule", "priced", [])
    assert [one["stage"] for one in entry["stages"]] == ["shortfall", "objective 0"]


def test_a_pin_a_choice_and_a_require_have_a_price_too() -> None:
    document = two_makers(
        rules=[],
        pins=[{"id": "N", "offer": "a", "max": "4"}],
        choices=[{"id": "X", "of": ["a", "b"], "max": 1}],
    )
    document["requires"] = [{"id": "Q", "if": "a", "then_any_of": ["b"]}]
    found = price_of_rules(document, Options(), rules=["N", "X", "Q"])
    # With all three b alone, 70; without the choice four from a. Q and X keep a out without a pin.
    assert [one["cost"]["high"] for one in found["rules"]] == ["0", "8", "0"]
    assert [one["kind"] for one in found["rules"]] == ["pin", "choice", "require"]


def test_a_penalty_that_is_cheaper_than_keeping_the_rule_is_the_price() -> None:
    found = price_of_rules(two_makers(rules=[{**CAP, "penalty": "1"}]), Options())
    assert found["rules"][0]["cost"] == {"low": "4", "high": "4", "exact": True}


def test_a_rule_that_makes_everything_impossible_has_no_number() -> None:
    found = price_of_rules(two_makers(rules=[ALWAYS, CAP]), Options())
    first, second = found["rules"]
    assert (first["outcome"], first["cost"]) == ("impossible_with", None)
    assert second["outcome"] == "impossible_both"


def test_a_rule_may_cost_demand_instead_of_money() -> None:
    found = price_of_rules(problem(offer(), rules=[CAP]), Options())
    shortfall, cost = (one["difference"] for one in found["rules"][0]["stages"])
    assert shortfall == {"low": "0.4", "high": "0.4", "exact": True}
    assert cost == {"low": "-20", "high": "-20", "exact": True}


def test_without_a_stage_of_plain_cost_there_is_no_price_in_money() -> None:
    document = two_makers(objective=[{"terms": [{"measure": "winners"}]}])
    (entry,) = price_of_rules(document, Options())["rules"]
    assert entry["cost"] is None
    assert entry["stages"][-1]["difference"]["high"] == "1"
    mixed = [{"terms": [{"measure": "cost"}, {"measure": "winners", "weight": "2"}]}]
    assert price_of_rules(two_makers(objective=mixed), Options())["rules"][0]["cost"] is None
    glad = [{"terms": [{"measure": "cost", "weight": "-1"}]}]
    assert price_of_rules(two_makers(objective=glad), Options())["rules"][0]["cost"] is None


def test_stages_after_the_cost_are_not_solved() -> None:
    stages = [{"terms": [{"measure": name}]} for name in ("cost", "winners")]
    (entry,) = price_of_rules(two_makers(objective=stages), Options())["rules"]
    assert len(entry["stages"]) == 2


def test_results_that_are_there_already_are_used() -> None:
    document = two_makers()
    held, free = (solve(one, Options()) for one in (document, without(document, "cap")))
    asked: list[Any] = []

    def counted(*arguments: Any) -> Any:
        asked.append(arguments)
        return solve(*arguments)

    found = price_of_rules(document, Options(), known_result=held, solve=counted)
    assert (len(asked), found["solves"]) == (1, 1)
    assert rule_price(document, "cap", held, free) == found["rules"][0]
    with pytest.raises(AllocationFailed, match="another problem"):
        price_of_rules(document, Options(), known_result=free)


def test_an_unknown_rule_is_a_defect() -> None:
    with pytest.raises(DocumentError) as caught:
        price_of_rules(two_makers(), Options(), rules=["cap", "none", "nil"])
    assert [one.params["id"] for one in caught.value.defects] == ["none", "nil"]


def test_a_solve_cut_short_leaves_an_interval_and_says_so() -> None:
    found = price_of_rules(two_makers(lots=[lot(shortfall_cost="99")]), Options(), solve=loose)
    assert found["rules"][0]["cost"] == {"low": "7", "high": "9", "exact": False}
    assert found["unproven"] == ["with all", "without cap"]


def test_an_unproven_earlier_stage_leaves_no_upper_end() -> None:
    (entry,) = price_of_rules(two_makers(), Options(), solve=loose)["rules"]
    assert entry["stages"][0]["difference"] == {"low": "0", "high": "1", "exact": False}
    assert entry["cost"] is None


def test_without_a_rule_nothing_costs_more_even_where_that_was_never_solved() -> None:
    for lots, low in (([lot(shortfall_cost="99")], "0"), ([lot()], None)):
        document = two_makers(lots=lots)
        held = solve(document, Options())
        entry = rule_price(document, "cap", held, {"status": "unsolved"})
        assert entry["outcome"] == "unknown"
        assert entry["stages"][0]["difference"]["low"] == "0"
        # After an earlier stage that is not proven equal, the money may even be less with the rule.
        cost = entry["stages"][-1]["difference"]
        assert (cost["low"], cost["high"]) == (low, None)
        assert entry["stages"][-1]["terms"] == [{"measure": "cost", "weight": "1"}]


def unproven(result: dict[str, Any]) -> dict[str, Any]:
    """The same result, whose first stage has a bound below its value."""
    first, *rest = result["stages"]
    return {**result, "stages": [{**first, "bound": "-0.1", "gap": None}, *rest]}


def test_only_after_stages_that_are_proven_equal_the_price_is_not_negative() -> None:
    document = two_makers()
    held, free = (solve(one, Options()) for one in (document, without(document, "cap")))

    def low(with_rule: dict[str, Any], without_rule: dict[str, Any]) -> str | None:
        stages = rule_price(document, "cap", with_rule, without_rule)["stages"]
        found: str | None = stages[1]["difference"]["low"]
        return found

    cheap = {**held, "stages": [held["stages"][0], {**held["stages"][1], "bound": "40"}]}
    # Both filled everything; where neither proved that it could not be more, nothing is known.
    assert (low(held, free), low(cheap, free)) == ("8", "0")
    assert low(unproven(cheap), unproven(free)) is None
    # What is proven without the rule is proven with it: it allows less.
    assert low(unproven(cheap), free) == "0"
    assert low(cheap, unproven(free)) is None


def test_a_known_result_that_is_not_proven_is_named() -> None:
    document = two_makers(lots=[lot(shortfall_cost="99")])
    held = loose(document, Options())
    held["stages"][0]["gap"] = "0.017241379310"
    held["stages"][0]["bound"] = "57"
    found = price_of_rules(document, Options(), known_result=held)
    assert found["unproven"] == ["result"]
    assert found["rules"][0]["cost"] == {"low": "7", "high": "8", "exact": False}


def test_stopping_answers_with_nothing_known() -> None:
    found = price_of_rules(two_makers(), Options(), should_stop=lambda: True)
    assert found["cancelled"]
    assert found["rules"][0]["outcome"] == "unknown"
    assert found["unproven"] == ["with all", "without cap"]


def compared(seed: int) -> list[str]:
    document = drawn(seed)
    rules = [rule["id"] for rule in document["rules"]]
    found = price_of_rules(document, Options(), rules=rules)
    assert found["unproven"] == []
    outcomes = []
    held = answer(document).optima
    for rule, entry in zip(rules, found["rules"], strict=True):
        free = answer(without(document, rule)).optima
        outcomes.append(entry["outcome"])
        if held is None or free is None:
            assert entry["outcome"] == ("impossible_both" if free is None else "impossible_with")
            continue
        assert entry["outcome"] == "priced"
        for k, stage in enumerate(entry["stages"]):
            assert holds(stage["with"], held[k])
            assert holds(stage["without"], free[k])
            assert is_exactly(stage["difference"], held[k] - free[k])
        earlier = len(entry["stages"]) - 1
        if entry["cost"] is not None and held[:earlier] == free[:earlier]:
            assert Fraction(entry["cost"]["low"]) >= 0
    return outcomes


def test_prices_are_those_of_trying_everything() -> None:
    outcomes = Counter(one for seed in range(90) for one in compared(seed))
    assert outcomes["priced"] >= 40
    assert outcomes["impossible_with"] >= 1
    assert outcomes["impossible_both"] >= 1
