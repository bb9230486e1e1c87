"""The web process: settings, routers, middleware, problems; it never loads a solver."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import APIRouter, FastAPI

import app.health
from app import __version__
from app.directory import api as directory
from app.identity import api as identity
from app.kit import problems
from app.kit.clock import Clock
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.http import BodyLimit, SecurityHeaders
from app.kit.jobs import Jobs
from app.kit.telemetry import RequestLog
from app.networks import api as networks
from app.tenders import api as tenders

ROUTERS: tuple[APIRouter, ...] = (
    identity.router,
    directory.router,
    networks.router,
    tenders.router,
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the web application; it opens its database when it starts."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[None]:
        # A thread that waits for a connection would hold its request up for the pool's timeout.
        anyio.to_thread.current_default_thread_limiter().total_tokens = settings.threads
        application.state.database = Database(settings.url, pool_size=settings.pool_size)
        application.state.jobs = Jobs(settings.url)
        yield
        application.state.jobs.close()
        application.state.database.dispose()

    application = FastAPI(
        title="Jejaring",
        version=__version__,
        summary="A subcontracting marketplace on the satellite-factory model.",
        lifespan=lifespan,
        redoc_url=None,
    )
    application.state.settings = settings
    application.state.clock = Clock()
    problems.install(application)
    application.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    application.add_middleware(SecurityHeaders)
    application.add_middleware(RequestLog)
    application.include_router(app.health.router)
    for router in ROUTERS:
        application.include_router(router, prefix="/v1")
    return application
