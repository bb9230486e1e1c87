"""Acts at the very same moment on PostgreSQL: all wait for one row, then it is let go."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from time import sleep
from typing import Any

from sqlalchemy import select, text

from app.kit.db import Base, Database

PATIENCE = 2000  # looks of 10 ms


def waiting(database: Database) -> int:
    """How many transactions of this database wait for another's lock."""
    with database.read() as session:
        return int(
            session.execute(
                text(
                    "select count(distinct pid) from pg_locks join pg_stat_activity using (pid)"
                    " where not granted and datname = current_database()"
                )
            ).scalar_one()
        )


def until(condition: Callable[[], object], what: str) -> None:
    """Return once a condition holds."""
    for _look in range(PATIENCE):
        if condition():
            return
        sleep(0.01)
    raise AssertionError(f"{what}: it never came")


@contextmanager
def held(database: Database, table: str, row_id: str) -> Iterator[None]:
    """Hold a row against everybody who would change it, or rely on it, for a while."""
    [key] = Base.metadata.tables[table].primary_key
    with database.unit_of_work() as session:
        row = session.execute(select(key).where(key == row_id).with_for_update())
        assert row.scalar_one_or_none() == row_id
        yield


def at_once(
    database: Database, table: str, row_id: str, acts: Sequence[Callable[[], Any]]
) -> list[Any]:
    """Let acts come to wait for one row, one after the other, and return what they answered.

    They get the row in that order. An act that ends without waiting may do so: it has been refused
    before it came to the row.
    """
    with ThreadPoolExecutor(len(acts)) as threads:
        asked: list[Future[Any]] = []

        def settled() -> bool:
            return waiting(database) + sum(one.done() for one in asked) >= len(asked)

        with held(database, table, row_id):
            for act in acts:
                asked.append(threads.submit(act))
                until(settled, "it waits or has been answered")
            assert not all(one.done() for one in asked), "nobody needed the row"
        return [one.result(timeout=60) for one in asked]
