"""From the read tree to typed elements: defaults filled in, damaged elements left out."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.allocation import elements as e
from app.allocation.reading.numbers import EXACT, total
from app.allocation.reading.values import Json

Tree = Mapping[str, Any]
ZERO = e.ZERO
ONE = Decimal(1)


def build(tree: Tree, damaged: frozenset[tuple[str, str]] = frozenset()) -> e.Problem:
    """Return the problem of a read tree.

    Parameters
    ----------
    tree
        What ``format.PROBLEM`` read.
    damaged
        The (list, position) of elements that have defects, and of those that refer to them:
        they are left out, so that what remains can still be checked.

    Returns
    -------
    Problem
        With every default of the format filled in.
    """

    def entries(name: str) -> Iterator[dict[str, Any]]:
        for position, entry in enumerate(tree.get(name, ())):
            if (name, str(position)) not in damaged:
                yield entry

    periods: tuple[str, ...] = tree.get("periods", ("",))
    count = len(periods)
    lots = {entry["id"]: lot(entry, count) for entry in entries("lots")}
    firms = {entry["id"]: e.Firm(**entry) for entry in entries("firms")}
    bidders = {entry["id"]: e.Bidder(**entry) for entry in entries("bidders")}
    resources = {
        entry["id"]: e.Resource(
            entry["id"], entry.get("firm"), every_period(entry["capacity"], count)
        )
        for entry in entries("resources")
    }
    known = (lots, bidders)
    offers = (offer(entry, *known) for entry in entries("offers") if whole(entry, *known))
    packages = (package(entry, bidders, count) for entry in entries("packages"))
    return e.Problem(
        currency=tree.get("currency", ""),
        periods=periods,
        lots=lots,
        firms=firms,
        bidders=bidders,
        resources=resources,
        offers={one.id: one for one in offers},
        packages={one.id: one for one in packages if one is not None},
        charges=tuple(e.Charge(**entry) for entry in entries("charges")),
        discounts=tuple(discount(entry) for entry in entries("discounts")),
        choices=tuple(
            e.Choice(entry["id"], entry["of"], entry.get("min", 0), entry.get("max"))
            for entry in entries("choices")
        ),
        requires=tuple(
            e.Require(entry["id"], entry["if"], entry["then_any_of"])
            for entry in entries("requires")
        ),
        adjustments=tuple(
            e.Adjustment(
                entry["id"],
                scope(entry),
                entry.get("percent", ZERO),
                entry.get("per_unit", ZERO),
            )
            for entry in entries("adjustments")
        ),
        rules=tuple(rule(entry) for entry in entries("rules")),
        pins=tuple(pin(entry) for entry in entries("pins")),
        objective=tuple(stage(entry) for entry in entries("objective")) or (COST,),
        reference=reference(_sound(tree, damaged).get("reference") or {}, count),
    )


def _sound(tree: Tree, damaged: frozenset[tuple[str, str]]) -> Tree:
    """Return nothing where the reference has defects, else the whole tree."""
    return {} if any(name == "reference" for name, _ in damaged) else tree


COST = e.Stage((("cost", ONE),), ZERO)


def first_period(value: Json, count: int) -> tuple[Decimal, ...]:
    """Return one number per period; a single number is the first period's."""
    return value if isinstance(value, tuple) else (value, *(ZERO,) * (count - 1))


def every_period(value: Json, count: int) -> tuple[Decimal, ...]:
    """Return one number per period; a single number is every period's."""
    return value if isinstance(value, tuple) else (value,) * count


def lot(entry: Tree, count: int) -> e.Lot:
    """Return a lot with its demand per period."""
    return e.Lot(
        entry["id"],
        entry.get("unit", ""),
        entry.get("increment", ONE),
        first_period(entry["demand"], count),
        entry.get("shortfall_cost"),
        entry.get("carry_cost"),
        entry.get("over_cost"),
        entry.get("tags", ()),
        entry.get("region"),
    )


def whole(entry: Tree, lots: Mapping[str, e.Lot], bidders: Mapping[str, e.Bidder]) -> bool:
    """Return whether the lot and the bidder that an offer names are sound themselves."""
    return entry["lot"] in lots and entry["bidder"] in bidders


def workshare(entry: Tree, bidder: e.Bidder) -> Mapping[str, Fraction]:
    """Return each member's part of the work; where none is stated, equal parts."""
    stated = entry.get("workshare")
    if stated:
        return {firm: Fraction(part) for firm, part in stated.items()}
    members = bidder.members
    return dict.fromkeys(members, Fraction(1, len(members)))


