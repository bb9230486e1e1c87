"""Steps of tenders over HTTP, and the process that a job would be given."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Thread
from time import sleep
from typing import Any

from fastapi import FastAPI
from sqlalchemy import text

from app.kit.db import Database
from app.kit.process import Process
from app.tenders import closing
from tests.support.api import Firm, World

PERIODS = [
    {"id": "2027-01", "starts_on": "2027-01-04", "weeks": 4},
    {"id": "2027-02", "starts_on": "2027-02-01", "weeks": 4},
]
LOT = {
    "code": "bracket",
    "name": "Mounting bracket",
    "unit": "pc",
    "process": "laser_cutting",
    "increment": "50",
    "demand": ["600", "400"],
}


def process_of(app: FastAPI) -> Process:
    """What a worker of this application would hand to a job."""
    state = app.state
    return Process(
        database=state.database, clock=state.clock, settings=state.settings, jobs=state.jobs
    )


def instant(world: World, **ahead: float) -> str:
    """A time ahead of the server's clock, as it has been moved."""
    return (datetime.now(UTC) + world.app.state.clock.offset + timedelta(**ahead)).isoformat()


def lot(code: str, demand: Sequence[str] = ("600", "400"), **over: Any) -> dict[str, Any]:
    """A lot of the request, with one demand per period."""
    return {**LOT, "code": code, "name": code, "demand": list(demand), **over}


def tender_body(world: World, **over: Any) -> dict[str, Any]:
    """A tender of one lot over two periods that closes in an hour and opens at once."""
    body = {
        "title": "Brackets for the first half-year",
        "delivery_regency": "33.28",
        "periods": PERIODS,
        "lots": [LOT],
        "closes_at": instant(world, hours=1),
        **over,
    }
    return {name: value for name, value in body.items() if value is not None}


def draft_tender(world: World, buyer: Firm, **over: Any) -> dict[str, Any]:
    """A draft; `over` replaces fields of the request, and None leaves one out."""
    return buyer.made("/v1/tenders", tender_body(world, **over))


def publish(buyer: Firm, tender_id: str) -> dict[str, Any]:
    return buyer.made(f"/v1/tenders/{tender_id}/publication", status=200)


def publish_tender(
    world: World, buyer: Firm, lots: Sequence[dict[str, Any]] | None = None, **over: Any
) -> dict[str, Any]:
    """A published tender, closing in an hour; what a lot leaves out is taken from `LOT`."""
    given = {"lots": [{**LOT, **entry} for entry in lots]} if lots is not None else {}
    return publish(buyer, draft_tender(world, buyer, **given, **over)["id"])


def close_and_open(world: World, tender_id: str, hours: float = 2) -> None:
    """Let the deadline pass and do what the tender's own jobs would do."""
    world.wait(hours=hours)
    closing.open_due(process_of(world.app), tender_id)


def a_product(buyer: Firm, **over: Any) -> dict[str, Any]:
    """A product of two parts to be bought and one to be kept."""
    body = {
        "code": "edm-desktop",
        "name": "Desktop wire-EDM machine",
        "parts": [
            part("floor", quantity_per="1", lead_time_weeks=2, increment="10", tags=["plate"]),
            part("bracket", quantity_per="2.5", process="bending"),
            part("controller", make="kept", process="pcb_assembly"),
        ],
        **over,
    }
    return buyer.made("/v1/products", body)


def part(code: str, **over: Any) -> dict[str, Any]:
    """A line of a bill of materials."""
    return {
        "code": code,
        "name": code,
        "quantity_per": "1",
        "make": "subcontracted",
        "process": "laser_cutting",
        **over,
    }


def until_somebody_waits(database: Database, waiter: Thread) -> None:
    """Return once a statement on this PostgreSQL database waits for a lock."""
    for _ in range(2000):
        with database.engine.connect() as connection:
            waiting = connection.execute(
                text(
                    "select count(*) from pg_locks join pg_stat_activity using (pid)"
                    " where not granted and datname = current_database()"
                )
            ).scalar_one()
        if waiting:
            return
        assert waiter.is_alive(), "it went through without waiting"
        sleep(0.005)
    raise AssertionError("nobody came to wait")
