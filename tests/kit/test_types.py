from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, Inexact

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Column, Integer, MetaData, Table, insert
from sqlalchemy.exc import StatementError

from app.kit.columns import Document, ExactDecimal, UtcTime
from app.kit.db import Database
from app.kit.types import Quantity, decimal_text, exact_arithmetic, new_id, round_money

exact = st.decimals(
    allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12
)


@given(exact)
def test_a_decimal_is_written_plainly_and_read_back(value: Decimal) -> None:
    text = decimal_text(value)
    assert Decimal(text) == value
    assert "E" not in text.upper()
    assert not (("." in text) and text.endswith("0"))
    assert text != "-0"


@pytest.mark.parametrize("text", ["0.000000000001", "0.0000001", "999999999999.000000000001"])
def test_a_small_number_is_read_and_written_however_python_would_write_it(text: str) -> None:
    quantities = TypeAdapter(Quantity)
    for written in (text, Decimal(text), Decimal(text).normalize()):
        read = quantities.validate_python(written)
        assert quantities.dump_json(read) == f'"{text}"'.encode()


@pytest.mark.parametrize(
    "wrong",
    ["1e-3", "0.0000000000001", "-1", "1000000000000", "٣", "", ".", 0.5, True, Decimal("NaN")],
)
def test_what_is_no_plain_number_within_the_limits_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Quantity).validate_python(wrong)


def test_exact_arithmetic_rounds_nothing() -> None:
    long = Decimal("9" * 60 + "." + "9" * 60)
    with exact_arithmetic():
        assert long + Decimal("0." + "0" * 59 + "1") == Decimal("1" + "0" * 60)
        with pytest.raises(Inexact):
            Decimal(1) / Decimal(3)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("10.5", "IDR", "10"),
        ("11.5", "IDR", "12"),
        ("10.51", "IDR", "11"),
        ("10.005", "USD", "10.00"),
        ("10.015", "USD", "10.02"),
        ("9" * 40 + ".5", "IDR", "1" + "0" * 40),
        ("9" * 40 + ".994", "USD", "9" * 40 + ".99"),
    ],
)
def test_contracts_state_whole_rupiah_and_round_half_to_even(
    amount: str, currency: str, rounded: str
) -> None:
    assert round_money(Decimal(amount), currency) == Decimal(rounded)


def test_ids_are_ordered_by_time_also_within_a_millisecond() -> None:
    ids = [new_id("x", nanoseconds=lambda t=t: 10**18 + t * 300) for t in range(5000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert all(len(made) == len("x_") + 26 for made in ids)


def test_an_id_is_a_uuid_of_version_7() -> None:
    digits = "0123456789abcdefghjkmnpqrstvwxyz"
    made = new_id("x", nanoseconds=lambda: 1_700_000_000_123_456_789, randomness=lambda bits: 0)
    number = 0
    for digit in made.removeprefix("x_"):
        number = number << 5 | digits.index(digit)
    assert number >> 80 == 1_700_000_000_123
    assert number >> 76 & 0xF == 7
    assert number >> 62 & 0b11 == 0b10


def test_columns_give_back_exactly_what_was_stored(database: Database) -> None:
    table = Table(
        "exact",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("amount", ExactDecimal),
        Column("at", UtcTime),
        Column("document", Document),
    )
    with database.engine.begin() as connection:
        table.create(connection)
        jakarta = datetime(2026, 12, 1, 9, 30, 0, 123456, timezone(timedelta(hours=7)))
        document = {"price": Decimal("0.1000000000001"), "list": ["a", 1, None, True]}
        big = Decimal("123456789012.123456789012")
        connection.execute(
            insert(table), [{"id": 1, "amount": big, "at": jakarta, "document": document}]
        )
        row = connection.execute(table.select()).one()
        assert row.amount == big
        assert row.at == jakarta
        assert row.at.tzinfo == UTC
        assert row.document == {"price": "0.1000000000001", "list": ["a", 1, None, True]}


@pytest.mark.parametrize(
    "values",
    [
        {"amount": 1.5},
        {"amount": Decimal("NaN")},
        {"at": datetime(2026, 1, 1)},  # noqa: DTZ001 - the very thing that is refused
        {"document": {"a": 0.5j}},
    ],
)
def test_what_is_not_exact_is_not_stored(database: Database, values: dict[str, object]) -> None:
    table = Table(
        "exact",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("amount", ExactDecimal),
        Column("at", UtcTime),
        Column("document", Document),
    )
    with database.engine.connect() as connection:
        table.create(connection)
        with pytest.raises((StatementError, TypeError)):
            connection.execute(insert(table), [{"id": 1, **values}])
