"""One database behind two doors: a unit of work that writes and a session that only reads."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr

_READ_ONLY = "jejaring_read_only"


class Base(DeclarativeBase):
    """Parent of every table; constraint names are stable so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Revisioned:
    """A row with a revision: two writers of the same revision cannot both succeed."""

    revision: Mapped[int]

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy hands over the class
        """Let the mapper count revisions."""
        return {"version_id_col": cls.revision}


def engine_for(url: str, *, pool_size: int = 5) -> Engine:
    """Return an engine on which a write takes its lock at `BEGIN`, never half-way.

    SQLite: WAL, foreign keys and a busy timeout on every connection; writers `BEGIN IMMEDIATE`, so
    that "is the tender open?" and "store the bid" are one step. PostgreSQL: psycopg 3.
    """
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(
            url, pool_size=pool_size, max_overflow=pool_size, connect_args={"timeout": 30}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=5,
        pool_pre_ping=True,
        connect_args={"options": "-c lock_timeout=20s -c idle_in_transaction_session_timeout=60s"},
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    connection.isolation_level = None  # the driver's own BEGIN would read outside the transaction
    write_ahead(connection)
    cursor = connection.cursor()
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def write_ahead(connection: Any) -> None:  # noqa: ANN401 - a DBAPI connection
    """Switch a SQLite file to its write-ahead log, waiting for whoever does so at this moment."""
    limit = time.monotonic() + 30
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:  # the busy timeout does not cover this switch
            if time.monotonic() > limit:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def unavailable(error: Exception) -> bool:
    """Tell whether a statement failed since others hold what it needs, or the server is away.

    On SQLite a missing table is an operational error too, so only a lock counts there.
    """
    cause = getattr(error, "orig", None)
    if isinstance(cause, sqlite3.OperationalError):
        primary = cause.sqlite_errorcode & 0xFF
        return primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return isinstance(error, OperationalError | PoolTimeout)


class Database:
    """An engine and the two ways to use it."""

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self.url = url
        self.engine = engine_for(url, pool_size=pool_size)
        self._reading = self.engine.execution_options(
            **{_READ_ONLY: True}, postgresql_readonly=True
        )

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for one look; it never commits."""
        with Session(self._reading, autoflush=False) as session:
            yield session

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def unit_of_work(request: Request) -> Iterator[Session]:
    """Request's transaction; `scope="function"` commits it before the response leaves."""
    database: Database = request.app.state.database
    with database.unit_of_work() as session:
        yield session


def read_session(request: Request) -> Iterator[Session]:
    """Request's read-only session, returned to the pool before the response leaves."""
    database: Database = request.app.state.database
    with database.read() as session:
        yield session


# A handler's answer is checked in the thread pool while its transaction is still open. If writers
# that wait for a lock could fill the pool, the one that holds the lock would never get to commit.
WRITERS = 8

UnitOfWork = Annotated[Session, Depends(unit_of_work, scope="function", max_concurrency=WRITERS)]
ReadSession = Annotated[Session, Depends(read_session, scope="function")]
