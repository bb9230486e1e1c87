"""The checker refuses every certificate that is wrong, and says what is."""

import copy
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from app.allocation.check_certificate import Relaxation, check
from tests.allocation.certificate.proofs import bare, certified, holds, tender
from tests.allocation.documents import lot, offer, problem

Entry = dict[str, Any]


@cache
def _certified() -> Entry:
    return certified(tender())


def good() -> Entry:
    return copy.deepcopy(_certified())


def stage(result: Entry) -> Entry:
    found: Entry = result["certificate"]["stages"][0]
    return found


def leaves(node: Entry) -> Iterator[Entry]:
    if "on" in node:
        yield from leaves(node["low"])
        yield from leaves(node["high"])
    else:
        yield node


def test_the_good_one_holds_and_has_branches() -> None:
    assert check(tender(), good())
    assert "on" in stage(good())["tree"]


def _raise_bound(result: Entry) -> None:
    own = stage(result)
    own["bound"] = str(Decimal(own["bound"]) + Decimal("0.001"))


def _unknown_row(result: Entry) -> None:
    next(leaves(stage(result)["tree"]))["duals"]["demand[none,]"] = "1"


def _wrong_sign(result: Entry) -> None:
    next(leaves(stage(result)["tree"]))["duals"]["total[O1].max"] = "-1"


def _missing_branch(result: Entry) -> None:
    del stage(result)["tree"]["high"]


def _half_a_tree(result: Entry) -> None:
    own = stage(result)
    own["tree"] = own["tree"]["low"]
    own["bound"] = "100000"


def _outside(result: Entry) -> None:
    stage(result)["tree"]["at"] = 1000000


def _half_way(result: Entry) -> None:
    stage(result)["tree"]["at"] = "0.5"


def _unknown_column(result: Entry) -> None:
    stage(result)["tree"]["on"] = "use[none]"


def _not_whole(result: Entry) -> None:
    stage(result)["tree"]["on"] = "shortfall[L,]"


def _no_ray(result: Entry) -> None:
    next(leaves(stage(result)["tree"])).clear()
    node = stage(result)["tree"]
    stage(result)["tree"] = {**node, "low": {"ray": {"capacity[R,]": "1"}}}


def _no_stage(result: Entry) -> None:
    result["certificate"]["stages"].append(stage(result))


def _value_below(result: Entry) -> None:
    result["stages"][0]["value"] = "1"


