"""Tables of allocation runs and their progress."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.models import one_of
from app.kit.columns import Document, Id, UtcTime
from app.kit.db import Base, Revisioned

STATUSES = ("queued", "running", "done", "cancelled", "failed")
ACTIVE = ("queued", "running")


class Run(Revisioned, Base):
    """One problem to be solved; with a tender it is a scenario of that tender.

    `result` is a result document that `allocation.verify` has passed, never anything else.
    `rule_prices` says of each rule asked for what it costs. `unpublished_rules` are the ids of
    rules that the buyer added after prices were seen. `failure` is a code and its reason.
    """

    __tablename__ = "runs"
    __table_args__ = (
        CheckConstraint(one_of("status", STATUSES), name="status"),
        Index("ix_runs_owner_status", "organisation_id", "status"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    tender_id: Mapped[str | None] = mapped_column(ForeignKey("tenders.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    # Megabytes each: read only where they are asked for.
    problem: Mapped[dict[str, Any]] = mapped_column(Document, deferred=True)
    problem_sha256: Mapped[str] = mapped_column(String(64))
    unpublished_rules: Mapped[list[str]] = mapped_column(Document)
    unpublished_objective: Mapped[bool]
    options: Mapped[dict[str, Any]] = mapped_column(Document)
    status: Mapped[str] = mapped_column(String(10))
    cancel_requested_at: Mapped[datetime | None] = mapped_column(UtcTime)
    result_status: Mapped[str | None] = mapped_column(String(10))
    result: Mapped[dict[str, Any] | None] = mapped_column(Document, deferred=True)
    rule_prices: Mapped[list[dict[str, Any]] | None] = mapped_column(Document)
    failure: Mapped[dict[str, Any] | None] = mapped_column(Document)
    attempts: Mapped[int]
    created_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)

    @property
    def final(self) -> bool:
        """Whether nothing will change any more."""
        return self.status not in ACTIVE


class RunProgress(Base):
    """A sign of life of a run: what it is doing, its best value, its bound."""

    __tablename__ = "run_progress"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    data: Mapped[dict[str, Any]] = mapped_column(Document)
