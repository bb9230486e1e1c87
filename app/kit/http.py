"""How requests are read: JSON with exact numbers, no duplicate keys, no unknown fields."""

import json
import re
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any, NoReturn

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.problems import BodyTooLarge, Fault, Malformed, MalformedJson, NotFound

_SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Body(BaseModel):
    """A request body: unknown fields are defects."""

    model_config = ConfigDict(extra="forbid")


class View(BaseModel):
    """A response body, read from rows."""

    model_config = ConfigDict(from_attributes=True)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise MalformedJson(reason=f"the key {key!r} stands twice in one object")
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise MalformedJson(reason=f"{name} is not a number")


def _exact_number(text: str) -> Decimal:
    value = Decimal(text)
    # A short text such as 1e999999999 would grow without bound once written out.
    if not value.is_finite() or abs(value.adjusted()) > 60:
        raise MalformedJson(reason=f"the number {text[:40]} is out of range")
    return value


def _exact_integer(text: str) -> int:
    if len(text) > 60:
        raise MalformedJson(reason=f"the number {text[:40]}… is out of range")
    return int(text)


def _refuse_unstorable(value: object) -> None:
    # PostgreSQL stores no NUL, and a lone half of a surrogate pair cannot be written as UTF-8.
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            if "\0" in found or any("\ud800" <= letter <= "\udfff" for letter in found):
                raise MalformedJson(reason="a text holds a character that cannot be stored")
        elif isinstance(found, dict):
            waiting += [*found.keys(), *found.values()]
        elif isinstance(found, list):
            waiting += found


def read_json(data: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Return a JSON document with exact numbers, or refuse it with its reason."""
    try:
        document = json.loads(
            data.decode("utf-8"),
            parse_float=_exact_number,
            parse_int=_exact_integer,
            parse_constant=_no_constant,
            object_pairs_hook=_no_duplicates,
        )
        if _SUSPICIOUS.search(data):
            _refuse_unstorable(document)
    except UnicodeDecodeError as error:
        raise MalformedJson(reason="it is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise MalformedJson(
            reason=f"{error.msg} at line {error.lineno}, column {error.colno}"
        ) from error
    except RecursionError as error:
        raise MalformedJson(reason="it is nested too deeply") from error
    return document


class ExactRequest(Request):
    """A request whose JSON body never passes through binary floating point."""

    async def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """Return the body as JSON with exact numbers."""
        if not hasattr(self, "_exact_json"):
            self._exact_json = read_json(await self.body())
        return self._exact_json


class ExactRoute(APIRoute):
    """A route that reads its body exactly; every API router uses it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler with the exact request."""
        handler = super().get_route_handler()

        async def exact(request: Request) -> Response:
            # No id and no search holds a NUL, and PostgreSQL takes none.
            if "\0" in request.url.path:
                raise NotFound
            if b"%00" in request.scope["query_string"]:
                raise Malformed(faults=[Fault("/query", "nul", "must not hold a NUL character")])
            return await handler(ExactRequest(request.scope, request.receive))

        return exact


class BodyLimit:
    """ASGI middleware: a body over the limit is refused as a problem before it is held whole.

    FastAPI's own `max_body_size` answers in plain text, which no client of ours expects.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        length = int(declared) if declared.isdigit() else 0
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            if length > self.limit:
                raise BodyTooLarge
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.limit:
                raise BodyTooLarge
            return message

        await self.app(scope, counted, send)


class SecurityHeaders:
    """ASGI middleware: strict headers on every answer, and no caching of what needs a key."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        private = any(name == b"authorization" for name, _value in scope["headers"])

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _value in message["headers"]}
                for name, value in SECURITY_HEADERS.items():
                    if name.encode() not in present:
                        message["headers"].append((name.encode(), value.encode()))
                if private and b"cache-control" not in present:
                    message["headers"].append((b"cache-control", b"private, no-cache"))
            await send(message)

        await self.app(scope, receive, with_headers)
