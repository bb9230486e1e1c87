"""A database that is busy or away is told as 503 with a time to come back, never as a 500."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError

from app.kit.config import Settings
from app.kit.db import Database, unavailable
from app.main import create_app
from tests.support.api import World
from tests.support.tenders import draft_tender, publish_tender, tender_body


@contextmanager
def no_patience(database: Database) -> Iterator[None]:
    """Wait for no lock that somebody else has."""

    def set_limit(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("set local lock_timeout = '50ms'")

    def no_wait(dbapi_connection: Any, *_rest: object) -> None:
        if database.url.startswith("sqlite"):
            dbapi_connection.execute("PRAGMA busy_timeout=50")

    event.listen(database.engine, "begin", set_limit)
    event.listen(database.engine, "checkout", no_wait)
    try:
        yield
    finally:
        event.remove(database.engine, "begin", set_limit)
        event.remove(database.engine, "checkout", no_wait)


def test_who_waits_too_long_for_a_lock_is_told_to_come_back(world: World) -> None:
    buyer = world.firm("PT Pusat")
    tender = publish_tender(world, buyer)
    database: Database = world.app.state.database
    other = Database(database.url)
    with other.unit_of_work() as session:
        session.execute(text("update tenders set title = 'held'"))
        with no_patience(database):
            path = f"/v1/tenders/{tender['id']}/cancellation"
            answer = buyer.post(path, {"reason": "No."}, headers={"Accept-Language": "id"})
    other.dispose()
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer.json()["title"] == "Server sedang sibuk"
    assert answer.headers["retry-after"] == "1"
    assert buyer.get(f"/v1/tenders/{tender['id']}").json()["status"] == "published"


def test_two_who_wait_for_each_other_are_no_server_error(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.unit_of_work() as session:
        session.execute(text("create table things (id int primary key, value int)"))
        session.execute(text("insert into things values (1, 0), (2, 0)"))
    both, found = threading.Barrier(2), []

    def act(first: int, second: int) -> None:
        try:
            with database.unit_of_work() as session:
                change = text("update things set value = value + 1 where id = :id")
                session.execute(change, {"id": first})
                both.wait(timeout=30)
                session.execute(change, {"id": second})
        except OperationalError as error:
            found.append(unavailable(error))

    threads = [threading.Thread(target=act, args=ids) for ids in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.dispose()
    assert found == [True]


def test_a_table_that_is_missing_stays_a_server_error(database: Database) -> None:
    with pytest.raises(Exception, match="nowhere") as raised, database.unit_of_work() as session:
        session.execute(text("select * from nowhere"))
    assert not unavailable(raised.value)


def test_a_database_that_is_away_is_told_as_busy(tmp_path) -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    app = create_app(Settings(database_url=url, data_dir=tmp_path, pool_size=1))
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/v1/me", headers={"Authorization": "Bearer jjk_x"})
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")


def test_a_shared_address_names_every_method_that_it_takes(world: World) -> None:
    buyer = world.firm("PT Pusat")
    tender = draft_tender(world, buyer)
    for path, methods in (
        ("/v1/tenders", "GET, POST"),
        (f"/v1/tenders/{tender['id']}", "GET, PUT"),
        ("/v1/registrations", "POST"),
        ("/v1/profile", "GET, PUT"),
    ):
        for method in ("OPTIONS", "PATCH"):
            answer = buyer.request(method, path, json=tender_body(world))
            assert (answer.status_code, answer.headers["allow"]) == (405, methods)


def test_every_operation_is_named_by_allow(world: World) -> None:
    for path, item in world.app.openapi()["paths"].items():
        answer = world.client.options(path)
        assert answer.status_code == 405
        named = set(answer.headers["allow"].split(", "))
        # An address such as /things/search is one of /things/{thing_id}, too.
        assert {method.upper() for method in item} <= named, path
