"""What the process owns and a handler may ask for: clock, settings and the job queue."""

from typing import Annotated

from fastapi import Depends, Request

from app.kit.clock import Clock
from app.kit.config import Settings
from app.kit.jobs import Jobs


def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _jobs(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


ServerClock = Annotated[Clock, Depends(_clock)]
ServerSettings = Annotated[Settings, Depends(_settings)]
JobQueue = Annotated[Jobs, Depends(_jobs)]
