"""What must not change, or only in one direction, when a problem changes."""

from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.allocation import Options, solve
from tests.allocation.tiny import drawn

Entry = dict[str, Any]
Solved = tuple[str, list[Fraction] | None]
EXAMPLES = settings(max_examples=40)
SEEDS = st.integers(0, 10**6)
# Numbers of tiny problems of each outcome, whatever random ones there are besides.
COMPLETE, INCOMPLETE, INFEASIBLE, INFEASIBLE_TOO = 1, 0, 9, 26


def optima(document: Entry) -> Solved:
    """The outcome, and the proven optimum of each stage; ``None`` where nothing is possible."""
    result = solve(document, Options())
    if result["status"] == "infeasible":
        return "infeasible", None
    assert result["status"] == "optimal"
    outcome = "complete" if result["complete"] else "incomplete"
    return outcome, [Fraction(stage["bound"]) for stage in result["stages"]]


def plain(seed: int) -> Entry:
    """A tiny problem with the default objective."""
    return {k: v for k, v in drawn(seed).items() if k != "objective"}


def never_worse(before: Entry, after: Entry) -> str:
    """See that a freer problem is no worse; return the outcome of the first."""
    outcome, held = optima(before)
    _, free = optima(after)
    assert held is None or (free is not None and free <= held)
    return outcome


def same(before: Entry, after: Entry) -> str:
    """See that both have the same optima; return the outcome."""
    outcome, found = optima(before)
    assert optima(after) == (outcome, found)
    return outcome


def holds(check: Callable[[int], str]) -> None:
    """Check a property on random problems, and see that every outcome occurred."""
    outcomes: Counter[str] = Counter()

    @EXAMPLES
    @example(COMPLETE)
    @example(INCOMPLETE)
    @example(INFEASIBLE)
    @example(INFEASIBLE_TOO)
    @given(SEEDS)
    def tried(seed: int) -> None:
        outcomes[check(seed)] += 1

    tried()
    assert set(outcomes) == {"complete", "incomplete", "infeasible"}


def test_more_capacity_never_costs_more() -> None:
    def check(seed: int) -> str:
        document = plain(seed)
        larger = deepcopy(document)
        random = Random(seed)  # noqa: S311  # nothing secret is drawn
        for resource in larger["resources"]:
            stated = resource["capacity"]
            more = Decimal(random.choice((0, 1, 3, 1000)))
            if isinstance(stated, list):
                resource["capacity"] = [str(Decimal(one) + more) for one in stated]
            else:
                resource["capacity"] = str(Decimal(stated) + more)
        return never_worse(document, larger)

    holds(check)


BINDING = ("rules", "pins", "choices", "requires")


def test_one_hard_rule_fewer_never_costs_more() -> None:
    def check(seed: int) -> str:
        document = plain(seed)
        outcome, held = optima(document)
        for name in BINDING:
            for k, one in enumerate(document.get(name, ())):
                if "penalty" in one:
                    continue
                kept = document[name][:k] + document[name][k + 1 :]
                _, free = optima({**document, name: kept})
                assert held is None or (free is not None and free <= held)
        return outcome

    holds(check)


def test_a_penalty_never_costs_more_than_a_hard_rule() -> None:
    def check(seed: int) -> str:
        document = plain(seed)
        softer = [
            rule if rule["kind"] == "split" else {**rule, "penalty": rule.get("penalty", "50")}
            for rule in document["rules"]
        ]
        return never_worse(document, {**document, "rules": softer})

    holds(check)


def with_one_more(document: Entry, seed: int) -> Entry:
    """The same with one offer more, which nothing forces anybody to use."""
    random = Random(seed)  # noqa: S311  # nothing secret is drawn
    more = deepcopy(document)
    extra = {
        "id": "extra",
        "bidder": random.choice(more["bidders"])["id"],
        "lot": random.choice(more["lots"])["id"],
        "price": random.choice(("0", "3", "11")),
        "setup": random.choice(("0", "4")),
        "scores": {"quality": "0"},
    }
    more["offers"].append(extra)
    return more


def forces_everyone(rule: Entry) -> bool:
    """Whether a rule asks something of all that bid, so that one more offer may forbid the rest."""
    asked = rule["kind"] == "amount" and "each" in rule and "min" in rule
    return asked and not rule.get("if_awarded")


