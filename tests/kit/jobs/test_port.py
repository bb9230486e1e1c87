"""The verbs of a process that only enqueues: everything goes with the caller's transaction."""

import re
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from app.kit.jobs import Jobs, JobState, JobView, is_job_table
from app.kit.jobs.errors import EmbeddedDatabaseMissingError, KeyTakenError, NotMigratedError
from app.kit.jobs.tables import SCHEMA, TABLES
from tests.kit.jobs.bench import ROOT, Bench
from tests.kit.jobs.worker_process import NOTE, ORDERED

HOUR = timedelta(hours=1)


def test_a_job_is_enqueued_when_the_transaction_commits(bench: Bench) -> None:
    with bench.database.unit_of_work() as session:
        bench.jobs.enqueue(session, NOTE, "committed", argument="id")
    assert bench.state("committed") is JobState.WAITING


def test_nothing_is_enqueued_when_the_transaction_rolls_back(bench: Bench) -> None:
    with Session(bench.database.engine) as session:
        bench.jobs.enqueue(session, NOTE, "rolled-back", argument="id")
        session.rollback()
    assert bench.state("rolled-back") is JobState.UNKNOWN


def test_the_same_key_twice_is_one_job_that_keeps_its_first_argument(bench: Bench) -> None:
    for argument in ("first", "second"):
        with bench.database.unit_of_work() as session:
            bench.jobs.enqueue(session, NOTE, "twice", argument=argument)
    with bench.database.unit_of_work() as session:
        bench.jobs.enqueue(session, NOTE, "twice", argument="third")
        bench.jobs.enqueue(session, NOTE, "twice", argument="fourth")
    [workflow] = bench.jobs.client.list_workflows(workflow_ids=["twice"])
    assert workflow.input is not None
    assert workflow.input["args"] == ("first",)


def test_what_is_stored_is_readable_and_pinned(bench: Bench) -> None:
    with bench.database.unit_of_work() as session:
        bench.jobs.enqueue(session, NOTE, "stored", argument="an-id", priority=7)
    schema = f"{SCHEMA}." if bench.jobs.schema else ""
    with bench.database.read() as session:
        stored = session.execute(text(f"SELECT inputs FROM {schema}workflow_input")).scalar_one()  # noqa: S608
        version, priority = session.execute(
            text(f"SELECT application_version, priority FROM {schema}workflow_status")  # noqa: S608
        ).one()
    assert stored == '{"namedArgs":{},"positionalArgs":["an-id"]}'
    assert (version, priority) == ("1", 7)


def test_a_key_of_another_job_is_refused_and_the_transaction_lives_on(bench: Bench) -> None:
    with bench.database.unit_of_work() as session:
        bench.jobs.enqueue(session, NOTE, "mine", argument="id")
    with bench.database.unit_of_work() as session:
        with pytest.raises(KeyTakenError, match="mine"):
            bench.jobs.enqueue(session, ORDERED, "mine", argument="id")
        bench.jobs.enqueue(session, ORDERED, "yours", argument="id")
    assert bench.state("yours") is JobState.WAITING


def test_a_delayed_job_can_be_moved_in_a_transaction(bench: Bench) -> None:
    with bench.database.unit_of_work() as session:
        bench.jobs.enqueue(session, NOTE, "later", argument="id", delay=HOUR)
        bench.jobs.enqueue(session, NOTE, "now", argument="id")
    assert bench.state("later") is JobState.DELAYED
    due = _due(bench, "later")
    with Session(bench.database.engine) as session:
        assert bench.jobs.move(session, "later", 3 * HOUR)
        session.rollback()
    assert _due(bench, "later") == due
    with bench.database.unit_of_work() as session:
        assert bench.jobs.move(session, "later", 3 * HOUR)
        assert not bench.jobs.move(session, "now", HOUR)
        assert not bench.jobs.move(session, "nobody", HOUR)
    assert _due(bench, "later") >= due + 2 * 3600 * 1000
    assert bench.state("now") is JobState.WAITING


def _due(bench: Bench, key: str) -> int:
    [workflow] = bench.jobs.client.list_workflows(workflow_ids=[key])
    assert workflow.delay_until_epoch_ms is not None
    return workflow.delay_until_epoch_ms


@pytest.mark.parametrize("delay", [None, HOUR])
def test_a_job_can_be_cancelled_before_it_starts(bench: Bench, delay: timedelta | None) -> None:
    with bench.database.unit_of_work() as session:
        bench.jobs.enqueue(session, NOTE, "unwanted", argument="id", delay=delay)
    with Session(bench.database.engine) as session:
        assert bench.jobs.cancel(session, "unwanted")
        session.rollback()
    assert bench.state("unwanted") is not JobState.CANCELLED
    with bench.database.unit_of_work() as session:
        assert bench.jobs.cancel(session, "unwanted")
    with bench.database.unit_of_work() as session:
        assert not bench.jobs.cancel(session, "unwanted")
        assert not bench.jobs.cancel(session, "nobody")
    with bench.database.read() as session:
        assert bench.jobs.look(session, "unwanted") == JobView(JobState.CANCELLED)


