"""Two acts at the very same moment, on PostgreSQL: each outcome is one that some order gives."""

from collections import Counter
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import func, select, text

from app.kit.db import Base, Database
from app.tenders import closing
from tests.support.api import Firm, World
from tests.support.awards import WEEKS, Market, ask_award, award, market
from tests.support.bids import offer, submit
from tests.support.directory import add_resource, profiled
from tests.support.networks import active_network, proposal
from tests.support.races import at_once
from tests.support.scenarios import requested, sent, work
from tests.support.tenders import (
    close_and_open,
    draft_tender,
    lot,
    process_of,
    publish_tender,
    tender_body,
)

pytestmark = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture(name="shop")
def _shop(world: World) -> Database:
    database: Database = world.app.state.database
    return database


@pytest.fixture(name="buyer")
def _buyer(world: World) -> Firm:
    return world.firm("PT Pusat")


def outcomes(answers: list[Response]) -> list[tuple[int, str | None]]:
    return sorted((answer.status_code, answer.json().get("code")) for answer in answers)


def told(shop: Database, subject: str) -> Counter[str]:
    with shop.read() as session:
        rows = session.execute(
            text("select type from events where subject_id = :subject"), {"subject": subject}
        )
        return Counter(rows.scalars())


def count(shop: Database, table: str) -> int:
    with shop.read() as session:
        rows = select(func.count()).select_from(Base.metadata.tables[table])
        return int(session.execute(rows).scalar_one())


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/resources", {"code": "laser-1", "name": "Laser", "process": "laser_cutting"}),
        ("/v1/tenders/{tender}/bids", {"offers": [offer("plate")]}),
    ],
)
def test_a_key_that_is_used_twice_at_once_does_one_thing(
    world: World, shop: Database, buyer: Firm, path: str, body: dict[str, Any]
) -> None:
    firm = profiled(world, "CV Logam")
    tender = publish_tender(world, buyer, [lot("plate")])
    post = partial(
        firm.post,
        path.format(tender=tender["id"]),
        body,
        headers={"Idempotency-Key": "same-moment"},
    )
    first, second = at_once(shop, "organisations", firm.id, [post, post])
    assert first.status_code == 201, first.text
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_in_progress")
    assert second.headers["retry-after"] == "1"
    later = post()
    assert (later.status_code, later.json()) == (201, first.json())
    assert count(shop, "resources") + count(shop, "bids") == 1


def test_two_writers_of_one_etag_are_not_both_heard(
    world: World, shop: Database, buyer: Firm
) -> None:
    tender = draft_tender(world, buyer)
    path = f"/v1/tenders/{tender['id']}"
    tag = {"If-Match": buyer.get(path).headers["etag"]}
    writes = [
        partial(buyer.put, path, tender_body(world, title=title), headers=tag)
        for title in ("one", "two")
    ]
    answers = at_once(shop, "tenders", tender["id"], writes)
    assert outcomes(answers) == [(200, None), (412, "precondition_failed")]
    [kept] = [answer.json()["title"] for answer in answers if answer.status_code == 200]
    assert buyer.get(path).json()["title"] == kept
    assert told(shop, tender["id"])["tender.changed"] == 1


def test_two_writers_of_one_profile_are_not_both_heard(world: World, shop: Database) -> None:
    firm = profiled(world, "CV Logam")
    tag = {"If-Match": firm.get("/v1/profile").headers["etag"]}
    body = {"annual_sales": "1", "sales_year": 2025, "regency_code": "33.28"}
    writes = [
        partial(firm.put, "/v1/profile", {**body, "about": about}, headers=tag)
        for about in ("one", "two")
    ]
    answers = at_once(shop, "profiles", firm.id, writes)
    assert outcomes(answers) == [(200, None), (409, "conflict")]
    assert told(shop, firm.id)["profile.changed"] == 1


def test_two_first_profiles_of_one_firm_make_one(world: World, shop: Database) -> None:
    firm = world.firm("CV Baru")
    body = {"annual_sales": "1", "sales_year": 2025, "regency_code": "33.28"}
    writes = [partial(firm.put, "/v1/profile", {**body, "about": who}) for who in ("one", "two")]
    answers = at_once(shop, "organisations", firm.id, writes)
    assert outcomes(answers) == [(200, None), (409, "conflict")]
    assert told(shop, firm.id)["profile.created"] == 1


def test_two_resources_of_one_code_make_one(world: World, shop: Database) -> None:
    firm = profiled(world, "CV Logam")
    body = {"code": "laser-1", "name": "Laser", "process": "laser_cutting"}
    acts = [partial(firm.post, "/v1/resources", body)] * 2
    answers = at_once(shop, "organisations", firm.id, acts)
    assert [status for status, _code in outcomes(answers)] == [201, 409]
    assert count(shop, "resources") == 1


