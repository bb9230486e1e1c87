"""How a room declares its jobs: name, queue, retries and losses; never the code that runs."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from threading import Event

MAX_ATTEMPTS = 20
_NAME = re.compile(r"^[a-z][a-z_]*(\.[a-z][a-z_]*)+\.v[1-9][0-9]*$")
_LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class Queue:
    """A lane of jobs; `concurrency` of them run at a time in each worker."""

    name: str
    concurrency: int = 4


DEFAULT_QUEUE = Queue("default")


@dataclass(frozen=True)
class Job:
    """One kind of job.

    `name` ends in its version (`scenarios.solve.v1`): a changed meaning is a new name, or a
    running job would be finished by code that understands its argument differently. A handler
    that raises is started again up to `attempts` times, each pause twice the one before. A job
    whose worker died under it `losses` times is stopped: it probably kills its worker.
    """

    name: str
    queue: Queue = DEFAULT_QUEUE
    attempts: int = 1
    backoff: timedelta = timedelta(seconds=10)
    losses: int = 3

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            raise ValueError(f"a job is named like room.verb.v1, not {self.name!r}")
        if not 1 <= self.attempts <= MAX_ATTEMPTS:
            raise ValueError(f"attempts must be 1 to {MAX_ATTEMPTS}, not {self.attempts}")
        if self.losses < 1:
            raise ValueError(f"losses must be at least 1, not {self.losses}")

    def pause_after(self, attempt: int) -> timedelta:
        """Return how long to wait after a failed attempt (counted from 1)."""
        return min(self.backoff * (1 << (attempt - 1)), max(self.backoff, _LONGEST_PAUSE))


@dataclass(frozen=True)
class Cron:
    """A job enqueued by the clock: six fields, seconds first, in UTC.

    The argument is the planned instant in ISO 8601. Of several workers one enqueues it. It comes
    up to a tenth of its interval late, ten seconds at most; what was missed is not made up for.
    """

    job: Job
    schedule: str

    def __post_init__(self) -> None:
        if len(self.schedule.split()) != 6:
            raise ValueError(f"a schedule has six fields, seconds first: {self.schedule!r}")


class JobStopped(BaseException):
    """Raised by a handler that gives up because it was told to stop; not a failure.

    No `Exception`, so that a handler's own `except Exception` does not swallow it.
    """


@dataclass
class Run:
    """What a handler is given: which job, which attempt, and when to stop."""

    key: str
    argument: str
    attempt: int
    attempts: int
    losses: int
    stopping: Event = field(default_factory=Event)
    cancelled: bool = False

    @property
    def last(self) -> bool:
        """Whether a failure now is final; the place to record it in the room's own tables."""
        return self.attempt >= self.attempts

    def check(self) -> None:
        """Raise `JobStopped` when the job was cancelled or the worker is shutting down."""
        if self.stopping.is_set():
            raise JobStopped(self.key)


Handler = Callable[[Run], None] | Callable[[Run], Awaitable[None]]


class JobState(StrEnum):
    """Where a job stands."""

    DELAYED = "delayed"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class JobView:
    """What `look` sees; `reason` is the exception's class name, or `lost` for a poison job."""

    state: JobState
    attempts: int = 0
    losses: int = 0
    reason: str | None = None
