"""Database engines as the job engine needs them."""

import time
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from app.kit.db import write_ahead
from app.kit.jobs.errors import EmbeddedDatabaseMissingError

_TAUGHT = "jobs_clock"

# The client gives up on a dead server within 20 s; the server on a dead client within 30 s.
# In this order a worker has noticed that its slot is gone before another one can take it.
KEEPALIVE = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,
}


def is_sqlite(url: URL) -> bool:
    """Return whether a URL names an embedded database."""
    return url.get_backend_name() == "sqlite"


def database_file(url: URL) -> str:
    """Return the path of an embedded database."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise EmbeddedDatabaseMissingError
    return url.database


def job_engine(url: URL, *, pool_size: int, extra: int = 0) -> Engine:
    """Return an engine of the job engine's own.

    SQLite: its statements rely on the driver's legacy mode with `BEGIN IMMEDIATE` at the first
    write, which must not reach the connections of our own code.
    """
    if is_sqlite(url):
        database_file(url)
        engine = create_engine(url, pool_size=pool_size, max_overflow=extra)
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=extra,
        pool_pre_ping=True,
        connect_args={**KEEPALIVE, "application_name": "jejaring jobs"},
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    connection.isolation_level = "IMMEDIATE"
    for pragma in ("busy_timeout=30000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    write_ahead(connection)
    _register_clock(connection)


def _prepare_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = 60000")
    connection.commit()


def _unixepoch(*arguments: object) -> float:
    if arguments == ("subsec",):
        return time.time()
    if not arguments:
        return int(time.time())
    raise ValueError(f"unixepoch{arguments} is not needed by the job engine")


def _register_clock(connection: Any) -> None:  # noqa: ANN401 - a DBAPI connection
    # The engine's columns default to unixepoch('subsec'), which is NULL before SQLite 3.42.
    connection.create_function("unixepoch", -1, _unixepoch)


def teach_clock(connection: Connection) -> None:
    """Make a connection of our own code fit to write the job engine's rows (SQLite)."""
    if connection.dialect.name == "sqlite" and not connection.info.get(_TAUGHT):
        _register_clock(connection.connection.driver_connection)
        connection.info[_TAUGHT] = True
