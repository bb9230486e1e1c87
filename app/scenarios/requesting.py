"""Use cases: ask for a run of a problem, or for a scenario of a tender, and cancel it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.allocation.document import DEFECT_MESSAGES, Defect, defects, problem_sha256
from app.identity.actor import Actor
from app.kit.config import Settings
from app.kit.events import record
from app.kit.jobs import ORDINARY, Jobs
from app.kit.problems import Fault, NotFound
from app.kit.types import decimal_text, new_id
from app.scenarios import assembly, queries
from app.scenarios.errors import AssemblyDefective, RunFinished, TooManyRuns
from app.scenarios.faults import fault, refuse, refuse_too_large
from app.scenarios.jobs import SOLVE, key_of
from app.scenarios.models import Run
from app.scenarios.pricing import has_plain_cost
from app.scenarios.schemas import DEFAULT_SECONDS, AllocationRequest, RunOptions, ScenarioRequest
from app.scenarios.solving import Outcome, finish
from app.tenders.models import Tender

Document = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """What every request needs of its surroundings."""

    session: Session
    jobs: Jobs
    settings: Settings
    actor: Actor
    at: Callable[[Session], datetime]


def refuse_defects(body: AllocationRequest, settings: Settings) -> None:
    """Read a problem that the client sends, which may take seconds and needs no transaction.

    Raises
    ------
    Malformed
        With every defect of the problem and the options.
    """
    refuse_too_large(body.problem)
    found = [fault(defect, f"/problem{defect.pointer}") for defect in defects(body.problem)]
    limits = _limit_faults(body.options, settings)
    # Which rules can be priced is known only of a sound problem.
    refuse(found + limits if found else limits + _pricing_faults(body.options, body.problem))


def request_allocation(desk: Desk, body: AllocationRequest) -> Run:
    """Ask for a run of a problem that has been read without a defect."""
    return _store(desk, body.name, body.problem, body.options)


def request_scenario(desk: Desk, tender: Tender, body: ScenarioRequest) -> Run:
    """Ask for a scenario: a run of the problem that the tender's opened bids make."""
    published = tender.rules
    rules = [*published, *body.rules]
    objective = body.objective or tender.objective
    problem = assembly.assemble(desk.session, tender, rules=rules, objective=objective)
    limits = _limit_faults(body.options, desk.settings)
    found, alien = _placed(defects(problem), first_extra=len(published), body=body)
    if alien and not found:
        raise AssemblyDefective(faults=alien)
    refuse(found + limits if found else limits + _pricing_faults(body.options, problem))
    return _store(
        desk,
        body.name,
        problem,
        body.options,
        tender=tender,
        unpublished_rules=[rule["id"] for rule in body.rules],
        unpublished_objective=body.objective is not None and body.objective != tender.objective,
    )


def _placed(
    found: Iterable[Defect], *, first_extra: int, body: ScenarioRequest
) -> tuple[list[Fault], list[Fault]]:
    """Part an assembled problem's defects into the request's own and those of what is stored."""
    mine, alien = [], []
    for defect in found:
        steps = defect.pointer.split("/")
        if len(steps) > 2 and steps[1] == "rules" and int(steps[2]) >= first_extra:
            steps[2] = str(int(steps[2]) - first_extra)
            mine.append(fault(defect, "/".join(steps)))
        elif len(steps) > 1 and steps[1] == "objective" and body.objective is not None:
            mine.append(fault(defect, defect.pointer))
        else:
            alien.append(fault(defect, defect.pointer))
    return mine, alien


def _limit_faults(options: RunOptions, settings: Settings) -> list[Fault]:
    most = Decimal(settings.solver_max_seconds)
    return [
        Fault(f"/options/{name}", "above_limit", "{value} must be at most {limit}.", params)
        for name, value in (
            ("seconds", options.seconds),
            ("deterministic", options.deterministic),
        )
        if value is not None and value > most
        for params in ({"value": decimal_text(value), "limit": decimal_text(most)},)
    ]


def _pricing_faults(options: RunOptions, problem: Mapping[str, Any]) -> list[Fault]:
    known = {rule["id"] for rule in problem.get("rules", [])}
    faults = [
        Fault(
            f"/options/price_rules/{position}",
            "unknown_id",
            DEFECT_MESSAGES["unknown_id"],
            {"kind": "rule", "id": rule},
        )
        for position, rule in enumerate(options.price_rules)
        if rule not in known
    ]
    if options.price_rules and not has_plain_cost(problem):
        faults.append(
            Fault(
                "/options/price_rules",
                "no_cost_stage",
                "rules can be priced only where a stage of the objective is the plain cost",
            )
        )
    return faults


def _options(options: RunOptions, settings: Settings) -> Document:
    stored = options.model_dump(mode="json", exclude_none=True)
    if options.seconds is None and options.deterministic is None:
        most = Decimal(settings.solver_max_seconds)
        stored["seconds"] = decimal_text(min(DEFAULT_SECONDS, most))
    return stored


def _store(
    desk: Desk,
    name: str,
    problem: Document,
    options: RunOptions,
    *,
    tender: Tender | None = None,
    unpublished_rules: list[str] | None = None,
    unpublished_objective: bool = False,
) -> Run:
    """Store a run and enqueue its job in the same transaction."""
    active = queries.count_active(desk.session, desk.actor.organisation_id)
    if active >= desk.settings.max_active_runs:
        raise TooManyRuns(active)
    run = Run(
        id=new_id("run"),
        organisation_id=desk.actor.organisation_id,
        tender_id=None if tender is None else tender.id,
        name=name,
        problem=problem,
        problem_sha256=problem_sha256(problem),
        unpublished_rules=unpublished_rules or [],
        unpublished_objective=unpublished_objective,
        options=_options(options, desk.settings),
        status="queued",
        attempts=0,
        created_by=desk.actor.user_id,
        created_at=desk.at(desk.session),
    )
    desk.session.add(run)
    desk.session.flush()
    # Everybody's first run goes before anybody's second: nobody's queue is in another's way.
    priority = ORDINARY + active
    desk.jobs.enqueue(desk.session, SOLVE, key_of(run.id), argument=run.id, priority=priority)
    data: Document = {"problem_sha256": run.problem_sha256}
    if run.tender_id is not None:
        data |= {"tender_id": run.tender_id, "unpublished_rules": run.unpublished_rules}
    _record(desk, "scenario.requested", run, data)
    return run


def cancel(desk: Desk, run_id: str) -> Run:
    """Ask that a run end; one that no worker has begun ends at once, asking again is no error."""
    run = queries.locked(desk.session, run_id)
    if run is None or run.organisation_id != desk.actor.organisation_id:
        raise NotFound
    if run.status == "cancelled" or (not run.final and run.cancel_requested_at is not None):
        return run
    if run.final:
        raise RunFinished
    run.cancel_requested_at = desk.at(desk.session)
    _record(desk, "scenario.cancel_requested", run, {"status": run.status})
    if run.status == "queued":
        desk.jobs.cancel(desk.session, key_of(run.id))
        finish(desk.session, run, Outcome("cancelled"), at=run.cancel_requested_at)
    desk.session.flush()
    return run


def _record(desk: Desk, kind: str, run: Run, data: Document) -> None:
    record(
        desk.session,
        kind,
        subject=run.id,
        at=run.cancel_requested_at or run.created_at,
        organisation=run.organisation_id,
        actor=desk.actor.user_id,
        data=data,
    )
