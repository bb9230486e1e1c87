"""Liveness and readiness of the web process."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from app.kit.db import Database
from app.kit.migration import is_current
from app.kit.problems import Problem

router = APIRouter(prefix="/health", tags=["health"])


class Health(BaseModel):
    """A sign of life."""

    status: Literal["ok"] = "ok"


class NotReady(Problem):
    """The database is away or not migrated."""

    status = 503
    code = "not_ready"
    title = "Not ready"
    sentence = "The database has not been migrated to this version: run 'jejaring migrate'."


@router.get("/live")
def live() -> Health:
    """Answer as long as the process lives."""
    return Health()


@router.get("/ready")
def ready(request: Request) -> Health:
    """Answer when the database is reachable and migrated."""
    database: Database = request.app.state.database
    with database.read() as session:  # a reader: it must not wait for whoever is writing
        if not is_current(session.connection()):
            raise NotReady
    return Health()
