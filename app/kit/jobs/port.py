"""The verbs that every process may use: enqueue, move, cancel and look, each in one transaction."""

import time
from datetime import timedelta

from dbos import DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions
from dbos import error as dbos_error
from sqlalchemy import URL, Engine, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.kit.jobs import keys, queries
from app.kit.jobs.declarations import Job, JobState, JobView
from app.kit.jobs.engines import is_sqlite, job_engine, teach_clock
from app.kit.jobs.errors import KeyTakenError, NotMigratedError
from app.kit.jobs.logs import quiet
from app.kit.jobs.queries import Attempt
from app.kit.jobs.tables import SCHEMA

APPLICATION = "jejaring"
# Pinned: with a version of the code's own, every deployment would strand the jobs before it.
VERSION = "1"
ORDINARY = 100

_STATES = {
    "DELAYED": JobState.DELAYED,
    "ENQUEUED": JobState.WAITING,
    "PENDING": JobState.RUNNING,
    "SUCCESS": JobState.DONE,
    "ERROR": JobState.FAILED,
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": JobState.FAILED,
    "CANCELLED": JobState.CANCELLED,
}
LOST = "lost"


def now_ms() -> int:
    """Return the job engine's time: the process clock, as the engine itself reads it."""
    return int(time.time() * 1000)


class Jobs:
    """The job engine seen from a process that may never run a job.

    Constructed once per process, from the database's URL or (cheaper on PostgreSQL) the engine of
    the sessions it will be given. It does not connect, and the four verbs open no connection.
    """

    def __init__(self, database: str | URL | Engine, *, application: str = APPLICATION) -> None:
        quiet()
        self.application = application
        self.url = database.url if isinstance(database, Engine) else make_url(database)
        self.embedded = is_sqlite(self.url)
        self.schema = None if self.embedded else SCHEMA
        # Not the sessions' engine on SQLite: see `job_engine`.
        self._borrowed = isinstance(database, Engine) and not self.embedded
        self._engine = (
            database
            if isinstance(database, Engine) and not self.embedded
            else job_engine(self.url, pool_size=1, extra=4)
        )
        self.client = DBOSClient(
            system_database_engine=self._engine,
            dbos_system_schema=SCHEMA,
            serializer=DBOSPortableJSONSerializer(),
            application_name=application,
            lazy=True,
            retry_connection_errors=False,
        )

    def migrate(self) -> None:
        """Create or update the engine's tables; harmless when repeated or run twice at once.

        Not inside a transaction of the caller's: PostgreSQL would wait for it to build indexes.
        """
        self.client._sys_db.run_migrations()

    def verify(self) -> None:
        """Raise `NotMigratedError` unless `migrate` was run by this version or a newer one."""
        try:
            self.client._sys_db.verify_migrations()
        except dbos_error.DBOSInitializationError as error:
            raise NotMigratedError from error

    def enqueue(
        self,
        session: Session,
        job: Job,
        key: str,
        *,
        argument: str,
        delay: timedelta | None = None,
        priority: int = ORDINARY,
    ) -> None:
        """Enqueue a job with the caller's transaction; a key that is known already changes nothing.

        Lower priorities go first. Raises `KeyTakenError` when the key belongs to another job.
        """
        keys.checked(key, argument)
        connection = session.connection()
        teach_clock(connection)
        self._insert(connection, job, key, argument=argument, delay=delay, priority=priority)

    def move(self, session: Session, key: str, delay: timedelta) -> bool:
        """Make a delayed job due after another delay; `False` when it is not delayed."""
        now = now_ms()
        until = now + max(0, round(delay.total_seconds() * 1000))
        return queries.move(session, self.schema, key, until_ms=until, now_ms=now)

    def cancel(self, session: Session, key: str) -> bool:
        """Cancel a job, also while it runs; `False` when there is nothing unfinished.

        A running handler sees it within about a second and must stop by itself.
        """
        return queries.cancel(session, self.schema, key, now_ms=now_ms())

    def look(self, session: Session, key: str) -> JobView:
        """Return where a job stands; finished jobs are forgotten after some time."""
        attempts = queries.attempts(session, self.schema, key)
        if not attempts:
            return JobView(JobState.UNKNOWN)
        latest = attempts[-1]
        poison = latest.status == "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
        return JobView(
            _STATES[latest.status],
            attempts=latest.number if latest.starts else latest.number - 1,
            losses=max(0, latest.starts - 1),
            reason=LOST if poison else latest.error,
        )

    def enqueue_next(
        self, connection: Connection, job: Job, key: str, failed: Attempt, *, argument: str
    ) -> bool:
        """Enqueue the attempt after a failed one, unless the job was cancelled meanwhile."""
        queries.lock(connection, self.schema, key)
        if queries.attempts(connection, self.schema, key)[-1].status != "PENDING":
            return False
        self._insert(
            connection,
            job,
            keys.identity(key, failed.number + 1),
            argument=argument,
            delay=job.pause_after(failed.number),
            priority=failed.priority,
        )
        return True

    def _insert(
        self,
        connection: Connection,
        job: Job,
        identity: str,
        *,
        argument: str,
        delay: timedelta | None,
        priority: int,
    ) -> None:
        options: EnqueueOptions = {
            "workflow_name": job.name,
            "queue_name": job.queue.name,
            "workflow_id": identity,
            "app_version": VERSION,
            "priority": priority,
        }
        if delay is not None:
            options["delay_seconds"] = max(0.0, delay.total_seconds())
        try:
            self.client.enqueue_in_transaction(connection, options, argument)
        except dbos_error.DBOSConflictingWorkflowError as error:
            raise KeyTakenError(key=identity, job=job.name) from error

    def close(self) -> None:
        """Give back what this object opened."""
        self.client.destroy()
        if not self._borrowed:
            self._engine.dispose()
