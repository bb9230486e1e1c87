"""Every SELECT on allocation runs and their progress."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, Text, func, select, type_coerce
from sqlalchemy.orm import Session

from app.identity.models import Organisation
from app.scenarios.models import ACTIVE, Run, RunProgress


@dataclass(frozen=True)
class Standing:
    """What decides whether work on a run goes on."""

    status: str
    result_status: str | None
    attempts: int
    cancel_requested: bool

    @property
    def final(self) -> bool:
        """Whether nothing will change any more."""
        return self.status not in ACTIVE


def run(session: Session, run_id: str) -> Run | None:
    """Return a run."""
    return session.get(Run, run_id)


def run_for(session: Session, run_id: str, organisation_id: str) -> Run | None:
    """Return a run of an organisation: nobody else may know of it."""
    return session.scalar(
        select(Run).where(Run.id == run_id, Run.organisation_id == organisation_id)
    )


def locked(session: Session, run_id: str) -> Run | None:
    """Return a run as it is now, locked against other writers."""
    return session.scalar(
        select(Run)
        .where(Run.id == run_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def allocations_of(organisation_id: str) -> Select[Run]:
    """Return the runs of problems that an organisation sent itself."""
    return select(Run).where(Run.organisation_id == organisation_id, Run.tender_id.is_(None))


def scenarios_of(tender_id: str) -> Select[Run]:
    """Return the scenarios of a tender."""
    return select(Run).where(Run.tender_id == tender_id)


def count_active(session: Session, organisation_id: str) -> int:
    """Count the unfinished runs of an organisation; whoever counts too waits for this transaction.

    NO KEY: rows that merely refer to the organisation are written meanwhile.
    """
    session.execute(
        select(Organisation.id)
        .where(Organisation.id == organisation_id)
        .with_for_update(key_share=True)
    )
    return session.scalars(
        select(func.count())
        .select_from(Run)
        .where(Run.organisation_id == organisation_id, Run.status.in_(ACTIVE))
    ).one()


def standing(session: Session, run_id: str) -> Standing | None:
    """Return how a run stands, without its documents."""
    row = session.execute(
        select(Run.status, Run.result_status, Run.attempts, Run.cancel_requested_at).where(
            Run.id == run_id
        )
    ).one_or_none()
    if row is None:
        return None
    asked = row.cancel_requested_at is not None
    return Standing(row.status, row.result_status, row.attempts, asked)


def problem_text(session: Session, run_id: str) -> str | None:
    """Return a run's problem as it is stored."""
    return session.scalar(select(type_coerce(Run.problem, Text)).where(Run.id == run_id))


def result_text(session: Session, run_id: str) -> str | None:
    """Return a run's result as it is stored, or None where there is none."""
    return session.scalar(select(type_coerce(Run.result, Text)).where(Run.id == run_id))


def last_progress(session: Session, run_id: str) -> RunProgress | None:
    """Return the newest sign of life of a run."""
    return session.scalar(
        select(RunProgress)
        .where(RunProgress.run_id == run_id)
        .order_by(RunProgress.number.desc())
        .limit(1)
    )


def progress_after(session: Session, run_id: str, number: int, limit: int) -> Sequence[RunProgress]:
    """Return the signs of life of a run after a number, oldest first."""
    return session.scalars(
        select(RunProgress)
        .where(RunProgress.run_id == run_id, RunProgress.number > number)
        .order_by(RunProgress.number)
        .limit(limit)
    ).all()


def active_since(session: Session, before: datetime) -> Sequence[str]:
    """Return the ids of unfinished runs that were asked for before an instant."""
    return session.scalars(
        select(Run.id).where(Run.status.in_(ACTIVE), Run.created_at < before).order_by(Run.id)
    ).all()
