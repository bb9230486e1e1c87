"""What a process carries with it: its database, clock, settings and job queue."""

from dataclasses import dataclass

from app.kit.clock import Clock
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.jobs import Jobs


@dataclass(frozen=True)
class Process:
    """Handed to job handlers, which run outside any request."""

    database: Database
    clock: Clock
    settings: Settings
    jobs: Jobs