def test_a_members_consent_twice_at_once_is_one_consent(world: World, shop: Database) -> None:
    firms = [world.firm("CV Satu"), world.firm("CV Dua")]
    network = firms[0].made("/v1/networks", proposal(*firms))
    path, body = f"/v1/networks/{network['id']}", {"terms_sha256": network["terms_sha256"]}
    acts = [partial(firms[0].post, f"{path}/consents", body)] * 2
    answers = at_once(shop, "networks", network["id"], acts)
    assert outcomes(answers) == [(200, None), (200, None)]
    assert answers[0].json() == answers[1].json()
    assert told(shop, network["id"])["network.consented"] == 1


def test_a_last_consent_and_a_refusal_at_once_do_not_both_count(
    world: World, shop: Database
) -> None:
    firms = [world.firm("CV Satu"), world.firm("CV Dua")]
    network = firms[0].made("/v1/networks", proposal(*firms))
    path, body = f"/v1/networks/{network['id']}", {"terms_sha256": network["terms_sha256"]}
    firms[0].made(f"{path}/consents", body, status=200)
    consenting = partial(firms[1].post, f"{path}/consents", body)
    refusing = partial(firms[1].post, f"{path}/refusals")
    answers = at_once(shop, "networks", network["id"], [consenting, refusing])
    assert outcomes(answers) in (
        [(200, None), (409, "network_active")],
        [(200, None), (409, "network_dissolved")],
    )
    [status] = [answer.json()["status"] for answer in answers if answer.status_code == 200]
    assert firms[0].get(path).json()["status"] == status


def test_a_tender_that_is_published_twice_at_once_is_published_once(
    world: World, shop: Database, buyer: Firm
) -> None:
    tender = draft_tender(world, buyer)
    acts = [partial(buyer.post, f"/v1/tenders/{tender['id']}/publication")] * 2
    answers = at_once(shop, "tenders", tender["id"], acts)
    assert outcomes(answers) == [(200, None), (200, None)]
    assert told(shop, tender["id"])["tender.published"] == 1
    assert len(world.app.state.jobs.client.list_workflows()) == 2  # to close and to open


def test_closing_and_opening_jobs_that_come_twice_at_once_act_once(
    world: World, shop: Database, buyer: Firm
) -> None:
    tender = publish_tender(world, buyer)
    world.wait(hours=2)
    process = process_of(world.app)
    acts = [partial(act, process, tender["id"]) for act in (closing.close_due, closing.open_due)]
    at_once(shop, "tenders", tender["id"], acts * 2)
    assert buyer.get(f"/v1/tenders/{tender['id']}").json()["status"] == "opened"
    happened = told(shop, tender["id"])
    assert (happened["tender.closed"], happened["tender.opened"]) == (1, 1)


def test_a_tender_that_is_cancelled_twice_at_once_keeps_one_reason(
    world: World, shop: Database, buyer: Firm
) -> None:
    tender = publish_tender(world, buyer)
    path = f"/v1/tenders/{tender['id']}/cancellation"
    acts = [partial(buyer.post, path, {"reason": reason}) for reason in ("one", "two")]
    answers = at_once(shop, "tenders", tender["id"], acts)
    assert outcomes(answers) == [(200, None), (200, None)]
    assert answers[0].json()["cancel_reason"] == answers[1].json()["cancel_reason"]
    assert told(shop, tender["id"])["tender.cancelled"] == 1


def test_a_bid_and_the_cancellation_of_its_tender_at_once(
    world: World, shop: Database, buyer: Firm
) -> None:
    firm = profiled(world, "CV Logam")
    tender = publish_tender(world, buyer, [lot("plate")])
    path = f"/v1/tenders/{tender['id']}"
    acts = [
        partial(firm.post, f"{path}/bids", {"offers": [offer("plate")]}),
        partial(buyer.post, f"{path}/cancellation", {"reason": "No."}),
    ]
    bid, cancelled = at_once(shop, "tenders", tender["id"], acts)
    assert cancelled.status_code == 200
    assert (bid.status_code, bid.json().get("code")) in {(201, None), (409, "tender_closed")}
    assert count(shop, "bids") == (bid.status_code == 201)


def test_a_firms_own_bid_and_its_consent_to_another_at_once_do_not_both_bind_it(
    world: World, shop: Database, buyer: Firm
) -> None:
    lead, member = profiled(world, "PT Pemimpin"), profiled(world, "CV Anggota")
    network = active_network(lead, member)
    tender = publish_tender(world, buyer, [lot("plate")])
    joint = submit(lead, tender["id"], [offer("plate")], network)
    acts = [
        partial(member.post, f"/v1/tenders/{tender['id']}/bids", {"offers": [offer("plate")]}),
        partial(
            member.post,
            f"/v1/bids/{joint['id']}/consents",
            {"content_sha256": joint["content_sha256"]},
        ),
    ]
    answers = at_once(shop, "organisations", member.id, acts)
    bound, refused = outcomes(answers)
    assert bound in {(201, None), (200, None)}
    assert refused == (409, "firm_already_bids")
    close_and_open(world, tender["id"])
    opened = buyer.get(f"/v1/tenders/{tender['id']}/bids").json()["items"]
    by = {201: member.id, 200: network["id"]}[bound[0]]
    assert [bid["bidder_id"] for bid in opened] == [by]


