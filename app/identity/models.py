"""Tables of organisations, users, API keys and authorisations, and of the room's parts."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.checks import one_of
from app.identity.joining import models as joining
from app.identity.login import models as login
from app.identity.oauth import models as oauth
from app.identity.privacy import models as privacy
from app.identity.scopes import POWERS, ROLES
from app.kit.columns import Document, ExactDecimal, Id, UtcTime
from app.kit.db import Base

__all__ = ["ApiKey", "Authorisation", "BindingAct", "Organisation", "User", "one_of"]
PARTS = (
    joining,
    login,
    oauth,
    privacy,
)  # so that whoever knows this room's tables knows all of them


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
    erased_at: Mapped[datetime | None] = mapped_column(UtcTime)


class ApiKey(Base):
    """A key of a user; only its hash is kept."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    label: Mapped[str] = mapped_column(String(100))
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(Document)
    powers: Mapped[list[str]] = mapped_column(Document, server_default="[]")
    made_by: Mapped[str | None] = mapped_column(Id)
    replaced_by: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Authorisation(Base):
    """A power to bind a firm: who holds it, up to which amount, since when, on what evidence.

    The holder is a user of the firm, or another organisation that acts under a mandate.
    """

    __tablename__ = "authorisations"
    __table_args__ = (
        CheckConstraint(one_of("power", POWERS), name="power"),
        CheckConstraint("(user_id IS NULL) <> (holder_organisation_id IS NULL)", name="holder"),
        Index("ix_authorisations_holder", "user_id", "firm_id", "power"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    holder_organisation_id: Mapped[str | None] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    firm_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    power: Mapped[str] = mapped_column(String(20))
    limit_amount: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    limit_currency: Mapped[str | None] = mapped_column(String(3))
    evidence: Mapped[str] = mapped_column(String(500))
    granted_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    valid_from: Mapped[datetime] = mapped_column(UtcTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)


class BindingAct(Base):
    """Who bound which firm, in which way, under which authorisation, and with what in hand."""

    __tablename__ = "binding_acts"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    firm_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    authorisation_id: Mapped[str] = mapped_column(ForeignKey("authorisations.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    power: Mapped[str] = mapped_column(String(20))
    via: Mapped[str] = mapped_column(String(10))
    via_id: Mapped[str] = mapped_column(Id)
    request_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcTime)
