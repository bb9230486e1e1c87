"""A bid's content on its way in: stored exactly and whole, or refused with every defect."""

from typing import Any

import pytest
from sqlalchemy import select

from app.allocation.document import canonical
from app.kit.events.models import Event
from tests.support.api import Firm, World
from tests.support.bids import offer, stored, submit
from tests.support.directory import add_resource, profiled
from tests.support.tenders import lot, publish_tender


def codes(answer: Any) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


def test_a_firms_bid_stands_at_once(firm: Firm, tender: dict[str, Any]) -> None:
    press = add_resource(firm, "press-1")
    sent = offer(
        "bracket",
        price={"kind": "all_units", "tiers": [{"from": "0", "unit": 12500.50}]},
        uses=[{"resource": press["id"], "per_unit": "0.05"}],
        workshare={firm.id: 1},
    )
    answer = firm.post(f"/v1/tenders/{tender['id']}/bids", {"offers": [sent]})
    receipt = answer.json()
    assert answer.status_code == 201, answer.text
    assert set(receipt) == {
        "id", "tender_id", "number", "content_sha256", "submitted_at", "status",
    }  # fmt: skip
    assert answer.headers["location"] == f"/v1/bids/{receipt['id']}"
    assert (receipt["number"], receipt["status"]) == (1, "submitted")

    bid = firm.get(answer.headers["location"]).json()
    assert {name: bid[name] for name in receipt} == receipt
    assert bid["complete_at"] == bid["submitted_at"]
    assert (bid["organisation_id"], bid["bidder_id"], bid["network_id"]) == (firm.id, firm.id, None)
    assert [m["organisation_id"] for m in bid["members"]] == [firm.id]
    assert bid["members"][0]["consented_at"] == bid["submitted_at"]
    assert bid["content"]["offers"][0]["price"]["tiers"] == [{"from": "0", "unit": "12500.5"}]
    assert bid["content"]["offers"][0]["workshare"] == {firm.id: "1"}


def test_the_receipts_hash_is_computed_from_the_bidders_own_file(
    firm: Firm, tender: dict[str, Any]
) -> None:
    import hashlib

    offers = [offer("bracket", setup="2500000.00"), offer("plate", price="7")]
    receipt = submit(firm, tender["id"], offers)
    assert receipt["content_sha256"] == hashlib.sha256(canonical({"offers": offers})).hexdigest()


def test_every_defect_comes_at_once_with_its_place_in_both_languages(
    world: World, firm: Firm, tender: dict[str, Any]
) -> None:
    rivals = add_resource(profiled(world, "CV Lain"), "press-9")
    path, body = f"/v1/tenders/{tender['id']}/bids", {
        "offers": [
            offer("bracket", price="-1", minimum="-5"),
            offer("hinge", uses=[{"resource": rivals["id"], "per_unit": "1"}]),
            offer("plate", workshare={firm.id: "0.9"}, bidder=firm.id),
            offer("plate", price="1234567890123", colour="red"),
        ]
    }  # fmt: skip
    english = firm.post(path, body, headers={"Accept-Language": "en"})
    assert english.status_code == 422
    assert english.headers["content-type"] == "application/problem+json"
    assert codes(english) == [
        ("/offers/0/price", "below_zero"),
        ("/offers/0/minimum", "below_zero"),
        ("/offers/1/lot", "unknown_id"),
        ("/offers/1/uses/0/resource", "unknown_id"),
        ("/offers/2/workshare", "shares_not_one"),
        ("/offers/2/bidder", "unknown_field"),
        ("/offers/3/id", "duplicate_id"),
        ("/offers/3/colour", "unknown_field"),
        ("/offers/3/price", "too_many_digits"),
    ]
    assert english.json()["all_errors_listed"] is True
    indonesian = firm.post(path, body, headers={"Accept-Language": "id"})
    assert codes(indonesian) == codes(english)
    said = [
        (a["detail"], b["detail"])
        for a, b in zip(english.json()["errors"], indonesian.json()["errors"], strict=True)
    ]
    assert all(a != b for a, b in said)
    assert said[0] == (
        "-1 is negative; this must be 0 or more.",
        "-1 negatif; nilainya harus 0 atau lebih.",
    )
    assert said[2][1] == "Tidak ada lot dengan id hinge."
    assert stored(world) == 0


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, ("/offers", "missing")),
        ({"offers": []}, ("/offers", "too_short")),
        ({"offers": {}}, ("/offers", "list_type")),
        ({"offers": [{}], "price": 1}, ("/price", "extra_forbidden")),
        ({"offers": [None]}, ("/offers/0", "wrong_type")),
        ({"offers": [{}] * 20_001}, ("/offers", "too_long")),
        ({"offers": [{}], "network_id": ""}, ("/network_id", "string_too_short")),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused(
    world: World,
    firm: Firm,
    tender: dict[str, Any],
    body: dict[str, Any],
    place: tuple[str, str],
) -> None:
    answer = firm.post(f"/v1/tenders/{tender['id']}/bids", body)
    assert answer.status_code == 422
    assert place in codes(answer)
    assert stored(world) == 0


