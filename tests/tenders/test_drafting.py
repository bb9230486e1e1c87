import pytest

from app.kit.db import Database
from tests.support.api import Firm, World
from tests.support.networks import recorded
from tests.support.tenders import (
    LOT,
    PERIODS,
    a_product,
    draft_tender,
    instant,
    lot,
    publish,
    tender_body,
)

DUAL = {"id": "dual", "kind": "count", "of": "bidder", "per": "lot", "min": 2}


@pytest.fixture(name="buyer")
def _buyer(world: World) -> Firm:
    return world.firm("PT Pusat")


def defects(answer) -> set[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return {(error["pointer"], error["code"]) for error in answer.json()["errors"]}


def test_a_draft_of_lots_keeps_what_was_asked(
    world: World, buyer: Firm, database: Database
) -> None:
    closes, opens = instant(world, hours=1), instant(world, hours=2)
    given = lot("hinge", shortfall_cost="90000", carry_cost="0.5", over_cost="0", tags=["a"])
    answer = buyer.post(
        "/v1/tenders",
        tender_body(world, lots=[LOT, given], rules=[DUAL], closes_at=closes, opens_at=opens),
    )
    assert answer.status_code == 201
    tender = answer.json()
    assert answer.headers["location"] == f"/v1/tenders/{tender['id']}"
    assert tender["status"] == "draft"
    assert tender["currency"] == "IDR"
    assert tender["payment_days"] == 30
    assert tender["periods"] == PERIODS
    assert tender["schedule"] is None
    assert tender["rules"] == [DUAL]
    assert tender["objective"] == [{"terms": [{"measure": "cost", "weight": "1"}]}]
    assert [row["code"] for row in tender["lots"]] == ["bracket", "hinge"]
    assert tender["lots"][1] == {"unit": "pc", **given}
    assert tender["lots"][0]["shortfall_cost"] is None
    read = buyer.get(answer.headers["location"])
    assert read.json() == tender
    assert read.headers["etag"] == answer.headers["etag"]
    assert recorded(database, tender["id"]) == [("tender.drafted", buyer.id, buyer.user_id)]


def test_a_product_and_its_schedule_become_lots(world: World, buyer: Firm) -> None:
    product = a_product(buyer)
    tender = draft_tender(
        world,
        buyer,
        lots=None,
        product_id=product["id"],
        schedule=["401", "600"],
        overrides=[{"part": "bracket", "shortfall_cost": "1250.5", "over_cost": "0"}],
    )
    assert tender["product_id"] == product["id"]
    assert tender["schedule"] == ["401", "600"]
    floor, bracket = tender["lots"]
    # The floor plate is due two weeks ahead, so that January makes February's too; 1001 is
    # bought as 1010, in tens. What the centre factory keeps is no lot.
    assert floor["demand"] == ["1010", "0"]
    assert (floor["process"], floor["increment"], floor["tags"]) == (
        "laser_cutting",
        "10",
        ["plate"],
    )
    assert floor["shortfall_cost"] is None
    assert bracket["demand"] == ["1003", "1500"]
    assert (bracket["shortfall_cost"], bracket["carry_cost"], bracket["over_cost"]) == (
        "1250.5",
        None,
        "0",
    )


def test_opening_is_at_closing_unless_said_otherwise(world: World, buyer: Firm) -> None:
    tender = draft_tender(world, buyer)
    assert tender["opens_at"] == tender["closes_at"]


def test_a_repeated_request_makes_one_tender(world: World, buyer: Firm) -> None:
    body = tender_body(world)
    first, second = (
        buyer.post("/v1/tenders", body, headers={"Idempotency-Key": "k"}) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["location"] == first.headers["location"]
    assert len(buyer.get("/v1/tenders").json()["items"]) == 1


def test_a_draft_is_its_buyers_alone(world: World, buyer: Firm) -> None:
    other = world.firm("PT Lain")
    tender = draft_tender(world, buyer)
    address = f"/v1/tenders/{tender['id']}"
    for answer in (
        other.get(address),
        other.put(address, tender_body(world), headers={"If-Match": "*"}),
        other.post(f"{address}/publication"),
        other.post(f"{address}/cancellation", {"reason": "envy"}),
    ):
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"
    assert other.get("/v1/tenders").json()["items"] == []
    assert buyer.get(address).json() == tender


def test_a_key_without_the_scope_is_refused(world: World, buyer: Firm) -> None:
    tender = draft_tender(world, buyer)
    address = f"/v1/tenders/{tender['id']}"
    reader = world.narrowed(buyer, "tenders:read")
    assert reader.get(address).status_code == 200
    stranger = world.narrowed(buyer, "networks:read")
    for answer in (
        reader.post("/v1/tenders", tender_body(world)),
        reader.put(address, tender_body(world), headers={"If-Match": "*"}),
        reader.post(f"{address}/publication"),
        reader.post(f"{address}/cancellation", {"reason": "none"}),
        stranger.get("/v1/tenders"),
        stranger.get(address),
    ):
        assert answer.status_code == 403
        assert answer.json()["code"] == "scope_missing"


def test_a_draft_is_changed_by_who_read_it_last(
    world: World, buyer: Firm, database: Database
) -> None:
    tender = draft_tender(world, buyer)
    address = f"/v1/tenders/{tender['id']}"
    tag = buyer.get(address).headers["etag"]
    body = tender_body(world, title="Brackets and hinges", lots=[lot("hinge"), LOT])
    blind = buyer.put(address, body)
    assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")
    changed = buyer.put(address, body, headers={"If-Match": tag})
    assert changed.status_code == 200
    assert changed.json()["title"] == "Brackets and hinges"
    assert [row["code"] for row in changed.json()["lots"]] == ["hinge", "bracket"]
    assert changed.headers["etag"] != tag
    late = buyer.put(address, tender_body(world), headers={"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert buyer.get(address).json() == changed.json()
    assert [row[0] for row in recorded(database, tender["id"])] == [
        "tender.drafted",
        "tender.changed",
    ]


def test_a_change_of_lots_alone_changes_the_etag(world: World, buyer: Firm) -> None:
    body = tender_body(world)
    tender = buyer.made("/v1/tenders", body)
    address = f"/v1/tenders/{tender['id']}"
    tag = buyer.get(address).headers["etag"]
    body["lots"] = [{**LOT, "demand": ["601", "400"]}]
    changed = buyer.put(address, body, headers={"If-Match": tag})
    assert changed.json()["lots"][0]["demand"] == ["601", "400"]
    read = buyer.get(address, headers={"If-None-Match": tag})
    assert read.status_code == 200
    known = buyer.get(address, headers={"If-None-Match": read.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["etag"] == read.headers["etag"]


def test_a_change_with_defects_changes_nothing(world: World, buyer: Firm) -> None:
    tender = draft_tender(world, buyer)
    address = f"/v1/tenders/{tender['id']}"
    body = tender_body(world, delivery_regency="99.99", rules=[{"id": "x", "kind": "magic"}])
    found = defects(buyer.put(address, body, headers={"If-Match": "*"}))
    assert found == {("/delivery_regency", "unknown_regency"), ("/rules/0/kind", "not_one_of")}
    assert buyer.get(address).json() == tender


def test_what_is_published_cannot_be_changed(world: World, buyer: Firm) -> None:
    tender = publish(buyer, draft_tender(world, buyer)["id"])
    address = f"/v1/tenders/{tender['id']}"
    answer = buyer.put(address, tender_body(world), headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["code"]) == (409, "tender_not_draft")
    assert buyer.get(address).json() == tender
