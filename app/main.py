"""The web process: settings, routers, middleware, problems; it never loads a solver."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import APIRouter, FastAPI

import app.health
from app import __version__
from app.awards import api as awards
from app.bids import api as bids
from app.console import pages as console
from app.directory import api as directory
from app.identity import api as identity
from app.identity.oauth.endpoints import well_known
from app.integration import api as integration
from app.kit import openapi, problems
from app.kit.clock import Clock
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.http import BodyLimit, SecurityHeaders
from app.kit.jobs import Jobs
from app.kit.telemetry import RequestLog
from app.networks import api as networks
from app.orders import api as orders
from app.scenarios import api as scenarios
from app.tenders import api as tenders

ROUTERS: tuple[APIRouter, ...] = (
    identity.router,
    directory.router,
    networks.router,
    tenders.router,
    bids.router,
    scenarios.router,
    awards.router,
    orders.router,
    integration.router,
)


DESCRIPTION = """
Large firms post component tenders; small firms, alone or in consortia, bid; an optimizer splits
each tender across them by capacity and cost under the buyer's and the law's rules; awards become
orders.

- **Keys.** Register at `POST /v1/registrations`, then send `Authorization: Bearer jjk_…`.
- **Programs** use OAuth 2: `/.well-known/oauth-authorization-server` tells a library everything.
  Browsers sign in at `POST /v1/sessions`. Binding acts (submit, consent, sign) need a sign-in of
  the last 15 minutes, or a key or client that was granted the power expressly.
- **Numbers** are exact: amounts, quantities and shares are decimal strings; JSON numbers are read
  exactly too and never become binary floats.
- **Refusals** are RFC 9457 problems (`application/problem+json`) with every defect at once, each
  with a JSON Pointer; texts follow `Accept-Language` (`id`, `en`), codes are stable.
- **Lists** are pages: follow `next` with `?cursor=` until it is null.
- **Retries.** A creating request with an `Idempotency-Key` is done once, however often it is sent.
- **Changes** need the `ETag` that was read in `If-Match`.
- **Long work** answers 202 with a `Location` to poll or to follow as an event stream.
"""
TAGS = {
    "health": "Whether the service lives and is ready.",
    "identity": "Organisations, users, API keys, and who may bind a firm.",
    "directory": "Profiles, machines and their capacity calendars.",
    "networks": "Consortia, joined only by each member's own consent.",
    "tenders": "Products, their parts, and tenders from draft to award.",
    "bids": "Offers of firms and networks; unread by anybody else before the opening.",
    "scenarios": "Splitting a tender, or any allocation problem, by the optimizer.",
    "awards": "The buyer's decision, with the capacity it needs held at once.",
    "orders": "Subcontract orders with their delivery schedules.",
    "integration": "The change feed.",
}


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
        generate_unique_id_function=openapi.operation_id,
        docs_url=None,
        redoc_url=None,
    )
    application.state.settings = settings
    application.state.clock = Clock()
    problems.install(application)
    openapi.install(application, description=DESCRIPTION, tags=TAGS)
    application.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    application.add_middleware(SecurityHeaders)
    application.add_middleware(RequestLog)
    application.include_router(app.health.router)
    application.include_router(well_known)
    for router in ROUTERS:
        application.include_router(router, prefix="/v1")
    console.install(application)
    return application
