"""Asking for a run of a problem: what is refused, and that it is stored and enqueued at once."""

import json
from threading import Thread
from typing import Any

from fastapi import FastAPI
from sqlalchemy import text

from app.kit.db import Database
from app.kit.events.queries import unsequenced
from app.kit.jobs import JobState
from app.scenarios.jobs import key_of
from tests.support.api import Firm, World
from tests.support.scenarios import AT_MOST_HALF, problem, sent

HALF = "\ud800"  # half of a surrogate pair: text that no UTF-8 can carry
JSON = {"content-type": "application/json"}


def faults(answer: Any) -> set[tuple[str, str]]:
    assert answer.headers["content-type"] == "application/problem+json"
    return {(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]}


def test_a_run_is_accepted_with_its_place(buyer: Firm, app: FastAPI) -> None:
    body = {"name": "brackets", "problem": problem(), "options": {"deterministic": "5", "seed": 7}}
    answer = buyer.post("/v1/allocations", body)
    assert answer.status_code == 202
    run = answer.json()
    assert answer.headers["location"] == f"/v1/allocations/{run['id']}"
    assert (run["status"], run["attempts"], run["name"]) == ("queued", 0, "brackets")
    assert run["options"] == {
        "seconds": None,
        "deterministic": "5",
        "gap": "0",
        "seed": 7,
        "price_rules": [],
    }
    assert (run["result"], run["progress"], run["failure"], run["rule_prices"]) == (
        None,
        None,
        None,
        [],
    )
    with app.state.database.read() as session:
        assert app.state.jobs.look(session, key_of(run["id"])).state == JobState.WAITING


def test_without_a_limit_a_minute_is_given(buyer: Firm) -> None:
    run = buyer.made("/v1/allocations", {"problem": problem()}, status=202)
    assert run["options"]["seconds"] == "60"


def test_numbers_never_pass_through_binary_floating_point(buyer: Firm) -> None:
    """0.1 + 0.2 is not 0.3 in binary; the problem comes back with the digits that were sent."""
    text = (
        '{"problem": {"format": "jejaring.allocation-problem/1", "currency": "IDR", '
        '"lots": [{"id": "a", "demand": 1234567890123.000000000001}], '
        '"firms": [{"id": "F"}], "bidders": [{"id": "K", "members": ["F"]}], '
        '"offers": [{"id": "O", "bidder": "K", "lot": "a", "increment": 0.1, "price": 0.3}]}}'
    )
    answer = buyer.post("/v1/allocations", content=text, headers=JSON)
    pointers = {pointer for pointer, _code in faults(answer)}
    assert answer.status_code == 422
    assert pointers == {"/problem/offers/0/increment"}  # 0.1 is no whole multiple of the lot's 1
    whole = buyer.post(
        "/v1/allocations",
        content=text.replace('"increment": 0.1, ', ""),
        headers=JSON,
    )
    stored = buyer.get(f"{whole.headers['location']}/problem").json()
    assert stored["lots"][0]["demand"] == "1234567890123.000000000001"
    assert stored["offers"][0]["price"] == "0.3"


def test_all_defects_are_told_at_once_with_their_places(buyer: Firm, database: Database) -> None:
    broken = problem()
    broken["lots"][0]["demand"] = "-5"
    broken["offers"][0]["lot"] = "hinge"
    broken["offers"][1]["prize"] = "1"
    del broken["bidders"][0]["members"]
    answer = buyer.post("/v1/allocations", {"problem": broken, "options": {"seconds": "100000"}})
    assert answer.status_code == 422
    assert faults(answer) >= {
        ("/problem/lots/0/demand", "below_zero"),
        ("/problem/offers/0/lot", "unknown_id"),
        ("/problem/offers/1/prize", "unknown_field"),
        ("/problem/bidders/0/members", "missing_field"),
        ("/options/seconds", "above_limit"),
    }
    assert answer.json()["defects"] == len(answer.json()["errors"])
    assert buyer.get("/v1/allocations").json()["items"] == []


def test_defects_are_told_in_the_reader_s_language(buyer: Firm) -> None:
    body = {"problem": problem(), "options": {"price_rules": ["small-firms"]}}
    body["problem"]["objective"] = [{"terms": [{"measure": "winners"}]}]
    for language, word in (("en", "rules can be priced only"), ("id", "harga aturan hanya")):
        answer = buyer.post("/v1/allocations", body, headers={"accept-language": language})
        assert answer.status_code == 422
        assert word in answer.json()["errors"][0]["detail"]


WRONG_OPTIONS = [
    ({"seconds": "10", "deterministic": "10"}, "/options", "value_error"),
    ({"seconds": "0"}, "/options/seconds", "greater_than"),
    ({"seconds": "601"}, "/options/seconds", "above_limit"),
    ({"deterministic": "601"}, "/options/deterministic", "above_limit"),
    ({"gap": "-0.1"}, "/options/gap", "greater_than_equal"),
    ({"seed": 1.5}, "/options/seed", "int_type"),
    ({"seed": True}, "/options/seed", "int_type"),
    ({"hurry": True}, "/options/hurry", "extra_forbidden"),
    ({"price_rules": ["nobody"]}, "/options/price_rules/0", "unknown_id"),
    ({"price_rules": ["small-firms", "small-firms"]}, "/options", "value_error"),
]


def test_options_are_checked(buyer: Firm) -> None:
    for options, pointer, code in WRONG_OPTIONS:
        answer = buyer.post("/v1/allocations", {"problem": problem(), "options": options})
        assert answer.status_code == 422, options
        assert (pointer, code) in faults(answer), options


