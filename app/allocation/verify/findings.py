"""What a check found wrong, and the comparison of stated numbers with exact ones."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

# Whatever stands in a document, before it is looked at.
Json: TypeAlias = Any
# A number that never ends is written with 12 decimals; this much of it may be lost.
TOLERANCE = Fraction(1, 10**9)
_LONGEST = 400
_SHOWN = 80
# Decimal itself would also take underscores, blanks and the digits of other scripts.
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)


@dataclass(frozen=True)
class Finding:
    """One statement of a result that does not hold.

    Parameters
    ----------
    pointer
        JSON Pointer into the result.
    code
        Stable name of the check.
    detail
        An English sentence.
    """

    pointer: str
    code: str
    detail: str


class Findings:
    """Collects what is wrong; ``number`` and ``entries`` read statements without ever raising."""

    def __init__(self) -> None:
        self.found: list[Finding] = []

    def add(self, pointer: str, code: str, detail: str) -> None:
        """Note one thing that does not hold."""
        self.found.append(Finding(pointer, code, detail))

    def expect(self, holds: bool, pointer: str, code: str, detail: str) -> None:
        """Note ``detail`` unless it holds."""
        if not holds:
            self.add(pointer, code, detail)

    def number(self, value: Json, pointer: str) -> Fraction | None:
        """Return a stated number, or ``None`` after noting that it is none."""
        number = read_number(value)
        if number is None:
            self.add(pointer, "not_a_number", f"{shown(value)} is not an exact decimal.")
        return number

    def equal(self, stated: Json, exact: Fraction, pointer: str, code: str) -> None:
        """Note where a stated number is not the exact one."""
        number = self.number(stated, pointer)
        if number is not None and not same(number, exact):
            self.add(pointer, code, f"{shown(stated)} is stated, {text(exact)} is right.")

    def fields(self, entry: Mapping[str, Any], pointer: str, known: Container[str]) -> None:
        """Note every field of an object that is not part of the format there."""
        for field in entry:
            if field not in known:
                self.add(f"{pointer}/{field}", "unknown_field", f"{field} is not stated here.")

    def entries(self, value: Json, pointer: str) -> list[tuple[str, Mapping[str, Any]]]:
        """Return the objects of a list with their pointers, noting what is no object."""
        if not isinstance(value, (list, tuple)):
            self.add(pointer, "not_a_list", "A list is expected here.")
            return []
        good = []
        for i, entry in enumerate(value):
            if isinstance(entry, Mapping):
                good.append((f"{pointer}/{i}", entry))
            else:
                self.add(f"{pointer}/{i}", "not_an_object", "An object is expected here.")
        return good

    def numbers(self, value: Json, count: int, pointer: str) -> tuple[Fraction, ...] | None:
        """Return a list of ``count`` stated numbers, or ``None`` after noting what is wrong."""
        if not isinstance(value, (list, tuple)) or len(value) != count:
            self.add(pointer, "wrong_period_count", f"{count} numbers are expected here.")
            return None
        read = [self.number(item, f"{pointer}/{i}") for i, item in enumerate(value)]
        return None if None in read else tuple(number for number in read if number is not None)


def read_number(value: Json) -> Fraction | None:
    """Return an exact number from a decimal string, ``Decimal`` or ``int``; else ``None``."""
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        return None
    if isinstance(value, str) and not (len(value) <= _LONGEST and _NUMBER.fullmatch(value)):
        return None
    number = Decimal(value)
    if not number.is_finite() or abs(number.adjusted()) > _LONGEST:
        return None
    return Fraction(number)


def same(stated: Fraction, exact: Fraction) -> bool:
    """Return whether a stated number is the exact one, as far as 12 decimals can tell."""
    if stated == exact:
        return True
    return not _ends(exact) and abs(stated - exact) <= TOLERANCE * max(Fraction(1), abs(exact))


def _ends(number: Fraction) -> bool:
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def text(number: Fraction) -> str:
    """Return a number for a sentence, its tail cut off where it is long."""
    return str(Decimal(number.numerator) / Decimal(number.denominator))


def shown(value: Json) -> str:
    """Return what was stated for a sentence, whatever it is and however long."""
    if isinstance(value, (list, tuple, Mapping)):
        return "A list" if isinstance(value, (list, tuple)) else "An object"
    if isinstance(value, int) and abs(value) >= 10**_SHOWN:
        return "A number of many digits"
    return repr(value)[:_SHOWN]
