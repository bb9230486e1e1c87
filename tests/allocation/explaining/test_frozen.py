"""Re-planning after some periods were delivered: what was delivered stays, the rest may move."""

from collections import Counter
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from app.allocation import Options, solve
from app.allocation.document import DocumentError, defects, read
from app.allocation.explaining import replan
from app.allocation.explaining.frozen import frozen
from app.allocation.verify import verify
from tests.allocation.documents import item, lot, offer, package, problem, quantities
from tests.allocation.tiny import tiny

Entry = dict[str, Any]
WEEKS = ["W1", "W2", "W3"]


def plan(packages: tuple[str, ...] = (), **rows: list[str]) -> Entry:
    return {
        "allocations": [{"offer": o, "quantities": row} for o, row in rows.items()],
        "packages": list(packages),
    }


def weekly(*offers: Entry, demand: Any = ("4", "4", "4"), **more: Any) -> Entry:
    lots = more.pop("lots", [lot(demand=list(demand))])
    return problem(*offers, periods=WEEKS, lots=lots, **more)


def test_a_failed_firms_deliveries_stay_and_its_later_ones_move() -> None:
    document = weekly(offer("a"), offer("b", "B", price="7"))
    before = plan(a=["4", "4", "4"])
    found = replan(document, before, Options(), failed=["A"], frozen_until="W1")
    assert found["delivered"] == {"a": "a delivered"}
    assert found["moves"] == [
        {"offer": "a", "before": ["4", "4", "4"], "after": ["4", "0", "0"]},
        {"offer": "b", "before": ["0", "0", "0"], "after": ["0", "4", "4"]},
    ]
    assert [(one["stage"], one["high"]) for one in found["stages"]] == [
        ("shortfall", "0"),
        ("change", "8"),
        ("cost", str(4 * 5 + 8 * 7)),
    ]
    assert verify(found["problem"], found["result"]) == []
    without = replan(document, before, Options(), failed=["A"])
    assert quantities(without["result"]) == {"b": ["4", "4", "4"]}
    assert "delivered" not in without


def test_nothing_else_is_delivered_in_periods_that_lie_behind() -> None:
    # Half of the first week was left open; nobody can fill it now.
    document = weekly(offer("a", maximum="10"), offer("b", "B", price="7"))
    found = replan(document, plan(a=["2", "4", "4"]), Options(), frozen_until="W1")
    assert quantities(found["result"]) == {"a delivered": ["2", "0", "0"], "a": ["0", "4", "4"]}
    assert found["moves"] == []
    assert found["stages"][0]["high"] == "0.166666666667"


def test_all_periods_may_lie_behind() -> None:
    document = weekly(offer("a"), offer("b", "B", price="1"))
    found = replan(document, plan(a=["4", "4", "4"]), Options(), frozen_until="W3")
    assert (found["moves"], found["stages"][1]["high"]) == ([], "0")


def test_a_plan_without_deliveries_only_closes_the_periods() -> None:
    document = weekly(offer("a"))
    found = replan(document, plan(), Options(), frozen_until="W2")
    assert found["delivered"] == {}
    assert quantities(found["result"]) == {"a": ["0", "0", "4"]}


def totals_cost(found: Entry) -> Fraction:
    assert verify(found["problem"], found["result"]) == []
    return Fraction(found["result"]["cost"]["total"])


TIERS = [{"from": "0", "unit": "10"}, {"from": "3", "unit": "8"}, {"from": "6", "unit": "5"}]
PRICES: list[tuple[Any, Fraction]] = [
    ("5", Fraction(60)),
    # 3 at 10, 3 at 8, 6 at 5, as if nothing had been divided.
    ({"kind": "incremental", "tiers": TIERS}, Fraction(84)),
    # 4 delivered at 8, the other 8 at 5.
    ({"kind": "all_units", "tiers": TIERS}, Fraction(72)),
]


