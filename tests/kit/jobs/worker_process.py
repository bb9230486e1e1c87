"""A worker process for the tests: one handler for each thing that can happen to a job."""

import argparse
import asyncio
import logging
import os
import signal
import sys
import time
from datetime import timedelta

from sqlalchemy import text

from app.kit.db import Database
from app.kit.jobs import Cron, Job, Jobs, Queue, Run
from app.kit.jobs.signals import Ending
from app.kit.jobs.worker import Worker, leave

FAST = Queue("fast", concurrency=4)
NARROW = Queue("narrow", concurrency=1)
SOON = timedelta(milliseconds=50)

NOTE = Job("tests.note.v1", queue=FAST)
ORDERED = Job("tests.ordered.v1", queue=NARROW)
GATED = Job("tests.gated.v1", queue=FAST)
DEAF = Job("tests.deaf.v1", queue=FAST)
FLAKY = Job("tests.flaky.v1", queue=FAST, attempts=3, backoff=SOON)
PATIENT = Job("tests.patient.v1", queue=FAST, attempts=3, backoff=timedelta(hours=1))
POISON = Job("tests.poison.v1", queue=FAST, losses=3)
COROUTINE = Job("tests.coroutine.v1", queue=FAST)
TICK = Job("tests.tick.v1", queue=FAST)


class Handlers:
    """What the jobs do: leave rows in the table `effects`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def leave(self, key: str, what: str) -> None:
        """Insert a row that says what happened."""
        with self.database.unit_of_work() as session:
            session.execute(
                text("INSERT INTO effects (job, what, process) VALUES (:job, :what, :process)"),
                {"job": key, "what": what, "process": os.getpid()},
            )

    def is_open(self, key: str) -> bool:
        """Return whether the test has opened a job's gate."""
        with self.database.read() as session:
            found = session.execute(text("SELECT 1 FROM gates WHERE job = :job"), {"job": key})
            return found.first() is not None

    def note(self, run: Run) -> None:
        """Leave the argument."""
        self.leave(run.key, run.argument)

    def gated(self, run: Run) -> None:
        """Work until the gate is open, or give up when told to."""
        self.leave(run.key, "begin")
        while not self.is_open(run.key):
            if run.stopping.wait(0.02):
                self.leave(run.key, "cancelled" if run.cancelled else "stopped")
                run.check()
        self.leave(run.key, "end")

    def deaf(self, run: Run) -> None:
        """Work until the gate is open and listen to nobody."""
        self.leave(run.key, "begin")
        while not self.is_open(run.key):
            time.sleep(0.02)
        self.leave(run.key, "end")

    def flaky(self, run: Run) -> None:
        """Fail until the attempt that the argument names."""
        self.leave(run.key, f"attempt {run.attempt}{' last' if run.last else ''}")
        if run.attempt < int(run.argument):
            raise ValueError("secret")

    def poison(self, run: Run) -> None:
        """Take the whole process down."""
        self.leave(run.key, f"losses {run.losses}")
        os.kill(os.getpid(), signal.SIGKILL)

    async def coroutine(self, run: Run) -> None:
        """Sleep for ever when the argument says so."""
        self.leave(run.key, "begin")
        try:
            await asyncio.sleep(3600 if run.argument == "forever" else 0)
        except asyncio.CancelledError:
            self.leave(run.key, "interrupted")
            raise
        self.leave(run.key, "end")


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--tick", action="store_true")
    parser.add_argument("--grace", type=float, default=5)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    database = Database(options.url, pool_size=8)
    handlers = Handlers(database)
    worker = Worker(
        Jobs(database.engine),
        {
            NOTE: handlers.note,
            ORDERED: handlers.note,
            GATED: handlers.gated,
            DEAF: handlers.deaf,
            FLAKY: handlers.flaky,
            PATIENT: handlers.flaky,
            POISON: handlers.poison,
            COROUTINE: handlers.coroutine,
            TICK: handlers.note,
        },
        [Cron(TICK, "* * * * * *")] if options.tick else [],
        poll=SOON,
        watch=timedelta(milliseconds=100),
    )
    with Ending() as ending:
        worker.start()
        ending.wait()
        if stuck := worker.stop(timedelta(seconds=options.grace)):
            leave(f"still running: {', '.join(stuck)}")


if __name__ == "__main__":
    main()
