"""One request is one transaction, and its commit comes before the answer."""

import threading
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.kit import problems
from app.kit.db import Database, UnitOfWork, unit_of_work

ONE = "insert into idempotency_keys values ('a', 'k', 'x', 'r', '2026-01-01T00:00:00.000000Z')"


def _application(database: Database) -> FastAPI:
    app = FastAPI()
    app.state.database = database
    problems.install(app)
    with database.engine.begin() as connection:
        connection.execute(text("create table parent (id int primary key)"))
        connection.execute(
            text(
                "create table child (id int primary key, parent_id int"
                " references parent (id) deferrable initially deferred)"
            )
        )

    @app.post("/orphans", status_code=201)
    def orphan(session: UnitOfWork) -> dict[str, bool]:
        session.execute(text("insert into child values (1, 42)"))
        return {"stored": True}

    @app.post("/late-orphans", status_code=201)
    def late(session: Annotated[Session, Depends(unit_of_work)]) -> dict[str, bool]:
        session.execute(text("insert into child values (2, 42)"))
        return {"stored": True}

    @app.post("/refusals", status_code=201)
    def refuse(session: UnitOfWork) -> None:
        session.execute(text("insert into parent values (7)"))
        raise problems.Conflict

    return app


def test_when_the_commit_itself_fails_the_client_is_not_told_201(database: Database) -> None:
    with TestClient(_application(database), raise_server_exceptions=False) as client:
        answer = client.post("/orphans")
        assert answer.status_code == 409
        assert answer.json()["code"] == "conflict"
        # The default scope commits after the answer has left: the reason for scope="function".
        assert client.post("/late-orphans").status_code != 409
    with database.read() as session:
        assert session.execute(text("select count(*) from child")).scalar_one() == 0


def test_a_refusal_rolls_everything_back(database: Database) -> None:
    with TestClient(_application(database)) as client:
        assert client.post("/refusals").status_code == 409
    with database.read() as session:
        assert session.execute(text("select count(*) from parent")).scalar_one() == 0


def test_a_read_session_cannot_write_on_postgresql(postgres_url: str) -> None:
    database = Database(postgres_url)
    with pytest.raises(DBAPIError, match="read-only"):
        _write_while_reading(database)
    database.dispose()


def _write_while_reading(database: Database) -> None:
    with database.read() as session:
        session.execute(text(ONE))


def test_on_sqlite_a_writer_waits_for_the_one_before(tmp_path, sqlite_template) -> None:
    """`BEGIN IMMEDIATE`: what a writer read is still true when it writes."""
    database = Database(f"sqlite:///{tmp_path / 'queue.sqlite3'}")
    with database.engine.begin() as connection:
        connection.execute(text("create table counter (value int)"))
        connection.execute(text("insert into counter values (0)"))

    def add() -> None:
        for _ in range(20):
            with database.unit_of_work() as session:
                value = session.execute(text("select value from counter")).scalar_one()
                session.execute(text("update counter set value = :v"), {"v": value + 1})

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert session.execute(text("select value from counter")).scalar_one() == 60
    database.dispose()


def test_every_sqlite_connection_checks_foreign_keys(tmp_path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'keys.sqlite3'}")
    opened = [database.engine.connect() for _ in range(3)]
    for connection in opened:
        assert connection.exec_driver_sql("pragma foreign_keys").scalar_one() == 1
        assert connection.exec_driver_sql("pragma journal_mode").scalar_one() == "wal"
        connection.close()
    database.dispose()
