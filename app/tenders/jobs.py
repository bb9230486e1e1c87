"""The room's jobs: closing and opening at their time, and a sweep for what is overdue."""

from collections.abc import Callable
from datetime import timedelta

from app.kit.jobs import Cron, Handler, Job, Run
from app.kit.process import Process
from app.tenders import closing

CLOSE = Job("tenders.close.v1", attempts=5)
OPEN = Job("tenders.open.v1", attempts=5)
SWEEP = Job("tenders.sweep.v1")
CRONS = (Cron(SWEEP, "0 * * * * *"),)

# The worker's clock may be a little ahead of the database's, which alone decides. Where it is far
# ahead, the sweep comes back for the tender.
PATIENCE = timedelta(seconds=5)


def close_key(tender_id: str) -> str:
    """Return the key of a tender's closing."""
    return f"close:{tender_id}"


def open_key(tender_id: str) -> str:
    """Return the key of a tender's opening."""
    return f"open:{tender_id}"


def handlers(process: Process) -> dict[Job, Handler]:
    """Return what runs each job of this room."""

    def sweep(_run: Run) -> None:
        closing.sweep(process)

    return {
        CLOSE: _patient(process, closing.close_due),
        OPEN: _patient(process, closing.open_due),
        SWEEP: sweep,
    }


def _patient(process: Process, act: Callable[[Process, str], timedelta]) -> Handler:
    def handle(run: Run) -> None:
        left = act(process, run.argument)
        while timedelta(0) < left <= PATIENCE:
            run.stopping.wait(left.total_seconds())
            run.check()
            left = act(process, run.argument)

    return handle
