"""Tables of products, tenders and lots."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.models import one_of
from app.kit.columns import Document, ExactDecimal, Id, UtcTime
from app.kit.db import Base, Revisioned

MAKE = ("kept", "subcontracted")
STATUSES = (
    "draft",
    "published",
    "closed",
    "opened",
    "evaluated",
    "awarded",
    "completed",
    "cancelled",
)


class Product(Base):
    """A machine or good of a centre factory."""

    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    code: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class ProductPart(Base):
    """A line of a bill of materials: kept by the centre factory or subcontracted."""

    __tablename__ = "product_parts"
    __table_args__ = (CheckConstraint(one_of("make", MAKE), name="make"),)

    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(80), primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(20))
    quantity_per: Mapped[Decimal] = mapped_column(ExactDecimal)
    make: Mapped[str] = mapped_column(String(14))
    process: Mapped[str] = mapped_column(String(40))
    lead_time_weeks: Mapped[int]
    increment: Mapped[Decimal] = mapped_column(ExactDecimal)
    tags: Mapped[list[str]] = mapped_column(Document)


class Tender(Revisioned, Base):
    """A request for bids; its life is run by the server's clock.

    `periods` is a list of `{"id", "starts_on", "weeks"}`; `rules` and `objective` are in the words
    of the allocation format.
    """

    __tablename__ = "tenders"
    __table_args__ = (
        CheckConstraint(one_of("status", STATUSES), name="status"),
        Index("ix_tenders_closing", "status", "closes_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    product_id: Mapped[str | None] = mapped_column(ForeignKey("products.id"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(4000))
    currency: Mapped[str] = mapped_column(String(3))
    delivery_regency: Mapped[str] = mapped_column(ForeignKey("regencies.code"))
    payment_days: Mapped[int]
    periods: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    schedule: Mapped[list[str] | None] = mapped_column(Document)
    rules: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    objective: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    status: Mapped[str] = mapped_column(String(12))
    closes_at: Mapped[datetime] = mapped_column(UtcTime)
    opens_at: Mapped[datetime] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcTime)
    evaluated_at: Mapped[datetime | None] = mapped_column(UtcTime)
    awarded_at: Mapped[datetime | None] = mapped_column(UtcTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    cancel_reason: Mapped[str | None] = mapped_column(String(1000))


class TenderLot(Base):
    """A lot: one part, its demand per period (decimal strings), and what deviations cost."""

    __tablename__ = "tender_lots"

    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(80), primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(20))
    process: Mapped[str] = mapped_column(String(40))
    increment: Mapped[Decimal] = mapped_column(ExactDecimal)
    demand: Mapped[list[str]] = mapped_column(Document)
    shortfall_cost: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    carry_cost: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    over_cost: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    tags: Mapped[list[str]] = mapped_column(Document)
