"""Tables of bids and the consents of their members."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.identity.models import one_of
from app.kit.columns import Document, Id, UtcTime
from app.kit.db import Base, Revisioned
from app.tenders.models import Tender

STATUSES = ("awaiting_consent", "submitted", "replaced", "withdrawn")


class Bid(Revisioned, Base):
    """One submission of a bidder (a firm, or a network through its lead firm) to a tender.

    `content` is a fragment of the allocation format (`offers`). Submitting again makes a new row:
    the old one stands until the new one has every consent, then it is `replaced`. That a bid which
    still waits for a consent at closing has lapsed is derived, never stored.
    """

    __tablename__ = "bids"
    __table_args__ = (
        CheckConstraint(one_of("status", STATUSES), name="status"),
        UniqueConstraint("tender_id", "bidder_id", "number"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    network_id: Mapped[str | None] = mapped_column(ForeignKey("networks.id"))
    bidder_id: Mapped[str] = mapped_column(Id)  # the network's id, else the organisation's
    number: Mapped[int]  # counts this bidder's submissions to this tender
    content: Mapped[dict[str, Any]] = mapped_column(Document)
    content_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(18))
    submitted_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[datetime] = mapped_column(UtcTime)
    complete_at: Mapped[datetime | None] = mapped_column(UtcTime)  # when the last consent came
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)

    tender: Mapped[Tender] = relationship(viewonly=True, lazy="raise")


class BidMember(Base):
    """A firm that a bid binds, and its consent to this very content."""

    __tablename__ = "bid_members"

    bid_id: Mapped[str] = mapped_column(ForeignKey("bids.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, index=True
    )
    consented_at: Mapped[datetime | None] = mapped_column(UtcTime)
    consented_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    consented_sha256: Mapped[str | None] = mapped_column(String(64))
