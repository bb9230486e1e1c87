"""Types of the wire that several parts of identity use."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

Email = Annotated[
    str,
    Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254, examples=["sari@example.co.id"]),
]

Role = Literal["owner", "purchasing", "sales", "viewer"]
Power = Literal["edit", "submit", "consent", "sign", "represent"]
BindingPower = Literal["submit", "consent", "sign"]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["IDR"])]
Scope = Literal[
    "keys:write",
    "profile:read",
    "profile:write",
    "networks:read",
    "networks:write",
    "tenders:read",
    "tenders:write",
    "bids:read",
    "bids:write",
    "scenarios:read",
    "scenarios:write",
    "awards:read",
    "awards:write",
    "orders:read",
    "orders:write",
    "events:read",
    "oversight:read",
    "oversight:write",
]


def examples(*given: dict[str, JsonValue]) -> ConfigDict:
    """Return the configuration of a request with these examples in the OpenAPI document."""
    shown: list[JsonValue] = list(given)
    return ConfigDict(json_schema_extra={"examples": shown})
