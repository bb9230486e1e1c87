"""Routes of allocation runs and of tenders' scenarios, which are runs too."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy.orm import Session

from app.identity.actor import Actor, allowed
from app.kit import etags, i18n
from app.kit.db import Database, ReadSession, UnitOfWork
from app.kit.deps import JobQueue, ServerClock, ServerSettings
from app.kit.http import ExactRoute
from app.kit.idempotency import AtMostOnce
from app.kit.paging import Asked, Page, page
from app.kit.problems import NotFound, responses
from app.scenarios import queries, requesting
from app.scenarios.errors import FAILURES, NoResult
from app.scenarios.models import Run
from app.scenarios.requesting import Desk
from app.scenarios.schemas import (
    AllocationRequest,
    FailureView,
    ProgressView,
    RunItem,
    RunView,
    ScenarioRequest,
)
from app.scenarios.streaming import follow, progress_view
from app.tenders import access

router = APIRouter(tags=["scenarios"], route_class=ExactRoute)
Reader = Annotated[Actor, allowed("scenarios:read")]
Writer = Annotated[Actor, allowed("scenarios:write")]

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "Not modified"}}


def _document(title: str) -> dict[int | str, dict[str, Any]]:
    schema = {"type": "object", "title": title}
    return {200: {"description": title, "content": {"application/json": {"schema": schema}}}}


def _desk(
    session: UnitOfWork,
    jobs: JobQueue,
    settings: ServerSettings,
    clock: ServerClock,
    actor: Writer,
) -> Desk:
    return Desk(session, jobs, settings, actor, clock.now)


WritersDesk = Annotated[Desk, Depends(_desk, scope="function")]


def _run(run_id: str, actor: Reader, session: ReadSession) -> Run:
    run = queries.run_for(session, run_id, actor.organisation_id)
    if run is None:
        raise NotFound
    return run


ReadRun = Annotated[Run, Depends(_run, scope="function")]


def _view(
    session: Session, run: Run, language: str, progress: ProgressView | None = None
) -> RunView:
    item = RunItem.model_validate(run).model_dump()
    failure = None
    if run.failure is not None:
        code, reason = run.failure["code"], run.failure["reason"]
        detail = i18n.translate(language, FAILURES[code], {"reason": reason})
        failure = FailureView(code=code, detail=detail)
    if progress is None:
        row = queries.last_progress(session, run.id)
        progress = None if row is None else progress_view(row)
    return RunView(
        **item,
        progress=progress,
        failure=failure,
        rule_prices=run.rule_prices or [],
        result=run.result,
    )


def _language(request: Request) -> str:
    return i18n.choose(request.headers.get("accept-language"))


def _accepted(request: Request, response: Response, session: Session, run: Run) -> RunView:
    place = "allocations" if run.tender_id is None else "scenarios"
    response.headers["Location"] = f"/v1/{place}/{run.id}"
    return _view(session, run, _language(request))


@router.post("/allocations", status_code=202, responses=responses(409, 429))
def request_allocation(
    body: AllocationRequest,
    request: Request,
    response: Response,
    desk: WritersDesk,
    once: AtMostOnce,
    clock: ServerClock,
) -> RunView:
    """Send an allocation problem to be solved; poll the run, or follow its events."""
    requesting.refuse_defects(body, desk.settings)  # before the transaction takes any lock
    actor = desk.actor.user_id
    known = once.seen(desk.session, actor)
    run = queries.run(desk.session, known) if known else None
    if run is None:
        run = requesting.request_allocation(desk, body)
        once.keep(desk.session, actor, run.id, clock)
    return _accepted(request, response, desk.session, run)


@router.get("/allocations", responses=responses())
def list_allocations(actor: Reader, session: ReadSession, asked: Asked) -> Page[RunItem]:
    """List the runs of the problems that your organisation sent."""
    rows = queries.allocations_of(actor.organisation_id)
    return page(session, rows, Run.id, asked, RunItem.model_validate)


@router.post("/tenders/{tender_id}/scenarios", status_code=202, responses=responses(404, 409, 429))
def request_scenario(
    tender_id: str,
    body: ScenarioRequest,
    request: Request,
    response: Response,
    desk: WritersDesk,
    once: AtMostOnce,
    clock: ServerClock,
) -> RunView:
    """Run a scenario of your opened tender: its bids, capacities and rules, and your own."""
    actor = desk.actor.user_id
    tender = access.for_buyer(desk.session, tender_id, desk.actor)
    known = once.seen(desk.session, actor)
    run = queries.run(desk.session, known) if known else None
    if run is None:
        run = requesting.request_scenario(desk, tender, body)
        once.keep(desk.session, actor, run.id, clock)
    return _accepted(request, response, desk.session, run)


@router.get("/tenders/{tender_id}/scenarios", responses=responses(404))
def list_scenarios(
    tender_id: str, actor: Reader, session: ReadSession, asked: Asked
) -> Page[RunItem]:
    """List the scenarios of your tender."""
    tender = access.for_buyer(session, tender_id, actor)
    rows = queries.scenarios_of(tender.id)
    return page(session, rows, Run.id, asked, RunItem.model_validate)


@router.get(
    "/allocations/{run_id}", response_model=RunView, responses=responses(404) | NOT_MODIFIED
)
@router.get("/scenarios/{run_id}", response_model=RunView, responses=responses(404) | NOT_MODIFIED)
def show_run(
    run: ReadRun, request: Request, response: Response, session: ReadSession
) -> RunView | Response:
    """Read how a run stands, with its latest progress and its verified result."""
    row = queries.last_progress(session, run.id)
    # Progress is no change of the run's row; both numbers only grow, so their sum names a state.
    version = run.revision + (0 if row is None else row.number)
    etags.unchanged(request, response, version)
    progress = None if row is None else progress_view(row)
    return _view(session, run, _language(request), progress)


@router.get(
    "/allocations/{run_id}/problem",
    response_class=JSONResponse,
    responses=responses(404) | _document("Allocation problem"),
)
@router.get(
    "/scenarios/{run_id}/problem",
    response_class=JSONResponse,
    responses=responses(404) | _document("Allocation problem"),
)
def show_problem(run: ReadRun, session: ReadSession) -> Response:
    """Read the problem that is solved, as it is stored: its hash is the run's `problem_sha256`."""
    return _json(queries.problem_text(session, run.id), run)