HOSTILE = [
    {"problem": {}},
    {"problem": {"format": HALF, "lots": HALF, HALF: 1}},
    {"problem": problem(lots=[{"id": HALF, "demand": "1", "unit": HALF}])},
    {"problem": problem(currency=HALF)},
    {"problem": problem(rules=[{"id": HALF, "kind": "count", "of": "bidder", "max": 1}])},
    {"problem": problem(), "name": HALF},
    {"problem": problem(), "name": "a\0b"},
    {"problem": problem(), "options": {"price_rules": [HALF]}},
    {"problem": problem(), "options": {"seconds": "9" * 5000}},
    {"problem": problem(), "options": {HALF: 1}},
]


def test_no_body_makes_the_server_stumble(buyer: Firm) -> None:
    deep = '{"problem": {"lots": ' + "[" * 900 + "]" * 900 + "}}"
    for body in (*map(json.dumps, HOSTILE), deep):
        answer = buyer.post("/v1/allocations", content=body, headers=JSON)
        # What cannot be stored anywhere is no JSON of ours; everything else has its defects named.
        assert answer.status_code == 400 or (answer.status_code == 422 and faults(answer)), body


def test_a_problem_is_an_object(buyer: Firm) -> None:
    for document in (None, [], "problem", 5):
        answer = buyer.post("/v1/allocations", {"problem": document})
        assert answer.status_code == 422
        assert ("/problem", "dict_type") in faults(answer)


def test_thousands_of_defects_are_counted_and_the_first_listed(buyer: Firm) -> None:
    answer = buyer.post("/v1/allocations", {"problem": problem(pins=[{}] * 3000)})
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 1000
    assert answer.json()["defects"] >= 3000


def test_a_problem_of_millions_of_values_is_refused_unread(buyer: Firm) -> None:
    text = '{"problem": {"pins": [' + ",".join(["0"] * 1_000_001) + "]}}"
    answer = buyer.post("/v1/allocations", content=text, headers=JSON)
    assert faults(answer) == {("/problem", "too_many_values")}


def test_one_key_is_one_run(buyer: Firm) -> None:
    key = {"headers": {"idempotency-key": "order-17"}}
    body = {"problem": problem()}
    first = buyer.post("/v1/allocations", body, **key)
    again = buyer.post("/v1/allocations", body, **key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert len(buyer.get("/v1/allocations").json()["items"]) == 1
    other = buyer.post("/v1/allocations", {"problem": problem(), "name": "other"}, **key)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"


def test_unfinished_runs_are_limited(buyer: Firm, other: Firm, app: FastAPI) -> None:
    runs = [sent(buyer) for _run in range(app.state.settings.max_active_runs)]
    refused = buyer.post("/v1/allocations", {"problem": problem()})
    assert refused.status_code == 429
    assert refused.json()["code"] == "too_many_runs"
    assert refused.headers["retry-after"] == "10"
    sent(other)  # each organisation has its own share
    buyer.made(f"/v1/allocations/{runs[0]['id']}/cancellation", status=202)
    sent(buyer)


def test_everybody_s_first_run_goes_before_anybody_s_second(
    buyer: Firm, other: Firm, app: FastAPI, database: Database
) -> None:
    runs = [sent(buyer), sent(buyer), sent(other)]
    schema = "dbos." if app.state.jobs.schema else ""
    with database.read() as session:
        rows = session.execute(text(f"SELECT workflow_uuid, priority FROM {schema}workflow_status"))  # noqa: S608
        priority = {name.removeprefix(key_of("")): order for name, order in rows}
    first, second, third = (priority[run["id"]] for run in runs)
    assert first == third < second


def test_requests_at_the_same_moment_share_the_limit(buyer: Firm, app: FastAPI) -> None:
    for _run in range(app.state.settings.max_active_runs - 1):
        sent(buyer)
    statuses: list[int] = []

    def ask() -> None:
        statuses.append(buyer.post("/v1/allocations", {"problem": problem()}).status_code)

    threads = [Thread(target=ask) for _request in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [202] + [429] * 7


def test_nothing_is_enqueued_for_what_was_refused(buyer: Firm, app: FastAPI) -> None:
    answer = buyer.post("/v1/allocations", {"problem": problem(lots=[])})
    assert answer.status_code == 422
    assert app.state.jobs.client.list_workflows() == []


def test_the_request_is_an_event_without_a_price(buyer: Firm, database: Database) -> None:
    run = sent(buyer, problem(rules=[AT_MOST_HALF]))
    with database.read() as session:
        events = [e for e in unsequenced(session, 100) if e.type.startswith("scenario.")]
    assert [event.type for event in events] == ["scenario.requested"]
    assert events[0].subject_id == run["id"]
    assert events[0].organisation_id == buyer.id
    assert events[0].data == {"problem_sha256": run["problem_sha256"]}


def test_scopes(buyer: Firm, world: World) -> None:
    reader = world.narrowed(buyer, "scenarios:read")
    assert reader.post("/v1/allocations", {"problem": problem()}).status_code == 403
    run = sent(buyer)
    assert reader.get(f"/v1/allocations/{run['id']}").status_code == 200
    assert reader.post(f"/v1/allocations/{run['id']}/cancellation").status_code == 403
    stranger = world.narrowed(buyer, "tenders:read")
    for path in ("", f"/{run['id']}", f"/{run['id']}/problem", f"/{run['id']}/events"):
        assert stranger.get(f"/v1/allocations{path}").status_code == 403
    assert world.client.get(f"/v1/allocations/{run['id']}").status_code == 401
