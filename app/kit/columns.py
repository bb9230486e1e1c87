"""Column types that lose nothing: exact decimals, UTC instants and JSON documents."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Dialect, Numeric, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.kit.types import decimal_text

Id = String(40)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal of any scale: NUMERIC on PostgreSQL, plain text on SQLite, which rounds."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type by the database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Numeric(asdecimal=True))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """Refuse a float and anything not finite."""
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            msg = f"an exact column takes a finite Decimal, not {value!r}"
            raise TypeError(msg)
        return value if dialect.name == "postgresql" else decimal_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ANN401
        """Give back the same decimal, without trailing zeros."""
        del dialect
        return None if value is None else Decimal(decimal_text(Decimal(value)))


class UtcTime(TypeDecorator[datetime]):
    """An instant: timestamptz on PostgreSQL, sortable ISO text in UTC on SQLite."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type by the database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """Refuse an instant without its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "an instant needs its time zone"
            raise TypeError(msg)
        value = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return value
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """Give back an aware instant in UTC."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            instant: datetime = value
            return instant.astimezone(UTC)
        return datetime.fromisoformat(value).astimezone(UTC)


class Document(TypeDecorator[Any]):
    """A JSON document as text; its numbers are decimal strings or integers, never floats."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401
        """Write compact JSON; a Decimal becomes its plain text."""
        del dialect
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_exact)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401
        """Read JSON with exact numbers."""
        del dialect
        return None if value is None else json.loads(value, parse_float=Decimal)


def _exact(value: object) -> str:
    if isinstance(value, Decimal):
        return decimal_text(value)
    msg = f"{type(value).__name__} has no exact JSON form"
    raise TypeError(msg)
