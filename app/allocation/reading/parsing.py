"""From bytes to JSON values with exact decimals, or a defect: never a traceback."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.allocation.reading.collector import paused
from app.allocation.reading.defects import Defect, DocumentError, defect, escape
from app.allocation.reading.numbers import LARGEST_DIGITS

_LONGEST_NUMBER = 80


class _Repeated(dict[str, Any]):
    """An object in which a key stood twice; ``keys_twice`` names them."""

    keys_twice: tuple[str, ...] = ()


class _NotFinite:
    """NaN or an infinity, which Python's JSON reader would let pass."""

    def __init__(self, text: str) -> None:
        self.text = text


class _OutOfRange:
    """A number with so many digits that computing with it would be an attack."""


class _Reader:
    """Hooks for the JSON scanner that remember whether anything odd was met."""

    def __init__(self) -> None:
        self.odd = False

    def number(self, text: str) -> Decimal | _OutOfRange:
        if len(text) > _LONGEST_NUMBER:
            self.odd = True
            return _OutOfRange()
        value = Decimal(text)
        if value and abs(value.adjusted()) > LARGEST_DIGITS:
            self.odd = True
            return _OutOfRange()
        return value

    def whole(self, text: str) -> int | _OutOfRange:
        if len(text) > _LONGEST_NUMBER:
            self.odd = True
            return _OutOfRange()
        return int(text)

    def constant(self, text: str) -> _NotFinite:
        self.odd = True
        return _NotFinite(text)

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        self.odd = True
        twice = _Repeated(found)
        keys = [key for key, _ in pairs]
        twice.keys_twice = tuple(key for key in found if keys.count(key) > 1)
        return twice


def parse(data: bytes) -> dict[str, Any]:
    """Return the JSON object in ``data`` with every number exact.

    Parameters
    ----------
    data
        UTF-8 text of one JSON object; a byte order mark is ignored.

    Returns
    -------
    dict
        Objects, lists, text, booleans, ``int`` and ``Decimal``: never a ``float``.

    Raises
    ------
    DocumentError
        With every defect that the bytes themselves show: not UTF-8, not JSON, NaN, a key given
        twice in one object, numbers of absurd length or exponent, nesting too deep.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError([defect("", "not_utf8", position=str(error.start))]) from None
    reader = _Reader()
    try:
        with paused():
            value = json.loads(
                text,
                parse_float=reader.number,
                parse_int=reader.whole,
                parse_constant=reader.constant,
                object_pairs_hook=reader.members,
            )
    except json.JSONDecodeError as error:
        place = {"line": str(error.lineno), "column": str(error.colno)}
        raise DocumentError([defect("", "not_json", **place)]) from None
    except RecursionError:
        raise DocumentError([defect("", "nested_too_deeply")]) from None
    # Only an escape can bring in half a surrogate pair: the bytes themselves were valid UTF-8.
    if reader.odd or "\\ud" in text or "\\uD" in text:
        found = list(_oddities(value))
        if found:
            raise DocumentError(found)
    if not isinstance(value, dict):
        raise DocumentError([defect("", "wrong_type", expected="an object")])
    return value


def _oddities(root: object) -> Iterator[Defect]:
    """Yield in document order what the hooks marked; iterative, so depth cannot hurt."""
    stack: list[tuple[str, object]] = [("", root)]
    while stack:
        at, value = stack.pop()
        if isinstance(value, dict):
            if isinstance(value, _Repeated):
                for key in value.keys_twice:
                    yield defect(f"{at}/{escape(key)}", "repeated_key", field=key)
            if any(not is_unicode(key) for key in value):
                yield defect(at, "not_text")
            else:
                stack.extend((f"{at}/{escape(k)}", v) for k, v in reversed(value.items()))
        elif isinstance(value, list):
            stack.extend((f"{at}/{i}", value[i]) for i in range(len(value) - 1, -1, -1))
        elif isinstance(value, _NotFinite):
            yield defect(at, "not_finite", value=value.text)
        elif isinstance(value, _OutOfRange):
            yield defect(at, "number_out_of_range")
        elif isinstance(value, str) and not is_unicode(value):
            yield defect(at, "not_text")


def is_unicode(text: str) -> bool:
    """Return whether ``text`` can be written as UTF-8 (holds no lone surrogate)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
