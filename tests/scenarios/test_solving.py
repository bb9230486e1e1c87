"""The job: a run is solved once, verified before it is stored, and its failure told plainly."""

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI

from app.allocation.options import AllocationFailed, Progress
from app.kit.db import Database
from app.kit.events.queries import unsequenced
from app.kit.i18n import catalogue
from app.kit.jobs import JobStopped
from app.scenarios.errors import FAILURES
from app.scenarios.jobs import key_of, sweep
from app.scenarios.solving import Outcome, record
from tests.support.api import Firm, World
from tests.support.scenarios import (
    AT_MOST_HALF,
    in_process,
    job_of,
    problem,
    sent,
    until_stopped,
    work,
)
from tests.support.tenders import process_of


def shown(firm: Firm, run: dict[str, Any], **headers: str) -> dict[str, Any]:
    return firm.get(f"/v1/allocations/{run['id']}", headers=headers).json()


def finished_events(database: Database) -> list[dict[str, Any]]:
    with database.read() as session:
        events = unsequenced(session, 1000)
    return [event.data for event in events if event.type == "scenario.finished"]


def test_a_run_ends_with_its_verified_result(buyer: Firm, app: FastAPI, database: Database) -> None:
    run = sent(buyer)
    work(app, run["id"])
    done = shown(buyer, run)
    assert (done["status"], done["result_status"], done["attempts"]) == ("done", "optimal", 1)
    assert done["started_at"] <= done["finished_at"]
    assert done["progress"]["phase"] == "award"
    assert finished_events(database) == [
        {"status": "done", "attempts": 1, "result_status": "optimal", "complete": True}
    ]


def test_a_job_run_again_leaves_a_final_run_alone(
    buyer: Firm, app: FastAPI, database: Database
) -> None:
    run = sent(buyer)
    work(app, run["id"])
    before = shown(buyer, run)

    def solver(*_given: object) -> dict[str, Any]:
        raise AssertionError("a final run was solved again")

    work(app, run["id"], solver)
    assert shown(buyer, run) == before
    assert len(finished_events(database)) == 1


def test_the_first_of_two_workers_to_finish_is_recorded(
    buyer: Firm, app: FastAPI, database: Database
) -> None:
    """A worker taken for dead finishes while its replacement works: one end, one event."""
    run = sent(buyer)

    def solver(document: Any, options: Any, on_progress: Any, should_stop: Any) -> Any:
        work(app, run["id"])  # the replacement, from start to end
        on_progress(Progress(0, "1", "1", "0", "0.1"))
        return in_process(document, options, on_progress, should_stop)

    work(app, run["id"], solver)
    done = shown(buyer, run)
    assert (done["status"], done["attempts"]) == ("done", 2)
    assert done["progress"]["attempt"] == 2
    assert len(finished_events(database)) == 1


def test_recording_twice_changes_nothing(buyer: Firm, app: FastAPI, database: Database) -> None:
    run = sent(buyer)
    work(app, run["id"])
    with database.unit_of_work() as session:
        late = record(
            session, run["id"], Outcome("cancelled"), at=lambda _s: datetime(2027, 1, 1, tzinfo=UTC)
        )
    assert late is False
    assert shown(buyer, run)["status"] == "done"
    assert len(finished_events(database)) == 1


def test_a_result_that_does_not_hold_is_never_stored(
    buyer: Firm, app: FastAPI, optimal: dict[str, Any]
) -> None:
    run = sent(buyer)
    cost = {**optimal["cost"], "total": "1"}
    work(app, run["id"], lambda *_given: {**optimal, "cost": cost})
    failed = shown(buyer, run)
    assert (failed["status"], failed["result"]) == ("failed", None)
    assert failed["failure"]["code"] == "verification_failed"
    assert buyer.get(f"/v1/allocations/{run['id']}/result").status_code == 404


def test_a_failure_of_the_child_is_told_plainly(buyer: Firm, app: FastAPI) -> None:
    run = sent(buyer)

    def solver(*_given: object) -> dict[str, Any]:
        raise AllocationFailed("the child ended with signal 9")

    work(app, run["id"], solver)
    failed = shown(buyer, run, **{"accept-language": "en"})
    assert failed["status"] == "failed"
    assert failed["failure"] == {
        "code": "solver_failed",
        "detail": "The solver failed: the child ended with signal 9",
    }
    indonesian = shown(buyer, run, **{"accept-language": "id"})
    assert indonesian["failure"]["detail"].startswith("Pemecah optimasi gagal")


