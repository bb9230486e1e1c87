"""The one event log: audit, outbox, change feed and progress are views of it."""

from app.kit.events.log import record
from app.kit.events.models import Event

__all__ = ["Event", "record"]
