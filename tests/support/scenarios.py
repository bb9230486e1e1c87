"""Steps of allocation runs over HTTP, and a worker's part of them without its job engine."""

from collections.abc import Callable
from copy import deepcopy
from threading import Event
from typing import Any

from fastapi import FastAPI

from app.allocation.options import OnProgress, Options, ShouldStop
from app.kit.jobs import Run as JobRun
from app.scenarios.jobs import key_of
from app.scenarios.schemas import EXAMPLE_PROBLEM
from app.scenarios.solving import Solver, solve
from tests.support.api import Firm
from tests.support.tenders import process_of

Document = dict[str, Any]


def problem(**changes: Any) -> Document:
    """A small problem: 800 of 1000 brackets at 12500 and a setup of 250000, the rest at 13100."""
    return deepcopy(EXAMPLE_PROBLEM) | changes


def hard_problem(lots: int = 60, firms: int = 12) -> Document:
    """A problem that no engine proves optimal within minutes: each firm can make a few lots only.

    The numbers are scattered by multiplication modulo a prime, so they are the same everywhere.
    """
    numbers = [pow(5, number, 10007) for number in range(1, lots * firms * 2 + 1)]
    offers = [
        {
            "id": f"O{lot}/{firm}",
            "bidder": f"F{firm}",
            "lot": f"L{lot}",
            "price": str(100 + numbers[lot * firms + firm] % 90),
            "minimum": "10",
            "setup": str(500 + numbers[-1 - lot * firms - firm] % 900),
            "uses": [
                {
                    "resource": f"F{firm}/press",
                    "per_unit": str(5 + numbers[lot * firms + firm] % 20),
                    "per_delivery": str(20 + numbers[-1 - lot * firms - firm] % 30),
                }
            ],
        }
        for lot in range(lots)
        for firm in range(firms)
    ]
    return {
        "format": "jejaring.allocation-problem/1",
        "currency": "IDR",
        "lots": [
            {"id": f"L{lot}", "demand": str(20 + numbers[lot] % 15), "shortfall_cost": "5000"}
            for lot in range(lots)
        ],
        "firms": [{"id": f"F{firm}"} for firm in range(firms)],
        "bidders": [{"id": f"F{firm}", "members": [f"F{firm}"]} for firm in range(firms)],
        "resources": [
            {
                "id": f"F{firm}/press",
                "firm": f"F{firm}",
                "capacity": str(lots * 27 * 15 // firms),
            }
            for firm in range(firms)
        ],
        "offers": offers,
    }


AT_MOST_HALF = {
    "id": "half",
    "kind": "share",
    "select": {"firm_sizes": ["micro"]},
    "measure": "value",
    "max": "0.5",
}


def job_of(run_id: str, *, attempt: int = 1, attempts: int = 3) -> JobRun:
    """The job of a run, as the job engine hands it over."""
    return JobRun(
        key_of(run_id),
        run_id,
        attempt=attempt,
        attempts=attempts,
        losses=0,
        stopping=Event(),
    )


def in_process(
    document: Document,
    options: Options,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Document:
    """Solve in this process: the same engine, without a second for the child's start."""
    import app.allocation

    return app.allocation.solve(document, options, on_progress, should_stop)


def work(app: FastAPI, run_id: str, solver: Solver = in_process, job: JobRun | None = None) -> None:
    """Do what a worker does with a run's job."""
    solve(process_of(app), job or job_of(run_id), solver)


def sent(firm: Firm, document: Document | None = None, **options: Any) -> Document:
    """Send a problem to be solved; returns the run."""
    body = {"problem": document or problem(), "options": {"seconds": "10", **options}}
    return firm.made("/v1/allocations", body, status=202)


def requested(
    buyer: Firm,
    tender_id: str,
    *,
    name: str = "first look",
    rules: list[Document] | None = None,
    objective: list[Document] | None = None,
    **options: Any,
) -> Document:
    """Ask for a scenario of an opened tender; returns the run."""
    body: Document = {"name": name, "options": {"seconds": "10", **options}}
    if rules is not None:
        body["rules"] = rules
    if objective is not None:
        body["objective"] = objective
    return buyer.made(f"/v1/tenders/{tender_id}/scenarios", body, status=202)


def solved_run(app: FastAPI, buyer: Firm, tender_id: str, **asked: Any) -> Document:
    """Ask for a scenario of an opened tender and solve it; returns the finished run."""
    run = requested(buyer, tender_id, **asked)
    work(app, run["id"])
    answer = buyer.get(f"/v1/scenarios/{run['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def until_stopped(result: Document, *, before: Callable[[], object] = lambda: None) -> Solver:
    """A solver that works until it is told to stop, and then returns this result as its best."""

    def solver(
        _document: Document,
        _options: Options,
        _on_progress: OnProgress | None,
        should_stop: ShouldStop | None,
    ) -> Document:
        assert should_stop is not None
        assert not should_stop()
        before()
        pause = Event()
        for _look in range(400):
            if should_stop():
                return {**result, "status": "cancelled"}
            pause.wait(0.02)
        raise AssertionError("nobody told the solver to stop")

    return solver