def test_enqueue_move_cancel_and_look_use_only_the_callers_connection(bench: Bench) -> None:
    jobs = Jobs(bench.url)
    with bench.database.unit_of_work() as session:
        jobs.enqueue(session, NOTE, "alone", argument="id", delay=HOUR)
        jobs.move(session, "alone", HOUR)
        assert jobs.look(session, "alone").state is JobState.DELAYED
        jobs.cancel(session, "alone")
        assert jobs.look(session, "alone").state is JobState.CANCELLED
    assert jobs._engine.pool.checkedout() == 0
    assert jobs._engine.pool.checkedin() == 0
    jobs.close()


def test_enqueuing_does_not_launch_the_engine(bench: Bench) -> None:
    script = (
        "import sys, threading\n"
        "from app.kit.db import Database\n"
        "from app.kit.jobs import Job, Jobs\n"
        "database = Database(sys.argv[1])\n"
        "jobs = Jobs(database.engine)\n"
        "with database.unit_of_work() as session:\n"
        "    jobs.enqueue(session, Job('tests.note.v1'), 'from-the-web', argument='id')\n"
        "from dbos._dbos import _dbos_global_instance\n"
        "assert _dbos_global_instance is None\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
    )
    subprocess.run([sys.executable, "-c", script, bench.url], check=True, cwd=ROOT)
    assert bench.state("from-the-web") is JobState.WAITING


def test_migrating_again_and_twice_at_once_changes_nothing(bench: Bench) -> None:
    errors: list[BaseException] = []

    def migrate() -> None:
        jobs = Jobs(bench.url)
        try:
            jobs.migrate()
            jobs.verify()
        except BaseException as error:  # noqa: BLE001 - looked at below
            errors.append(error)
        finally:
            jobs.close()

    threads = [threading.Thread(target=migrate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_two_first_migrations_at_once_of_an_empty_sqlite_file(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('empty')}/new.sqlite3"
    script = "import sys; from app.kit.jobs import Jobs; Jobs(sys.argv[1]).migrate()"
    processes = [subprocess.Popen([sys.executable, "-c", script, url], cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    jobs = Jobs(url)
    jobs.verify()
    jobs.close()


def test_an_empty_database_is_not_migrated(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("empty")
    for name in ("missing.sqlite3", "empty.sqlite3"):
        (folder / "empty.sqlite3").touch()
        jobs = Jobs(f"sqlite:///{folder / name}")
        with pytest.raises(NotMigratedError, match="jejaring migrate"):
            jobs.verify()
        jobs.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"], ids=["none", "memory"])
def test_jobs_want_a_file(url: str) -> None:
    with pytest.raises(EmbeddedDatabaseMissingError):
        Jobs(url)


def test_every_table_of_the_engine_is_known_to_the_migrations(bench: Bench) -> None:
    looked_at = inspect(bench.database.engine)
    found = set(looked_at.get_table_names(schema=bench.jobs.schema))
    ours = {"effects", "gates"}
    assert all(is_job_table(name, bench.jobs.schema) for name in found - ours)
    assert not any(is_job_table(name, None) for name in ours)
    assert found >= TABLES
    if bench.jobs.embedded:
        assert found == TABLES | ours


def test_an_old_sqlite_learns_the_clock_that_the_engine_needs(sqlite_bench: Bench) -> None:
    # Tables made by Python 3.12 and later have this default; before SQLite 3.42 it is NULL.
    with sqlite_bench.jobs._engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE c (at INTEGER NOT NULL DEFAULT (unixepoch('subsec') * 1000))")
        )
        connection.execute(text("INSERT INTO c DEFAULT VALUES"))
        assert connection.execute(text("SELECT unixepoch()")).scalar_one() > 10**9
    with sqlite_bench.database.unit_of_work() as session:
        sqlite_bench.jobs.enqueue(session, NOTE, "timed", argument="id")
        session.execute(text("INSERT INTO c DEFAULT VALUES"))
        first, second = session.execute(text("SELECT at FROM c ORDER BY at")).scalars()
    assert 10**12 < first <= second


def test_nobody_else_speaks_to_the_engine() -> None:
    package = ROOT / "app" / "kit" / "jobs"
    speakers = {
        file
        for file in (ROOT / "app").rglob("*.py")
        if re.search(r"^\s*(from|import) dbos\b", file.read_text(), re.MULTILINE)
    }
    assert speakers
    assert all(package in file.parents for file in speakers)
