"""Running the web process, and inside an embedded server its background work too."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import uvicorn
from fastapi import FastAPI

from app.kit import telemetry
from app.kit.config import Settings
from app.main import create_app
from app.setup import prepare
from app.worker import Background, process_for


def _with_background(application: FastAPI, settings: Settings) -> None:
    inner = application.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        background = Background(process_for(settings))
        background.start()
        try:
            async with _entered(inner, app):
                yield
        finally:
            background.stop()

    application.router.lifespan_context = lifespan


def _entered(inner: object, app: FastAPI) -> AbstractAsyncContextManager[None]:
    context: AbstractAsyncContextManager[None] = inner(app)  # type: ignore[operator]  # Starlette's own type is wider
    return context


def application(settings: Settings) -> FastAPI:
    """Return the application as it is served: migrated and self-sufficient on SQLite."""
    app = create_app(settings)
    if settings.embedded:
        prepare(settings)
        _with_background(app, settings)
    return app


def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    telemetry.configure(style=settings.log_format, level=settings.log_level)
    uvicorn.run(
        application(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
    )
