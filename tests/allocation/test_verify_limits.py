"""The verifier's limits: each allows the limit itself and names the first step beyond it."""

from fractions import Fraction
from typing import Any

import pytest

from app.allocation.verify.checking import evaluate
from tests.allocation.documents import item, lot, offer, package, problem

Rows = dict[str, tuple[Any, ...]]


def breaches(document: Any, rows: Rows, *packages: str) -> list[str]:
    quantities = {name: tuple(map(Fraction, row)) for name, row in rows.items()}
    return evaluate(document, quantities, packages).breaches


FREE = lot(demand="10", over_cost="0")
TWO = lot(demand=["5", "5"], over_cost="0")
HALF = {"increment": "0.5"}
WEEKS = {"periods": ["W1", "W2"]}
OTHER = offer("P", "B")
PACK = package("K", "C", "1", item("L", "2"))
USES = [{"resource": "R", "per_unit": "0.5", "per_delivery": "2"}]
HOURS = [{"id": "R", "capacity": "4"}]
WEEKLY = [{"id": "R", "capacity": ["4", "3"]}]


@pytest.mark.parametrize(
    ("document", "kept", "broken", "breach"),
    [
        (problem(offer(minimum="3"), lots=[FREE]), {"O": (3,)}, {"O": ("2",)}, "minimum O"),
        (problem(offer(minimum="3"), lots=[FREE]), {"O": (0,)}, {"O": (1,)}, "minimum O"),
        (
            problem(offer(minimum="3", maximum="9"), lots=[TWO], **WEEKS),
            {"O": (1, 2)},
            {"O": (1, 1)},
            "minimum O",
        ),
        (problem(offer(maximum="7"), lots=[FREE]), {"O": (7,)}, {"O": (8,)}, "maximum O"),
        (
            problem(offer(maximum="7"), lots=[TWO], **WEEKS),
            {"O": (3, 4)},
            {"O": (4, 4)},
            "maximum O",
        ),
        (
            problem(offer(maximum=["1", "4"]), lots=[TWO], **WEEKS),
            {"O": (1, 4)},
            {"O": (0, 5)},
            "maximum O",
        ),
        (problem(offer(), lots=[{**FREE, "demand": "0"}]), {}, {"O": (1,)}, "maximum O"),
        # By default the demand rounded up to the increment, at least the minimum.
        (problem(offer(), lots=[FREE]), {"O": (10,)}, {"O": (11,)}, "maximum O"),
        (
            problem(offer(increment="4"), lots=[FREE]),
            {"O": (12,)},
            {"O": (16,)},
            "maximum O",
        ),
        (
            problem(offer(increment="4", minimum="20"), lots=[FREE]),
            {"O": (20,)},
            {"O": (24,)},
            "maximum O",
        ),
        (problem(offer(), lots=[FREE]), {"O": (1,)}, {"O": ("0.5",)}, "increment O"),
        (problem(offer(), lots=[TWO], **WEEKS), {"O": (1, 2)}, {"O": (-1, 2)}, "increment O"),
        (
            problem(offer(), lots=[{**FREE, "increment": "0.5"}]),
            {"O": ("1.5",)},
            {"O": ("1.25",)},
            "increment O",
        ),
        (
            problem(offer(increment="3"), lots=[FREE]),
            {"O": (6,)},
            {"O": (4,)},
            "increment O",
        ),
        (
            problem(offer(delivery_minimum="3"), lots=[TWO], **WEEKS),
            {"O": (0, 3)},
            {"O": (4, 2)},
            "delivery_minimum O",
        ),
        (
            problem(offer(delivery_minimum="1", increment="0.5"), lots=[{**TWO, **HALF}], **WEEKS),
            {"O": (1, "1.5")},
            {"O": ("0.5", 0)},
            "delivery_minimum O",
        ),
        (problem(offer(maximum="99")), {"O": (10,)}, {"O": (11,)}, "demand L"),
        (
            problem(offer(), lots=[lot(demand=["5", "5"])], **WEEKS),
            {"O": (5, 5)},
            {"O": (6, 4)},
            "demand L",
        ),
        (
            problem(offer(maximum="99"), lots=[lot(demand=["5", "5"], carry_cost="0")], **WEEKS),
            {"O": (10, 0)},
            {"O": (11, 0)},
            "demand L",
        ),
        (
            problem(offer(uses=USES), lots=[FREE], resources=HOURS),
            {"O": (4,)},
            {"O": (5,)},
            "capacity R",
        ),
        (
            problem(offer(uses=USES), lots=[TWO], resources=WEEKLY, **WEEKS),
            {"O": (4, 2)},
            {"O": (2, 3)},
            "capacity R W2",
        ),
        (
            problem(offer(), OTHER, choices=[{"id": "X", "of": ["O", "P"], "max": 1}]),
            {"O": (5,)},
            {"O": (5,), "P": (5,)},
            "choices X",
        ),
        (
            problem(offer(), OTHER, choices=[{"id": "X", "of": ["O", "P"], "min": 1}]),
            {"P": (5,)},
            {},
            "choices X",
        ),
        (
            problem(offer(), OTHER, requires=[{"id": "Q", "if": "O", "then_any_of": ["P"]}]),
            {"O": (5,), "P": (5,)},
            {"O": (5,)},
            "requires Q",
        ),
        (
            problem(offer(), OTHER, requires=[{"id": "Q", "if": "O", "then_any_of": ["P"]}]),
            {"P": (5,)},
            {"O": (1,)},
            "requires Q",
        ),
        (
            problem(offer(), pins=[{"id": "N", "offer": "O", "min": "2"}]),
            {"O": (2,)},
            {"O": (1,)},
            "pins N",
        ),
        (
            problem(offer(), pins=[{"id": "N", "offer": "O", "min": "1"}]),
            {"O": (2,)},
            {},
            "pins N",
        ),
        (
            problem(offer(), pins=[{"id": "N", "offer": "O", "max": "2"}]),
            {},
            {"O": (3,)},
            "pins N",
        ),
        (
            problem(offer(), pins=[{"id": "N", "offer": "O", "max": "2"}]),
            {"O": (2,)},
            {"O": (3,)},
            "pins N",
        ),
        (
            problem(offer(), rules=[{"id": "C", "kind": "count", "of": "bidder", "max": 0}]),
            {},
            {"O": (3,)},
            "rule C",
        ),
    ],
)
def test_a_limit_allows_itself_and_nothing_beyond(
    document: Any, kept: Rows, broken: Rows, breach: str
) -> None:
    assert breaches(document, kept) == []
    assert breaches(document, broken) == [breach]