@pytest.mark.parametrize(("price", "whole"), PRICES)
def test_prices_go_on_where_the_deliveries_left_off(price: Any, whole: Fraction) -> None:
    document = weekly(
        offer("a", price=price, setup="100", delivery_cost="7", freight="1"),
        discounts=[
            {
                "id": "D",
                "on": ["a"],
                "basis": "quantity",
                "kind": "all_units",
                "tiers": [{"from": "0", "percent": "0"}, {"from": "12", "percent": "50"}],
            }
        ],
    )
    found = replan(document, plan(a=["4", "4", "4"]), Options(), frozen_until="W1")
    assert totals_cost(found) == whole / 2 + 100 + 3 * 7 + 12


def test_minimum_maximum_and_pins_count_what_was_delivered() -> None:
    document = weekly(
        offer("a", minimum="6", maximum="7"),
        offer("b", "B", price="7", maximum=["9", "1", "9"]),
        pins=[{"id": "N", "offer": "a", "max": "6"}, {"id": "M", "offer": "b", "min": "1"}],
    )
    changed, _ = frozen(read(document), document, plan(a=["4", "2", "0"]), "W1")
    assert defects(changed) == []
    rest = next(one for one in changed["offers"] if one["id"] == "a")
    assert (rest["minimum"], rest["maximum"], rest["setup"]) == ("2", "3", "0")
    assert changed["pins"][:2] == [{"id": "N", "offer": "a", "max": "2"}, document["pins"][1]]
    result = solve(changed, Options())
    assert quantities(result) == {
        "a delivered": ["4", "0", "0"],
        "a": ["0", "2", "0"],
        "b": ["0", "1", "4"],
    }


def test_what_names_an_offer_names_its_deliveries() -> None:
    document = weekly(
        offer("a"),
        offer("b", "B"),
        charges=[{"id": "C", "amount": "9", "any_of": ["a"]}],
        choices=[{"id": "X", "of": ["a", "b"], "max": 1}],
        requires=[{"id": "Q", "if": "b", "then_any_of": ["a"]}],
        adjustments=[{"id": "A", "scope": {"offers": ["a"]}, "percent": "1"}],
        rules=[
            {
                "id": "R",
                "kind": "share",
                "measure": "quantity",
                "scope": {"lots": ["L"]},
                "select": {"offers": ["a"]},
                "min": "0.5",
            },
            {"id": "K", "kind": "count", "of": "bidder", "max": 2},
        ],
    )
    changed, kept = frozen(read(document), document, plan(a=["4", "0", "0"]), "W1")
    name = kept["a"]
    assert defects(changed) == []
    assert changed["charges"][0]["any_of"] == [name]
    assert changed["choices"][0]["of"] == [name, "b"]
    assert changed["requires"][0] == {"id": "Q", "if": "b", "then_any_of": [name]}
    assert changed["adjustments"][0]["scope"] == {"offers": ["a", name]}
    assert changed["rules"][0]["select"] == {"offers": ["a", name]}
    assert changed["rules"][0]["scope"] == {"lots": ["L"]}
    assert Fraction(solve(changed, Options())["cost"]["charges"]) == 9


def test_a_machine_that_broke_afterwards_does_not_undo_a_delivery() -> None:
    uses = [{"resource": "R", "per_unit": "2", "per_delivery": "1"}]
    document = weekly(
        offer("a", uses=uses),
        resources=[
            {"id": "R", "firm": "A", "capacity": ["0", "5", "0"]},
            {"id": "delivered periods", "capacity": "9"},
        ],
        packages=[package("P", "B", "1", item("L", ["1", "0", "0"]))],
    )
    document["packages"][0]["uses"] = [{"resource": "R", "amount": ["1", "0", "0"]}]
    before = plan(("P",), a=["3", "2", "0"])
    changed, _ = frozen(read(document), document, before, "W1")
    assert [one["capacity"] for one in changed["resources"]] == [
        ["8", "5", "0"],
        ["9", "9", "9"],
        ["0", "2", "2"],
    ]
    found = replan(document, before, Options(), frozen_until="W1")
    assert found["moves"] == []


