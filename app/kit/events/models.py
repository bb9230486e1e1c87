"""The event table: rows are appended by requests and given their place by the sequencer."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.columns import Document, Id, UtcTime
from app.kit.db import Base


class Event(Base):
    """Something that happened, who did it for whom, and its place in the chain.

    `organisation_id` names whose affair it is; `data` holds ids, states and counts, never a price,
    a secret or personal data. `seq` and `chain_sha256` are null until the sequencer has seen it.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index(
            "ix_events_unsequenced",
            "id",
            sqlite_where=text("seq IS NULL"),
            postgresql_where=text("seq IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    type: Mapped[str] = mapped_column(String(80))
    subject_id: Mapped[str] = mapped_column(Id, index=True)
    organisation_id: Mapped[str | None] = mapped_column(Id, index=True)
    actor_id: Mapped[str | None] = mapped_column(Id)
    request_id: Mapped[str] = mapped_column(String(64))
    occurred_at: Mapped[datetime] = mapped_column(UtcTime)
    data: Mapped[dict[str, Any]] = mapped_column(Document)
    salt: Mapped[str] = mapped_column(String(32))
    leaf_sha256: Mapped[str | None] = mapped_column(String(64))
    chain_sha256: Mapped[str | None] = mapped_column(String(64))
