"""Checks of single elements against themselves and their neighbours: tiers, shares, limits."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.allocation.reading.defects import Defect, defect, escape
from app.allocation.reading.numbers import decimal_text, total
from app.allocation.reading.values import Json

Tree = Mapping[str, Any]
ZERO = Decimal(0)


def check(tree: Tree, done: Collection[str] = ()) -> Iterator[Defect]:
    """Yield what contradicts itself within an element or between an element and its lot.

    The entries of the lists named in ``done`` are checked elsewhere.
    """
    increments = _by_id(tree, "lots", "increment", Decimal(1))
    members = _by_id(tree, "bidders", "members", ())
    for i, entry in _entries(tree, "offers") if "offers" not in done else ():
        yield from _offer(entry, f"/offers/{i}", increments, members)
    for i, entry in _entries(tree, "packages"):
        yield from workshare(entry, f"/packages/{i}", members)
        yield from _item_values(entry, f"/packages/{i}")
    yield from _discounts(tree)
    for i, entry in _entries(tree, "pins"):
        yield from _pin(entry, f"/pins/{i}")
    for i, entry in _entries(tree, "rules"):
        yield from _rule(entry, f"/rules/{i}")


def _entries(tree: Tree, name: str) -> Iterator[tuple[int, Tree]]:
    for i, entry in enumerate(tree.get(name, ())):
        if entry is not None:
            yield i, entry


def _by_id(tree: Tree, name: str, field: str, default: Json) -> dict[str, Any]:
    entries = tree.get(name, ())
    return {entry["id"]: entry.get(field, default) for entry in entries if entry and "id" in entry}


def _offer(
    entry: Tree, at: str, increments: Mapping[str, Decimal], members: Mapping[str, Any]
) -> Iterator[Defect]:
    price = entry.get("price")
    if isinstance(price, dict):
        yield from _tiers(price.get("tiers", ()), f"{at}/price/tiers")
    own, of_lot = entry.get("increment"), increments.get(entry.get("lot", ""), None)
    if own is not None and of_lot and Fraction(own) % Fraction(of_lot):
        texts = {"value": decimal_text(own), "increment": decimal_text(of_lot)}
        yield defect(f"{at}/increment", "not_a_multiple", **texts)
    yield from workshare(entry, at, members)


def _tiers(tiers: Sequence[Any], at: str) -> Iterator[Defect]:
    before = None
    for i, tier in enumerate(tiers):
        start = tier.get("from") if tier else None
        if start is None:
            continue
        text = decimal_text(start)
        if i == 0 and start != 0:
            yield defect(f"{at}/0/from", "first_tier_not_zero", value=text)
        if before is not None and start <= before:
            known = decimal_text(before)
            yield defect(f"{at}/{i}/from", "tiers_out_of_order", value=text, before=known)
        before = start


def workshare(entry: Tree, at: str, members: Mapping[str, Any]) -> Iterator[Defect]:
    """Yield what is wrong with the parts that members have of an offer or a package."""
    stated = entry.get("workshare")
    if not stated:
        return
    bidder = entry.get("bidder")
    if isinstance(bidder, str) and bidder in members:
        for firm in stated:
            if firm not in members[bidder]:
                here = f"{at}/workshare/{escape(firm)}"
                yield defect(here, "not_a_member", firm=firm, bidder=bidder)
    yield from _adds_up_to_one(stated.values(), f"{at}/workshare")


def _adds_up_to_one(parts: Json, at: str) -> Iterator[Defect]:
    known = [part for part in parts if part is not None]
    # A part that could not be read has its own defect; the sum would only repeat it.
    if len(known) < len(parts):
        return
    whole = total(known)
    if whole != 1:
        yield defect(at, "shares_not_one", sum=decimal_text(whole))


def _item_values(entry: Tree, at: str) -> Iterator[Defect]:
    items = entry.get("items", ())
    values = [item["value"] for item in items if item and "value" in item]
    price = entry.get("price")
    if price is None or not items or len(values) < len(items):
        return
    whole = total(values)
    if whole != Fraction(price):
        texts = {"sum": decimal_text(whole), "price": decimal_text(price)}
        yield defect(f"{at}/items", "item_values_not_price", **texts)


def _discounts(tree: Tree) -> Iterator[Defect]:
    if not tree.get("discounts"):
        return
    units = _by_id(tree, "lots", "unit", "")
    lots = _by_id(tree, "offers", "lot", None)
    standing: dict[str, str] = {}
    for i, entry in _entries(tree, "discounts"):
        at = f"/discounts/{i}"
        yield from _tiers(entry.get("tiers", ()), f"{at}/tiers")
        if entry.get("basis") == "quantity":
            if entry.get("kind") == "incremental":
                yield defect(f"{at}/kind", "incremental_needs_value")
            yield from _one_unit((lots.get(o) for o in entry.get("on", ())), units, f"{at}/basis")
        for k, offer in enumerate(entry.get("on", ())):
            if offer is None:
                continue
            other = standing.setdefault(offer, str(i))
            if other != str(i):
                first = tree["discounts"][int(other)].get("id", f"/discounts/{other}")
                texts = {"offer": offer, "discount": first}
                yield defect(f"{at}/on/{k}", "offer_in_two_discounts", **texts)


def _one_unit(lots: Iterator[Any], units: Mapping[str, str], at: str) -> Iterator[Defect]:
    found = sorted({units[lot] for lot in lots if lot in units})
    if len(found) > 1:
        yield defect(at, "units_differ", units=", ".join(found))


def _pin(entry: Tree, at: str) -> Iterator[Defect]:
    if ("offer" in entry) == ("package" in entry):
        yield defect(at, "pin_target")
        return
    other = ("accept",) if "offer" in entry else ("min", "max")
    for name in other:
        if name in entry:
            yield defect(f"{at}/{name}", "unknown_field", field=name)
    if "package" in entry and "accept" not in entry:
        yield defect(f"{at}/accept", "missing_field", field="accept")


def _rule(entry: Tree, at: str) -> Iterator[Defect]:
    prior = entry.get("prior")
    if "per" in entry:
        for name in ("prior", "prior_other"):
            if name in entry:
                yield defect(f"{at}/{name}", "prior_with_per")
    if prior and "each" not in entry:
        for key in prior:
            if key != "selected":
                yield defect(f"{at}/prior/{escape(key)}", "prior_key")
    if "shares" in entry:
        yield from _shares(entry["shares"], f"{at}/shares")
        for name in entry.get("scope", {}):
            if name not in {"lots", "lot_tags", "lot_regions"}:
                yield defect(f"{at}/scope/{name}", "scope_lots_only")


def _shares(shares: Sequence[Any], at: str) -> Iterator[Defect]:
    before = None
    for i, share in enumerate(shares):
        if before is not None and share is not None and share > before:
            texts = {"value": decimal_text(share), "before": decimal_text(before)}
            yield defect(f"{at}/{i}", "shares_increase", **texts)
        before = share
    yield from _adds_up_to_one(shares, at)
