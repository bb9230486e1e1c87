"""The canonical form of a problem (RFC 8785, numbers as decimal strings) and its hash."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from app.allocation.reading.collector import paused
from app.allocation.reading.defects import DocumentError, defect
from app.allocation.reading.format import PROBLEM
from app.allocation.reading.sound import ODD
from app.allocation.reading.values import Json
from app.allocation.reading.writing import pieces

# A lone surrogate cannot be encoded; the careful writer says where in the whole text it stands.
UNUSUAL = (*ODD, UnicodeEncodeError)


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the document's canonical bytes.

    Parameters
    ----------
    document
        A problem, or a part of one with the same top-level fields (a bid). Numbers may be given
        as ``Decimal``, ``int`` or decimal strings.

    Returns
    -------
    bytes
        UTF-8; keys sorted by their UTF-16 code units, no white space, every number as its
        shortest plain decimal string; defaults are not filled in.

    Raises
    ------
    DocumentError
        If the document is nested too deeply to be a problem.
    TypeError
        If it holds a value that no exact JSON document holds, such as a float.
    """
    with paused():
        text = plainly(document)
        return _carefully(document) if text is None else text


def plainly(document: Mapping[str, Any]) -> bytes | None:
    """Return the canonical bytes of a plain document, or ``None``.

    Plain is a document all of whose fields are of the format, with texts where texts belong. The
    canonical form of any other may hide defects: it writes a number as text wherever it stands.
    """
    try:
        return "".join(pieces(document)).encode()
    except UNUSUAL:
        return None


def problem_sha256(document: Mapping[str, Any]) -> str:
    """Return the hexadecimal SHA-256 of the document's canonical form."""
    whole = hashlib.sha256()
    with paused():
        try:
            for piece in pieces(document):
                whole.update(piece.encode())
        except UNUSUAL:
            whole = hashlib.sha256(_carefully(document))
    return whole.hexdigest()


def _carefully(document: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes by walking the document value by value."""
    try:
        ordered = _sorted(PROBLEM.canonical(document))
        text = json.dumps(ordered, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except RecursionError:
        raise DocumentError([defect("", "nested_too_deeply")]) from None
    return text.encode()


def _sorted(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value, key=_utf16)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value


def _utf16(key: str) -> bytes:
    # RFC 8785 orders by UTF-16 code units, which differs from code points beyond U+FFFF.
    return key.encode("utf-16-be")
