"""Tables of invitations, offices and verifications."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.checks import one_of
from app.identity.scopes import ROLES
from app.kit.columns import Id, UtcTime
from app.kit.db import Base

OFFICES = ("authority", "operator")
LEVELS = ("self_declared", "evidence_seen", "verified")


class Invitation(Base):
    """An invitation to become a user of an organisation; only the hash of its secret is kept."""

    __tablename__ = "invitations"
    __table_args__ = (CheckConstraint(one_of("role", ROLES), name="role"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(20))
    secret_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    accepted_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Office(Base):
    """An organisation that the operator appointed to verify others, or that runs the server."""

    __tablename__ = "offices"
    __table_args__ = (CheckConstraint(one_of("kind", OFFICES), name="kind"),)

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    appointed_at: Mapped[datetime] = mapped_column(UtcTime)


class Verification(Base):
    """What an office found out about an organisation: how sure, on what evidence, until when."""

    __tablename__ = "verifications"
    __table_args__ = (CheckConstraint(one_of("level", LEVELS[1:]), name="level"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    level: Mapped[str] = mapped_column(String(20))
    evidence: Mapped[str] = mapped_column(String(500))
    office_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    verified_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    verified_at: Mapped[datetime] = mapped_column(UtcTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
