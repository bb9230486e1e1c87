"""Tables of awards, their lines and the firms that they bind."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.models import one_of
from app.kit.columns import Document, ExactDecimal, Id, UtcTime
from app.kit.db import Base, Revisioned

STATUSES = ("decided", "ordered")


class Award(Revisioned, Base):
    """A scenario that the buyer accepted; one per tender.

    `total` is the exact sum of what the winners are paid. `evaluated_cost` is the cost that the
    scenario minimised: it also counts unfilled demand, early delivery and penalties.
    `unpublished_rules` are the rules, and `unpublished_objective` the stages, that the buyer added
    after prices were seen.
    """

    __tablename__ = "awards"
    __table_args__ = (
        CheckConstraint(one_of("status", STATUSES), name="status"),
        UniqueConstraint("tender_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    total: Mapped[Decimal] = mapped_column(ExactDecimal)
    evaluated_cost: Mapped[Decimal] = mapped_column(ExactDecimal)
    complete: Mapped[bool]
    unpublished_rules: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    unpublished_objective: Mapped[list[dict[str, Any]] | None] = mapped_column(Document)
    reason: Mapped[str] = mapped_column(String(2000))
    status: Mapped[str] = mapped_column(String(10))
    decided_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcTime)


class AwardLine(Base):
    """What one offer was awarded: a quantity per tender period, and exact amounts.

    `workshare` holds decimal strings by firm; a third is rounded there, so whoever divides by it
    divides by its sum.
    """

    __tablename__ = "award_lines"

    award_id: Mapped[str] = mapped_column(ForeignKey("awards.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    bidder_id: Mapped[str] = mapped_column(Id)  # the network's id, else the organisation's
    offer_id: Mapped[str] = mapped_column(String(300))
    lot_code: Mapped[str] = mapped_column(String(80))
    quantities: Mapped[list[str]] = mapped_column(Document)
    price: Mapped[Decimal] = mapped_column(ExactDecimal)
    setup: Mapped[Decimal] = mapped_column(ExactDecimal)
    delivery: Mapped[Decimal] = mapped_column(ExactDecimal)
    freight: Mapped[Decimal] = mapped_column(ExactDecimal)
    workshare: Mapped[dict[str, str]] = mapped_column(Document)


class AwardWinner(Base):
    """A firm that an award binds, by itself or as a member of a winning network."""

    __tablename__ = "award_winners"

    award_id: Mapped[str] = mapped_column(ForeignKey("awards.id"), primary_key=True)
    bidder_id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, index=True
    )
