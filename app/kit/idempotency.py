"""`Idempotency-Key`: the same request twice is done once, and answered twice."""

import hashlib
import zlib
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Request
from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.clock import Clock
from app.kit.columns import Id, UtcTime
from app.kit.db import Base
from app.kit.problems import Problem


class IdempotencyKey(Base):
    """A key that an actor used, the request it stood for, and what that request made."""

    __tablename__ = "idempotency_keys"

    actor: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_sha256: Mapped[str] = mapped_column(String(64))
    result_id: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class KeyReused(Problem):
    """The key stands for another request."""

    status = 422
    code = "idempotency_key_reused"
    title = "The Idempotency-Key was used for another request"
    sentence = "This Idempotency-Key belongs to a request with another content: use a new key."


class StillRunning(Problem):
    """The first request with this key has not been answered yet."""

    status = 409
    code = "idempotency_in_progress"
    title = "The first request is still running"
    sentence = "A request with this Idempotency-Key is being handled: ask again in a moment."


class Once:
    """What one request knows of its key; without a key it does nothing."""

    def __init__(self, key: str | None, fingerprint: str) -> None:
        self.key = key
        self.fingerprint = fingerprint

    def seen(self, session: Session, actor: str) -> str | None:
        """Return what the first request with this key made, or None; refuse a misuse."""
        if self.key is None:
            return None
        if session.get_bind().dialect.name == "postgresql":
            # Two requests with one key at the same moment: the second must not wait, nor run.
            lock = zlib.crc32(f"{actor}\0{self.key}".encode())
            free = session.execute(
                text("select pg_try_advisory_xact_lock(7301, :lock)"), {"lock": lock - 2**31}
            ).scalar_one()
            if not free:
                raise StillRunning(headers={"Retry-After": "1"})
        return self.known(session, actor)

    def known(self, session: Session, actor: str) -> str | None:
        """Return the same where the first request has been answered; nothing is held for it."""
        row = None if self.key is None else session.get(IdempotencyKey, (actor, self.key))
        if row is None:
            return None
        if row.request_sha256 != self.fingerprint:
            raise KeyReused
        return row.result_id

    def keep(self, session: Session, actor: str, result_id: str, clock: Clock) -> None:
        """Remember what this request made, in its own transaction."""
        if self.key is not None:
            session.add(
                IdempotencyKey(
                    actor=actor,
                    key=self.key,
                    request_sha256=self.fingerprint,
                    result_id=result_id,
                    created_at=clock.now(session),
                )
            )


async def once(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=255,
            description="Any unique text; a repeated request with it is done once.",
        ),
    ] = None,
) -> Once:
    """Read the key of a request and the fingerprint of what it asks."""
    digest = hashlib.sha256()
    digest.update(f"{request.method} {request.url.path}\0".encode())
    digest.update(await request.body())
    return Once(idempotency_key, digest.hexdigest())


AtMostOnce = Annotated[Once, Depends(once)]
