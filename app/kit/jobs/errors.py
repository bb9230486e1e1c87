"""What can go wrong around jobs: stable codes, English templates translated where shown."""

from typing import ClassVar


class JobsError(Exception):
    """A refusal of the job engine: a code, an English template and its parameters."""

    code: ClassVar[str] = "jobs"
    template: ClassVar[str] = "The job engine could not go on."

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.template.format_map(params))


class EmbeddedDatabaseInUseError(JobsError):
    """A second process wants the embedded database."""

    code = "embedded_database_in_use"
    template = (
        "The embedded database {database} is already served by process {process}. "
        "Embedded mode is exactly one process: stop that one first, or use PostgreSQL "
        "to run several."
    )


class EmbeddedDatabaseMissingError(JobsError):
    """SQLite without a file: nothing would survive the process."""

    code = "embedded_database_missing"
    template = "Durable jobs need a database file; an in-memory SQLite database keeps nothing."


class NoFreeSlotError(JobsError):
    """Every executor slot is held by a living worker."""

    code = "no_free_slot"
    template = "All {slots} worker slots of this database are taken; stop a worker first."


class NotMigratedError(JobsError):
    """The job engine's own tables are missing or old."""

    code = "jobs_not_migrated"
    template = "The job engine's tables are missing or out of date: run `jejaring migrate` first."


class WorkerRunningError(JobsError):
    """The job engine is a singleton of its process."""

    code = "worker_running"
    template = "A worker is already running in this process."


class KeyTakenError(JobsError):
    """The key belongs to a job of another name."""

    code = "job_key_taken"
    template = "The key {key} already belongs to another kind of job than {job}."


class JobFailedError(Exception):
    """The outcome of a failed attempt: a class name only, since the engine keeps it in clear."""