def test_packages_of_past_periods_are_what_they_were() -> None:
    parts = [
        package("kept", "A", "90", item("L", ["4", "1", "0"])),
        package("cheap", "B", "1", item("L", ["4", "4", "4"])),
        package("later", "C", "1", item("L", ["0", "3", "0"])),
    ]
    document = weekly(offer("a", price="50"), packages=parts)
    found = replan(document, plan(("kept",)), Options(), frozen_until="W1")
    assert found["result"]["packages"] == ["kept", "later"]
    assert [pin["id"] for pin in found["problem"]["pins"]] == ["pin kept", "pin cheap"]


def test_a_pack_size_that_changed_does_not_undo_a_delivery() -> None:
    document = weekly(offer("a", increment="3"), demand=["4", "3", "3"])
    found = replan(document, plan(a=["4", "3", "3"]), Options(), frozen_until="W1")
    assert found["moves"] == []


def test_ids_that_are_taken_are_left_alone() -> None:
    document = weekly(offer("a"), offer("a delivered", "B"), offer("a delivered-1", "C"))
    _, kept = frozen(read(document), document, plan(a=["1", "0", "0"]), "W1")
    assert kept == {"a": "a delivered-2"}


def test_what_is_missing_is_a_defect() -> None:
    document = weekly(offer("a"))
    with pytest.raises(DocumentError, match="no period with the id W9"):
        replan(document, plan(a=["1", "1", "1"]), Options(), frozen_until="W9")
    gone = plan(a=["1", "0", "0"], x=["0", "1", "0"], y=["0", "0", "1"])
    with pytest.raises(DocumentError) as caught:
        replan(document, gone, Options(), frozen_until="W2")
    assert [one.pointer for one in caught.value.defects] == ["/reference/allocations/1/offer"]
    found = replan(document, gone, Options(), frozen_until="W1")
    assert found["gone"] == ["x", "y"]


def of_two_weeks(seed: int) -> Entry:
    """A tiny problem with two periods."""
    random = Random(seed)  # noqa: S311  # nothing secret is drawn
    while True:
        document = tiny(random)
        if len(document.get("periods", ())) == 2:
            return document


def kept_at_its_cost(seed: int) -> str:
    document = of_two_weeks(seed)
    for one in document["offers"]:
        if isinstance(one["price"], dict):
            one["price"]["kind"] = "incremental"
    before = solve({k: v for k, v in document.items() if k != "objective"}, Options())
    if before["status"] == "infeasible":
        return "infeasible"
    found = replan(document, before, Options(), frozen_until="W1")
    assert (found["unproven"], found["moves"]) == ([], [])
    assert found["stages"][-2]["high"] == "0"
    assert totals_cost(found) == Fraction(before["cost"]["total"])
    return "delivered" if found["delivered"] else "nothing delivered"


def test_an_optimum_is_kept_and_dividing_its_offers_changes_no_amount() -> None:
    outcomes = Counter(kept_at_its_cost(seed) for seed in range(90))
    assert outcomes["delivered"] >= 20
    assert outcomes["infeasible"] >= 1


WINNERS = [{"terms": [{"measure": "winners", "weight": "-1"}]}]


def kept_deliveries(seed: int) -> bool:
    """A reference that is no optimum, a firm that fails: what was delivered is still there."""
    document = {**of_two_weeks(seed), "rules": [], "choices": [], "requires": [], "pins": []}
    before = solve({**document, "objective": WINNERS}, Options())
    found = replan(document, before, Options(), failed=["F0"], frozen_until="W1")
    assert found["result"]["status"] in {"optimal", "infeasible"}
    if found["result"]["status"] == "infeasible":
        return False
    assert verify(found["problem"], found["result"]) == []
    for one in found["moves"]:
        if "offer" in one:
            assert one["before"][0] == one["after"][0]
    return bool(found["delivered"]) and bool(found["moves"])


def test_deliveries_stay_whatever_moves_later() -> None:
    assert sum(kept_deliveries(seed) for seed in range(60)) >= 5
