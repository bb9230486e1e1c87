"""The clock everybody agrees on: the database's, read after the lock was taken."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass
class Clock:
    """Server time, moved by `offset` in tests and sandboxes; one per process."""

    offset: timedelta = field(default_factory=timedelta)

    def now(self, session: Session) -> datetime:
        """Return the instant of this statement, not of the transaction's start.

        A deadline is compared only after its row lock is held; `now()` on PostgreSQL would be the
        time at which the transaction began, which may lie before the deadline that it waited past.
        """
        if session.get_bind().dialect.name == "postgresql":
            instant: datetime = session.execute(text("select clock_timestamp()")).scalar_one()
        else:
            stamp = session.execute(
                text("select strftime('%Y-%m-%dT%H:%M:%f', 'now')")
            ).scalar_one()
            instant = datetime.fromisoformat(stamp).replace(tzinfo=UTC)
        return instant.astimezone(UTC) + self.offset
