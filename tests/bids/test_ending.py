"""A firm's bids one after the other: replaced, withdrawn, listed and read again."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import Firm, World
from tests.support.bids import offer, submit
from tests.support.tenders import instant, lot, publish_tender


@pytest.fixture
def numbers(firm: Firm, tender: dict[str, Any]) -> Callable[[], list[tuple[int, str]]]:
    def read() -> list[tuple[int, str]]:
        items = firm.get(f"/v1/bids?tender_id={tender['id']}").json()["items"]
        return [(item["number"], item["status"]) for item in items]

    return read


def test_a_firms_later_bid_replaces_the_one_before(
    firm: Firm, tender: dict[str, Any], numbers: Callable[[], list[tuple[int, str]]]
) -> None:
    first = submit(firm, tender["id"], [offer("plate"), offer("bracket")])
    submit(firm, tender["id"], [offer("plate", price="9000")])
    assert numbers() == [(1, "replaced"), (2, "submitted")]
    again = firm.post(f"/v1/bids/{first['id']}/withdrawal")
    assert (again.status_code, again.json()["code"]) == (409, "bid_ended")


def test_a_firm_withdraws_before_the_closing_only(
    world: World,
    firm: Firm,
    member: Firm,
    tender: dict[str, Any],
    numbers: Callable[[], list[tuple[int, str]]],
) -> None:
    first = submit(firm, tender["id"], [offer("plate")])
    path = f"/v1/bids/{first['id']}/withdrawal"
    assert member.post(path).status_code == 404
    assert world.narrowed(firm, "bids:read").post(path).status_code == 403
    withdrawn = firm.made(path, status=200)
    assert withdrawn["status"] == "withdrawn"
    assert firm.made(path, status=200) == withdrawn
    second = submit(firm, tender["id"], [offer("plate")])
    world.wait(hours=1)
    late = firm.post(f"/v1/bids/{second['id']}/withdrawal")
    assert (late.status_code, late.json()["code"]) == (409, "tender_closed")
    assert numbers() == [(1, "withdrawn"), (2, "submitted")]


def test_bids_are_listed_by_page_and_tender(
    world: World, buyer: Firm, firm: Firm, tender: dict[str, Any]
) -> None:
    other = publish_tender(world, buyer, [lot("plate")], closes_at=instant(world, hours=1))
    made = [submit(firm, tender["id"], [offer("plate")])["id"] for _ in range(3)]
    made.append(submit(firm, other["id"], [offer("plate")])["id"])
    first = firm.get("/v1/bids?limit=3").json()
    rest = firm.get(f"/v1/bids?limit=3&cursor={first['next']}").json()
    assert [item["id"] for item in first["items"] + rest["items"]] == made
    assert rest["next"] is None
    assert "content" not in first["items"][0]
    assert [b["id"] for b in firm.get(f"/v1/bids?tender_id={other['id']}").json()["items"]] == [
        made[3]
    ]


def test_a_bid_known_to_its_reader_is_not_sent_again(firm: Firm, tender: dict[str, Any]) -> None:
    receipt = submit(firm, tender["id"], [offer("plate")])
    path = f"/v1/bids/{receipt['id']}"
    tag = firm.get(path).headers["etag"]
    assert firm.get(path, headers={"If-None-Match": tag}).status_code == 304
    firm.made(f"{path}/withdrawal", status=200)
    assert firm.get(path, headers={"If-None-Match": tag}).status_code == 200