def test_of_very_many_defects_the_first_thousand_are_listed(
    firm: Firm, tender: dict[str, Any]
) -> None:
    answer = firm.post(f"/v1/tenders/{tender['id']}/bids", {"offers": [5] * 1_200})
    assert codes(answer) == [(f"/offers/{i}", "wrong_type") for i in range(1_000)]
    assert answer.json()["all_errors_listed"] is False


def test_malformed_json_is_refused(firm: Firm, tender: dict[str, Any]) -> None:
    for text in ('{"offers": [', '{"offers": [], "offers": []}', '{"offers": [{"price": NaN}]}'):
        answer = firm.post(
            f"/v1/tenders/{tender['id']}/bids",
            content=text,
            headers={"Content-Type": "application/json"},
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")


def test_exact_numbers_never_pass_through_a_float(firm: Firm, tender: dict[str, Any]) -> None:
    text = '{"offers": [{"id": "a", "lot": "plate", "price": 0.100000000001}]}'
    answer = firm.post(
        f"/v1/tenders/{tender['id']}/bids",
        content=text,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 201, answer.text
    bid = firm.get(answer.headers["location"]).json()
    assert bid["content"]["offers"][0]["price"] == "0.100000000001"


def test_the_same_key_twice_is_one_bid_and_one_answer_also_after_the_deadline(
    world: World, firm: Firm, tender: dict[str, Any]
) -> None:
    path, key = f"/v1/tenders/{tender['id']}/bids", {"Idempotency-Key": "bid-7"}
    body = {"offers": [offer("plate")]}
    first = firm.post(path, body, headers=key)
    world.wait(hours=2)
    again = firm.post(path, body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    other = firm.post(path, {"offers": [offer("plate", price="1")]}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert stored(world) == 1


def test_a_score_that_the_objective_asks_for_is_needed(
    world: World, buyer: Firm, firm: Firm
) -> None:
    objective = [{"terms": [{"measure": "cost"}, {"measure": "score:co2", "weight": "100"}]}]
    tender = publish_tender(world, buyer, [lot("plate")], objective=objective)
    answer = firm.post(f"/v1/tenders/{tender['id']}/bids", {"offers": [offer("plate")]})
    assert codes(answer) == [("/offers/0/scores/co2", "score_missing")]
    submit(firm, tender["id"], [offer("plate", scores={"co2": "1.2"})])


def test_what_happened_is_recorded_and_no_price_or_quantity_with_it(
    world: World, firm: Firm, tender: dict[str, Any]
) -> None:
    receipt = submit(firm, tender["id"], [offer("plate", price="98765.4321", maximum="31")])
    with world.app.state.database.read() as session:
        events = session.scalars(select(Event).where(Event.subject_id == receipt["id"])).all()
    assert sorted(event.type for event in events) == ["bid.completed", "bid.submitted"]
    for event in events:
        assert event.organisation_id == firm.id
        assert set(event.data) == {"tender_id", "number", "status"}
