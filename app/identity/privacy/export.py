"""Use case: a person's copy of everything that is kept about it (UU 27/2022, article 7)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.identity import queries as identity
from app.identity.login import queries as logins
from app.identity.models import User
from app.identity.privacy import queries
from app.kit.types import json_ready, utc_text

MOST = 5000
# Hashes and proofs that say nothing about the person, and would help who steals the copy.
HIDDEN = ("sha256", "salt", "sealed")


def copy_of(session: Session, user: User) -> dict[str, Any]:
    """Return what is kept about a user; of a long list the newest rows, and how many there are."""
    organisation = identity.organisation(session, user.organisation_id)
    known = logins.credential(session, user.id)
    return {
        "user": _shown(user),
        "organisation": None if organisation is None else _shown(organisation),
        "password_changed_at": known and utc_text(known.changed_at),
        "second_factor": logins.has_totp(session, user.id),
        "records": [
            _records(session, name, statement)
            for name, statement in queries.tables_of(user.id).items()
        ],
    }


def _records(session: Session, name: str, statement: Any) -> dict[str, Any]:  # noqa: ANN401
    (key,) = inspect(statement.column_descriptions[0]["entity"]).primary_key
    total, found = queries.rows(session, statement, key, MOST)
    return {"kind": name, "total": total, "rows": [_shown(row) for row in found]}


def _shown(row: object) -> Mapping[str, Any]:
    mapper = inspect(row).mapper
    return {
        column.key: _plain(getattr(row, column.key))
        for column in mapper.column_attrs
        if not any(word in column.key for word in HIDDEN)
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - any column's value
    return utc_text(value) if isinstance(value, datetime) else json_ready(value)
