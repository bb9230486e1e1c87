"""Tables of orders, their lines, schedules and workshares."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.models import one_of
from app.kit.columns import ExactDecimal, Id, UtcTime
from app.kit.db import Base, Revisioned

STATUSES = ("placed", "acknowledged")


class Order(Revisioned, Base):
    """A subcontract order of a buyer to one seller: a firm, or a network through its lead.

    `total` is the exact sum of the lines, rounded once to what the currency's contracts state.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(one_of("status", STATUSES), name="status"),
        UniqueConstraint("award_id", "number"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    award_id: Mapped[str] = mapped_column(ForeignKey("awards.id"))
    tender_id: Mapped[str] = mapped_column(ForeignKey("tenders.id"))
    number: Mapped[int]
    buyer_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    seller_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    network_id: Mapped[str | None] = mapped_column(ForeignKey("networks.id"))
    currency: Mapped[str] = mapped_column(String(3))
    total: Mapped[Decimal] = mapped_column(ExactDecimal)
    payment_days: Mapped[int]
    status: Mapped[str] = mapped_column(String(14))
    placed_at: Mapped[datetime] = mapped_column(UtcTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcTime)
    acknowledged_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class OrderLine(Base):
    """One lot of an order; its amounts are exact parts of the award."""

    __tablename__ = "order_lines"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    lot_code: Mapped[str] = mapped_column(String(80))
    offer_id: Mapped[str] = mapped_column(String(300))
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[Decimal] = mapped_column(ExactDecimal)
    price: Mapped[Decimal] = mapped_column(ExactDecimal)
    setup: Mapped[Decimal] = mapped_column(ExactDecimal)
    delivery: Mapped[Decimal] = mapped_column(ExactDecimal)
    freight: Mapped[Decimal] = mapped_column(ExactDecimal)
    total: Mapped[Decimal] = mapped_column(ExactDecimal)


class ScheduleLine(Base):
    """A quantity of an order line due in one delivery period, by that period's last day."""

    __tablename__ = "schedule_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["order_id", "position"], ["order_lines.order_id", "order_lines.position"]
        ),
    )

    order_id: Mapped[str] = mapped_column(Id, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(80), primary_key=True)
    due_on: Mapped[date] = mapped_column(Date)
    quantity: Mapped[Decimal] = mapped_column(ExactDecimal)


class OrderShare(Base):
    """A firm's part of an order's total; whoever has one, of nothing even, may read the order."""

    __tablename__ = "order_shares"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, index=True
    )
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
