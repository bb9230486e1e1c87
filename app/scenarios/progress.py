"""Signs of life of a run, and looking whether it is still wanted: short transactions, not often."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.allocation.options import Progress
from app.kit.db import Database
from app.kit.process import Process
from app.scenarios import queries
from app.scenarios.models import RunProgress

AWARD = "award"
PAUSE_SECONDS = 0.5
Seconds = Callable[[], float]

logger = structlog.stdlib.get_logger("jejaring.scenarios")


def append(
    session: Session,
    run_id: str,
    *,
    at: datetime,
    attempt: int,
    phase: str,
    signs: Mapping[str, Any],
) -> RunProgress:
    """Add a sign of life; the caller holds the run's lock, so numbers rise without a gap."""
    last = queries.last_progress(session, run_id)
    row = RunProgress(
        run_id=run_id,
        number=last.number + 1 if last else 1,
        at=at,
        data={"phase": phase, "attempt": attempt} | dict(signs),
    )
    session.add(row)
    session.flush()
    return row


def _signs(progress: Progress) -> dict[str, Any]:
    return {
        "stage": progress.stage,
        "incumbent": progress.incumbent,
        "bound": progress.bound,
        "gap": progress.gap,
        "seconds": progress.seconds,
    }


class Reporter:
    """Stores what the solver tells: the first and the last sign of a phase, else two a second.

    A worker that another one has replaced must not write between the other's numbers: `attempt`
    is compared under the run's lock.
    """

    def __init__(
        self, process: Process, run_id: str, attempt: int, *, seconds: Seconds = time.monotonic
    ) -> None:
        self._process = process
        self._run_id = run_id
        self._attempt = attempt
        self._seconds = seconds
        self._next = float("-inf")
        self._unwritten: tuple[str, Progress] | None = None

    def during(self, phase: str) -> Callable[[Progress], None]:
        """Return what the solver calls in a phase."""
        self._next = float("-inf")

        def report(progress: Progress) -> None:
            self._unwritten = (phase, progress)
            if self._seconds() >= self._next:
                self.flush()

        return report

    def flush(self) -> None:
        """Write the newest sign that is not stored yet."""
        if self._unwritten is None:
            return
        (phase, progress), self._unwritten = self._unwritten, None
        self._next = self._seconds() + PAUSE_SECONDS
        try:
            with self._process.database.unit_of_work() as session:
                run = queries.locked(session, self._run_id)
                if run is None or run.final or run.attempts != self._attempt:
                    return
                at = self._process.clock.now(session)
                append(
                    session,
                    run.id,
                    at=at,
                    attempt=self._attempt,
                    phase=phase,
                    signs=_signs(progress),
                )
        except OperationalError as error:  # a busy database must not end hours of solving
            logger.warning("progress_not_stored", run=self._run_id, reason=str(error.orig))


class Watch:
    """Tells the solver to stop: the run was cancelled or given up, or the worker is leaving."""

    def __init__(
        self,
        database: Database,
        run_id: str,
        attempt: int,
        stopping: threading.Event,
        *,
        seconds: Seconds = time.monotonic,
    ) -> None:
        self._database = database
        self._run_id = run_id
        self._attempt = attempt
        self._stopping = stopping
        self._seconds = seconds
        self._next = float("-inf")
        self.cancelled = False
        self.superseded = False

    def should_stop(self) -> bool:
        """Look, at most twice a second, whether work on the run should end."""
        if self._seconds() >= self._next:
            self._look()
            self._next = self._seconds() + PAUSE_SECONDS
        return self.cancelled or self.superseded or self._stopping.is_set()

    def _look(self) -> None:
        try:
            with self._database.read() as session:
                found = queries.standing(session, self._run_id)
        except OperationalError as error:
            logger.warning("run_not_seen", run=self._run_id, reason=str(error.orig))
            return
        self.superseded = found is None or found.final or found.attempts != self._attempt
        self.cancelled = found is not None and found.cancel_requested
