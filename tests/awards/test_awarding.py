"""Awarding a tender over HTTP: what is stored, what is held, what is refused."""

from decimal import Decimal
from typing import Any

import pytest

from app.directory.models import Reservation
from tests.support.api import World
from tests.support.awards import RIVAL_PRICE, WEEKS, Market, ask_award, colleague, events, market
from tests.support.scenarios import AT_MOST_HALF, requested, until_stopped, work

TOTAL = "16056151.005"


def held(world: World, holder: str) -> list[tuple[str, str, Decimal]]:
    """Week, state and amount of what is held."""
    with world.app.state.database.read() as session:
        rows = session.query(Reservation).where(Reservation.holder_id == holder)
        return sorted((row.week.isoformat(), row.state, row.amount) for row in rows)


def set_hours(ready: Market, hours: str) -> None:
    weeks = [{"from_week": WEEKS[0], "to_week": WEEKS[-1], "per_week": hours}]
    answer = ready.lead.put(f"/v1/resources/{ready.press}/capacity", {"weeks": weeks})
    assert answer.status_code == 200, answer.text


def test_an_award_states_who_makes_what_for_how_much(ready: Market) -> None:
    run = ready.first()
    answer = ask_award(ready.buyer, ready.tender_id, run)
    assert answer.status_code == 201, answer.text
    award = answer.json()
    assert answer.headers["Location"] == f"/v1/awards/{award['id']}"
    assert (award["currency"], award["total"], award["status"]) == ("IDR", TOTAL, "decided")
    assert award["follows_published_rules"] is True
    network, lone = award["winners"]
    assert (network["bidder_id"], network["name"]) == (ready.network["id"], "KSO Pelat Tegal")
    assert set(network["firms"]) == {ready.lead.id, ready.second.id, ready.idle.id}
    assert (lone["bidder_id"], lone["name"], lone["firms"]) == (
        ready.lone.id,
        "CV Tunggal",
        [ready.lone.id],
    )
    assert lone["total"] == "180901.005"
    [line] = network["lines"]
    assert line == {
        "lot": "bracket",
        "name": "bracket",
        "unit": "pc",
        "offer_id": f"{ready.network['id']}/1/for-bracket",
        "quantity": "1000",
        "deliveries": [
            {"period": "2027-01", "quantity": "600"},
            {"period": "2027-02", "quantity": "400"},
        ],
        "price": "12500250",
        "setup": "2500000",
        "delivery": "800000",
        "freight": "75000",
        "total": "15875250",
        "workshare": {ready.lead.id: "0.6", ready.second.id: "0.4"},
    }
    decision = award["decision"]
    assert (decision["scenario_id"], decision["reason"]) == (run["id"], "Lowest cost")
    assert (decision["complete"], decision["evaluated_cost"]) == (True, TOTAL)
    assert (decision["unpublished_rules"], decision["unpublished_objective"]) == ([], None)


def test_the_award_holds_its_capacity_and_moves_the_tender(world: World, ready: Market) -> None:
    award = ready.award()
    assert held(world, award["id"]) == [
        ("2027-01-04", "held", Decimal(32)),
        ("2027-02-01", "held", Decimal(22)),
    ]
    assert ready.buyer.get(f"/v1/tenders/{ready.tender_id}").json()["status"] == "awarded"
    assert [item["id"] for item in ready.buyer.get("/v1/awards").json()["items"]] == [award["id"]]
    assert ready.buyer.get(f"/v1/awards/{award['id']}").json() == award


def test_without_capacity_nothing_is_stored(world: World, ready: Market) -> None:
    run = ready.first()
    set_hours(ready, "5.5")
    answer = ask_award(ready.buyer, ready.tender_id, run)
    assert (answer.status_code, answer.json()["code"]) == (409, "capacity_taken")
    assert "solve again" in answer.json()["detail"]
    [error] = answer.json()["errors"]
    assert ready.press in error["detail"]
    assert ready.buyer.get("/v1/awards").json()["items"] == []
    assert ready.buyer.get(f"/v1/tenders/{ready.tender_id}").json()["status"] == "evaluated"
    assert events(world, "award.decided", "award.won", "tender.awarded") == []
    with world.app.state.database.read() as session:
        assert session.query(Reservation).count() == 0
    set_hours(ready, "8")
    assert ready.award(run)["total"] == TOTAL


