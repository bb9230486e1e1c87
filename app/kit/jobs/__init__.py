"""Durable jobs behind five verbs.

`Jobs.enqueue`, `Jobs.move`, `Jobs.cancel` and `Jobs.look` take the caller's session and are part of
its transaction; "every" is a `Cron` that a worker is given. A room declares a `Job`; the worker
process binds it to a handler in a `jobs.worker.Worker`; the handler gets a `Run` and may be started
more than once.
"""

from app.kit.jobs.declarations import (
    DEFAULT_QUEUE,
    Cron,
    Handler,
    Job,
    JobState,
    JobStopped,
    JobView,
    Queue,
    Run,
)
from app.kit.jobs.port import ORDINARY, Jobs
from app.kit.jobs.tables import is_job_table

__all__ = [
    "DEFAULT_QUEUE",
    "ORDINARY",
    "Cron",
    "Handler",
    "Job",
    "JobState",
    "JobStopped",
    "JobView",
    "Jobs",
    "Queue",
    "Run",
    "is_job_table",
]
