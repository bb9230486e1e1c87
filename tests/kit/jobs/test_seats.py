"""Executor ids: one living holder each, free when it is gone."""

import logging
from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.kit.jobs import Cron, Job, Jobs
from app.kit.jobs.errors import EmbeddedDatabaseInUseError, JobFailedError, NoFreeSlotError
from app.kit.jobs.logs import quiet
from app.kit.jobs.seats import FileSeat, SlotSeat
from app.kit.jobs.worker import Worker


def test_the_file_seat_is_free_again_when_released(tmp_path: Path) -> None:
    url = make_url(f"sqlite:///{tmp_path / 'jobs.sqlite3'}")
    seat = FileSeat(url)
    with pytest.raises(EmbeddedDatabaseInUseError) as refused:
        FileSeat(url)
    assert refused.value.code == "embedded_database_in_use"
    assert seat.held()
    seat.release()
    FileSeat(url).release()


@pytest.mark.postgres
def test_slots_are_taken_in_order_until_none_is_left(postgres_jobs_url: str) -> None:
    url = make_url(postgres_jobs_url)
    first, second = (SlotSeat(url, namespace="here", slots=2) for _ in range(2))
    elsewhere = SlotSeat(url, namespace="elsewhere", slots=2)
    assert [seat.executor for seat in (first, second, elsewhere)] == ["slot-1", "slot-2", "slot-1"]
    with pytest.raises(NoFreeSlotError, match="All 2 worker slots"):
        SlotSeat(url, namespace="here", slots=2)
    assert first.held()
    first.release()
    again = SlotSeat(url, namespace="here", slots=2)
    assert again.executor == "slot-1"
    for seat in (second, elsewhere, again):
        seat.release()


def test_a_cron_needs_a_handler(tmp_path: Path) -> None:
    jobs = Jobs(f"sqlite:///{tmp_path / 'jobs.sqlite3'}")
    with pytest.raises(ValueError, match=r"room\.verb\.v1"):
        Worker(jobs, {}, [Cron(Job("room.verb.v1"), "0 * * * * *")])
    jobs.close()


def test_the_engines_log_loses_links_advertisements_and_what_was_logged_before(
    caplog: pytest.LogCaptureFixture,
) -> None:
    quiet()
    quiet()
    log = logging.getLogger("dbos")
    log.info("started")
    log.warning("connect to DBOS Conductor at https://example.org")
    log.error("stopped. See documentation for details: https://example.org/docs")
    log.error("exception", exc_info=JobFailedError("ValueError"))
    log.error("exception", exc_info=ValueError("kept"))
    assert [record.getMessage() for record in caplog.records] == ["stopped.", "exception"]
    assert caplog.records[1].exc_info is not None