def test_a_tender_has_one_award(ready: Market) -> None:
    run = ready.first()
    ready.award(run)
    again = ask_award(ready.buyer, ready.tender_id, run)
    assert (again.status_code, again.json()["code"]) == (409, "already_awarded")


def test_the_same_key_awards_once(ready: Market) -> None:
    run = ready.first()
    key = {"headers": {"Idempotency-Key": "award-1"}}
    first, second = (ask_award(ready.buyer, ready.tender_id, run, **key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert first.headers["Location"] == second.headers["Location"]


def test_an_unevaluated_tender_is_not_awarded(world: World) -> None:
    ready = market(world)
    run = requested(ready.buyer, ready.tender_id)
    answer = ask_award(ready.buyer, ready.tender_id, run)
    assert (answer.status_code, answer.json()["code"]) == (409, "tender_not_evaluated")
    said = ask_award(ready.buyer, ready.tender_id, run, headers={"Accept-Language": "id"})
    assert "dibuka" in said.json()["detail"]


def test_a_scenario_without_a_result_is_not_awarded(ready: Market) -> None:
    running = requested(ready.buyer, ready.tender_id)
    answer = ask_award(ready.buyer, ready.tender_id, running)
    assert (answer.status_code, answer.json()["code"]) == (409, "scenario_unfinished")
    ready.buyer.made(f"/v1/scenarios/{running['id']}/cancellation", status=202)
    answer = ask_award(ready.buyer, ready.tender_id, running)
    assert (answer.status_code, answer.json()["code"]) == (409, "scenario_unfinished")


def test_a_cancelled_scenario_with_a_verified_result_is_awarded(
    world: World, ready: Market
) -> None:
    best = ready.first()["result"]
    run = requested(ready.buyer, ready.tender_id)
    cancellation = f"/v1/scenarios/{run['id']}/cancellation"
    stopped = until_stopped(best, before=lambda: ready.buyer.made(cancellation, status=202))
    work(world.app, run["id"], stopped)
    assert ready.buyer.get(f"/v1/scenarios/{run['id']}").json()["status"] == "cancelled"
    assert ready.award(run)["total"] == TOTAL


def test_an_infeasible_scenario_awards_nothing(ready: Market) -> None:
    rules: list[dict[str, Any]] = [
        {"id": "many", "kind": "count", "of": "bidder", "min": 4, "always": True}
    ]
    run = ready.solved(name="four bidders", rules=rules)
    assert run["result"]["status"] == "infeasible"
    answer = ask_award(ready.buyer, ready.tender_id, run)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_award")


def test_a_scenario_of_another_tender_is_unknown(world: World, ready: Market) -> None:
    other = market(world)
    for run in (other.first(), {"id": "run_nowhere"}):
        answer = ask_award(ready.buyer, ready.tender_id, run)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/scenario_id"


def test_every_defect_of_the_request_is_named(ready: Market) -> None:
    path = f"/v1/tenders/{ready.tender_id}/awards"
    answer = ready.buyer.post(path, {"reason": "  ", "price": "1"})
    assert answer.status_code == 422
    found = {error["pointer"] for error in answer.json()["errors"]}
    assert found == {"/scenario_id", "/reason", "/price"}


def test_rules_that_were_not_published_are_shown(ready: Market) -> None:
    rule = {**AT_MOST_HALF, "id": "late", "select": {"firms": [ready.lone.id]}}
    run = ready.solved(rules=[rule], objective=[{"terms": [{"measure": "cost", "weight": "2"}]}])
    award = ready.award(run)
    assert award["follows_published_rules"] is False
    shown = award["decision"]["unpublished_rules"]
    assert [(one["id"], one["max"]) for one in shown] == [("late", "0.5")]
    assert award["decision"]["unpublished_objective"][0]["terms"][0]["weight"] == "2"
    part = ready.lone.get(f"/v1/awards/{award['id']}").json()
    assert (part["follows_published_rules"], part["decision"]) == (False, None)


def test_a_winner_reads_its_own_part_and_no_more(ready: Market) -> None:
    award = ready.award()
    whole = {winner["bidder_id"]: winner for winner in award["winners"]}
    answer = ready.lone.get(f"/v1/awards/{award['id']}")
    assert answer.json()["winners"] == [whole[ready.lone.id]]
    assert (answer.json()["total"], answer.json()["decision"]) == ("180901.005", None)
    for secret in (TOTAL, "15875250", ready.network["id"], ready.lead.id, "Lowest cost"):
        assert secret not in answer.text
    for member in (ready.lead, ready.second, ready.idle):
        part = member.get(f"/v1/awards/{award['id']}").json()
        assert part["winners"] == [whole[ready.network["id"]]]
        assert part["total"] == "15875250"


def test_losers_and_strangers_see_nothing(world: World, ready: Market) -> None:
    award = ready.award()
    for outsider in (ready.rival, world.firm("PT Asing")):
        assert outsider.get(f"/v1/awards/{award['id']}").status_code == 404
        assert outsider.get("/v1/awards").json()["items"] == []
    assert ready.lone.get("/v1/awards").json()["items"] == []
    assert ready.buyer.get("/v1/awards/awd_nowhere").status_code == 404


def test_only_the_buyer_awards(world: World, ready: Market) -> None:
    run = ready.first()
    for outsider in (ready.lead, world.firm("PT Asing")):
        assert ask_award(outsider, ready.tender_id, run).status_code == 404
    assert ask_award(ready.buyer, "ten_nowhere", run).status_code == 404


def test_awarding_needs_the_scope_and_the_power_to_sign(world: World, ready: Market) -> None:
    run = ready.first()
    reader = world.narrowed(ready.buyer, "awards:read")
    answer = ask_award(reader, ready.tender_id, run)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    answer = ask_award(colleague(ready.buyer), ready.tender_id, run)
    assert (answer.status_code, answer.json()["code"]) == (403, "power_missing")
    nobody = world.client.post(f"/v1/tenders/{ready.tender_id}/awards", json={})
    assert nobody.status_code == 401
    award = ready.award(run)
    writer = world.narrowed(ready.buyer, "awards:write")
    assert writer.get(f"/v1/awards/{award['id']}").status_code == 403


def test_an_unchanged_award_is_not_sent_again(ready: Market) -> None:
    award = ready.award()
    path = f"/v1/awards/{award['id']}"
    tag = ready.buyer.get(path).headers["ETag"]
    assert ready.buyer.get(path, headers={"If-None-Match": tag}).status_code == 304
    ready.buyer.made(f"{path}/orders")
    assert ready.buyer.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_each_winner_is_told_its_own_and_no_price(world: World, ready: Market) -> None:
    award = ready.award()
    told = events(world, "award.decided", "award.won")
    assert {event.subject_id for event in told} == {award["id"]}
    won = {event.organisation_id: event.data["lots"] for event in told if event.type == "award.won"}
    members = (ready.lead.id, ready.second.id, ready.idle.id)
    assert won == {**{firm: ["bracket"] for firm in members}, ready.lone.id: ["hinge"]}
    [decided] = [event for event in told if event.type == "award.decided"]
    assert decided.organisation_id == ready.buyer.id
    assert (decided.data["winners"], decided.data["lines"]) == (2, 2)
    amounts = (TOTAL, "15875250", "12500", "900.005", "180901", RIVAL_PRICE)
    for event in told:
        assert not any(amount in str(event.data) for amount in amounts)


@pytest.mark.parametrize("language", ["id", "en"])
def test_refusals_are_written_in_the_readers_language(ready: Market, language: str) -> None:
    run = ready.first()
    ready.award(run)
    headers = {"Accept-Language": language}
    said = ask_award(ready.buyer, ready.tender_id, run, headers=headers).json()["detail"]
    assert ("satu tender memiliki satu penetapan" in said) is (language == "id")


def test_the_paged_list_holds_the_buyers_own_awards(world: World, ready: Market) -> None:
    mine = ready.award()
    other = market(world).award()
    page = ready.buyer.get("/v1/awards?limit=1").json()
    assert [item["id"] for item in page["items"]] == [mine["id"]]
    assert (page["next"], mine["id"] == other["id"]) == (None, False)
