"""Tables of organisations, users, API keys and authorisations."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.scopes import POWERS, ROLES
from app.kit.columns import Document, Id, UtcTime
from app.kit.db import Base


def one_of(column: str, values: tuple[str, ...]) -> str:
    """Return the CHECK text that keeps a column to known words."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Organisation(Base):
    """A firm, cooperative, buyer, broker or authority that takes part."""

    __tablename__ = "organisations"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2))
    business_id: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class User(Base):
    """A person who acts in one organisation under one role."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint(one_of("role", ROLES), name="role"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class ApiKey(Base):
    """A key of a user; only its hash is kept."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    label: Mapped[str] = mapped_column(String(100))
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(Document)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Authorisation(Base):
    """A power to bind a firm: who holds it, for which firm, since when, on what evidence."""

    __tablename__ = "authorisations"
    __table_args__ = (
        CheckConstraint(one_of("power", POWERS), name="power"),
        Index("ix_authorisations_holder", "user_id", "firm_id", "power"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    firm_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    power: Mapped[str] = mapped_column(String(20))
    evidence: Mapped[str] = mapped_column(String(500))
    granted_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    valid_from: Mapped[datetime] = mapped_column(UtcTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
