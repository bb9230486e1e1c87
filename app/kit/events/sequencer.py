"""The sequencer: gives committed events their number and chains their hashes."""

import hashlib
import json
import threading

import structlog
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.kit.db import Database
from app.kit.events import queries
from app.kit.events.models import Event
from app.kit.types import json_ready, utc_text

GENESIS = "0" * 64
_LOCK = 7302
BATCH = 500


def leaf_sha256(event: Event) -> str:
    """Return SHA-256 of 0x00, the salt and the event's canonical JSON (leaf prefix of RFC 9162)."""
    content = {
        "id": event.id,
        "type": event.type,
        "subject_id": event.subject_id,
        "organisation_id": event.organisation_id,
        "actor_id": event.actor_id,
        "request_id": event.request_id,
        "occurred_at": utc_text(event.occurred_at),
        "data": json_ready(event.data),
    }
    body = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(b"\x00" + bytes.fromhex(event.salt) + body.encode()).hexdigest()


def _link(previous: str, leaf: str) -> str:
    return hashlib.sha256(b"\x01" + bytes.fromhex(previous) + bytes.fromhex(leaf)).hexdigest()


def sequence(session: Session, limit: int = BATCH) -> int:
    """Give the next events their place; return how many.

    Only committed events are seen, and one sequencer works at a time, so an event never gets a
    number below one that a reader of the feed has passed: writers need not queue for it.
    """
    if session.get_bind().dialect.name == "postgresql":
        mine = session.execute(
            text("select pg_try_advisory_xact_lock(:lock, 0)"), {"lock": _LOCK}
        ).scalar_one()
        if not mine:
            return 0
    waiting = queries.unsequenced(session, limit)
    if not waiting:
        return 0
    last = queries.tip(session)
    number, link = (last.seq or 0, last.chain_sha256 or GENESIS) if last else (0, GENESIS)
    for event in waiting:
        number += 1
        event.seq = number
        event.leaf_sha256 = leaf_sha256(event)
        event.chain_sha256 = link = _link(link, event.leaf_sha256)
    session.flush()
    return len(waiting)


def broken_at(session: Session) -> int | None:
    """Return the first place where the chain does not hold, or None when it is whole."""
    number, link = 0, GENESIS
    while events := queries.chain(session, number, BATCH):
        for event in events:
            number += 1
            leaf = leaf_sha256(event)
            link = _link(link, leaf)
            if (event.seq, event.leaf_sha256, event.chain_sha256) != (number, leaf, link):
                return number
        session.expunge_all()
    return None


class Sequencer(threading.Thread):
    """A thread that keeps the log sequenced for as long as its process lives."""

    def __init__(self, database: Database, seconds: float) -> None:
        super().__init__(name="sequencer", daemon=True)
        self._database = database
        self._seconds = seconds
        self._stopping = threading.Event()
        self._log = structlog.stdlib.get_logger("jejaring.sequencer")

    def run(self) -> None:
        """Look for unsequenced events until stopped."""
        while not self._stopping.is_set():
            try:
                with self._database.read() as session:
                    waiting = bool(queries.unsequenced(session, 1))
                if waiting:
                    with self._database.unit_of_work() as session:
                        sequence(session)
                    continue
            except OperationalError as error:
                self._log.warning("sequencer_waits", reason=str(error.orig))
            self._stopping.wait(self._seconds)

    def stop(self) -> None:
        """End the thread after its present batch."""
        self._stopping.set()
        self.join(timeout=10)
