"""Cancelling: a queued run ends at once, a running one with the best that was found."""

from typing import Any

import pytest
from fastapi import FastAPI

from app.kit.db import Database
from app.kit.events.queries import unsequenced
from app.kit.jobs import JobState
from app.scenarios.jobs import key_of
from tests.support.api import Firm
from tests.support.scenarios import (
    AT_MOST_HALF,
    in_process,
    problem,
    sent,
    until_stopped,
    work,
)


def cancel(firm: Firm, run: dict[str, Any]) -> dict[str, Any]:
    return firm.made(f"/v1/allocations/{run['id']}/cancellation", status=202)


def kinds(database: Database) -> list[str]:
    with database.read() as session:
        events = unsequenced(session, 1000)
    return [event.type for event in events if event.type.startswith("scenario.")]


def test_a_queued_run_ends_at_once(buyer: Firm, app: FastAPI, database: Database) -> None:
    run = sent(buyer)
    ended = cancel(buyer, run)
    assert (ended["status"], ended["result"]) == ("cancelled", None)
    assert ended["finished_at"] == ended["cancel_requested_at"]
    with database.read() as session:
        assert app.state.jobs.look(session, key_of(run["id"])).state == JobState.CANCELLED
    assert cancel(buyer, run) == ended
    expected = ["scenario.requested", "scenario.cancel_requested", "scenario.finished"]
    assert kinds(database) == expected
    work(app, run["id"])  # the job had been handed to a worker at that very moment
    assert cancel(buyer, run) == ended
    assert kinds(database) == expected


def test_a_running_run_ends_with_the_best_so_far(
    buyer: Firm, app: FastAPI, database: Database, optimal: dict[str, Any]
) -> None:
    run = sent(buyer)
    asked: list[dict[str, Any]] = []

    def ask() -> None:
        asked.extend([cancel(buyer, run), cancel(buyer, run)])

    work(app, run["id"], until_stopped(optimal, before=ask))
    assert [answer["status"] for answer in asked] == ["running", "running"]
    assert asked[0]["cancel_requested_at"] == asked[1]["cancel_requested_at"]
    ended = buyer.get(f"/v1/allocations/{run['id']}").json()
    assert (ended["status"], ended["result_status"]) == ("cancelled", "cancelled")
    assert ended["result"]["allocations"] == optimal["allocations"]
    assert kinds(database).count("scenario.cancel_requested") == 1
    assert kinds(database).count("scenario.finished") == 1


def test_a_run_whose_worker_died_is_cancelled_by_the_next_one(buyer: Firm, app: FastAPI) -> None:
    run = sent(buyer)

    class Died(BaseException):
        pass

    def dies(*_given: object) -> dict[str, Any]:
        cancel(buyer, run)
        raise Died

    with pytest.raises(Died):
        work(app, run["id"], dies)
    assert buyer.get(f"/v1/allocations/{run['id']}").json()["status"] == "running"
    work(app, run["id"], dies)
    ended = buyer.get(f"/v1/allocations/{run['id']}").json()
    assert (ended["status"], ended["attempts"]) == ("cancelled", 1)


def test_cancelling_while_rules_are_priced_keeps_the_award_and_the_prices_known(
    buyer: Firm, app: FastAPI
) -> None:
    rules = [AT_MOST_HALF, {**AT_MOST_HALF, "id": "most", "max": "0.6"}]
    run = sent(buyer, problem(rules=rules), price_rules=["half", "most"])
    whole = in_process(problem(rules=rules[1:]), _options())
    phases = []

    def solver(document: Any, options: Any, on_progress: Any, should_stop: Any) -> Any:
        phases.append([rule["id"] for rule in document["rules"]])
        if len(phases) == 1:
            return in_process(document, options, on_progress, should_stop)
        work_on = until_stopped(whole, before=lambda: cancel(buyer, run))
        return work_on(document, options, on_progress, should_stop)

    work(app, run["id"], solver)
    assert phases == [["half", "most"], ["most"]]
    ended = buyer.get(f"/v1/allocations/{run['id']}").json()
    assert (ended["status"], ended["result_status"]) == ("cancelled", "optimal")
    assert [price["rule"] for price in ended["rule_prices"]] == ["half"]
    assert ended["rule_prices"][0]["status"] == "cancelled"


def _options() -> Any:
    from app.allocation.options import Options

    return Options()


def test_a_finished_run_cannot_be_cancelled(buyer: Firm, app: FastAPI) -> None:
    run = sent(buyer)
    work(app, run["id"])
    answer = buyer.post(f"/v1/allocations/{run['id']}/cancellation")
    assert answer.status_code == 409
    assert answer.json()["code"] == "run_finished"
