"""Tables of networks and their members."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.models import one_of
from app.kit.columns import ExactDecimal, Id, UtcTime
from app.kit.db import Base, Revisioned

PURPOSES = ("scope", "scale", "shared_services", "market_access")
CONTRACT_FORMS = ("single", "several")
STATUSES = ("proposed", "active", "dissolved")


class Network(Revisioned, Base):
    """A hard network (in Indonesian law a joint operation, KSO): it bids as one."""

    __tablename__ = "networks"
    __table_args__ = (
        CheckConstraint(one_of("purpose", PURPOSES), name="purpose"),
        CheckConstraint(one_of("contract_form", CONTRACT_FORMS), name="contract_form"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(20))
    contract_form: Mapped[str] = mapped_column(String(10))
    lead_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    charter: Mapped[str] = mapped_column(String(4000))
    terms_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(10))
    proposed_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    activated_at: Mapped[datetime | None] = mapped_column(UtcTime)


class NetworkMember(Base):
    """A firm invited into a network, its share, and its consent to the very terms."""

    __tablename__ = "network_members"

    network_id: Mapped[str] = mapped_column(ForeignKey("networks.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, index=True
    )
    share: Mapped[Decimal] = mapped_column(ExactDecimal)
    consented_at: Mapped[datetime | None] = mapped_column(UtcTime)
    consented_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    consented_sha256: Mapped[str | None] = mapped_column(String(64))
    declined_at: Mapped[datetime | None] = mapped_column(UtcTime)
