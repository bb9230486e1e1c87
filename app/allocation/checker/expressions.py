"""Exact numbers and sums of columns, and what a problem's entries say of them."""

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

Json = Any  # what stands in a JSON document
ONE, ZERO = "", Fraction(0)
NUMBER = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?([eE][+-]?[0-9]{1,2})?")
FIELDS = {"s": "id", "_tags": "tags", "_regions": "region", "_sizes": "size", "_groups": "group"}


class Linear(dict[Any, Any]):
    """A sum of columns times coefficients; the empty name is the constant 1."""

    def add(self, other: Json, factor: Json = 1) -> "Linear":
        """Add another expression or a number, times a factor, in place."""
        for column, value in (other if isinstance(other, dict) else {ONE: other}).items():
            self[column] = self.get(column, ZERO) + factor * value
        return self

    def __add__(self, other: Json) -> "Linear":
        return Linear(self).add(other)

    def __sub__(self, other: Json) -> "Linear":
        return Linear(self).add(other, -1)

    def __mul__(self, factor: Json) -> "Linear":
        return Linear().add(self, factor)


def total(parts: Iterable[Linear]) -> Linear:
    """Return the sum of expressions."""
    whole = Linear()
    for part in parts:
        whole.add(part)
    return whole


def number(value: Json) -> Fraction:
    """Return an exact number from a decimal or its text; ValueError: it is none."""
    if isinstance(value, bool) or not NUMBER.fullmatch(str(value)):
        raise ValueError(f"{str(value)[:80]!r} is no decimal number")
    return Fraction(str(value))


def num(entry: Json, name: str) -> Fraction:
    """Return a number of an entry that is 0 where it is not stated."""
    return number(entry.get(name, 0))


def tiers_of(entry: Json, field: str) -> tuple[list[Fraction], list[Fraction], list[Fraction]]:
    """Return starts, rates, and what is added to ``rate * amount`` in each tier."""
    starts = [number(tier["from"]) for tier in entry["tiers"]]
    rates = [number(tier[field]) for tier in entry["tiers"]]
    below = [(b - a) * rate for a, b, rate in zip(starts, starts[1:], rates, strict=False)]
    fixed = [sum(below[:k], ZERO) - rates[k] * start for k, start in enumerate(starts)]
    return starts, rates, fixed if entry["kind"] == "incremental" else [ZERO] * len(starts)


def fits(scopes: list[Any], kind: str, entry: Json) -> bool:
    """Return whether a lot, firm, bidder or offer meets the conditions that scopes put on it."""
    for word, wanted in ((w, values) for scope in scopes for w, values in scope.items()):
        if word.startswith(kind):
            value = entry.get(FIELDS[word.removeprefix(kind)])
            if not set(wanted) & set(value if isinstance(value, list) else [value]):
                return False
    return True
