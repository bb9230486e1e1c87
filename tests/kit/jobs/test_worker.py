"""What a worker does with jobs; one worker process serves all the tests of a database."""

import os
import re
import shutil
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from app.kit.jobs import JobState, JobView
from app.kit.jobs.tables import SCHEMA
from tests.kit.jobs.bench import Bench, Process, on_server, wait_until
from tests.kit.jobs.worker_process import COROUTINE, DEAF, FLAKY, GATED, NOTE, ORDERED, PATIENT

HOUR = timedelta(hours=1)
NOW = timedelta(0)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("pg", marks=pytest.mark.postgres)])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    """A bench with a worker; the tests keep apart by their keys."""
    folder = tmp_path_factory.mktemp("served")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_with_jobs"), folder / "jobs.sqlite3")
        url = f"sqlite:///{folder / 'jobs.sqlite3'}"
    else:
        name = f"jobs_{uuid.uuid4().hex[:12]}"
        on_server(
            f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('postgres_with_jobs')}"
        )
        given = make_url(os.environ["TEST_PG_URL"]).set(database=name)
        url = given.render_as_string(hide_password=False)
    bench = Bench(url, folder)
    bench.start("--tick")
    yield bench
    bench.close()
    if request.param == "pg":
        on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def key() -> str:
    return f"test:{uuid.uuid4()}"


def test_a_job_runs_and_is_done(served: Bench, key: str) -> None:
    served.enqueue(NOTE, key, "an-id")
    served.wait_state(key, JobState.DONE)
    assert served.effects(key) == ["an-id"]
    assert served.look(key) == JobView(JobState.DONE, attempts=1)


def test_a_key_runs_once_even_when_enqueued_again_afterwards(served: Bench, key: str) -> None:
    served.enqueue(NOTE, key)
    served.enqueue(NOTE, key)
    served.wait_state(key, JobState.DONE)
    served.enqueue(NOTE, key)
    served.enqueue(NOTE, f"{key}:next")
    served.wait_state(f"{key}:next", JobState.DONE)
    assert served.effects(key) == ["id"]


def test_a_delayed_job_runs_when_it_is_moved_to_now(served: Bench, key: str) -> None:
    served.enqueue(NOTE, key, delay=HOUR)
    served.enqueue(NOTE, f"{key}:short", delay=timedelta(milliseconds=1))
    served.wait_state(f"{key}:short", JobState.DONE)
    assert served.look(key) == JobView(JobState.DELAYED)
    assert served.move(key, NOW)
    served.wait_state(key, JobState.DONE)
    assert served.effects(key) == ["id"]


def test_a_cancelled_job_does_not_start(served: Bench, key: str) -> None:
    served.enqueue(NOTE, key, delay=HOUR)
    assert served.cancel(key)
    assert not served.move(key, NOW)
    served.enqueue(NOTE, f"{key}:next")
    served.wait_state(f"{key}:next", JobState.DONE)
    assert served.effects(key) == []
    assert served.state(key) is JobState.CANCELLED


def test_a_running_job_is_told_of_its_cancellation(served: Bench, key: str) -> None:
    served.enqueue(GATED, key)
    served.wait_for(key, "begin")
    assert served.look(key) == JobView(JobState.RUNNING, attempts=1)
    assert served.cancel(key)
    served.wait_for(key, "begin", "cancelled")
    assert served.state(key) is JobState.CANCELLED


def test_a_job_that_ends_in_spite_of_its_cancellation_stays_cancelled(
    served: Bench, key: str
) -> None:
    served.enqueue(DEAF, key)
    served.wait_for(key, "begin")
    assert served.cancel(key)
    served.open_gate(key)
    served.wait_for(key, "begin", "end")
    served.enqueue(NOTE, f"{key}:next")
    served.wait_state(f"{key}:next", JobState.DONE)
    assert served.state(key) is JobState.CANCELLED


def test_a_failing_job_is_tried_again_until_it_succeeds(served: Bench, key: str) -> None:
    served.enqueue(FLAKY, key, "3")
    served.wait_state(key, JobState.DONE)
    assert served.effects(key) == ["attempt 1", "attempt 2", "attempt 3 last"]
    assert served.look(key) == JobView(JobState.DONE, attempts=3)


