"""Exact types on the wire: amounts, quantities, shares, instants, weeks and time-ordered ids."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, Inexact, localcontext
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    Strict,
    StringConstraints,
    WithJsonSchema,
)

MAX_DIGITS = 12
MAX_PLACES = 12
_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"


def decimal_text(value: Decimal) -> str:
    """Return a finite decimal's shortest plain text: no exponent, no trailing zeros."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _exact(value: object) -> Decimal:
    # A float has already lost digits before anyone could refuse it, so it is never accepted.
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        msg = "must be a decimal number, best written as a string"
        raise ValueError(msg)  # noqa: TRY004 - Pydantic reports a ValueError with its place
    # Not str(): that writes a millionth of a millionth as 1E-12.
    text = format(value, "f") if isinstance(value, Decimal) else str(value).strip()
    body = text.removeprefix("-")
    if not body or not body.replace(".", "", 1).isascii() or not body.replace(".", "", 1).isdigit():
        msg = "must be a plain decimal number such as 12500 or 0.25"
        raise ValueError(msg)
    whole, _, places = body.partition(".")
    if len(whole.lstrip("0")) > MAX_DIGITS or len(places) > MAX_PLACES:
        msg = "may have at most 12 digits before and 12 after the point"
        raise ValueError(msg)
    return Decimal(text)


def _schema(pattern: str, example: str, description: str) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": "string", "pattern": pattern, "examples": [example], "description": description}
    )


_text = PlainSerializer(decimal_text, return_type=str, when_used="json")
_NOT_NEGATIVE = r"^\d{1,12}(\.\d{1,12})?$"

Quantity = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=0),
    _text,
    _schema(_NOT_NEGATIVE, "600", "An exact quantity as a decimal string, at least 0."),
]
Amount = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=0),
    _text,
    _schema(_NOT_NEGATIVE, "12500", "An exact amount of money as a decimal string, at least 0."),
]
Share = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=0, le=1),
    _text,
    _schema(r"^(0(\.\d{1,12})?|1(\.0{1,12})?)$", "0.6", "A share between 0 and 1."),
]
# What the server computed may have more digits than what it accepts: sums of products.
ExactNumber = Annotated[
    Decimal,
    _text,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d+(\.\d+)?$",
            "examples": ["15875000.55"],
            "description": "An exact decimal as a string, of any length; never rounded.",
        }
    ),
]


Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,79}$")]


def _written(value: object) -> object:
    # Pydantic would also take a number of seconds for a date; nobody writes one by intent.
    if isinstance(value, str | date):
        return value
    msg = "must be written as text, such as 2027-01-04"
    raise ValueError(msg)


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        msg = "must carry its time zone, such as 2026-12-01T09:00:00+07:00"
        raise ValueError(msg)
    if not 1970 <= value.year <= 2999:  # also keeps the zone from carrying it out of the calendar
        msg = "must lie between the years 1970 and 2999"
        raise ValueError(msg)
    return value.astimezone(UTC)


def utc_text(value: datetime) -> str:
    """Return an instant as RFC 3339 text in UTC with microseconds."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


Instant = Annotated[
    datetime,
    BeforeValidator(_written),
    AfterValidator(_utc),
    PlainSerializer(utc_text, return_type=str, when_used="json"),
    Field(json_schema_extra={"examples": ["2026-12-01T09:00:00Z"]}),
]


def _monday(value: date) -> date:
    if value.isoweekday() != 1:
        msg = "must be a Monday: calendars are kept by ISO week"
        raise ValueError(msg)
    if not 1970 <= value.year <= 2999:
        msg = "must lie between the years 1970 and 2999"
        raise ValueError(msg)
    return value


Monday = Annotated[
    date,
    BeforeValidator(_written),
    AfterValidator(_monday),
    Field(json_schema_extra={"examples": ["2027-01-04"]}, description="A Monday (ISO week)."),
]


@contextmanager
def exact_arithmetic() -> Iterator[None]:
    """Let decimals be added and subtracted exactly; the ambient context rounds at 28 digits."""
    with localcontext(prec=400) as context:
        context.traps[Inexact] = True
        yield


def rounded(amount: Decimal, places: Decimal, rounding: str = ROUND_HALF_EVEN) -> Decimal:
    """Round a decimal of any length to a power of ten; the ambient context knows only 28 digits."""
    with localcontext() as context:
        context.prec = 200
        return amount.quantize(places, rounding=rounding)


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Round an exact amount to what a contract states: whole rupiah or minor units; half even.

    Rupiah have a minor unit in ISO 4217 but none in use, so contracts state whole rupiah.
    """
    whole = currency in {"IDR", "JPY", "KRW", "VND"}
    return rounded(amount, Decimal(1) if whole else Decimal("0.01"))


def new_id(
    prefix: str,
    *,
    nanoseconds: Callable[[], int] = time.time_ns,
    randomness: Callable[[int], int] = secrets.randbits,
) -> str:
    """Return a time-ordered id such as `ten_01jd…`: a UUID version 7 (RFC 9562) in base 32.

    The twelve bits after the millisecond hold its fraction (RFC 9562, 6.2, method 3), so that ids
    made one after the other in a transaction keep their order.
    """
    milliseconds, rest = divmod(nanoseconds(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    number = (milliseconds & (2**48 - 1)) << 80 | 0x7 << 76 | fraction << 64
    number |= 0b10 << 62 | randomness(62)
    digits = "".join(_BASE32[(number >> shift) & 31] for shift in range(125, -1, -5))
    return f"{prefix}_{digits}"


def json_ready(value: Any) -> Any:  # noqa: ANN401 - walks any JSON value
    """Return a JSON value whose decimals are plain text, for documents that travel as they are."""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, dict):
        return {key: json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(item) for item in value]
    return value
