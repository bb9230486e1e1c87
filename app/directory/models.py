"""Tables of profiles, reference data, resources, capacity and reservations."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.models import one_of
from app.kit.columns import ExactDecimal, Id, UtcTime
from app.kit.db import Base, Revisioned

RESERVATION_STATES = ("held", "committed", "released")


class SizeClass(Base):
    """A size class of a country by annual sales, as its law defines it, for as long as it does."""

    __tablename__ = "size_classes"

    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    valid_until: Mapped[date | None] = mapped_column(Date)
    max_annual_sales: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    currency: Mapped[str] = mapped_column(String(3))
    source: Mapped[str] = mapped_column(String(200))


class Regency(Base):
    """A regency or city, with the point that distances are measured from."""

    __tablename__ = "regencies"

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    province: Mapped[str] = mapped_column(String(100))
    region: Mapped[str] = mapped_column(String(6), index=True)  # ISO 3166-2
    latitude: Mapped[Decimal] = mapped_column(ExactDecimal)
    longitude: Mapped[Decimal] = mapped_column(ExactDecimal)


class ClassificationCode(Base):
    """A code of a classification, with its edition: editions split and merge codes."""

    __tablename__ = "classification_codes"

    scheme: Mapped[str] = mapped_column(String(20), primary_key=True)
    edition: Mapped[str] = mapped_column(String(10), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    title_en: Mapped[str | None] = mapped_column(String(300))
    title_id: Mapped[str | None] = mapped_column(String(300))


class Profile(Revisioned, Base):
    """What a firm says of itself; sales are private, the size class that follows is public."""

    __tablename__ = "profiles"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    size_class: Mapped[str] = mapped_column(String(20))
    annual_sales: Mapped[Decimal] = mapped_column(ExactDecimal)
    sales_year: Mapped[int]
    regency_code: Mapped[str] = mapped_column(ForeignKey("regencies.code"))
    ownership_group: Mapped[str | None] = mapped_column(String(80))
    about: Mapped[str] = mapped_column(String(2000), default="")
    updated_at: Mapped[datetime] = mapped_column(UtcTime)


class ProfileCode(Base):
    """A classification code that a firm works under."""

    __tablename__ = "profile_codes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["scheme", "edition", "code"],
            [
                "classification_codes.scheme",
                "classification_codes.edition",
                "classification_codes.code",
            ],
        ),
    )

    organisation_id: Mapped[str] = mapped_column(
        ForeignKey("profiles.organisation_id"), primary_key=True
    )
    scheme: Mapped[str] = mapped_column(String(20), primary_key=True)
    edition: Mapped[str] = mapped_column(String(10), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)


class Resource(Revisioned, Base):
    """A machine, line or crew whose time is a firm's capacity."""

    __tablename__ = "resources"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    code: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    process: Mapped[str] = mapped_column(String(40), index=True)
    unit: Mapped[str] = mapped_column(String(20))
    updated_at: Mapped[datetime] = mapped_column(UtcTime)


class CapacityWeek(Base):
    """How much of a resource its firm offers in one ISO week (named by its Monday)."""

    __tablename__ = "capacity_weeks"

    resource_id: Mapped[str] = mapped_column(ForeignKey("resources.id"), primary_key=True)
    week: Mapped[date] = mapped_column(Date, primary_key=True)
    capacity: Mapped[Decimal] = mapped_column(ExactDecimal)


class Reservation(Base):
    """A part of one week's capacity that is spoken for, so that nothing is promised twice."""

    __tablename__ = "reservations"
    __table_args__ = (
        CheckConstraint(one_of("state", RESERVATION_STATES), name="state"),
        Index("ix_reservations_resource_week", "resource_id", "week"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resources.id"))
    week: Mapped[date] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    state: Mapped[str] = mapped_column(String(12))
    holder_id: Mapped[str] = mapped_column(Id, index=True)  # an award or an order, of a later room
    created_at: Mapped[datetime] = mapped_column(UtcTime)
