"""What must not change, or only in one direction, when a problem changes."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from app.allocation import Options, solve
from tests.allocation.tiny import drawn

Entry = dict[str, Any]
SEEDS = range(40)


def optima(document: Entry) -> list[Fraction] | None:
    """The proven optimum of each stage; ``None`` where nothing is possible."""
    result = solve(document, Options())
    if result["status"] == "infeasible":
        return None
    assert result["status"] == "optimal"
    return [Fraction(stage["bound"]) for stage in result["stages"]]


def plain(seed: int, **changes: Any) -> Entry:
    """A tiny problem with the default objective."""
    return {**{k: v for k, v in drawn(seed).items() if k != "objective"}, **changes}


def never_worse(before: list[Fraction] | None, after: list[Fraction] | None) -> bool:
    return before is None or (after is not None and after <= before)


@pytest.mark.parametrize("seed", SEEDS)
def test_more_capacity_never_costs_more(seed: int) -> None:
    document = plain(seed)
    larger = deepcopy(document)
    for resource in larger["resources"]:
        resource["capacity"] = "1000"
    assert never_worse(optima(document), optima(larger))


@pytest.mark.parametrize("seed", SEEDS)
def test_one_hard_rule_fewer_never_costs_more(seed: int) -> None:
    document = plain(seed)
    for k, rule in enumerate(document["rules"]):
        if "penalty" not in rule:
            fewer = {**document, "rules": document["rules"][:k] + document["rules"][k + 1 :]}
            assert never_worse(optima(document), optima(fewer))


@pytest.mark.parametrize("seed", SEEDS)
def test_one_offer_more_never_costs_more(seed: int) -> None:
    # A new bidder may have to win something where a rule speaks of everybody: rules are left out.
    document = plain(seed, rules=[], adjustments=[])
    more = deepcopy(document)
    bidder, lot = more["bidders"][0]["id"], more["lots"][0]["id"]
    scores = {"quality": "0"}
    more["offers"].append(
        {"id": "extra", "bidder": bidder, "lot": lot, "price": "3", "scores": scores}
    )
    assert never_worse(optima(document), optima(more))


def reversed_lists(document: Entry) -> Entry:
    lists = ("lots", "firms", "bidders", "resources", "offers", "packages", "rules", "charges")
    return {k: v[::-1] if k in lists else v for k, v in document.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_the_input_does_not_matter(seed: int) -> None:
    document = drawn(seed)
    assert optima(document) == optima(reversed_lists(document))


def renamed(document: Entry) -> Entry:
    """Every id that the document defines, given another name that sorts elsewhere."""
    lists = ("lots", "firms", "bidders", "resources", "offers", "packages", "rules", "charges")
    known = {one["id"]: f"~{one['id']}!" for name in lists for one in document.get(name, ())}

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {known.get(k, k): walk(v) for k, v in value.items()}
        if isinstance(value, list):
            return [walk(one) for one in value]
        return known.get(value, value) if isinstance(value, str) else value

    changed: Entry = walk(document)
    return changed


@pytest.mark.parametrize("seed", SEEDS)
def test_renaming_changes_nothing(seed: int) -> None:
    document = drawn(seed)
    assert optima(document) == optima(renamed(document))


MONEY = {
    "lots": ("shortfall_cost", "carry_cost", "over_cost"),
    "offers": ("price", "setup", "delivery_cost", "freight"),
    "packages": ("price",),
    "charges": ("amount",),
}


def scaled(document: Entry) -> Entry:
    """All money times 1000."""
    larger = deepcopy(document)
    for entry, fields in amounts_of(larger):
        for field in fields:
            if isinstance(entry.get(field), str):
                entry[field] = format(Decimal(entry[field]) * 1000, "f")
    return larger


def amounts_of(document: Entry) -> Iterator[tuple[Entry, tuple[str, ...]]]:
    """The entries that hold amounts of money, and their fields."""
    for name, fields in MONEY.items():
        yield from ((entry, fields) for entry in document.get(name, ()))
    for offer in document["offers"]:
        if isinstance(offer["price"], dict):
            yield from ((tier, ("unit",)) for tier in offer["price"]["tiers"])
    for discount in document.get("discounts", ()):
        if discount["basis"] == "value":
            yield from ((tier, ("from",)) for tier in discount["tiers"])
    for package in document.get("packages", ()):
        yield from ((item, ("value",)) for item in package["items"])


@pytest.mark.parametrize("seed", SEEDS)
def test_scaling_all_money_scales_the_cost(seed: int) -> None:
    document = plain(seed, rules=[])
    before, after = optima(document), optima(scaled(document))
    if before is None or after is None:
        assert before == after
        return
    *shortfall, cost = before
    assert after == [*shortfall, cost * 1000]


@pytest.mark.parametrize("field", ["seed", "threads"])
def test_how_it_is_searched_does_not_change_the_optimum(field: str) -> None:
    change: Callable[[int], Options] = lambda n: Options(**{field: n})  # noqa: E731  # one line
    document = drawn(3)
    results = [solve(document, change(n)) for n in (1, 2)]
    assert results[0]["stages"] == results[1]["stages"]
