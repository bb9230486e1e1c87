"""Why a demand is unfilled, and what lifting each limit alone would fill."""

from fractions import Fraction
from typing import Any

import pytest

from app.allocation import AllocationFailed, Options, solve
from app.allocation.explaining import unfilled
from tests.allocation.documents import item, lot, offer, package, problem
from tests.allocation.explaining.reckoning import loose
from tests.allocation.tiny import drawn

Entry = dict[str, Any]
R = [{"id": "R/1", "capacity": ["3"]}]
USES = [{"resource": "R/1", "per_unit": "1", "per_delivery": "1"}]


def limits(document: Entry, **more: Any) -> dict[str, Entry]:
    return {one["name"]: one for one in unfilled(document, Options(), **more)["limits"]}


def gain(limit: Entry) -> Entry:
    difference: Entry = limit["lifted"]["stages"][0]["difference"]
    return difference


@pytest.mark.parametrize(
    ("document", "name", "share"),
    [
        (problem(offer(maximum="9")), "maximum O", "0.1"),
        (problem(offer(maximum=["9"])), "maximum O", "0.1"),
        (problem(offer(minimum="11", maximum="20")), "minimum O", "1"),
        (problem(offer(delivery_minimum="11", maximum="20")), "minimum O", "1"),
        (problem(offer(minimum="11")), "minimum O", "1"),
        (problem(offer(minimum="11", maximum=["20"])), "minimum O", "1"),
        (problem(offer(increment="4")), "increment O", "0.2"),
        (problem(offer(increment="4", maximum="12")), "increment O", "0.2"),
        (problem(offer(uses=USES), resources=R, periods=["W7"]), "capacity R/1 W7", "0.8"),
        (problem(offer(), pins=[{"id": "N", "offer": "O", "max": "7"}]), "pin N", "0.3"),
        (
            problem(
                offer(), rules=[{"id": "cap", "kind": "amount", "measure": "quantity", "max": "4"}]
            ),
            "rule cap",
            "0.6",
        ),
    ],
)
def test_lifting_a_limit_fills_what_it_kept_back(document: Entry, name: str, share: str) -> None:
    (limit,) = limits(document).values()
    assert limit["name"] == name
    assert f"{limit['kind']} {limit['id']}" in name
    assert gain(limit) == {"low": share, "high": share, "exact": True}
    assert limit["lifted"]["unfilled"] == {}


def test_the_lots_name_their_reasons() -> None:
    document = problem(offer("a", maximum="4"), offer("b", uses=USES), resources=R)
    found = unfilled(document, Options())
    assert found["lots"] == [
        {"lot": "L", "quantities": ["4"], "because": ["maximum a", "capacity R/1"]}
    ]
    assert [gain(one)["high"] for one in found["limits"]] == ["0.4", "0.4"]
    assert found["limits"][1]["period"] == ""
    assert found["solves"] == 3


def test_two_limits_that_must_be_lifted_together_fill_nothing_alone() -> None:
    document = problem(
        offer("O", uses=USES),
        resources=R,
        rules=[{"id": "cap", "kind": "amount", "measure": "quantity", "max": "2"}],
    )
    found = limits(document)
    assert gain(found["capacity R/1"]) == {"low": "0", "high": "0", "exact": True}


def test_a_package_uses_capacity_too_and_cannot_be_lifted() -> None:
    document = problem(
        offer("O", uses=[{"resource": "S", "per_unit": "0.1"}, *USES]),
        resources=[*R, {"id": "S", "capacity": "9"}],
        packages=[
            package(
                "P",
                "A",
                "1",
                item("L", "9"),
                uses=[{"resource": "S", "amount": "1"}, {"resource": "R/1", "amount": "40"}],
            )
        ],
    )
    found = limits(document)
    assert found["package P"]["lifted"] is None
    assert gain(found["capacity R/1"])["high"] == "0.8"


def test_a_lots_own_increment_cannot_be_lifted() -> None:
    document = problem(offer(), lots=[lot(increment="4")])
    assert limits(document)["increment O"]["lifted"] is None


def test_what_filling_would_cost() -> None:
    document = problem(offer(), lots=[lot(shortfall_cost="1")])
    limit = limits(document)["shortfall_cost L"]
    assert limit["lifted"] == {"stages": None, "unfilled": {}, "cost": "50"}
    assert unfilled(document, Options())["lots"][0]["quantities"] == ["10"]


def test_a_lot_whose_shortfall_has_no_cost_keeps_its_own_stage() -> None:
    document = problem(offer(), lots=[lot(shortfall_cost="1"), lot("M")])
    assert limits(document)["shortfall_cost L"]["lifted"]["stages"] is None


def test_nothing_is_known_of_what_was_not_solved() -> None:
    document = problem(offer(maximum="9"))
    result = solve(document, Options())
    found = limits(document, known_result=result, solve=lambda *_: {"status": "cancelled"})
    assert found["maximum O"]["lifted"]["unfilled"] is None
    # More is never filled with the limit than without it.
    assert gain(found["maximum O"]) == {"low": "0", "high": None, "exact": False}


def test_without_any_offer_there_is_nothing_to_lift() -> None:
    found = unfilled(problem(), Options())
    assert found["limits"] == [{"name": "no offer", "kind": "no_offer", "id": "", "lifted": None}]


def test_where_all_is_filled_there_is_nothing_to_say() -> None:
    found = unfilled(problem(offer()), Options())
    assert (found["status"], found["lots"], found["limits"]) == ("optimal", [], [])
    rule = {"id": "R", "kind": "count", "of": "bidder", "min": 9, "always": True}
    found = unfilled(problem(offer(), rules=[rule]), Options())
    assert (found["status"], found["lots"]) == ("infeasible", [])


def test_a_known_result_is_used() -> None:
    document = problem(offer(maximum="9"))
    result = solve(document, Options())
    found = unfilled(document, Options(), known_result=result)
    assert found["limits"] == unfilled(document, Options())["limits"]
    assert found["solves"] == 1
    stages = [{"terms": [{"measure": name}]} for name in ("cost", "winners")]
    longer = {**document, "objective": stages}
    known = unfilled(longer, Options(), known_result=solve(longer, Options()))
    assert known["limits"] == found["limits"]
    with pytest.raises(AllocationFailed):
        unfilled(problem(offer()), Options(), known_result=result)


def test_cut_short_is_said() -> None:
    found = unfilled(problem(offer(maximum="9")), Options(), solve=loose)
    assert found["unproven"] == ["as it is", "without maximum O"]
    assert not gain(found["limits"][0])["exact"]
    stopped = unfilled(problem(offer(maximum="9")), Options(), should_stop=lambda: True)
    assert (stopped["status"], stopped["lots"]) == ("cancelled", [])


def test_every_reason_has_a_meaning_and_lifting_never_loses() -> None:
    seen: set[str] = set()
    for seed in range(80):
        found = unfilled(drawn(seed), Options())
        for limit in found["limits"]:
            seen.add(limit["kind"])
            if limit["lifted"] and limit["lifted"]["stages"]:
                assert Fraction(gain(limit)["low"]) >= 0
    assert {"maximum", "capacity", "rule", "minimum"} <= seen