def test_every_failure_has_its_indonesian() -> None:
    assert set(FAILURES.values()) <= catalogue("id").keys()


def test_an_unforeseen_error_is_tried_again_and_told_at_the_last_attempt(
    buyer: Firm, app: FastAPI
) -> None:
    run = sent(buyer)

    def solver(*_given: object) -> dict[str, Any]:
        raise RuntimeError("secret detail")

    with pytest.raises(RuntimeError):
        work(app, run["id"], solver, job_of(run["id"], attempt=1))
    assert shown(buyer, run)["status"] == "running"
    work(app, run["id"], solver, job_of(run["id"], attempt=3))
    failed = shown(buyer, run)
    assert (failed["status"], failed["attempts"]) == ("failed", 2)
    assert failed["failure"]["code"] == "internal"
    assert "secret" not in failed["failure"]["detail"]


def test_a_worker_that_leaves_hands_its_run_on(
    buyer: Firm, app: FastAPI, optimal: dict[str, Any]
) -> None:
    run = sent(buyer)
    job = job_of(run["id"])
    with pytest.raises(JobStopped):
        work(app, run["id"], until_stopped(optimal, before=job.stopping.set), job)
    left = shown(buyer, run)
    assert (left["status"], left["attempts"], left["result"]) == ("running", 1, None)
    work(app, run["id"])
    done = shown(buyer, run)
    assert (done["status"], done["attempts"]) == ("done", 2)


def test_progress_is_numbered_through_all_attempts(
    buyer: Firm, app: FastAPI, optimal: dict[str, Any]
) -> None:
    run = sent(buyer)

    def solver(_document: Any, _options: Any, on_progress: Any, _should_stop: Any) -> Any:
        for seconds in range(50):  # faster than anybody reads: the first and the last are kept
            on_progress(Progress(0, str(100 - seconds), "10", None, f"0.{seconds}"))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        work(app, run["id"], solver)
    first = shown(buyer, run)["progress"]
    assert (first["number"], first["attempt"], first["incumbent"]) == (3, 1, "51")
    work(app, run["id"])
    second = shown(buyer, run)["progress"]
    assert second["number"] > 3
    assert second["attempt"] == 2


def test_what_a_rule_costs(buyer: Firm, app: FastAPI) -> None:
    """At most half from the micro firm: 511 brackets there instead of 800, 173400 more in all."""
    run = sent(buyer, problem(rules=[AT_MOST_HALF]), price_rules=["half"])
    work(app, run["id"])
    done = shown(buyer, run)
    assert done["result"]["cost"]["total"] == "13043400"
    assert done["rule_prices"] == [
        {"rule": "half", "cost_low": "173400", "cost_high": "173400", "status": "optimal"}
    ]
    assert done["progress"]["phase"] == "without half"


def test_a_rule_that_makes_the_problem_infeasible_has_no_price(buyer: Firm, app: FastAPI) -> None:
    nobody = {"id": "three", "kind": "count", "of": "bidder", "min": 3, "always": True}
    run = sent(buyer, problem(rules=[nobody]), price_rules=["three"])
    work(app, run["id"])
    done = shown(buyer, run)
    assert (done["status"], done["result_status"]) == ("done", "infeasible")
    assert done["rule_prices"] == [
        {"rule": "three", "cost_low": None, "cost_high": None, "status": "optimal"}
    ]


def test_a_run_whose_job_was_given_up_is_failed(
    buyer: Firm, app: FastAPI, world: World, database: Database
) -> None:
    lost, waiting = sent(buyer), sent(buyer)
    with database.unit_of_work() as session:
        app.state.jobs.cancel(session, key_of(lost["id"]))
    assert sweep(process_of(app)) == 0  # too young to be looked at
    world.wait(minutes=2)
    assert sweep(process_of(app)) == 1
    assert shown(buyer, lost)["failure"]["code"] == "worker_lost"
    assert shown(buyer, waiting)["status"] == "queued"
    assert sweep(process_of(app)) == 0


def test_no_event_holds_a_price(buyer: Firm, app: FastAPI, database: Database) -> None:
    run = sent(buyer, problem(rules=[AT_MOST_HALF]), price_rules=["half"])
    work(app, run["id"])
    with database.read() as session:
        events = [e for e in unsequenced(session, 1000) if e.subject_id == run["id"]]
    assert len(events) == 2
    for event in events:
        assert "13043400" not in str(event.data)
        assert set(event.data) <= {
            "problem_sha256",
            "status",
            "attempts",
            "result_status",
            "complete",
        }
