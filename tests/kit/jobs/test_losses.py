"""Workers that die, stop or lose their seat: every job is finished, poison is not."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from app.kit.jobs import JobState, JobView
from tests.kit.jobs.bench import ROOT, Bench, wait_until
from tests.kit.jobs.worker_process import DEAF, GATED, NOTE, POISON

EXIT_AGAIN = 75


def test_a_replacement_finishes_what_a_killed_worker_had_begun(bench: Bench) -> None:
    first = bench.start()
    bench.enqueue(GATED, "long")
    bench.wait_for("long", "begin")
    first.end(signal.SIGKILL)
    assert bench.state("long") is JobState.RUNNING
    bench.open_gate("long")
    second = bench.start()
    assert second.executor == first.executor
    bench.wait_state("long", JobState.DONE)
    assert bench.effects("long") == ["begin", "begin", "end"]
    assert bench.look("long") == JobView(JobState.DONE, attempts=1, losses=1)


def test_a_poison_job_is_stopped_after_three_losses_and_shown(bench: Bench) -> None:
    bench.enqueue(POISON, "poison")
    for losses in range(3):
        worker = bench.start(wait=False)
        assert worker.popen.wait(30) == -signal.SIGKILL
        assert bench.effects("poison") == [f"losses {n}" for n in range(losses + 1)]
    survivor = bench.start()
    bench.wait_state("poison", JobState.FAILED)
    assert bench.look("poison") == JobView(JobState.FAILED, attempts=1, losses=3, reason="lost")
    bench.enqueue(NOTE, "after")
    bench.wait_state("after", JobState.DONE)
    assert survivor.popen.poll() is None
    assert len(bench.effects("poison")) == 3


def test_a_stopping_worker_hands_an_unfinished_job_back_without_a_loss(bench: Bench) -> None:
    first = bench.start()
    bench.enqueue(GATED, "long")
    bench.wait_for("long", "begin")
    assert first.end(signal.SIGTERM) == 0
    assert bench.effects("long") == ["begin", "stopped"]
    assert bench.look("long") == JobView(JobState.WAITING)
    bench.open_gate("long")
    bench.start()
    bench.wait_state("long", JobState.DONE)
    assert bench.effects("long") == ["begin", "stopped", "begin", "end"]
    assert bench.look("long") == JobView(JobState.DONE, attempts=1)


def test_a_worker_whose_handler_does_not_stop_leaves_and_is_replaced(bench: Bench) -> None:
    first = bench.start("--grace", "0.2")
    bench.enqueue(DEAF, "deaf")
    bench.wait_for("deaf", "begin")
    assert first.end(signal.SIGTERM) == EXIT_AGAIN
    assert "still running: deaf" in first.log.read_text()
    assert bench.state("deaf") is JobState.RUNNING
    bench.open_gate("deaf")
    bench.start()
    bench.wait_state("deaf", JobState.DONE)
    assert bench.effects("deaf") == ["begin", "begin", "end"]


def test_an_idle_worker_stops_cleanly_and_its_seat_is_free(bench: Bench) -> None:
    first = bench.start()
    assert first.end(signal.SIGTERM) == 0
    assert bench.start().executor == first.executor


@pytest.mark.postgres
def test_two_workers_sit_on_two_slots_and_a_replacement_takes_the_dead_ones(
    postgres_bench: Bench,
) -> None:
    bench = postgres_bench
    first = bench.start()
    bench.enqueue(GATED, "long")
    bench.wait_for("long", "begin")
    second = bench.start()
    assert (first.executor, second.executor) == ("slot-1", "slot-2")
    first.end(signal.SIGKILL)
    bench.enqueue(NOTE, "other")
    bench.wait_state("other", JobState.DONE)
    assert bench.effects("long") == ["begin"]
    bench.open_gate("long")
    assert bench.start().executor == "slot-1"
    bench.wait_state("long", JobState.DONE)
    assert bench.effects("long") == ["begin", "begin", "end"]


@pytest.mark.postgres
def test_a_job_handed_back_is_taken_by_any_other_worker(postgres_bench: Bench) -> None:
    bench = postgres_bench
    first = bench.start()
    bench.enqueue(GATED, "long")
    bench.wait_for("long", "begin")
    assert bench.start().executor == "slot-2"
    assert first.end(signal.SIGTERM) == 0
    bench.open_gate("long")
    bench.wait_state("long", JobState.DONE)
    assert bench.effects("long") == ["begin", "stopped", "begin", "end"]


@pytest.mark.postgres
def test_a_worker_that_lost_its_slot_leaves_at_once(postgres_bench: Bench) -> None:
    bench = postgres_bench
    worker = bench.start()
    bench.enqueue(GATED, "long")
    bench.wait_for("long", "begin")
    with bench.database.unit_of_work() as session:
        ended = session.execute(
            text(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE application_name = 'jejaring slot' AND datname = current_database()"
            )
        ).scalar_one()
    assert ended == 1
    assert worker.popen.wait(30) == EXIT_AGAIN
    assert "slot-1 is no longer ours" in worker.log.read_text()
    bench.open_gate("long")
    assert bench.start().executor == "slot-1"
    bench.wait_state("long", JobState.DONE)


def test_a_second_process_is_refused_the_embedded_database(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    first = bench.start()
    second = bench.start(wait=False)
    assert second.popen.wait(30) == 1
    file = bench.url.removeprefix("sqlite:///")
    assert (
        f"The embedded database {file} is already served by process {first.popen.pid}. "
        "Embedded mode is exactly one process: stop that one first, or use PostgreSQL "
        "to run several." in second.log.read_text()
    )
    first.end(signal.SIGKILL)
    assert Path(f"{file}.lock").exists()
    assert bench.start().executor == "embedded"


def test_a_child_that_outlives_its_worker_does_not_hold_the_seat(sqlite_bench: Bench) -> None:
    script = (
        "import subprocess, sys, os\n"
        "from sqlalchemy import make_url\n"
        "from app.kit.jobs.seats import FileSeat\n"
        "seat = FileSeat(make_url(sys.argv[1]))\n"
        "child = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=0, close_fds=False)\n"
        "os._exit(0)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, sqlite_bench.url], cwd=ROOT, stdin=subprocess.PIPE
    ) as parent:
        parent.wait(30)
        assert sqlite_bench.start().executor == "embedded"


def test_a_worker_without_tables_says_which_command_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "empty.sqlite3"
    sqlite3.connect(file).close()
    bench = Bench(f"sqlite:///{file}", tmp_path)
    worker = bench.start(wait=False)
    assert worker.popen.wait(30) == 1
    assert "run `jejaring migrate` first" in worker.log.read_text()
    bench.close()


def test_a_worker_starts_in_an_event_loop_again_and_again_but_only_one_at_a_time(
    bench: Bench,
) -> None:
    script = (
        "import asyncio, sys, threading\n"
        "from datetime import timedelta\n"
        "from app.kit.db import Database\n"
        "from app.kit.jobs import Job, Jobs\n"
        "from app.kit.jobs.errors import WorkerRunningError\n"
        "from app.kit.jobs.worker import Worker\n"
        "database = Database(sys.argv[1])\n"
        "jobs = Jobs(sys.argv[1])\n"
        "job, ran = Job('tests.inline.v1'), threading.Event()\n"
        "def worker(): return Worker(jobs, {job: lambda run: ran.set()},\n"
        "    poll=timedelta(milliseconds=20))\n"
        "async def main():\n"
        "    for number in range(2):\n"
        "        one = worker()\n"
        "        one.start()\n"
        "        try:\n"
        "            worker().start()\n"
        "        except WorkerRunningError:\n"
        "            print('refused')\n"
        "        ran.clear()\n"
        "        with database.unit_of_work() as session:\n"
        "            jobs.enqueue(session, job, f'inline:{number}', argument='id')\n"
        "        assert await asyncio.to_thread(ran.wait, 20)\n"
        "        assert one.stop() == []\n"
        "asyncio.run(main())\n"
        "jobs.close()\n"
        "database.dispose()\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, bench.url],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "refused\nrefused\n"
    wait_until(lambda: bench.state("inline:1") is JobState.DONE, "the second job is done")
    assert bench.state("inline:0") is JobState.DONE
