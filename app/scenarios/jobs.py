"""The room's jobs: solving a run, and giving up runs whose job is gone."""

from collections.abc import Mapping
from datetime import timedelta

from app.kit.jobs import Cron, Handler, Job, JobState, Queue
from app.kit.jobs import Run as JobRun
from app.kit.process import Process
from app.scenarios import queries
from app.scenarios.solving import failed, record, solve

# Each solver has threads of its own; more at a time is what more workers are for.
SOLVERS = Queue("solvers", concurrency=2)
SOLVE = Job("scenarios.solve.v1", queue=SOLVERS, attempts=3, backoff=timedelta(seconds=5))
SWEEP = Job("scenarios.sweep.v1")
CRONS = (Cron(SWEEP, "30 * * * * *"),)
ALIVE = (JobState.DELAYED, JobState.WAITING, JobState.RUNNING)
# A run and its job are stored together; younger ones need no look.
SWEPT_AFTER = timedelta(minutes=1)


def key_of(run_id: str) -> str:
    """Return the key of the job that solves a run."""
    return f"solve:{run_id}"


def sweep(process: Process) -> int:
    """Fail the runs whose job was given up by the job engine; return how many."""
    with process.database.read() as session:
        before = process.clock.now(session) - SWEPT_AFTER
        dead = [
            run_id
            for run_id in queries.active_since(session, before)
            if process.jobs.look(session, key_of(run_id)).state not in ALIVE
        ]
    count = 0
    for run_id in dead:
        with process.database.unit_of_work() as session:
            # The job may have ended well since the look: then the run is final and left alone.
            count += record(session, run_id, failed("worker_lost"), at=process.clock.now)
    return count


def handlers(process: Process) -> Mapping[Job, Handler]:
    """Return what a worker runs for this room."""

    def on_solve(job: JobRun) -> None:
        solve(process, job)

    def on_sweep(_job: JobRun) -> None:
        sweep(process)

    return {SOLVE: on_solve, SWEEP: on_sweep}