def test_one_offer_more_never_costs_more() -> None:
    def check(seed: int) -> str:
        document = plain(seed)
        document["rules"] = [rule for rule in document["rules"] if not forces_everyone(rule)]
        return never_worse(document, with_one_more(document, seed))

    holds(check)


def test_one_offer_more_may_cost_more_where_a_rule_asks_of_everyone_that_bids() -> None:
    """Why ``forces_everyone`` is left out above: here the dear new bid must be used."""
    rule = {"id": "R", "kind": "amount", "each": "bidder", "measure": "quantity", "min": "1"}
    document: Entry = {
        "format": "jejaring.allocation-problem/1",
        "currency": "IDR",
        "lots": [{"id": "L", "demand": "2"}],
        "firms": [{"id": "A"}, {"id": "B"}],
        "bidders": [{"id": name, "members": [name]} for name in "AB"],
        "offers": [{"id": "a", "bidder": "A", "lot": "L", "price": "1"}],
        "rules": [rule],
    }
    dear = {"id": "b", "bidder": "B", "lot": "L", "price": "9"}
    _, few = optima(document)
    _, more = optima({**document, "offers": [*document["offers"], dear]})
    assert (few, more) == ([0, 2], [0, 10])
    assert forces_everyone(rule)
    assert not forces_everyone({**rule, "if_awarded": True})


# Where an order means something: tiers rise, shares fall, stages count one after the other.
ORDERED = ("tiers", "shares", "objective", "quantities", "demand", "capacity", "maximum")


def shuffled(value: Any, random: Random, name: str = "") -> Any:
    """The same document, every list without an order and every object in another order."""
    if isinstance(value, dict):
        pairs = [(key, shuffled(one, random, key)) for key, one in value.items()]
        random.shuffle(pairs)
        return dict(pairs)
    if isinstance(value, list):
        items = [shuffled(one, random) for one in value]
        if name not in (*ORDERED, "periods", "quantity", "amount"):
            random.shuffle(items)
        return items
    return value


def test_the_order_of_the_input_does_not_matter() -> None:
    def check(seed: int) -> str:
        document = drawn(seed)
        return same(document, shuffled(document, Random(seed)))  # noqa: S311  # nothing secret is drawn

    holds(check)


IDENTIFIED = ("lots", "firms", "bidders", "resources", "offers", "packages", "rules", "charges")
IDENTIFIED += ("discounts", "choices", "requires", "pins", "adjustments")


def renamed(document: Entry) -> Entry:
    """Every id that the document defines, given another name that sorts elsewhere."""
    ids = [one["id"] for name in IDENTIFIED for one in document.get(name, ())]
    known = {old: f"{len(ids) - k:03}/{old}]," for k, old in enumerate(ids)}
    known |= {old: f"~{old}" for old in (*document.get("periods", ()), "G")}

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {known.get(k, k): walk(v) for k, v in value.items()}
        if isinstance(value, list):
            return [walk(one) for one in value]
        return known.get(value, value) if isinstance(value, str) else value

    changed: Entry = walk(document)
    return changed


def test_renaming_changes_nothing() -> None:
    def check(seed: int) -> str:
        document = drawn(seed)
        return same(document, renamed(document))

    holds(check)


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
    for rule in document["rules"]:
        yield from _of_rule(rule)


def _of_rule(rule: Entry) -> Iterator[tuple[Entry, tuple[str, ...]]]:
    """A limit or a prior in money; a penalty is money per unit, unless the unit is money too."""
    if rule.get("measure") != "value":
        yield rule, ("penalty",)
        return
    if rule["kind"] == "amount":
        yield rule, ("min", "max")
    yield rule, ("prior_other",)
    yield rule.get("prior", {}), tuple(rule.get("prior", ()))


def test_scaling_all_money_scales_the_cost() -> None:
    def check(seed: int) -> str:
        document = plain(seed)
        outcome, before = optima(document)
        _, after = optima(scaled(document))
        if before is None or after is None:
            assert before == after
        else:
            *shortfall, cost = before
            assert after == [*shortfall, cost * 1000]
        return outcome

    holds(check)


@pytest.mark.parametrize("field", ["seed", "threads"])
def test_how_it_is_searched_does_not_change_the_optimum(field: str) -> None:
    document = drawn(3)
    results = [solve(document, Options(**{field: n})) for n in (1, 2)]
    assert results[0]["stages"] == results[1]["stages"]
