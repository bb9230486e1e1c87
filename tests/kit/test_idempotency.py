"""A key stands for one request of one user: another address, content or user is another matter."""

import pytest

from tests.support.api import World
from tests.support.bids import offer, stored
from tests.support.directory import profiled
from tests.support.tenders import lot, publish_tender

KEY = {"Idempotency-Key": "order-17"}
RESOURCE = {"code": "laser-1", "name": "Laser", "process": "laser_cutting"}


def test_a_key_of_one_user_says_nothing_to_another(world: World) -> None:
    one, other = profiled(world, "CV Satu"), profiled(world, "CV Dua")
    first = one.post("/v1/resources", RESOURCE, headers=KEY)
    second = other.post("/v1/resources", RESOURCE, headers=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]
    assert second.json()["organisation_id"] == other.id


def test_two_firms_with_one_key_and_one_content_both_bid(world: World) -> None:
    one, other = profiled(world, "CV Satu"), profiled(world, "CV Dua")
    tender = publish_tender(world, world.firm("PT Pusat"), [lot("plate")])
    path, body = f"/v1/tenders/{tender['id']}/bids", {"offers": [offer("plate")]}
    answers = [firm.post(path, body, headers=KEY) for firm in (one, other)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert stored(world) == 2


def test_one_content_at_two_addresses_is_two_requests(world: World) -> None:
    firm, buyer = profiled(world, "CV Satu"), world.firm("PT Pusat")
    tenders = [publish_tender(world, buyer, [lot("plate")])["id"] for _ in range(2)]
    body = {"offers": [offer("plate")]}
    first, second = (
        firm.post(f"/v1/tenders/{tender}/bids", body, headers=KEY) for tender in tenders
    )
    assert first.status_code == 201
    assert (second.status_code, second.json()["code"]) == (422, "idempotency_key_reused")
    assert stored(world) == 1


def test_a_refused_request_leaves_its_key_free(world: World) -> None:
    firm = world.firm("CV Satu")
    refused = firm.post("/v1/resources", RESOURCE, headers=KEY)
    assert (refused.status_code, refused.json()["code"]) == (409, "profile_missing")
    body = {"annual_sales": "1", "sales_year": 2025, "regency_code": "33.28"}
    assert firm.put("/v1/profile", body).status_code == 200
    assert firm.post("/v1/resources", RESOURCE, headers=KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_that_is_no_key_is_a_defect(world: World, key: str) -> None:
    firm = profiled(world, "CV Satu")
    answer = firm.post("/v1/resources", RESOURCE, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
