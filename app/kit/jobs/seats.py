"""Who a worker is: an executor id that only one living process holds at a time.

The job engine recovers the jobs of its own executor id when it starts, and of no other. So the id
is a seat: a replacement sits down on the dead worker's and thereby inherits its jobs.
"""

import fcntl
import os
import zlib
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from app.kit.jobs.engines import KEEPALIVE, database_file
from app.kit.jobs.errors import EmbeddedDatabaseInUseError, NoFreeSlotError

SLOTS = 64


class Seat(Protocol):
    """A held executor id."""

    executor: str

    def held(self) -> bool:
        """Return whether it is still ours; `False` means: exit, somebody else may have it."""
        ...

    def release(self) -> None:
        """Let the next process have it."""
        ...


class FileSeat:
    """The one seat of an embedded database: an operating-system lock on a file beside it.

    The lock dies with its process, whatever killed it; the file stays and means nothing.
    """

    executor = "embedded"

    def __init__(self, url: URL) -> None:
        database = Path(database_file(url)).absolute()
        path = database.with_name(database.name + ".lock")
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(self._file, 20).decode().strip()
            os.close(self._file)
            raise EmbeddedDatabaseInUseError(database=database, process=holder or "?") from error
        os.ftruncate(self._file, 0)
        os.write(self._file, str(os.getpid()).encode())

    def held(self) -> bool:
        """Return `True`: nobody can take the lock of a living process away."""
        return True

    def release(self) -> None:
        """Unlock; the file is left, since removing it would race with the next process."""
        os.close(self._file)


class SlotSeat:
    """One of the numbered slots of a PostgreSQL database: a session's advisory lock.

    Both ends watch the connection, so that the server frees the slot of a host that vanished.
    The URL must reach the server itself: a pooler in transaction mode would lose the lock.
    """

    def __init__(self, url: URL, *, namespace: str, slots: int = SLOTS) -> None:
        self._engine = create_engine(
            url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={**KEEPALIVE, "application_name": "jejaring slot"},
        )
        self._connection = self._engine.connect()
        self.executor = self._first_free(self._connection, namespace, slots)

    def _first_free(self, connection: Connection, namespace: str, slots: int) -> str:
        for name, seconds in (("idle", 15), ("interval", 5)):
            connection.execute(text(f"SET tcp_keepalives_{name} = {seconds}"))
        connection.execute(text("SET tcp_keepalives_count = 3"))
        # Two 32-bit keys; signed, as PostgreSQL's integer is.
        room = zlib.crc32(namespace.encode()) - 2**31
        for slot in range(1, slots + 1):
            taken = connection.execute(
                text("SELECT pg_try_advisory_lock(:room, :slot)"), {"room": room, "slot": slot}
            )
            if taken.scalar_one():
                return f"slot-{slot}"
        self.release()
        raise NoFreeSlotError(slots=slots)

    def held(self) -> bool:
        """Return whether the session that holds the lock still answers."""
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def release(self) -> None:
        """Close the session and with it the lock."""
        self._connection.close()
        self._engine.dispose()
