"""The room's job: once a night, what is past its time is forgotten."""

from app.identity.privacy.retention import sweep
from app.kit.jobs import Cron, Handler, Job, Run
from app.kit.process import Process

SWEEP = Job("identity.retention.v1", attempts=3)
CRONS = (Cron(SWEEP, "0 20 19 * * *"),)  # 02:20 in Jakarta


def handlers(process: Process) -> dict[Job, Handler]:
    """Return what runs each job of this room."""

    def forget(_run: Run) -> None:
        with process.database.unit_of_work() as session:
            sweep(session, process.clock.now(session))

    return {SWEEP: forget}
