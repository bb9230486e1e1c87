"""Every statement on the job engine's rows that must run in a transaction of ours.

The engine's own calls open a transaction of their own: inside a unit of work they would tear the
decision apart, and on SQLite wait for themselves.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import TableClause, column, select, table, update
from sqlalchemy.engine import Connection, CursorResult
from sqlalchemy.orm import Session

from app.kit.jobs import keys

Bind = Connection | Session

ACTIVE = ("DELAYED", "ENQUEUED", "PENDING")


@dataclass(frozen=True)
class Attempt:
    """One attempt of a job as the engine keeps it; `starts` counts how often it was begun."""

    number: int
    status: str
    starts: int
    priority: int
    error: str | None


@cache
def _status(schema: str | None) -> TableClause:
    names = (
        "workflow_uuid status executor_id owner_xid queue_name deduplication_id priority "
        "recovery_attempts started_at_epoch_ms delay_until_epoch_ms updated_at completed_at"
    )
    return table("workflow_status", *(column(name) for name in names.split()), schema=schema)


@cache
def _output(schema: str | None) -> TableClause:
    return table("workflow_output", column("workflow_uuid"), column("error"), schema=schema)


def attempts(bind: Bind, schema: str | None, key: str) -> list[Attempt]:
    """Return a key's attempts, oldest first."""
    rows, output = _status(schema), _output(schema)
    found = bind.execute(
        select(
            rows.c.workflow_uuid,
            rows.c.status,
            rows.c.recovery_attempts,
            rows.c.priority,
            output.c.error,
        )
        .outerjoin_from(rows, output, output.c.workflow_uuid == rows.c.workflow_uuid)
        .where(rows.c.workflow_uuid.in_(keys.identities(key)))
    )
    return sorted(
        (
            Attempt(keys.split(row[0])[1], row[1], row[2] or 0, row[3], _message(row[4]))
            for row in found
        ),
        key=lambda attempt: attempt.number,
    )


def _message(error: str | None) -> str | None:
    if error is None:
        return None
    return str(json.loads(error).get("message", ""))


def cancelled(bind: Bind, schema: str | None, identities: Sequence[str]) -> set[str]:
    """Return which of some attempts were cancelled."""
    rows = _status(schema)
    return set(
        bind.execute(
            select(rows.c.workflow_uuid).where(
                rows.c.workflow_uuid.in_(identities), rows.c.status == "CANCELLED"
            )
        ).scalars()
    )


def lock(bind: Bind, schema: str | None, key: str) -> None:
    """Hold a key: its next attempt and its cancellation must not pass each other."""
    rows = _status(schema)
    bind.execute(
        update(rows).where(rows.c.workflow_uuid == key).values(updated_at=rows.c.updated_at)
    )


def move(bind: Bind, schema: str | None, key: str, *, until_ms: int, now_ms: int) -> bool:
    """Set when a delayed job becomes due; return whether there was one."""
    rows = _status(schema)
    return _changed(
        bind.execute(
            update(rows)
            .where(rows.c.workflow_uuid.in_(keys.identities(key)), rows.c.status == "DELAYED")
            .values(delay_until_epoch_ms=until_ms, updated_at=now_ms)
        )
    )


def cancel(bind: Bind, schema: str | None, key: str, *, now_ms: int) -> bool:
    """Cancel whatever of a job is unfinished; return whether there was anything."""
    rows = _status(schema)
    lock(bind, schema, key)
    return _changed(
        bind.execute(
            update(rows)
            .where(rows.c.workflow_uuid.in_(keys.identities(key)), rows.c.status.in_(ACTIVE))
            .values(
                status="CANCELLED",
                owner_xid=None,
                queue_name=None,
                deduplication_id=None,
                started_at_epoch_ms=None,
                updated_at=now_ms,
                completed_at=now_ms,
            )
        )
    )


def hand_back(
    bind: Bind,
    schema: str | None,
    identities: Sequence[str],
    *,
    executor: str,
    now_ms: int,
) -> None:
    """Put jobs that a stopping worker did not finish back into their queue, not as losses."""
    rows = _status(schema)
    bind.execute(
        update(rows)
        .where(
            rows.c.workflow_uuid.in_(identities),
            rows.c.status == "PENDING",
            rows.c.executor_id == executor,
        )
        .values(
            status="ENQUEUED",
            owner_xid=None,
            started_at_epoch_ms=None,
            recovery_attempts=rows.c.recovery_attempts - 1,
            updated_at=now_ms,
        )
    )


def _changed(result: Any) -> bool:  # noqa: ANN401 - Result's static type hides rowcount
    return isinstance(result, CursorResult) and result.rowcount > 0
