from datetime import timedelta
from threading import Thread

import pytest

from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.problems import NotFound
from app.tenders import closing, queries
from app.tenders.bidding import open_for_bids
from app.tenders.errors import TenderClosed
from tests.support.api import Firm, World
from tests.support.tenders import (
    close_and_open,
    draft_tender,
    process_of,
    publish_tender,
    until_somebody_waits,
)


@pytest.fixture(name="buyer")
def _buyer(world: World) -> Firm:
    return world.firm("PT Pusat")


def held(world: World, tender_id: str) -> None:
    """Ask for the tender as a submission does."""
    process = process_of(world.app)
    with process.database.unit_of_work() as session:
        tender, now = open_for_bids(session, tender_id, process.clock)
        assert tender.id == tender_id
        assert tender.published_at <= now < tender.closes_at


def test_a_published_tender_is_held_before_its_deadline(world: World, buyer: Firm) -> None:
    tender = publish_tender(world, buyer)
    held(world, tender["id"])
    world.wait(minutes=59)
    held(world, tender["id"])


def test_past_the_deadline_it_takes_no_bids_even_where_the_job_is_late(
    world: World, buyer: Firm
) -> None:
    tender = publish_tender(world, buyer)
    world.wait(hours=1)
    assert buyer.get(f"/v1/tenders/{tender['id']}").json()["status"] == "published"
    with pytest.raises(TenderClosed) as refused:
        held(world, tender["id"])
    assert refused.value.status == 409
    assert refused.value.extra == {"closes_at": tender["closes_at"]}


def test_an_opened_and_a_cancelled_tender_take_no_bids(world: World, buyer: Firm) -> None:
    cancelled, opened = publish_tender(world, buyer), publish_tender(world, buyer)
    buyer.made(f"/v1/tenders/{cancelled['id']}/cancellation", {"reason": "No."}, status=200)
    with pytest.raises(TenderClosed):
        held(world, cancelled["id"])
    close_and_open(world, opened["id"])
    with pytest.raises(TenderClosed):
        held(world, opened["id"])


def test_what_was_never_published_is_not_there(world: World, buyer: Firm) -> None:
    draft, cancelled = draft_tender(world, buyer), draft_tender(world, buyer)
    buyer.made(f"/v1/tenders/{cancelled['id']}/cancellation", {"reason": "No."}, status=200)
    for tender_id in (draft["id"], cancelled["id"], "ten_nowhere"):
        with pytest.raises(NotFound):
            held(world, tender_id)


# SQLite lets one transaction write at a time, so only PostgreSQL has anything to show here.
several_writers = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@several_writers
def test_closing_waits_for_every_bid_that_was_in_time(
    world: World, buyer: Firm, database: Database
) -> None:
    tender = publish_tender(world, buyer)
    process = process_of(world.app)
    closer = Thread(target=closing.close_due, args=(process, tender["id"]))
    with database.unit_of_work() as session:
        _held, in_time = open_for_bids(session, tender["id"], process.clock)
        world.wait(hours=2)
        closer.start()
        until_somebody_waits(database, closer)
        # Another bidder is not held up by this one, but its time is over.
        with database.unit_of_work() as other, pytest.raises(TenderClosed):
            open_for_bids(other, tender["id"], process.clock)
        with database.read() as reader:
            assert queries.tender(reader, tender["id"]).status == "published"
        world.wait(hours=1)
    closer.join()
    with database.read() as reader:
        closed = queries.tender(reader, tender["id"])
    assert closed.status == "closed"
    # It closed when its lock was had, not when it came to ask.
    assert closed.closed_at - in_time >= timedelta(hours=3)


@several_writers
def test_a_bid_that_waits_for_the_closing_finds_it_closed(
    world: World, buyer: Firm, database: Database
) -> None:
    tender = publish_tender(world, buyer)
    process = process_of(world.app)
    refused: list[bool] = []

    def bid() -> None:
        # Its own clock still says that there is time: the row, not the clock, decides here.
        with database.unit_of_work() as session:
            try:
                open_for_bids(session, tender["id"], Clock())
            except TenderClosed:
                refused.append(True)

    bidder = Thread(target=bid)
    world.wait(hours=2)
    with database.unit_of_work() as session:
        closing.move(session, tender["id"], ("closed",), process.clock)
        bidder.start()
        until_somebody_waits(database, bidder)
        assert refused == []
    bidder.join()
    assert refused == [True]


@several_writers
def test_time_that_runs_out_while_a_bid_waits_for_its_lock_has_run_out(
    world: World, buyer: Firm, database: Database
) -> None:
    tender = publish_tender(world, buyer)
    refused: list[bool] = []

    def bid() -> None:
        try:
            held(world, tender["id"])
        except TenderClosed:
            refused.append(True)

    bidder = Thread(target=bid)
    with database.unit_of_work() as session:
        assert queries.locked(session, tender["id"]).status == "published"
        bidder.start()
        until_somebody_waits(database, bidder)
        world.wait(hours=2)
    bidder.join()
    assert refused == [True]


@several_writers
def test_bidders_do_not_wait_for_one_another(world: World, buyer: Firm, database: Database) -> None:
    tender = publish_tender(world, buyer)
    process = process_of(world.app)
    with database.unit_of_work() as first, database.unit_of_work() as second:
        open_for_bids(first, tender["id"], process.clock)
        held_too, _now = open_for_bids(second, tender["id"], process.clock)
        assert held_too.status == "published"
