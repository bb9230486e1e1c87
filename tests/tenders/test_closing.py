from datetime import timedelta
from threading import Timer
from time import sleep

import pytest

from app.kit.db import Database
from app.kit.jobs import JobStopped, Run
from app.kit.jobs.worker import Worker
from app.tenders import closing, jobs
from tests.support.api import Firm, World
from tests.support.networks import recorded
from tests.support.tenders import (
    close_and_open,
    draft_tender,
    instant,
    process_of,
    publish,
    publish_tender,
)

NOTHING = timedelta(0)


@pytest.fixture(name="buyer")
def _buyer(world: World) -> Firm:
    return world.firm("PT Pusat")


def status(buyer: Firm, tender: dict) -> str:
    return buyer.get(f"/v1/tenders/{tender['id']}").json()["status"]


def kinds(database: Database, tender: dict) -> list[str]:
    return [row[0] for row in recorded(database, tender["id"])]


def a_run(tender_id: str) -> Run:
    return Run(key="k", argument=tender_id, attempt=1, attempts=1, losses=0)


def test_a_tender_stays_published_until_its_time(world: World, buyer: Firm) -> None:
    tender = publish_tender(world, buyer)
    process = process_of(world.app)
    for act in (closing.close_due, closing.open_due):
        left = act(process, tender["id"])
        assert timedelta(minutes=50) < left <= timedelta(hours=1)
    assert buyer.get(f"/v1/tenders/{tender['id']}").json() == tender


def test_closing_and_opening_come_at_their_own_times(
    world: World, buyer: Firm, database: Database
) -> None:
    tender = publish_tender(world, buyer, opens_at=instant(world, hours=3))
    process = process_of(world.app)
    world.wait(hours=2)
    assert closing.close_due(process, tender["id"]) == NOTHING
    assert status(buyer, tender) == "closed"
    left = closing.open_due(process, tender["id"])
    assert timedelta(minutes=50) < left <= timedelta(hours=1)
    assert status(buyer, tender) == "closed"
    world.wait(hours=1)
    assert closing.close_due(process, tender["id"]) == NOTHING
    assert status(buyer, tender) == "closed"
    assert closing.open_due(process, tender["id"]) == NOTHING
    opened = buyer.get(f"/v1/tenders/{tender['id']}").json()
    assert opened["status"] == "opened"
    assert opened["closes_at"] <= opened["closed_at"] < opened["opens_at"] <= opened["opened_at"]
    # Nobody called: these events have no actor.
    assert recorded(database, tender["id"])[-2:] == [
        ("tender.closed", buyer.id, None),
        ("tender.opened", buyer.id, None),
    ]


def test_whatever_comes_twice_changes_nothing(
    world: World, buyer: Firm, database: Database
) -> None:
    tender = publish_tender(world, buyer)
    process = process_of(world.app)
    world.wait(hours=2)
    assert closing.close_due(process, tender["id"]) == NOTHING
    first = buyer.get(f"/v1/tenders/{tender['id']}").json()
    assert closing.close_due(process, tender["id"]) == NOTHING
    assert buyer.get(f"/v1/tenders/{tender['id']}").json() == first
    closing.open_due(process, tender["id"])
    second = buyer.get(f"/v1/tenders/{tender['id']}").json()
    world.wait(hours=1)
    assert closing.open_due(process, tender["id"]) == NOTHING
    assert closing.close_due(process, tender["id"]) == NOTHING
    assert buyer.get(f"/v1/tenders/{tender['id']}").json() == second
    assert kinds(database, tender)[-2:] == ["tender.closed", "tender.opened"]
    assert len(kinds(database, tender)) == 4


def test_an_opening_that_comes_before_its_closing_does_both(
    world: World, buyer: Firm, database: Database
) -> None:
    tender = publish_tender(world, buyer)
    close_and_open(world, tender["id"])
    assert status(buyer, tender) == "opened"
    assert kinds(database, tender)[-2:] == ["tender.closed", "tender.opened"]


