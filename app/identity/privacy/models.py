"""Tables of the breach log."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.columns import Document, Id, UtcTime
from app.kit.db import Base


class Breach(Base):
    """A failure to protect personal data (UU 27/2022, article 46), and who was told when."""

    __tablename__ = "breaches"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    discovered_at: Mapped[datetime] = mapped_column(UtcTime)
    notify_by: Mapped[datetime] = mapped_column(UtcTime)
    data_kinds: Mapped[list[str]] = mapped_column(Document)
    what_happened: Mapped[str] = mapped_column(String(2000))
    measures: Mapped[str] = mapped_column(String(2000))
    people: Mapped[int]
    everybody: Mapped[bool]
    subjects_told_at: Mapped[datetime | None] = mapped_column(UtcTime)
    authority_told_at: Mapped[datetime | None] = mapped_column(UtcTime)
    recorded_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)


class BreachOrganisation(Base):
    """An organisation whose people a breach concerns."""

    __tablename__ = "breach_organisations"

    breach_id: Mapped[str] = mapped_column(ForeignKey("breaches.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, index=True
    )