def offer(entry: Tree, lots: Mapping[str, e.Lot], bidders: Mapping[str, e.Bidder]) -> e.Offer:
    """Return an offer of a lot and a bidder that are sound themselves."""
    return offer_of(entry, lots[entry["lot"]], workshare(entry, bidders[entry["bidder"]]))


def covering(of_lot: e.Lot, increment: Decimal) -> Decimal:
    """Return a lot's demand rounded up to a whole number of increments."""
    steps = -(-total(of_lot.demand) // Fraction(increment))
    return EXACT.multiply(Decimal(steps), increment)


def offer_of(
    entry: Tree,
    of_lot: e.Lot,
    shares: Mapping[str, Fraction],
    cover: Callable[[e.Lot, Decimal], Decimal] = covering,
) -> e.Offer:
    """Return an offer; its default maximum covers the lot's demand."""
    increment = entry.get("increment", of_lot.increment)
    minimum = entry.get("minimum", ZERO)
    maximum = entry.get("maximum")
    if maximum is None:
        maximum = max(minimum, cover(of_lot, increment))
    listed = maximum if isinstance(maximum, tuple) else None
    return e.Offer(
        entry["id"],
        entry["bidder"],
        entry["lot"],
        price(entry["price"]),
        increment,
        minimum,
        entry.get("delivery_minimum", ZERO),
        None if listed else maximum,
        listed,
        entry.get("setup", ZERO),
        entry.get("delivery_cost", ZERO),
        entry.get("freight", ZERO),
        # A list first: a tuple made of a generator takes half as long again.
        tuple(
            [
                e.Use(use["resource"], use.get("per_unit", ZERO), use.get("per_delivery", ZERO))
                for use in entry.get("uses", ())
            ]
        ),
        shares,
        entry.get("scores", {}),
        entry.get("tags", ()),
        entry.get("order", 0),
    )


def price(value: Json) -> e.Price:
    """Return a price in tiers; a plain price is one tier."""
    if isinstance(value, Decimal):
        return e.Price(all_units=False, tiers=(e.Tier(ZERO, value),))
    tiers = tuple([e.Tier(tier["from"], tier["unit"]) for tier in value["tiers"]])
    return e.Price(value["kind"] == "all_units", tiers)


def package(entry: Tree, bidders: Mapping[str, e.Bidder], count: int) -> e.Package | None:
    """Return a package, or None where its bidder is not sound."""
    if entry["bidder"] not in bidders:
        return None
    return e.Package(
        entry["id"],
        entry["bidder"],
        entry["price"],
        tuple(
            e.Item(item["lot"], first_period(item["quantity"], count), item.get("value"))
            for item in entry["items"]
        ),
        tuple(
            e.PackageUse(use["resource"], first_period(use["amount"], count))
            for use in entry.get("uses", ())
        ),
        workshare(entry, bidders[entry["bidder"]]),
        entry.get("scores", {}),
        entry.get("tags", ()),
        entry.get("order", 0),
    )


def discount(entry: Tree) -> e.Discount:
    """Return a discount."""
    tiers = tuple(e.DiscountTier(tier["from"], tier["percent"]) for tier in entry["tiers"])
    return e.Discount(
        entry["id"], entry["on"], entry["basis"] == "value", entry["kind"] == "all_units", tiers
    )


def scope(entry: Tree, name: str = "scope") -> e.Scope:
    """Return the conditions in field ``name``."""
    return e.Scope(**entry.get(name, {}))


def rule(entry: Tree) -> e.Rule:
    """Return a rule of any kind."""
    plain = {name: value for name, value in entry.items() if name not in {"scope", "select"}}
    return e.Rule(scope=scope(entry), select=scope(entry, "select"), **plain)


def pin(entry: Tree) -> e.Pin:
    """Return a pin."""
    return e.Pin(
        entry["id"],
        entry.get("offer"),
        entry.get("min", ZERO),
        entry.get("max"),
        entry.get("package"),
        entry.get("accept", True),
    )


def stage(entry: Tree) -> e.Stage:
    """Return an objective stage."""
    terms = tuple((term["measure"], term.get("weight", ONE)) for term in entry["terms"])
    return e.Stage(terms, entry.get("tolerance", ZERO))


def reference(entry: Tree, count: int) -> e.Reference:
    """Return the reference allocation; nothing where none is stated."""
    quantities = {
        one["offer"]: first_period(one["quantities"], count) for one in entry.get("allocations", ())
    }
    return e.Reference(quantities, frozenset(entry.get("packages", ())))
