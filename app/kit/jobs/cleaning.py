"""Forgetting finished jobs, which the engine keeps for ever by itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.kit.jobs.declarations import Cron, Job, Run
from app.kit.jobs.port import Jobs

CLEAN = Job("jobs.clean.v1")
NIGHTLY = Cron(CLEAN, "0 17 19 * * *")
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_BATCH = 500


def forget_finished(jobs: Jobs, before: datetime, *, check: Callable[[], None]) -> int:
    """Delete the jobs that ended before an instant, in batches; return how many."""
    count = 0
    while True:
        found = jobs.client.list_workflows(
            status=_FINISHED,
            completed_before=before.isoformat(),
            limit=_BATCH,
            load_input=False,
            load_output=False,
        )
        if not found:
            return count
        jobs.client.delete_workflows([workflow.workflow_id for workflow in found])
        count += len(found)
        check()


def cleaner(jobs: Jobs, keep: timedelta) -> Callable[[Run], None]:
    """Return the handler of `CLEAN`."""

    def clean(run: Run) -> None:
        planned = datetime.fromisoformat(run.argument).astimezone(UTC)
        forget_finished(jobs, planned - keep, check=run.check)

    return clean
