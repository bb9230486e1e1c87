"""Random rules of every kind for tiny problems."""

from collections.abc import Callable
from typing import Any, Protocol

Entry = dict[str, Any]


class Maker(Protocol):
    """Draws choices and scopes."""

    def pick(self, *values: Any) -> Any: ...

    def chance(self, percent: int) -> bool: ...

    def some(self, names: list[str]) -> list[str]: ...

    def scope(self, document: Entry) -> Entry: ...


def _count(make: Maker, entry: Entry, _document: Entry) -> None:
    entry["of"] = make.pick("bidder", "firm", "firm_group", "lot")
    if make.chance(60):
        entry["per"] = make.pick("lot", "period")
    low = make.pick(0, 1, 2)
    if make.chance(60):
        entry["min"] = low
    if make.chance(60):
        entry["max"] = low + make.pick(0, 1)
    if make.chance(30):
        entry["always"] = make.chance(70)


def _measured(make: Maker, entry: Entry, document: Entry) -> None:
    entry["measure"] = make.pick("value", "quantity")
    if make.chance(40):
        entry["select"] = make.scope(document)
    if make.chance(30):
        entry["per"] = "lot"
    elif make.chance(30):
        keys = ["G", "F0", "B0", "ID-JB", "elsewhere"] if "each" in entry else ["selected"]
        entry["prior"] = {key: make.pick("1", "10") for key in make.some(keys)}
        if make.chance(50):
            entry["prior_other"] = make.pick("5", "40")


def _each(make: Maker, entry: Entry) -> None:
    entry["each"] = make.pick("bidder", "firm", "firm_group", "firm_region")


def _share(make: Maker, entry: Entry, document: Entry) -> None:
    if make.chance(50):
        _each(make, entry)
    if make.chance(60):
        entry["min"] = make.pick("0.2", "0.4")
    if make.chance(60):
        entry["max"] = make.pick("0.5", "0.75")
    _measured(make, entry, document)


def _top_share(make: Maker, entry: Entry, document: Entry) -> None:
    _each(make, entry)
    entry["n"] = make.pick(1, 2)
    entry["max"] = make.pick("0.5", "0.8", "1")
    _measured(make, entry, document)


def _amount(make: Maker, entry: Entry, document: Entry) -> None:
    if make.chance(60):
        _each(make, entry)
    if make.chance(60):
        entry["min"] = make.pick("1", "2", "10")
        entry["if_awarded"] = make.chance(70)
    if make.chance(60):
        entry["max"] = make.pick("12", "20")
    _measured(make, entry, document)


def _consistent(make: Maker, entry: Entry, _document: Entry) -> None:
    entry["of"] = make.pick("bidder", "firm", "firm_group")


def _split(make: Maker, entry: Entry, document: Entry) -> None:
    entry["shares"] = make.pick(["1"], ["0.5", "0.5"], ["0.7", "0.3"])
    if make.chance(60):
        entry["tolerance"] = make.pick("0.1", "0.2")
    scope = entry.pop("scope", {})
    lots = {name: value for name, value in scope.items() if name.startswith("lot")}
    if lots:
        entry["scope"] = lots


RULES: dict[str, Callable[[Maker, Entry, Entry], None]] = {
    "count": _count,
    "share": _share,
    "top_share": _top_share,
    "amount": _amount,
    "consistent": _consistent,
    "split": _split,
}
