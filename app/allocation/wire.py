"""The lines between a run in a child process and the process that asked for it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from app.allocation.document import (
    DocumentError,
    canonical,
    decimal_text,
    defects,
    plainly,
)
from app.allocation.options import Options, Progress
from app.allocation.reading.numbers import exact
from app.allocation.reading.values import Json

STOP = "stop"


def request(document: Mapping[str, Any], options: Options) -> bytes:
    """Return the first line that a child reads: problem and options.

    Raises
    ------
    DocumentError
        If the document has defects that the canonical form would hide, such as a number in the
        place of a text. All others the child finds.
    """
    head = json.dumps(options_document(options), separators=(",", ":")).encode()
    text = plainly(document)
    if text is None:
        found = defects(document)
        if found:
            raise DocumentError(found)
        text = canonical(document)
    return b'{"options":' + head + b',"problem":' + text + b"}\n"


def options_document(options: Options) -> dict[str, Any]:
    """Return options as JSON values, decimals as text."""
    return {
        name: decimal_text(value) if isinstance(value, Decimal) else value
        for name, value in asdict(options).items()
    }


def options_of(entry: Mapping[str, Any]) -> Options:
    """Return the options of a JSON object.

    Raises
    ------
    NumberError, KeyError
        If the entry was not written by ``options_document``.
    """

    def decimal(name: str) -> Decimal | None:
        value = entry[name]
        return None if value is None else exact(value)

    return Options(
        limit_seconds=decimal("limit_seconds"),
        limit_deterministic=decimal("limit_deterministic"),
        gap=exact(entry["gap"]),
        seed=int(entry["seed"]),
        threads=int(entry["threads"]),
    )


def line(kind: str, value: Json) -> bytes:
    """Return one line of a child's answer."""
    body = asdict(value) if isinstance(value, Progress) else value
    return json.dumps({kind: body}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
