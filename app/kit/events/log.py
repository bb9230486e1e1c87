"""Appending to the event log, in the transaction of what happened."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.kit.events.models import Event
from app.kit.telemetry import current_request_id
from app.kit.types import new_id


def record(
    session: Session,
    kind: str,
    *,
    subject: str,
    at: datetime,
    organisation: str | None,
    actor: str | None,
    data: dict[str, Any] | None = None,
) -> Event:
    """Append an event; it exists exactly when the caller's transaction commits."""
    event = Event(
        id=new_id("evt"),
        type=kind,
        subject_id=subject,
        organisation_id=organisation,
        actor_id=actor,
        request_id=current_request_id(),
        occurred_at=at,
        data=data or {},
        salt=secrets.token_hex(16),
    )
    session.add(event)
    return event
