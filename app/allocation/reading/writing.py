"""Writes the canonical form at full speed; what is unusual is left to the careful writer.

The text comes in pieces of some hundred list entries each, so that a hash needs no copy of the
whole. Keys are sorted by code point here, which is the order of UTF-16 code units as long as no key
goes beyond the surrogates; text that does is odd.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.allocation.reading.format import PROBLEM
from app.allocation.reading.kinds import Kind, ListOf, Text
from app.allocation.reading.sound import OddError, Sound, Walk
from app.allocation.reading.values import Json

# Above it stand the surrogates, where the two orders of keys part.
_LAST_PLAIN = "\ud7ff"
_ENTRIES_AT_ONCE = 500
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True
)


def pieces(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the canonical text of a document, piece by piece.

    Parameters
    ----------
    document
        As for ``canonical``.

    Raises
    ------
    OddError, KeyError, TypeError
        Before or after any piece, if the document holds anything unusual.
    """
    if document.__class__ is not dict:
        raise OddError
    sound = Sound(_leaf)
    before = "{"
    for name in sorted(document):
        kind, value = PROBLEM.fields[name].kind, document[name]
        yield f'{before}"{name}":'
        before = ","
        if isinstance(kind, ListOf) and value.__class__ is list:
            yield from _entries(sound.walk(kind.item), value)
        else:
            yield _ENCODER.encode(sound.walk(kind)(value))
    yield "{}" if before == "{" else "}"


def _entries(walk: Walk, value: list[Any]) -> Iterator[str]:
    before = "["
    for start in range(0, len(value), _ENTRIES_AT_ONCE):
        entries = [walk(one) for one in value[start : start + _ENTRIES_AT_ONCE]]
        yield before + _ENCODER.encode(entries)[1:-1]
        before = ","
    yield "[]" if before == "[" else "]"


def _leaf(kind: Kind) -> Walk:
    """Return the function that writes a leaf as ``kind.canonical`` does."""
    return _plain if isinstance(kind, Text) else kind.canonical


def _plain(value: Json) -> Json:
    if value.__class__ is not str or max(value, default="") > _LAST_PLAIN:
        raise OddError
    return value