WRONG: dict[str, tuple[Callable[[Entry], None], str]] = {
    "a bound raised": (_raise_bound, "is proven"),
    "an unknown row": (_unknown_row, "there is no row"),
    "a dual's sign": (_wrong_sign, "must not be negative"),
    "a branch missing": (_missing_branch, "no node has the fields"),
    "half of the tree": (_half_a_tree, "is proven"),
    "a column out of bounds": (_outside, "cannot be parted"),
    "a column parted at a half": (_half_way, "cannot be parted"),
    "an unknown column": (_unknown_column, "no whole column"),
    "a column that is not whole": (_not_whole, "no whole column"),
    "a ray that shows nothing": (_no_ray, "does not show"),
    "a stage too many": (_no_stage, "2 of 1 stages"),
    "a value below the bound": (_value_below, "above the value"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_certificate_is_refused(name: str) -> None:
    spoil, words = WRONG[name]
    result = good()
    spoil(result)
    with pytest.raises(ValueError, match=words):
        check(tender(), result)


def test_no_change_of_any_dual_proves_a_raised_bound() -> None:
    result = good()
    _raise_bound(result)
    for k, leaf in enumerate(leaves(stage(good())["tree"])):
        for row, dual in leaf.get("duals", {}).items():
            for other in (Fraction(dual) * 2, Fraction(dual) / 2, -Fraction(dual), Fraction(0)):
                spoilt = copy.deepcopy(result)
                places = list(leaves(stage(spoilt)["tree"]))
                places[k]["duals"][row] = str(float(other))
                assert not holds(tender(), spoilt)


def test_another_problem_is_refused() -> None:
    document = tender()
    document["offers"][4]["price"] = "1"
    assert not holds(document, good())


def test_a_conflict_does_not_stand_on_others() -> None:
    rules = [{"id": "few", "kind": "count", "of": "bidder", "max": 1}]
    rules += [{"id": "many", "kind": "count", "of": "bidder", "min": 2, "always": True}]
    document = problem(offer("O1", "A"), offer("O2", "B"), rules=rules)
    result = certified(document)
    assert holds(document, result)
    assert not holds(document, {**result, "conflict": ["few"]})
    rules[0]["penalty"] = "3"
    assert not holds(document, result)


def test_a_bound_alone_proves_no_conflict() -> None:
    document = problem(
        offer("O"), lots=[lot("L", "10")], pins=[{"id": "N", "offer": "O", "min": "11"}]
    )
    result = certified(document)
    assert holds(document, result)
    result["certificate"]["stages"][0]["tree"] = {"duals": {"pin[N].min": "1"}}
    with pytest.raises(ValueError, match="does not prove that nothing is feasible"):
        check(document, result)


def test_two_rows_of_one_name_are_refused() -> None:
    document = bare()
    document["choices"] = [{"id": "X", "of": ["O"], "max": 1}] * 2
    with pytest.raises(ValueError, match="two rows are named"):
        check(document, stated("0", {"duals": {}}))


def stated(bound: str, tree: Entry, value: str = "70") -> Entry:
    stages = [{"bound": bound, "tree": tree}]
    return {"status": "optimal", "stages": [{"value": value}], "certificate": {"stages": stages}}


def test_a_bound_that_a_person_can_reckon() -> None:
    # 10 units at 5 and a setup of 20: a unit costs 5 + 20/10 = 7, as the duals say.
    document = bare()
    duals = {"demand[L,]": "7", "total[O].max": "2"}
    assert holds(document, stated("70", {"duals": duals}))
    assert not holds(document, stated("70.000000000001", {"duals": duals}, value="71"))
    assert holds(document, stated("50", {"duals": {"demand[L,]": "5"}}))
    assert not holds(document, stated("51", {"duals": {"demand[L,]": "5"}}))


def test_what_is_left_of_a_cost_counts_at_its_lower_end() -> None:
    # A unit is left with 0.45, the use with 0.5: both are least at 0.
    duals = {"demand[L,]": "6.5", "total[O].max": "1.95"}
    assert holds(bare(), stated("65", {"duals": duals}))
    assert not holds(bare(), stated("65.000000000001", {"duals": duals}))


def test_a_value_may_have_lost_half_of_its_twelfth_decimal() -> None:
    tree = {"duals": {"demand[L,]": "7", "total[O].max": "2"}}
    assert holds(bare(), stated("70", tree, value="69.9999999999995"))
    assert not holds(bare(), stated("70", tree, value="69.9999999999994"))


def test_a_later_stage_rests_on_the_value_and_tolerance_of_an_earlier_one() -> None:
    # Within 70 + 7 of cost the offer is used to at least 823/830 of its order of 7.
    document = bare()
    document["offers"][0]["order"] = 7
    document["objective"] = [
        {"terms": [{"measure": "cost"}], "tolerance": "0.1"},
        {"terms": [{"measure": "order"}]},
    ]
    duals = {"stage[0]": "0.0084", "demand[L,]": "0.756", "total[O].max": "0.714"}
    first = stated("70", {"duals": {"demand[L,]": "7", "total[O].max": "2"}})

    def second(bound: str, **other: str) -> Entry:
        result = copy.deepcopy(first)
        result["stages"].append({"value": "7"})
        tree = {"duals": {**duals, **other}}
        result["certificate"]["stages"].append({"bound": bound, "tree": tree})
        return result

    assert holds(document, second("6.9131999999999958"))
    assert not holds(document, second("6.9131999999999959"))
    with pytest.raises(ValueError, match="must not be negative"):
        check(document, second("0", **{"stage[0]": "-1"}))
    swapped = second("6.9")
    swapped["certificate"]["stages"].reverse()
    with pytest.raises(ValueError, match="there is no row"):
        check(document, swapped)


def test_a_binary_float_is_no_exact_number() -> None:
    document = bare()
    document["offers"][0]["price"] = 0.5
    with pytest.raises(ValueError, match="is no decimal"):
        check(document, stated("0", {"duals": {}}))


def test_parts_are_proven_one_by_one() -> None:
    offers = [offer("O", setup="20"), offer("P", of="M", price="3", setup="7")]
    lots = [lot("L", "10", shortfall_cost="90"), lot("M", "4", shortfall_cost="90")]
    choices = [{"id": "X", "of": ["O", "P"], "max": 2}]
    document = problem(*offers, lots=lots, choices=choices)
    first = {"of": "L", "tree": {"duals": {"demand[L,]": "7", "total[O].max": "2"}}}
    second = {"of": "use[P]", "tree": {"duals": {"demand[M,]": "4.75", "total[P].max": "1.75"}}}
    tree: Entry = {"prices": {"choice[X].max": "0"}, "parts": [first, second]}
    assert holds(document, stated("89", tree, value="89"))
    assert not holds(document, stated("89.5", tree, value="90"))
    assert holds(document, stated("70", {**tree, "parts": [first]}, value="89"))
    assert not holds(document, stated("71", {**tree, "parts": [first]}, value="89"))
    priced = {**tree, "prices": {"choice[X].max": "1"}}
    assert holds(document, stated("87", priced, value="89"))
    assert not holds(document, stated("88", priced, value="89"))
    lowered = {**tree, "prices": {**tree["prices"], "total[P].max": "2"}, "parts": [first]}
    assert holds(document, stated("69", lowered, value="89"))
    assert not holds(document, stated("69.1", lowered, value="89"))
    together = {**tree, "prices": {}, "parts": [first, second]}
    with pytest.raises(ValueError, match="is listed twice"):
        check(document, stated("1", together))
    for parts, words in (
        ([first, {**second, "of": "quantity[O,]"}], "is listed twice"),
        ([{**first, "tree": second["tree"]}], "there is no row"),
    ):
        with pytest.raises(ValueError, match=words):
            check(document, stated("1", {**tree, "parts": parts}))
    stray = {"on": "use[P]", "at": 0, "low": {"duals": {}}, "high": {"duals": {}}}
    with pytest.raises(ValueError, match="no whole column"):
        check(document, stated("1", {**tree, "parts": [{**first, "tree": stray}]}))


def test_an_infeasible_part_makes_all_infeasible() -> None:
    pins = [{"id": "N", "offer": "O", "min": "11"}]
    document = problem(offer("O"), lots=[lot("L", "10")], pins=pins)
    relaxation = Relaxation(document)
    part = {"of": "L", "tree": {"ray": {"pin[N].min": "1"}}}
    node = {"prices": {}, "parts": [part]}
    assert relaxation.bound(node, relaxation.cost, relaxation.box, relaxation.rows) == float("inf")
