"""A database with jobs, and worker processes on it that may be killed."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from app.kit.db import Database
from app.kit.jobs import Job, Jobs, JobState, JobView

ROOT = Path(__file__).parents[3]
PROCESS = Path(__file__).with_name("worker_process.py")
_COUNTERS = {
    "sqlite": "INTEGER PRIMARY KEY",
    "postgresql": "BIGINT GENERATED ALWAYS AS IDENTITY",
}


def wait_until(holds: Callable[[], bool], what: str, *, seconds: float = 30) -> None:
    """Wait for something to become true; the limit is only there to end a broken test."""
    limit = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > limit:
            pytest.fail(f"did not happen: {what}")
        time.sleep(0.02)


def prepare(url: str) -> None:
    """Create the job engine's tables and those of the tests."""
    database = Database(url)
    jobs = Jobs(database.engine)
    jobs.migrate()
    jobs.close()
    with database.unit_of_work() as session:
        counter = _COUNTERS[database.engine.dialect.name]
        session.execute(
            text(f"CREATE TABLE effects (id {counter}, job TEXT, what TEXT, process INTEGER)")
        )
        session.execute(text("CREATE TABLE gates (job TEXT NOT NULL)"))
    database.dispose()


def on_server(statement: str) -> None:
    """Run a statement on the test server, outside any database of a test."""
    engine = create_engine(os.environ["TEST_PG_URL"], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@dataclass
class Process:
    """A worker process and its log."""

    popen: subprocess.Popen[bytes]
    log: Path

    def said(self, pattern: str) -> str | None:
        found = re.search(pattern, self.log.read_text())
        return found.group(found.lastindex or 0) if found else None

    @property
    def executor(self) -> str:
        def announced() -> bool:
            if self.said(r"worker runs as (\S+)"):
                return True
            if self.popen.poll() is not None:
                pytest.fail(f"the worker ended by itself:\n{self.log.read_text()}")
            return False

        wait_until(announced, "worker starts")
        return self.said(r"worker runs as (\S+)") or ""

    def end(self, signal_number: int) -> int:
        self.popen.send_signal(signal_number)
        return self.popen.wait(30)


class Bench:
    """A database, the port on it, and the workers that serve it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.database = Database(url)
        self.jobs = Jobs(self.database.engine)
        self._folder = folder
        self.processes: list[Process] = []

    def start(self, *options: str, wait: bool = True) -> Process:
        """Start a worker process."""
        log = self._folder / f"worker-{len(self.processes)}.log"
        with log.open("wb") as output:
            popen = subprocess.Popen(
                [sys.executable, str(PROCESS), self.url, *options],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        process = Process(popen, log)
        self.processes.append(process)
        if wait:
            assert process.executor
        return process

    def effects(self, key: str) -> list[str]:
        """Return what a job left behind, in order."""
        with self.database.read() as session:
            found = session.execute(
                text("SELECT what FROM effects WHERE job = :k ORDER BY id"), {"k": key}
            )
            return list(found.scalars())

    def enqueue(self, job: Job, key: str, argument: str = "id", **options: Any) -> None:
        """Enqueue a job in a transaction of its own."""
        with self.database.unit_of_work() as session:
            self.jobs.enqueue(session, job, key, argument=argument, **options)

    def move(self, key: str, delay: timedelta) -> bool:
        with self.database.unit_of_work() as session:
            return self.jobs.move(session, key, delay)

    def cancel(self, key: str) -> bool:
        with self.database.unit_of_work() as session:
            return self.jobs.cancel(session, key)

    def look(self, key: str) -> JobView:
        with self.database.read() as session:
            return self.jobs.look(session, key)

    def wait_for(self, key: str, *expected: str) -> None:
        """Wait until a job has left exactly this behind."""
        wait_until(
            lambda: self.effects(key) == list(expected),
            f"{key}: {list(expected)}",
        )

    def state(self, key: str) -> JobState:
        return self.look(key).state

    def wait_state(self, key: str, state: JobState) -> None:
        wait_until(lambda: self.state(key) is state, f"{key} is {state}")

    def open_gate(self, key: str) -> None:
        with self.database.unit_of_work() as session:
            session.execute(text("INSERT INTO gates (job) VALUES (:k)"), {"k": key})

    def close(self) -> None:
        for process in self.processes:
            if process.popen.poll() is None:
                process.popen.send_signal(signal.SIGKILL)
                process.popen.wait()
        self.jobs.close()
        self.database.dispose()