def test_a_job_that_fails_for_good_shows_the_kind_of_error_only(served: Bench, key: str) -> None:
    served.enqueue(FLAKY, key, "9")
    served.wait_state(key, JobState.FAILED)
    assert served.look(key) == JobView(JobState.FAILED, attempts=3, reason="ValueError")
    assert served.effects(key) == ["attempt 1", "attempt 2", "attempt 3 last"]
    schema = f"{SCHEMA}." if served.jobs.schema else ""
    with served.database.read() as session:
        errors = session.execute(
            text(f"SELECT error FROM {schema}workflow_output WHERE workflow_uuid LIKE :k"),  # noqa: S608
            {"k": f"{key}%"},
        ).scalars()
        assert not any("secret" in error for error in errors)
    log = served.processes[0].log.read_text()
    assert log.count(f"job {key} ({FLAKY.name}) failed for good\nTraceback") == 1
    assert log.count(f"job {key} ({FLAKY.name}) failed, attempt") == 2


def test_a_job_waiting_for_its_next_attempt_can_be_moved_and_cancelled(
    served: Bench, key: str
) -> None:
    for name in ("moved", "cancelled"):
        served.enqueue(PATIENT, f"{key}:{name}", "2")
    for name in ("moved", "cancelled"):
        served.wait_state(f"{key}:{name}", JobState.DELAYED)
        assert served.look(f"{key}:{name}").attempts == 1
    assert served.cancel(f"{key}:cancelled")
    assert served.move(f"{key}:moved", NOW)
    served.wait_state(f"{key}:moved", JobState.DONE)
    assert served.effects(f"{key}:moved") == ["attempt 1", "attempt 2"]
    assert served.effects(f"{key}:cancelled") == ["attempt 1"]
    assert served.state(f"{key}:cancelled") is JobState.CANCELLED


def test_a_coroutine_runs_and_is_interrupted_when_cancelled(served: Bench, key: str) -> None:
    served.enqueue(COROUTINE, key, "once")
    served.enqueue(COROUTINE, f"{key}:long", "forever")
    served.wait_state(key, JobState.DONE)
    assert served.effects(key) == ["begin", "end"]
    served.wait_for(f"{key}:long", "begin")
    assert served.cancel(f"{key}:long")
    served.wait_for(f"{key}:long", "begin", "interrupted")
    assert served.state(f"{key}:long") is JobState.CANCELLED


def test_lower_priorities_go_first_in_a_narrow_queue(served: Bench, key: str) -> None:
    with served.database.unit_of_work() as session:
        for priority in (30, 10, 20):
            served.jobs.enqueue(
                session, ORDERED, f"{key}:{priority}", argument=key, priority=priority
            )
    served.wait_state(f"{key}:30", JobState.DONE)
    with served.database.read() as session:
        order = session.execute(
            text("SELECT job FROM effects WHERE what = :k ORDER BY id"), {"k": key}
        ).scalars()
        assert [job.removeprefix(f"{key}:") for job in order] == ["10", "20", "30"]


def test_a_cron_fires_once_for_each_of_its_instants(served: Bench) -> None:
    def ticks() -> list[str]:
        with served.database.read() as session:
            found = session.execute(text("SELECT what FROM effects WHERE job LIKE 'sched-%'"))
            return [what for what in found.scalars() if what.startswith("20")]

    wait_until(lambda: len(ticks()) >= 3, "three ticks")
    instants = [datetime.fromisoformat(what) for what in ticks()]
    assert len(set(instants)) == len(instants)
    assert all(instant.microsecond == 0 and instant.tzinfo for instant in instants)


def test_the_engine_is_quiet_and_advertises_nothing(served: Bench) -> None:
    [process] = served.processes
    log = process.log.read_text()
    assert "Conductor" not in log
    assert not re.search(r"https?://", log)
    assert "INFO:dbos" not in log


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads Linux's /proc")
def test_a_worker_opens_no_port(served: Bench) -> None:
    [process] = served.processes
    assert _listening(process) == []


def _listening(process: Process) -> list[str]:
    """Return the TCP sockets on which a process listens."""
    folder = Path(f"/proc/{process.popen.pid}")
    inodes = {
        match.group(1)
        for file in (folder / "fd").iterdir()
        if (match := re.fullmatch(r"socket:\[(\d+)\]", str(file.readlink())))
    }
    lines = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in (folder / "net" / name).read_text().splitlines()[1:]
    ]
    return [line[1] for line in lines if line[3] == "0A" and line[9] in inodes]