def test_two_cancellations_of_one_run_are_one(world: World, shop: Database, buyer: Firm) -> None:
    run = sent(buyer)
    acts = [partial(buyer.post, f"/v1/allocations/{run['id']}/cancellation")] * 2
    answers = at_once(shop, "runs", run["id"], acts)
    assert outcomes(answers) == [(202, None), (202, None)]
    happened = told(shop, run["id"])
    assert (happened["scenario.cancel_requested"], happened["scenario.finished"]) == (1, 1)


def test_a_cancellation_and_the_worker_that_takes_the_run_up_at_once(
    world: World, shop: Database, buyer: Firm
) -> None:
    run = sent(buyer)
    cancelling = partial(buyer.post, f"/v1/allocations/{run['id']}/cancellation")
    answer, _worked = at_once(
        shop, "runs", run["id"], [cancelling, partial(work, world.app, run["id"])]
    )
    ended = buyer.get(f"/v1/allocations/{run['id']}").json()
    assert answer.status_code in {202, 409}
    assert ended["status"] in ({"cancelled"} if ended["attempts"] == 0 else {"cancelled", "done"})
    assert told(shop, run["id"])["scenario.finished"] == 1


def hours_of(ready: Market, hours: str) -> Response:
    weeks = [{"from_week": WEEKS[0], "to_week": WEEKS[-1], "per_week": hours}]
    return ready.lead.put(f"/v1/resources/{ready.press}/capacity", {"weeks": weeks})


@pytest.fixture(name="ready")
def _ready(world: World) -> Market:
    made = market(world)
    made.first()
    return made


@pytest.mark.parametrize("award_first", [True, False])
def test_an_award_and_a_smaller_calendar_at_once_promise_no_more_than_there_is(
    shop: Database, ready: Market, *, award_first: bool
) -> None:
    acts = [
        partial(ask_award, ready.buyer, ready.tender_id, ready.first()),
        partial(hours_of, ready, "1"),
    ]
    answers = at_once(shop, "resources", ready.press, acts if award_first else acts[::-1])
    expected = [(201, None), (409, "below_reservations")]
    if not award_first:
        expected = [(200, None), (409, "capacity_taken")]
    assert outcomes(answers) == expected
    weeks = ready.lead.get(f"/v1/resources/{ready.press}/capacity?from_week={WEEKS[0]}").json()
    for week in weeks["weeks"]:
        assert Decimal(week["reserved"]) <= Decimal(week["capacity"])


def test_an_award_and_a_cancellation_of_the_tender_at_once_are_not_both_done(
    shop: Database, ready: Market
) -> None:
    path = f"/v1/tenders/{ready.tender_id}"
    acts = [
        partial(ask_award, ready.buyer, ready.tender_id, ready.first()),
        partial(ready.buyer.post, f"{path}/cancellation", {"reason": "No."}),
    ]
    answers = at_once(shop, "tenders", ready.tender_id, acts)
    assert sorted(answer.status_code for answer in answers) in ([200, 409], [201, 409])
    status = ready.buyer.get(path).json()["status"]
    assert (status, count(shop, "awards")) in {("awarded", 1), ("cancelled", 0)}
    assert (count(shop, "reservations") > 0) == (status == "awarded")


def test_an_award_that_is_ordered_twice_at_once_is_ordered_once(
    shop: Database, ready: Market
) -> None:
    made = award(ready.buyer, ready.tender_id, ready.first())
    acts = [partial(ready.buyer.post, f"/v1/awards/{made['id']}/orders")] * 2
    answers = at_once(shop, "awards", made["id"], acts)
    assert outcomes(answers) == [(201, None), (409, "already_ordered")]
    assert count(shop, "orders") == 2  # one for each winner


def test_scenarios_finished_at_once_evaluate_the_tender_once(
    world: World, shop: Database, buyer: Firm
) -> None:
    firm = profiled(world, "CV Logam")
    add_resource(firm, "press")
    tender = publish_tender(world, buyer, [lot("plate")])
    firm.made(f"/v1/tenders/{tender['id']}/bids", {"offers": [offer("plate")]})
    close_and_open(world, tender["id"])
    runs = [requested(buyer, tender["id"], name=name) for name in ("one", "two")]
    at_once(shop, "tenders", tender["id"], [partial(work, world.app, run["id"]) for run in runs])
    assert told(shop, tender["id"])["tender.evaluated"] == 1
    states = [buyer.get(f"/v1/scenarios/{run['id']}").json()["status"] for run in runs]
    assert states == ["done", "done"]