def test_a_package_counts_like_any_award() -> None:
    document = problem(
        offer(),
        packages=[{**PACK, "uses": [{"resource": "R", "amount": "4"}]}],
        resources=HOURS,
        choices=[{"id": "X", "of": ["O", "K"], "max": 1}],
        requires=[{"id": "Q", "if": "K", "then_any_of": ["O"]}],
        pins=[{"id": "N", "package": "K", "accept": False}],
    )
    assert breaches(document, {"O": (8,)}) == []
    assert breaches(document, {"O": (8,)}, "K") == ["choices X", "pins N"]
    assert breaches(document, {}, "K") == ["requires Q", "pins N"]
    less = {**document, "resources": [{"id": "R", "capacity": "3"}], "choices": [], "pins": []}
    assert breaches(less, {"O": (8,)}, "K") == ["capacity R"]
    pinned = {**less, "resources": HOURS, "pins": [{"id": "N", "package": "K", "accept": True}]}
    assert breaches(pinned, {"O": (8,)}) == ["pins N"]
    assert breaches(pinned, {"O": (8,)}, "K") == []
    assert breaches(pinned, {"O": (9,)}, "K") == ["demand L"]


@pytest.mark.parametrize("name", ["K", "L", "M", "N"])
def test_a_split_allows_its_tolerance_and_nothing_beyond(name: str) -> None:
    split = {"id": "S", "kind": "split", "shares": ["0.6", "0.4"], "tolerance": "0.05"}
    document = problem(offer(), OTHER, lots=[lot(demand="20")], rules=[split])
    kept, broken = {"K": ((13, 7), (14, 6)), "L": ((11, 9), (10, 10))}.get(
        name, ((12, 8), (20, 0) if name == "M" else (15, 5))
    )
    assert breaches(document, {"O": (kept[0],), "P": (kept[1],)}) == []
    assert breaches(document, {"O": (broken[0],), "P": (broken[1],)}) == ["rule S"]


def test_a_split_has_a_tolerance_of_half_a_percent_by_default() -> None:
    split = {"id": "S", "kind": "split", "shares": ["0.5", "0.5"]}
    document = problem(offer(), OTHER, lots=[lot(demand="200")], rules=[split])
    assert breaches(document, {"O": (101,), "P": (99,)}) == []
    assert breaches(document, {"O": (102,), "P": (98,)}) == ["rule S"]


def test_a_negative_quantity_is_a_breach_even_under_a_discount() -> None:
    tiers = [{"from": "0", "percent": "1"}]
    cut = {"id": "D", "on": ["O"], "basis": "value", "kind": "incremental", "tiers": tiers}
    assert breaches(problem(offer(), discounts=[cut]), {"O": (-1,)}) == [
        "minimum O",
        "increment O",
    ]