@router.get(
    "/allocations/{run_id}/result",
    response_class=JSONResponse,
    responses=responses(404) | _document("Allocation result"),
)
@router.get(
    "/scenarios/{run_id}/result",
    response_class=JSONResponse,
    responses=responses(404) | _document("Allocation result"),
)
def show_result(run: ReadRun, session: ReadSession) -> Response:
    """Read the verified result, as it is stored."""
    return _json(queries.result_text(session, run.id), run)


def _json(text: str | None, run: Run) -> Response:
    if text is None:
        raise NoResult(status=run.status)
    return Response(text, media_type="application/json")


@dataclass(frozen=True)
class Watched:
    """A run that the reader may follow, and where to read it."""

    run_id: str
    database: Database
    pause_seconds: float


def _watched(run_id: str, request: Request, actor: Reader, settings: ServerSettings) -> Watched:
    # Refused here, since an answer that streams has already been sent as a success.
    database: Database = request.app.state.database
    with database.read() as session:
        if queries.run_for(session, run_id, actor.organisation_id) is None:
            raise NotFound
    return Watched(run_id, database, settings.stream_poll_seconds)


@router.get(
    "/allocations/{run_id}/events",
    response_class=EventSourceResponse,
    responses=responses(404),
)
@router.get(
    "/scenarios/{run_id}/events",
    response_class=EventSourceResponse,
    responses=responses(404),
)
async def events(
    watched: Annotated[Watched, Depends(_watched)],
    last_event_id: Annotated[
        int,
        Header(
            ge=0,
            le=2**31 - 1,
            description="Number of the last progress seen: the stream goes on after it.",
        ),
    ] = 0,
) -> AsyncIterator[ServerSentEvent]:
    """Follow a run: events `progress`, then one `finished`, after which the stream ends.

    `id` is the number of the progress, so a client that comes back with `Last-Event-ID` misses
    nothing and sees nothing twice.
    """
    async for event in follow(
        watched.database, watched.run_id, last_event_id, watched.pause_seconds
    ):
        yield event


@router.post("/allocations/{run_id}/cancellation", status_code=202, responses=responses(404, 409))
@router.post("/scenarios/{run_id}/cancellation", status_code=202, responses=responses(404, 409))
def cancel(run_id: str, request: Request, response: Response, desk: WritersDesk) -> RunView:
    """End a run; the best allocation found so far is kept as its result."""
    run = requesting.cancel(desk, run_id)
    return _accepted(request, response, desk.session, run)
