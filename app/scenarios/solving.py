"""The solving job: load (transaction), compute (none, in a child), record (transaction)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import structlog
from sqlalchemy.orm import Session

from app.allocation.document import DocumentError
from app.allocation.explaining.changing import without
from app.allocation.options import AllocationFailed, OnProgress, Options, ShouldStop
from app.allocation.process import solve_in_child
from app.allocation.verify import verify
from app.kit.events import record as record_event
from app.kit.jobs import Run as JobRun
from app.kit.process import Process
from app.scenarios import queries
from app.scenarios.models import Run
from app.scenarios.pricing import price_of
from app.scenarios.progress import AWARD, Reporter, Watch, append
from app.tenders import progress as tender_progress

Document = dict[str, Any]
Solver = Callable[[Document, Options, OnProgress | None, ShouldStop | None], Document]
ALLOCATES = ("optimal", "feasible")
REASON_LENGTH = 1000

logger = structlog.stdlib.get_logger("jejaring.scenarios")


@dataclass(frozen=True)
class Task:
    """What a worker took up: the documents, and which attempt it is."""

    run_id: str
    attempt: int
    problem: Document
    options: Document

    def solver_options(self, threads: int) -> Options:
        """Return the options in the solver's own type."""
        return Options(
            limit_seconds=_decimal(self.options.get("seconds")),
            limit_deterministic=_decimal(self.options.get("deterministic")),
            gap=Decimal(self.options["gap"]),
            seed=self.options["seed"],
            threads=threads,
        )


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    status: str
    result: Document | None = None
    rule_prices: list[Document] = field(default_factory=list)
    failure: Document | None = None


def failed(code: str, reason: str = "") -> Outcome:
    """Return the outcome of a failure, its reason in the words of what failed."""
    return Outcome("failed", failure={"code": code, "reason": reason[:REASON_LENGTH]})


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def solve(process: Process, job: JobRun, solver: Solver = solve_in_child) -> None:
    """Solve a run once, however often its job is started."""
    with process.database.unit_of_work() as session:
        task = load(session, job.argument, at=process.clock.now)
    if task is None:
        return
    watch = Watch(process.database, task.run_id, task.attempt, job.stopping)
    reporter = Reporter(process, task.run_id, task.attempt)
    try:
        outcome = compute(task, solver, watch, reporter, threads=process.settings.solver_threads)
    except Exception as error:
        if job.last and not job.stopping.is_set():
            logger.exception("run_failed", run=task.run_id)
            outcome = failed("internal", type(error).__name__)
        else:
            raise
    if watch.superseded:
        return
    if not watch.cancelled:
        job.check()  # the worker is leaving: the next one starts over
    with process.database.unit_of_work() as session:
        record(session, task.run_id, outcome, at=process.clock.now)


def load(session: Session, run_id: str, *, at: Callable[[Session], datetime]) -> Task | None:
    """Mark a run as running; None when there is nothing to do any more."""
    run = queries.locked(session, run_id)
    if run is None or run.final:
        return None
    now = at(session)
    if run.cancel_requested_at is not None:  # asked for while no worker was there
        finish(session, run, Outcome("cancelled"), at=now)
        return None
    run.status = "running"
    run.attempts += 1
    run.started_at = run.started_at or now
    append(session, run.id, at=now, attempt=run.attempts, phase=AWARD, signs={})
    return Task(run.id, run.attempts, run.problem, run.options)


def compute(
    task: Task, solver: Solver, watch: Watch, reporter: Reporter, *, threads: int
) -> Outcome:
    """Solve, verify once more, and price the rules that were asked for."""
    options = task.solver_options(threads)

    def answer(problem: Document, phase: str) -> Document:
        try:
            return solver(problem, options, reporter.during(phase), watch.should_stop)
        finally:
            reporter.flush()

    try:
        result = answer(task.problem, AWARD)
        findings = verify(task.problem, result)
        if findings:
            reason = "; ".join(f"{finding.pointer}: {finding.detail}" for finding in findings)
            return failed("verification_failed", reason)
        prices: list[Document] = []
        for rule in task.options["price_rules"]:
            if watch.should_stop():
                break
            freed = answer(without(task.problem, rule), f"without {rule}")
            prices.append(price_of(task.problem, rule, result, freed))
    except DocumentError as error:
        return failed("problem_refused", str(error))
    except AllocationFailed as error:
        return failed("solver_failed", str(error))
    return Outcome("cancelled" if watch.cancelled else "done", result, prices)


def record(
    session: Session, run_id: str, outcome: Outcome, *, at: Callable[[Session], datetime]
) -> bool:
    """Store how a run ended; a run that is final already is left alone, and False returned."""
    known = queries.run(session, run_id)
    tender = None
    if known is not None and known.tender_id is not None:
        # Tender before run, as everywhere: two locks in one order never wait for each other.
        tender = tender_progress.locked(session, known.tender_id)
    run = queries.locked(session, run_id)
    if run is None or run.final:
        return False
    now = at(session)
    finish(session, run, outcome, at=now)
    if tender is not None and tender.status == "opened" and allocates(run.result):
        tender_progress.mark_evaluated(session, tender, at=now, actor=run.created_by)
    return True


def allocates(result: Document | None) -> bool:
    """Tell whether a result holds an allocation that could be awarded."""
    if result is None:
        return False
    return result["status"] in ALLOCATES or bool(
        result["status"] == "cancelled" and (result.get("allocations") or result.get("packages"))
    )


def finish(session: Session, run: Run, outcome: Outcome, *, at: datetime) -> None:
    """Make a run final and tell it."""
    run.status = outcome.status
    run.result = outcome.result
    run.result_status = None if outcome.result is None else outcome.result["status"]
    run.rule_prices = outcome.rule_prices
    run.failure = outcome.failure
    run.finished_at = at
    session.flush()
    data: Document = {"status": run.status, "attempts": run.attempts}
    if run.tender_id is not None:
        data["tender_id"] = run.tender_id
    if run.result is not None:
        data |= {"result_status": run.result["status"], "complete": run.result.get("complete")}
    record_event(
        session,
        "scenario.finished",
        subject=run.id,
        at=at,
        organisation=run.organisation_id,
        actor=run.created_by,
        data=data,
    )
