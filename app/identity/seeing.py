"""When a key or a session was last used: noted after the answer, so that no reader waits."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import structlog
from sqlalchemy.exc import OperationalError

from app.identity import queries
from app.identity.login import sessions
from app.identity.login.models import LoginSession
from app.identity.models import ApiKey
from app.kit.db import Database

KEY_EVERY = timedelta(hours=1)
AT_ONCE = 2  # the rest of the pool's threads stay free for whoever holds the lock
_places = threading.BoundedSemaphore(AT_ONCE)
_log = structlog.stdlib.get_logger("jejaring.identity")


@dataclass(frozen=True)
class Seen:
    """A use worth noting: what was used, and when."""

    kind: Literal["key", "session"]
    id: str
    at: datetime

    @classmethod
    def of_key(cls, key: ApiKey, at: datetime) -> "Seen | None":
        """Return the use of a key, once in a while."""
        due = key.last_used_at is None or at - key.last_used_at >= KEY_EVERY
        return cls("key", key.id, at) if due else None

    @classmethod
    def of_session(cls, row: LoginSession, at: datetime) -> "Seen | None":
        """Return the use of a session, once in a while."""
        due = at - row.last_seen_at >= sessions.SEEN_EVERY
        return cls("session", row.id, at) if due else None


def note(database: Database, seen: Seen) -> None:
    """Note a use; where writers queue it is left to the next use."""
    if not _places.acquire(blocking=False):
        return
    try:
        with database.unit_of_work() as session:
            queries.note_use(session, seen.kind, seen.id, seen.at)
    except OperationalError as error:
        _log.warning("use_not_noted", kind=seen.kind, id=seen.id, reason=str(error.orig))
    finally:
        _places.release()
