from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.directory import ledger
from app.directory.calendar import Span, place
from app.directory.errors import CapacityTaken
from app.kit.db import Database
from tests.support.api import World
from tests.support.directory import add_resource, profiled

JANUARY = Span(date(2027, 1, 4), 2)
LATER = Span(date(2027, 1, 18), 2)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
amounts = st.decimals(min_value=0, max_value=50, places=2)


@given(need=amounts, weeks=st.lists(amounts, min_size=1, max_size=5))
def test_a_need_is_placed_whole_or_not_at_all(need: Decimal, weeks: list[Decimal]) -> None:
    span = Span(date(2027, 1, 4), len(weeks))
    free = dict(zip(span.weeks_of(), weeks, strict=True))
    placed = place(need, span, free)
    if need > sum(weeks):
        assert placed is None
    else:
        assert placed is not None
        assert sum((part.amount for part in placed), Decimal(0)) == need
        assert all(0 < part.amount <= free[part.week] for part in placed)


@pytest.fixture(name="press")
def _press(world: World) -> str:
    firm = profiled(world, "CV Pres")
    weeks = {"2027-01-04": "40", "2027-01-11": "40", "2027-01-18": "20.5", "2027-01-25": "0"}
    return add_resource(firm, "press", "stamping", weeks)["id"]


def test_what_is_left_is_the_calendar_minus_reservations(database: Database, press: str) -> None:
    with database.unit_of_work() as session:
        needs = {press: [Decimal("50.25"), Decimal(0)]}
        ledger.hold(session, holder_id="a", needs=needs, spans=[JANUARY, LATER], at=NOW)
    with database.read() as session:
        left = ledger.remaining(session, [press], [JANUARY, LATER])
        first = ledger.remaining(session, [press], [Span(date(2027, 1, 4), 1)])
    assert left == {press: [Decimal("29.75"), Decimal("20.5")]}
    assert first == {press: [Decimal(0)]}


def test_the_whole_rest_can_be_held_and_no_more(database: Database, press: str) -> None:
    with database.unit_of_work() as session:
        ledger.hold(session, holder_id="a", needs={press: [Decimal(80)]}, spans=[JANUARY], at=NOW)
    needs = {press: [Decimal("0.01"), Decimal(30)]}
    with database.unit_of_work() as session, pytest.raises(CapacityTaken) as refused:
        ledger.hold(session, holder_id="b", needs=needs, spans=[JANUARY, LATER], at=NOW)
    assert [(lack.need, lack.left) for lack in refused.value.lacks] == [
        (Decimal("0.01"), Decimal(0)),
        (Decimal(30), Decimal("20.5")),
    ]


def test_what_is_released_is_free_again_and_what_is_committed_is_not(
    database: Database, press: str
) -> None:
    for holder in ("a", "b"):
        with database.unit_of_work() as session:
            needs = {press: [Decimal(40)]}
            ledger.hold(session, holder_id=holder, needs=needs, spans=[JANUARY], at=NOW)
    with database.unit_of_work() as session:
        ledger.commit(session, "a")
        ledger.release(session, "b")
    with database.read() as session:
        assert ledger.remaining(session, [press], [JANUARY]) == {press: [Decimal(40)]}


def test_a_resource_without_a_calendar_has_nothing(database: Database, world: World) -> None:
    resource = add_resource(profiled(world, "CV Kosong"), "lathe", "turning")["id"]
    with database.read() as session:
        assert ledger.remaining(session, [resource], [JANUARY]) == {resource: [Decimal(0)]}
        assert ledger.remaining(session, [resource], []) == {resource: []}


def test_amounts_of_any_length_are_held_and_told_exactly(world: World, database: Database) -> None:
    firm = profiled(world, "CV Panjang")
    whole = "999999999999.999999999999"
    press = add_resource(firm, "press", "stamping", {"2027-01-04": whole})["id"]
    need = Decimal("123456789012.000000000000000000000001")  # 12 places times 12 places
    with database.unit_of_work() as session:
        ledger.hold(session, holder_id="a", needs={press: [need]}, spans=[JANUARY], at=NOW)
    with database.read() as session:
        left = ledger.remaining(session, [press], [JANUARY])[press]
    assert left == [Decimal("876543210987.999999999998999999999999")]
    answer = firm.get(f"/v1/resources/{press}/capacity?from_week=2027-01-04")
    assert answer.status_code == 200, answer.text
    assert answer.json()["weeks"] == [
        {
            "week": "2027-01-04",
            "capacity": whole,
            "reserved": "123456789012.000000000000000000000001",
            "remaining": "876543210987.999999999998999999999999",
        }
    ]