def test_time_does_not_move_drafts_cancelled_tenders_or_what_is_not_there(
    world: World, buyer: Firm
) -> None:
    draft = draft_tender(world, buyer)
    cancelled = publish_tender(world, buyer)
    buyer.made(f"/v1/tenders/{cancelled['id']}/cancellation", {"reason": "No."}, status=200)
    process = process_of(world.app)
    world.wait(hours=2)
    for tender_id in (draft["id"], cancelled["id"], "ten_nowhere"):
        assert closing.close_due(process, tender_id) == NOTHING
        assert closing.open_due(process, tender_id) == NOTHING
    assert status(buyer, draft) == "draft"
    assert status(buyer, cancelled) == "cancelled"
    assert closing.sweep(process) == 0


def test_the_sweep_finds_everything_that_is_overdue(world: World, buyer: Firm) -> None:
    late = publish_tender(world, buyer)
    to_open = publish_tender(world, buyer, opens_at=instant(world, hours=5))
    far = publish_tender(world, buyer, closes_at=instant(world, hours=9))
    process = process_of(world.app)
    assert closing.sweep(process) == 0
    world.wait(hours=2)
    assert closing.sweep(process) == 2
    assert [status(buyer, tender) for tender in (late, to_open, far)] == [
        "opened",
        "closed",
        "published",
    ]
    assert closing.sweep(process) == 0
    world.wait(hours=4)
    jobs.handlers(process)[jobs.SWEEP](a_run("2026-12-01T00:00:00+00:00"))
    assert [status(buyer, tender) for tender in (late, to_open, far)] == [
        "opened",
        "opened",
        "published",
    ]


def test_the_jobs_close_and_open_their_tender(world: World, buyer: Firm) -> None:
    tender = publish_tender(world, buyer)
    handlers = jobs.handlers(process_of(world.app))
    world.wait(hours=2)
    handlers[jobs.CLOSE](a_run(tender["id"]))
    assert status(buyer, tender) == "closed"
    handlers[jobs.OPEN](a_run(tender["id"]))
    assert status(buyer, tender) == "opened"


def test_a_job_that_comes_a_moment_early_waits_for_the_databases_clock(
    world: World, buyer: Firm
) -> None:
    tender = publish(buyer, draft_tender(world, buyer, closes_at=instant(world, hours=1))["id"])
    world.wait(hours=1, seconds=-1)
    jobs.handlers(process_of(world.app))[jobs.CLOSE](a_run(tender["id"]))
    closed = buyer.get(f"/v1/tenders/{tender['id']}").json()
    assert closed["status"] == "closed"
    assert closed["closed_at"] >= closed["closes_at"]


def test_a_job_that_comes_far_too_early_leaves_it_to_the_sweep(world: World, buyer: Firm) -> None:
    tender = publish_tender(world, buyer)
    jobs.handlers(process_of(world.app))[jobs.CLOSE](a_run(tender["id"]))
    assert status(buyer, tender) == "published"


def test_a_waiting_job_gives_up_when_its_worker_stops(world: World, buyer: Firm) -> None:
    tender = publish_tender(world, buyer)
    world.wait(hours=1, seconds=-4)
    run = a_run(tender["id"])
    Timer(0.05, run.stopping.set).start()
    with pytest.raises(JobStopped):
        jobs.handlers(process_of(world.app))[jobs.CLOSE](run)
    assert status(buyer, tender) == "published"


def test_every_cron_has_its_handler(world: World) -> None:
    handlers = jobs.handlers(process_of(world.app))
    assert {cron.job for cron in jobs.CRONS} <= set(handlers)
    assert [cron.schedule for cron in jobs.CRONS] == ["0 * * * * *"]


def test_a_worker_closes_and_opens_a_tender_without_anybody_calling(
    world: World, buyer: Firm
) -> None:
    tender = publish_tender(world, buyer)
    process = process_of(world.app)
    world.wait(hours=2)
    with process.database.unit_of_work() as session:
        for key in (jobs.close_key(tender["id"]), jobs.open_key(tender["id"])):
            assert process.jobs.move(session, key, NOTHING)
    worker = Worker(process.jobs, jobs.handlers(process), poll=timedelta(milliseconds=50))
    worker.start()
    try:
        for _ in range(600):
            if status(buyer, tender) == "opened":
                break
            sleep(0.05)
    finally:
        assert worker.stop() == []
    assert status(buyer, tender) == "opened"
