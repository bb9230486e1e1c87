"""Small problems for tests of single elements."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from app.allocation import Options, solve
from app.allocation.document import FORMAT

Entry = dict[str, Any]
Result = dict[str, Any]


def lot(name: str = "L", demand: Any = "10", **more: Any) -> Entry:
    return {"id": name, "unit": "pc", "demand": demand, **more}


def offer(
    name: str = "O", bidder: str = "A", of: str = "L", price: Any = "5", **more: Any
) -> Entry:
    return {"id": name, "bidder": bidder, "lot": of, "price": price, **more}


def package(name: str, bidder: str, price: str, *items: Entry, **more: Any) -> Entry:
    return {"id": name, "bidder": bidder, "price": price, "items": list(items), **more}


def item(of: str, quantity: Any, value: str | None = None) -> Entry:
    return {"lot": of, "quantity": quantity} | ({} if value is None else {"value": value})


def problem(*offers: Entry, lots: list[Entry] | None = None, **more: Any) -> Entry:
    """A problem of three firms A, B, C that bid each for itself, and of the consortium A+B."""
    return {
        "format": FORMAT,
        "currency": "IDR",
        "lots": lots or [lot()],
        "firms": [{"id": name} for name in "ABC"],
        "bidders": [
            *({"id": name, "members": [name]} for name in "ABC"),
            {"id": "AB", "members": ["A", "B"]},
        ],
        "offers": list(offers),
        **more,
    }


def solved(document: Mapping[str, Any], **options: Any) -> Result:
    """The verified result, proven optimal or infeasible: nothing else is expected of small ones."""
    result = solve(document, Options(**options))
    assert result["status"] in {"optimal", "infeasible"}
    return result


def quantities(result: Result) -> dict[str, list[str]]:
    return {one["offer"]: one["quantities"] for one in result["allocations"]}


def totals(result: Result) -> dict[str, Fraction]:
    return {name: sum(map(Fraction, row)) for name, row in quantities(result).items()}


def cost(result: Result) -> Fraction:
    return Fraction(result["cost"]["total"])


def unfilled(result: Result) -> dict[str, Fraction]:
    return {one["lot"]: sum(map(Fraction, one["quantities"])) for one in result["shortfalls"]}
