"""The JSON Schema of an offer in a bid: the allocation format's own, under a bid's limits."""

from collections.abc import Mapping
from typing import Any

from app.allocation.reading.format import OFFER
from app.bids.content import OFFER_ID

_UNSIGNED = r"(0|[1-9]\d{0,11})(\.\d{1,12})?"
_NUMBER = {"type": "string", "pattern": f"^{_UNSIGNED}$", "examples": ["12500"]}
# What the format names in its own document stands here in full: a bid is read on its own.
_DEFINITIONS: Mapping[str, Mapping[str, Any]] = {
    "id": {"type": "string", "minLength": 1},
    "amount": _NUMBER,
    "positive": _NUMBER,
    "decimal": {"type": "string", "pattern": f"^-?{_UNSIGNED}$", "examples": ["0.93"]},
    "whole": {"type": "string", "pattern": r"^(0|[1-9]\d{0,11})$", "examples": ["17"]},
}


def offer_schema() -> dict[str, Any]:
    """Return the schema of one offer: without a bidder, which the server knows."""
    schema: dict[str, Any] = _inlined(OFFER.schema())
    del schema["properties"]["bidder"]
    schema["required"] = [name for name in schema["required"] if name != "bidder"]
    described = schema["properties"]["id"]["description"]
    schema["properties"]["id"] = {"type": "string", "pattern": OFFER_ID, "description": described}
    schema["description"] = "Your price for one lot; numbers may be JSON numbers or strings."
    return schema


def _inlined(value: Any) -> Any:  # noqa: ANN401 - walks a JSON Schema
    if isinstance(value, list):
        return [_inlined(item) for item in value]
    if not isinstance(value, dict):
        return value
    named = value.get("$ref")
    rest = {key: _inlined(item) for key, item in value.items() if key != "$ref"}
    return rest if named is None else {**_DEFINITIONS[named.removeprefix("#/$defs/")], **rest}
