"""The worker process: durable jobs and the sequencer of the event log."""

from collections.abc import Callable, Sequence
from types import ModuleType

import structlog

import app.models  # noqa: F401 - a row can be written only where the tables it refers to are known
from app.identity.privacy import jobs as privacy
from app.kit import telemetry
from app.kit.clock import Clock
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.events.sequencer import Sequencer
from app.kit.jobs import Cron, Handler, Job, Jobs
from app.kit.jobs.signals import Ending
from app.kit.jobs.worker import Worker, leave
from app.kit.process import Process
from app.scenarios import jobs as scenarios
from app.tenders import jobs as tenders

ROOMS: Sequence[ModuleType] = (privacy, tenders, scenarios)


class Background:
    """What runs beside requests: in a process of its own, or inside an embedded server."""

    def __init__(self, process: Process) -> None:
        handlers: dict[Job, Handler] = {}
        crons: list[Cron] = []
        for room in ROOMS:
            handlers |= room.handlers(process)
            crons += room.CRONS
        self._worker = Worker(process.jobs, handlers, crons)
        self._sequencer = Sequencer(process.database, process.settings.sequencer_seconds)

    def start(self) -> None:
        """Take up work; the seat of a dead worker is taken with its unfinished jobs."""
        self._worker.start()
        self._sequencer.start()

    def stop(self, on_stuck: Callable[[str], None] = leave) -> None:
        """Stop taking work, give running jobs back, and sequence what is committed."""
        stuck = self._worker.stop()
        self._sequencer.stop()
        if stuck:
            on_stuck(f"still running: {', '.join(stuck)}")


def process_for(settings: Settings) -> Process:
    """Return what a process needs to work on a database."""
    return Process(
        database=Database(settings.url, pool_size=5),
        clock=Clock(),
        settings=settings,
        jobs=Jobs(settings.url),
    )


def main() -> None:
    """Work until SIGTERM or SIGINT."""
    settings = Settings()
    telemetry.configure(style=settings.log_format, level=settings.log_level)
    log = structlog.stdlib.get_logger("jejaring.worker")
    background = Background(process_for(settings))
    with Ending() as ending:
        background.start()
        log.info("worker_ready")
        ending.wait()
        background.stop()


if __name__ == "__main__":
    main()
