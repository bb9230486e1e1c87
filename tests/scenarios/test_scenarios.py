"""Scenarios: a tender's opened bids become one problem, and the buyer's own rules are marked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from fastapi import FastAPI

from app.allocation.document import defects, problem_sha256
from app.directory import ledger
from app.directory.calendar import Span
from app.kit.db import Database
from app.tenders import queries as tenders
from app.tenders.wording import spans
from tests.support.api import Firm, World
from tests.support.bids import joint, offer, submit
from tests.support.directory import add_resource, profiled
from tests.support.networks import active_network
from tests.support.scenarios import requested, solved_run, work
from tests.support.tenders import close_and_open, publish_tender

WEEKS = {"2027-01-04": "10", "2027-02-01": "20"}
MICRO = "1000000000"


@dataclass
class Market:
    """A tender for 1000 brackets and 100 hinges with three bids, of which two want one press."""

    buyer: Firm
    tender: dict[str, Any]
    micro: Firm
    lead: Firm
    single: Firm
    network: dict[str, Any]
    press: dict[str, Any]
    laser: dict[str, Any]

    @property
    def path(self) -> str:
        return f"/v1/tenders/{self.tender['id']}/scenarios"


def market(world: World, buyer: Firm, **tender: Any) -> Market:
    """Bids of a network (lead and micro firm), of the micro firm itself, and of another firm."""
    micro = profiled(world, "UD Mikro", sales=MICRO, group="G1")
    lead = profiled(world, "CV Utama", regency="32.04")
    single = profiled(world, "PT Sendiri")
    press = add_resource(micro, "press", "stamping", {"2027-01-04": "10"})
    laser = add_resource(lead, "laser", weeks=WEEKS)
    add_resource(lead, "idle")
    lots = [{"code": "bracket", "increment": "1"}, {"code": "hinge", "demand": ["100", "0"]}]
    made = publish_tender(world, buyer, lots=lots, **tender)
    network = active_network(lead, micro)
    uses = [
        {"resource": press["id"], "per_unit": "0.1"},
        {"resource": laser["id"], "per_unit": "0.05", "per_delivery": "1"},
    ]
    joint(
        lead,
        [lead, micro],
        made["id"],
        [offer("bracket", price="10000", uses=uses, workshare={lead.id: "0.7", micro.id: "0.3"})],
        network,
    )
    submit(micro, made["id"], [offer("hinge", id="h", price="500", increment="50")])
    submit(
        single,
        made["id"],
        [offer("bracket", price="12000"), offer("hinge", price="700", increment="50")],
    )
    return Market(buyer, made, micro, lead, single, network, press, laser)


@pytest.fixture(name="opened")
def _opened(world: World, buyer: Firm) -> Market:
    made = market(world, buyer)
    close_and_open(world, made.tender["id"])
    return made


def stored(run: dict[str, Any], firm: Firm) -> dict[str, Any]:
    return firm.get(f"/v1/scenarios/{run['id']}/problem").json()


def by_id(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {entry["id"]: entry for entry in entries}


def test_the_problem_is_made_of_the_tender_its_bids_and_the_directory(opened: Market) -> None:
    run = requested(opened.buyer, opened.tender["id"], name="first look")
    assert run["tender_id"] == opened.tender["id"]
    document = stored(run, opened.buyer)
    assert defects(document) == []
    assert problem_sha256(document) == run["problem_sha256"]
    assert document["periods"] == ["2027-01", "2027-02"]
    assert [lot["id"] for lot in document["lots"]] == ["bracket", "hinge"]
    firms = by_id(document["firms"])
    assert firms[opened.micro.id] == {
        "id": opened.micro.id,
        "size": "micro",
        "region": "ID-JT",
        "group": "G1",
    }
    assert firms[opened.lead.id]["region"] == "ID-JB"
    assert "group" not in firms[opened.lead.id]
    bidders = by_id(document["bidders"])
    assert set(bidders) == {opened.network["id"], opened.micro.id, opened.single.id}
    assert bidders[opened.network["id"]]["members"] == sorted([opened.lead.id, opened.micro.id])
    assert bidders[opened.micro.id]["members"] == [opened.micro.id]
    offers = by_id(document["offers"])
    assert set(offers) == {
        f"{opened.network['id']}/1/for-bracket",
        f"{opened.micro.id}/1/h",
        f"{opened.single.id}/1/for-bracket",
        f"{opened.single.id}/1/for-hinge",
    }


def test_only_used_resources_stand_in_it_with_what_is_left_of_them(
    opened: Market, database: Database
) -> None:
    with database.unit_of_work() as session:
        tender = tenders.tender(session, opened.tender["id"])
        assert tender is not None
        january, february = spans(tender)
        ledger.hold(
            session,
            holder_id="awd_elsewhere",
            needs={opened.laser["id"]: [Decimal("2.5"), Decimal(0)]},
            spans=[january, february],
            at=datetime(2026, 12, 1, tzinfo=UTC),
        )
    document = stored(requested(opened.buyer, opened.tender["id"]), opened.buyer)
    resources = by_id(document["resources"])
    assert set(resources) == {opened.press["id"], opened.laser["id"]}
    assert resources[opened.press["id"]]["capacity"] == ["10", "0"]
    assert resources[opened.laser["id"]] == {
        "id": opened.laser["id"],
        "firm": opened.lead.id,
        "capacity": ["7.5", "20"],
    }


def test_a_later_reservation_does_not_change_a_stored_problem(
    opened: Market, database: Database
) -> None:
    run = requested(opened.buyer, opened.tender["id"])
    before = stored(run, opened.buyer)
    with database.unit_of_work() as session:
        ledger.hold(
            session,
            holder_id="awd_elsewhere",
            needs={opened.press["id"]: [Decimal(3)]},
            spans=[Span(datetime(2027, 1, 4, tzinfo=UTC).date(), 4)],
            at=datetime(2026, 12, 1, tzinfo=UTC),
        )
    assert stored(run, opened.buyer) == before
    later = stored(requested(opened.buyer, opened.tender["id"]), opened.buyer)
    assert by_id(later["resources"])[opened.press["id"]]["capacity"] == ["7", "0"]


def test_the_first_allocation_evaluates_the_tender(opened: Market, app: FastAPI) -> None:
    """100 brackets fit the press (10 h at 0.1 h), so 900 come from the dearer bidder."""
    run = solved_run(app, opened.buyer, opened.tender["id"])
    assert (run["status"], run["result_status"]) == ("done", "optimal")
    assert run["result"]["cost"]["total"] == str(100 * 10000 + 900 * 12000 + 100 * 500)
    tender = opened.buyer.get(f"/v1/tenders/{opened.tender['id']}").json()
    assert tender["status"] == "evaluated"
    again = solved_run(app, opened.buyer, opened.tender["id"], name="again")
    assert again["result"]["cost"] == run["result"]["cost"]


def test_a_run_without_an_allocation_does_not_evaluate_it(opened: Market, app: FastAPI) -> None:
    rules = [{"id": "five", "kind": "count", "of": "bidder", "min": 5, "always": True}]
    run = solved_run(app, opened.buyer, opened.tender["id"], rules=rules)
    assert run["result_status"] == "infeasible"
    tender = opened.buyer.get(f"/v1/tenders/{opened.tender['id']}").json()
    assert tender["status"] == "opened"


def test_rules_made_after_the_opening_are_marked(world: World, buyer: Firm, app: FastAPI) -> None:
    published = {"id": "two", "kind": "count", "of": "bidder", "max": 2}
    made = market(world, buyer, rules=[published])
    close_and_open(world, made.tender["id"])
    plain = solved_run(app, buyer, made.tender["id"])
    assert (plain["unpublished_rules"], plain["unpublished_objective"]) == ([], False)
    own = {"id": "not-micro", "kind": "share", "measure": "value", "max": "0"}
    own["select"] = {"firms": [made.micro.id]}
    objective = [{"terms": [{"measure": "winners"}]}, {"terms": [{"measure": "cost"}]}]
    tried = solved_run(
        app,
        buyer,
        made.tender["id"],
        rules=[own],
        objective=objective,
        price_rules=["two", "not-micro"],
    )
    assert (tried["unpublished_rules"], tried["unpublished_objective"]) == (["not-micro"], True)
    assert [rule["id"] for rule in stored(tried, buyer)["rules"]] == ["two", "not-micro"]
    assert [price["rule"] for price in tried["rule_prices"]] == ["two", "not-micro"]
    assert tried["result"]["cost"]["total"] == str(1000 * 12000 + 100 * 700)


def test_defects_of_the_buyer_s_rules_are_told_at_their_place(world: World, buyer: Firm) -> None:
    published = {"id": "two", "kind": "count", "of": "bidder", "max": 2}
    made = market(world, buyer, rules=[published])
    close_and_open(world, made.tender["id"])
    body = {
        "name": "wrong",
        "rules": [
            {"id": "two", "kind": "count", "of": "bidder", "max": 3},
            {"id": "r", "kind": "count", "of": "bidder", "scope": {"lots": ["axle"]}, "max": -1},
        ],
        "objective": [{"terms": [{"measure": "beauty"}]}],
        "options": {"seconds": "9999"},
    }
    answer = buyer.post(made.path, body)
    assert answer.status_code == 422
    pointers = {fault["pointer"] for fault in answer.json()["errors"]}
    assert pointers >= {
        "/rules/0/id",
        "/rules/1/scope/lots/0",
        "/rules/1/max",
        "/objective/0/terms/0/measure",
        "/options/seconds",
    }
    assert buyer.get(made.path).json()["items"] == []


def test_before_the_opening_there_is_nothing_to_try(world: World, buyer: Firm) -> None:
    made = market(world, buyer)
    answer = buyer.post(made.path, {"name": "early"})
    assert (answer.status_code, answer.json()["code"]) == (409, "tender_not_opened")


def test_a_tender_without_bids_has_no_scenarios(world: World, buyer: Firm) -> None:
    tender = publish_tender(world, buyer)
    close_and_open(world, tender["id"])
    answer = buyer.post(f"/v1/tenders/{tender['id']}/scenarios", {"name": "nobody"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_standing_bids")


def test_rivals_know_of_no_scenario(opened: Market, app: FastAPI) -> None:
    run = requested(opened.buyer, opened.tender["id"])
    for rival in (opened.micro, opened.lead, opened.single):
        assert rival.get(opened.path).status_code == 404
        assert rival.post(opened.path, {"name": "theirs"}).status_code == 404
        for place in ("", "/problem", "/result", "/events"):
            assert rival.get(f"/v1/scenarios/{run['id']}{place}").status_code == 404


def test_scenarios_are_listed_under_their_tender(opened: Market, app: FastAPI) -> None:
    runs = [requested(opened.buyer, opened.tender["id"], name=name)["id"] for name in ("a", "b")]
    listed = opened.buyer.get(opened.path).json()["items"]
    assert [item["id"] for item in listed] == runs
    assert [item["name"] for item in listed] == ["a", "b"]
    assert opened.buyer.get("/v1/allocations").json()["items"] == []


def test_one_key_is_one_scenario(opened: Market) -> None:
    key = {"headers": {"idempotency-key": "scenario-1"}}
    first = opened.buyer.post(opened.path, {"name": "once"}, **key)
    again = opened.buyer.post(opened.path, {"name": "once"}, **key)
    assert first.status_code == again.status_code == 202
    assert first.headers["location"] == again.headers["location"]
    assert first.headers["location"] == f"/v1/scenarios/{first.json()['id']}"
    assert len(opened.buyer.get(opened.path).json()["items"]) == 1


def test_a_cancelled_tender_is_not_evaluated_by_a_late_run(opened: Market, app: FastAPI) -> None:
    run = requested(opened.buyer, opened.tender["id"])
    path = f"/v1/tenders/{opened.tender['id']}"
    opened.buyer.made(f"{path}/cancellation", {"reason": "the product is gone"}, status=200)
    work(app, run["id"])
    assert opened.buyer.get(f"/v1/scenarios/{run['id']}").json()["status"] == "done"
    assert opened.buyer.get(path).json()["status"] == "cancelled"
