"""How the OAuth endpoints read their fields: each once, and in the letters that RFC 6749 allows."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Request
from fastapi.responses import JSONResponse

MOST_BYTES = 16_384
MOST_FIELDS = 30
FORM = "application/x-www-form-urlencoded"
Fields = Mapping[str, list[str]]


def parsed(text: bytes) -> Fields | None:
    """Return the fields of a form or a query, or None where they are not to be understood."""
    try:
        found = parse_qs(
            text.decode("ascii"),
            keep_blank_values=False,
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError:  # not ASCII, not UTF-8 once decoded, or too many fields
        return None
    for name, values in found.items():
        if len(values) > 1 or not _allowed(name, values[0]):
            return None
    return found


def _allowed(name: str, value: str) -> bool:
    letters = all(" " <= letter <= "~" for letter in value)
    return letters and (name == "state" or not set(value) & {'"', "\\"})


async def _form(request: Request) -> Fields | None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind != FORM or len(body) > MOST_BYTES:
        return None
    return parsed(body)


FormFields = Annotated[Fields | None, Depends(_form)]


def query_fields(request: Request) -> Fields | None:
    """Return the fields of a query."""
    return parsed(request.scope["query_string"])


def refused() -> JSONResponse:
    """Answer fields that are not to be understood, as RFC 6749 has it."""
    body = {"error": "invalid_request", "error_description": "The parameters are malformed."}
    return JSONResponse(body, status_code=400, headers={"Cache-Control": "no-store"})
