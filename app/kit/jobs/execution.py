"""One job from its claim to its outcome: stop, fail, try again later."""

import asyncio
import inspect
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

from sqlalchemy import Engine, exc

from app.kit.jobs import keys, queries
from app.kit.jobs.declarations import Handler, Job, JobStopped, Run
from app.kit.jobs.errors import JobFailedError
from app.kit.jobs.port import Jobs

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 0.1
_AGAIN_SECONDS = 1.0
_T = TypeVar("_T")


class Execution:
    """The jobs that run in this process right now."""

    def __init__(self, jobs: Jobs, engine: Engine) -> None:
        self._jobs = jobs
        self._engine = engine
        self._runs: dict[str, Run] = {}
        self._unfinished: set[str] = set()
        self._closing = False
        self._changed = threading.Condition()
        self._last_end = float("-inf")

    def body(self, job: Job, handler: Handler) -> Callable[[str, str], None]:
        """Return what the engine calls: an attempt's id and its argument."""

        def perform(identity: str, argument: str) -> None:
            run, attempt = self._begin(job, identity, argument)
            try:
                _call(handler, run)
                if run.cancelled:
                    self._stopped(run, identity)
            except JobStopped:
                self._stopped(run, identity)
            except Exception as error:  # noqa: BLE001 - whatever a handler raises is an outcome
                if run.stopping.is_set():
                    logger.info("job %s gave up while stopping: %s", identity, error)
                    self._stopped(run, identity)
                self._failed(job, run, attempt, error)
            finally:
                self._end(identity)

        return perform

    def _begin(self, job: Job, identity: str, argument: str) -> tuple[Run, queries.Attempt]:
        key, number = keys.split(identity)
        attempts = self._insist(identity, lambda: self._attempts(key))
        mine = next(attempt for attempt in attempts if attempt.number == number)
        if attempts[-1].number > number:
            # The worker died between enqueuing the next attempt and recording this one's failure.
            raise JobFailedError("superseded")
        if mine.status == "CANCELLED":
            raise JobStopped(identity)
        run = Run(
            key, argument, attempt=number, attempts=job.attempts, losses=max(0, mine.starts - 1)
        )
        with self._changed:
            if self._closing:
                self._unfinished.add(identity)
                raise JobStopped(identity)
            self._runs[identity] = run
        return run, mine

    def _attempts(self, key: str) -> list[queries.Attempt]:
        with self._engine.connect() as connection:
            return queries.attempts(connection, self._jobs.schema, key)

    def _insist(self, identity: str, action: Callable[[], _T]) -> _T:
        """Repeat our own bookkeeping while the database is away: that is no failure of the job."""
        while True:
            try:
                return action()
            except (exc.OperationalError, exc.TimeoutError) as error:
                with self._changed:
                    if self._closing:
                        self._unfinished.add(identity)
                        raise JobStopped(identity) from error
                logger.warning("job %s waits for the database: %s", identity, error)
                time.sleep(_AGAIN_SECONDS)

    def _end(self, identity: str) -> None:
        with self._changed:
            del self._runs[identity]
            self._last_end = time.monotonic()
            self._changed.notify_all()

    def _stopped(self, run: Run, identity: str) -> None:
        """Leave the engine's row as it is: cancelled, or to be handed back."""
        if not run.stopping.is_set():
            raise JobFailedError(JobStopped.__name__)
        if not run.cancelled:
            with self._changed:
                self._unfinished.add(identity)
        raise JobStopped(identity)

    def _failed(self, job: Job, run: Run, attempt: queries.Attempt, error: Exception) -> None:
        if run.last:
            logger.error("job %s (%s) failed for good", run.key, job.name, exc_info=error)
        else:
            identity = keys.identity(run.key, run.attempt)
            if not self._insist(identity, lambda: self._enqueue_next(job, run, attempt)):
                raise JobStopped(identity)
            logger.warning(
                "job %s (%s) failed, attempt %d of %d; next in %s",
                run.key,
                job.name,
                run.attempt,
                run.attempts,
                job.pause_after(run.attempt),
                exc_info=error,
            )
        raise JobFailedError(type(error).__name__) from None

    def _enqueue_next(self, job: Job, run: Run, attempt: queries.Attempt) -> bool:
        with self._engine.begin() as connection:
            return self._jobs.enqueue_next(connection, job, run.key, attempt, argument=run.argument)

    def running(self) -> list[str]:
        """Return the ids of the attempts that run."""
        with self._changed:
            return sorted(self._runs)

    def see_cancellations(self) -> None:
        """Tell the handlers of cancelled jobs to stop."""
        identities = self.running()
        if not identities:
            return
        with self._engine.connect() as connection:
            found = queries.cancelled(connection, self._jobs.schema, identities)
        with self._changed:
            for identity in found & self._runs.keys():
                self._runs[identity].cancelled = True
                self._runs[identity].stopping.set()

    def close(self, grace: float) -> list[str]:
        """Start nothing more, tell every handler to stop and wait; return who did not."""
        with self._changed:
            self._closing = True
            for run in self._runs.values():
                run.stopping.set()
            self._changed.wait_for(lambda: not self._runs, timeout=grace)
            return sorted(self._runs)

    def quiet_for(self) -> float:
        """Return how many seconds ago the last job ended."""
        return time.monotonic() - self._last_end

    def hand_back(self, executor: str) -> None:
        """Put what was not finished back into its queue for any worker."""
        with self._changed:
            unfinished = sorted(self._unfinished)
        if not unfinished:
            return
        with self._engine.begin() as connection:
            queries.hand_back(
                connection,
                self._jobs.schema,
                unfinished,
                executor=executor,
                now_ms=int(time.time() * 1000),
            )
        logger.info("handed back %d unfinished jobs", len(unfinished))


def _call(handler: Handler, run: Run) -> None:
    if inspect.iscoroutinefunction(handler):
        asyncio.run(_supervised(handler, run))
    else:
        cast("Callable[[Run], None]", handler)(run)


async def _supervised(handler: Callable[[Run], Awaitable[None]], run: Run) -> None:
    task = asyncio.ensure_future(handler(run))
    while not task.done():
        await asyncio.wait({task}, timeout=_LOOK_SECONDS)
        if run.stopping.is_set() and not task.done():
            task.cancel()
            await asyncio.wait({task})
    if task.cancelled():
        raise JobStopped(run.key)
    task.result()
