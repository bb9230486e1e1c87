"""Checks over the read tree that need no meaning: ids, references, numbers of periods, order."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from app.allocation.reading.defects import Defect, defect, escape, pointer

Tree = Mapping[str, Any]

# Lists whose ids share one space.
ID_SPACES = (
    ("lots",),
    ("firms",),
    ("bidders",),
    ("resources",),
    ("offers", "packages"),
    ("charges", "discounts", "choices", "requires", "adjustments", "rules", "pins"),
)
_KINDS = {
    "lots": "lot",
    "firms": "firm",
    "bidders": "bidder",
    "resources": "resource",
    "offers": "offer",
    "awards": "offer or package",
    "packages": "package",
}
# Conditions of a scope that name ids; the others are free words.
_SCOPE_IDS = {"lots": "lots", "bidders": "bidders", "firms": "firms", "offers": "awards"}


class Ids:
    """The ids that a document defines, by list."""

    def __init__(self, tree: Tree) -> None:
        def of(name: str) -> frozenset[str]:
            entries = (entry for entry in tree.get(name, ()) if entry is not None)
            return frozenset(entry["id"] for entry in entries if "id" in entry)

        self.known = {name: of(name) for name in ("lots", "firms", "bidders", "resources")}
        self.known["offers"] = of("offers")
        self.known["packages"] = of("packages")
        self.known["awards"] = self.known["offers"] | self.known["packages"]

    def missing(self, kind: str, value: str | None, at: str) -> Iterator[Defect]:
        """Yield a defect where ``value`` is stated and names nothing of its kind."""
        if value is not None and value not in self.known[kind]:
            yield defect(at, "unknown_id", kind=_KINDS[kind], id=value)

    def all_missing(self, kind: str, values: Iterable[str], at: str) -> Iterator[Defect]:
        """Yield a defect for each of a list's ids that names nothing."""
        known = self.known[kind]
        for i, value in enumerate(values):
            if value is not None and value not in known:
                yield defect(f"{at}/{i}", "unknown_id", kind=_KINDS[kind], id=value)


def check(tree: Tree, done: Collection[str] = ()) -> Iterator[Defect]:
    """Yield every dangling or repeated id and every list of the wrong length.

    Of the lists named in ``done`` only the ids count; their entries are checked elsewhere.
    """
    ids = Ids(tree)
    periods = len(tree.get("periods", ("",)))
    yield from _repeated(tree.get("periods", ()), "/periods")
    yield from _duplicates(tree)
    for name, look in _CHECKS.items():
        for i, entry in enumerate(tree.get(name, ()) if name not in done else ()):
            if entry is not None:
                yield from look(entry, f"/{name}/{i}", ids, periods)
    yield from _reference(tree.get("reference") or {}, ids, periods)


def _duplicates(tree: Tree) -> Iterator[Defect]:
    for space in ID_SPACES:
        first: dict[str, tuple[str, int]] = {}
        for name in space:
            for i, entry in enumerate(tree.get(name, ())):
                one = entry.get("id") if entry is not None else None
                if one is None:
                    continue
                if one in first:
                    taken = pointer(*first[one])
                    yield defect(f"/{name}/{i}/id", "duplicate_id", id=one, first=taken)
                else:
                    first[one] = (name, i)


def _repeated(values: Iterable[str], at: str) -> Iterator[Defect]:
    seen = set()
    for i, value in enumerate(values):
        if value is not None and value in seen:
            yield defect(f"{at}/{i}", "repeated_entry", value=value)
        seen.add(value)


def _length(value: object, periods: int, at: str) -> Iterator[Defect]:
    if isinstance(value, tuple) and len(value) != periods:
        given = str(len(value))
        yield defect(at, "wrong_period_count", given=given, expected=str(periods))


def _lot(entry: Tree, at: str, _ids: Ids, periods: int) -> Iterator[Defect]:
    yield from _length(entry.get("demand"), periods, f"{at}/demand")


def _bidder(entry: Tree, at: str, ids: Ids, _periods: int) -> Iterator[Defect]:
    members = entry.get("members", ())
    yield from ids.all_missing("firms", members, f"{at}/members")
    yield from _repeated(members, f"{at}/members")


def _resource(entry: Tree, at: str, ids: Ids, periods: int) -> Iterator[Defect]:
    yield from ids.missing("firms", entry.get("firm"), f"{at}/firm")
    yield from _length(entry.get("capacity"), periods, f"{at}/capacity")


def _offer(entry: Tree, at: str, ids: Ids, periods: int) -> Iterator[Defect]:
    yield from ids.missing("bidders", entry.get("bidder"), f"{at}/bidder")
    yield from ids.missing("lots", entry.get("lot"), f"{at}/lot")
    yield from _length(entry.get("maximum"), periods, f"{at}/maximum")
    for i, use in enumerate(entry.get("uses", ())):
        if use is not None:
            yield from ids.missing("resources", use.get("resource"), f"{at}/uses/{i}/resource")


def _package(entry: Tree, at: str, ids: Ids, periods: int) -> Iterator[Defect]:
    yield from ids.missing("bidders", entry.get("bidder"), f"{at}/bidder")
    for i, item in enumerate(entry.get("items", ())):
        if item is not None:
            yield from ids.missing("lots", item.get("lot"), f"{at}/items/{i}/lot")
            yield from _length(item.get("quantity"), periods, f"{at}/items/{i}/quantity")
    for i, use in enumerate(entry.get("uses", ())):
        if use is not None:
            yield from ids.missing("resources", use.get("resource"), f"{at}/uses/{i}/resource")
            yield from _length(use.get("amount"), periods, f"{at}/uses/{i}/amount")


def _charge(entry: Tree, at: str, ids: Ids, _periods: int) -> Iterator[Defect]:
    yield from _named_once("awards", entry.get("any_of", ()), f"{at}/any_of", ids)


def _discount(entry: Tree, at: str, ids: Ids, _periods: int) -> Iterator[Defect]:
    yield from _named_once("offers", entry.get("on", ()), f"{at}/on", ids)


def _choice(entry: Tree, at: str, ids: Ids, _periods: int) -> Iterator[Defect]:
    yield from _named_once("awards", entry.get("of", ()), f"{at}/of", ids)


def _require(entry: Tree, at: str, ids: Ids, _periods: int) -> Iterator[Defect]:
    yield from ids.missing("awards", entry.get("if"), f"{at}/if")
    yield from _named_once("awards", entry.get("then_any_of", ()), f"{at}/then_any_of", ids)


def _named_once(kind: str, values: Iterable[str], at: str, ids: Ids) -> Iterator[Defect]:
    yield from ids.all_missing(kind, values, at)
    yield from _repeated(values, at)


def _scopes(entry: Tree, at: str, ids: Ids, _periods: int) -> Iterator[Defect]:
    for name in ("scope", "select"):
        for condition, values in entry.get(name, {}).items():
            if condition in _SCOPE_IDS:
                kind = _SCOPE_IDS[condition]
                yield from ids.all_missing(kind, values, f"{at}/{name}/{escape(condition)}")


def _pin(entry: Tree, at: str, ids: Ids, _periods: int) -> Iterator[Defect]:
    yield from ids.missing("offers", entry.get("offer"), f"{at}/offer")
    yield from ids.missing("packages", entry.get("package"), f"{at}/package")


def _reference(entry: Tree, ids: Ids, periods: int) -> Iterator[Defect]:
    named: set[str] = set()
    for i, one in enumerate(entry.get("allocations", ())):
        if one is None:
            continue
        at = f"/reference/allocations/{i}"
        yield from ids.missing("offers", one.get("offer"), f"{at}/offer")
        yield from _length(one.get("quantities"), periods, f"{at}/quantities")
        offer = one.get("offer")
        if offer is None:
            continue
        if offer in named:
            yield defect(f"{at}/offer", "repeated_entry", value=offer)
        named.add(offer)
    packages = entry.get("packages", ())
    yield from _named_once("packages", packages, "/reference/packages", ids)


_CHECKS = {
    "lots": _lot,
    "bidders": _bidder,
    "resources": _resource,
    "offers": _offer,
    "packages": _package,
    "charges": _charge,
    "discounts": _discount,
    "choices": _choice,
    "requires": _require,
    "adjustments": _scopes,
    "rules": _scopes,
    "pins": _pin,
}
