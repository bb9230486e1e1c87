"""The seal: before the opening a bid's bidder reads it and nobody else, not even that it exists."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts

from app.bids import queries
from app.bids.models import Bid
from app.tenders import closing
from app.tenders.models import Tender
from tests.support.api import Firm, World
from tests.support.bids import joint, offer, submit
from tests.support.directory import profiled
from tests.support.networks import active_network
from tests.support.tenders import close_and_open, instant, lot, process_of, publish_tender

CANARY = "98765.432109"


@pytest.fixture
def rival(world: World) -> Firm:
    return profiled(world, "CV Saingan")


def test_the_buyer_reads_bids_from_the_opening_on_and_not_before(
    world: World, buyer: Firm, firm: Firm
) -> None:
    tender = publish_tender(world, buyer, [lot("plate")], opens_at=instant(world, hours=3))
    receipt = submit(firm, tender["id"], [offer("plate", price=CANARY)])
    one, several = f"/v1/bids/{receipt['id']}", f"/v1/tenders/{tender['id']}/bids"
    for _state in ("published", "closed"):
        assert buyer.get(one).status_code == 404
        sealed = buyer.get(several)
        assert (sealed.status_code, sealed.json()["code"]) == (409, "bids_sealed")
        assert sealed.json()["opens_at"] == tender["opens_at"]
        world.wait(hours=2)
        closing.open_due(process_of(world.app), tender["id"])
    assert [bid["id"] for bid in buyer.get(several).json()["items"]] == [receipt["id"]]
    offers = buyer.get(one).json()["content"]["offers"]
    assert [each["price"] for each in offers] == [CANARY]
    assert buyer.get("/v1/bids").json()["items"] == []


def test_the_buyer_is_told_the_same_whether_there_are_bids_or_none(
    world: World, buyer: Firm, firm: Firm, tender: dict[str, Any]
) -> None:
    def answer() -> Any:
        seen = buyer.get(f"/v1/tenders/{tender['id']}/bids")
        return seen.status_code, {**seen.json(), "instance": None}

    before = answer()
    submit(firm, tender["id"], [offer("plate")])
    assert answer() == before


def test_rivals_and_strangers_never_read_a_bid(
    world: World, firm: Firm, rival: Firm, tender: dict[str, Any]
) -> None:
    receipt = submit(firm, tender["id"], [offer("plate")])
    submit(rival, tender["id"], [offer("plate")])
    for _state in ("published", "opened"):
        for other in (rival, world.firm("Orang Lain")):
            assert other.get(f"/v1/bids/{receipt['id']}").status_code == 404
            assert other.get(f"/v1/tenders/{tender['id']}/bids").status_code == 404
        mine = [bid["organisation_id"] for bid in rival.get("/v1/bids").json()["items"]]
        assert mine == [rival.id]
        close_and_open(world, tender["id"])


def test_members_read_their_networks_bid_and_scopes_are_asked_for(
    world: World, lead: Firm, member: Firm, network: dict[str, Any], tender: dict[str, Any]
) -> None:
    receipt = submit(lead, tender["id"], [offer("plate", price=CANARY)], network)
    path = f"/v1/bids/{receipt['id']}"
    assert member.get(path).json()["content"]["offers"][0]["price"] == CANARY
    assert [bid["id"] for bid in member.get("/v1/bids").json()["items"]] == [receipt["id"]]
    narrow = world.narrowed(member, "bids:write", "tenders:read")
    for closed in (path, "/v1/bids", f"/v1/tenders/{tender['id']}/bids"):
        assert narrow.get(closed).status_code == 403
        assert world.client.get(closed).status_code == 401


def test_only_bids_that_count_are_opened(
    world: World,
    buyer: Firm,
    lead: Firm,
    network: dict[str, Any],
    tender: dict[str, Any],
) -> None:
    alone, late = profiled(world, "CV Sendiri"), profiled(world, "CV Mundur")
    replaced = submit(alone, tender["id"], [offer("plate", price="1")])
    stands = submit(alone, tender["id"], [offer("plate", price="2")])
    withdrawn = submit(late, tender["id"], [offer("plate")])
    late.made(f"/v1/bids/{withdrawn['id']}/withdrawal", status=200)
    lapsed = submit(lead, tender["id"], [offer("plate")], network)
    with world.app.state.database.read() as session:
        assert queries.standing_bids(session, tender["id"]) == []
    close_and_open(world, tender["id"])
    items = buyer.get(f"/v1/tenders/{tender['id']}/bids").json()["items"]
    assert [bid["id"] for bid in items] == [stands["id"]]
    for never in (replaced, withdrawn, lapsed):
        assert buyer.get(f"/v1/bids/{never['id']}").status_code == 404
    assert alone.get(f"/v1/bids/{replaced['id']}").json()["status"] == "replaced"
    with world.app.state.database.read() as session:
        found = queries.standing_bids(session, tender["id"])
        members = queries.members_of(session, [bid.id for bid in found])
    assert [bid.id for bid in found] == [stands["id"]]
    assert [(m.bid_id, m.organisation_id) for m in members] == [(stands["id"], alone.id)]


def test_a_bid_that_was_not_complete_before_the_closing_never_counts(
    world: World, buyer: Firm, firm: Firm, tender: dict[str, Any]
) -> None:
    """No act completes one so late; should one ever, the opening still leaves it out."""
    bid = submit(firm, tender["id"], [offer("plate")])
    shop = world.app.state.database
    with shop.unit_of_work() as session:
        stored = session.get(Bid, bid["id"])
        stored.complete_at = session.get(Tender, tender["id"]).closes_at
    close_and_open(world, tender["id"])
    assert buyer.get(f"/v1/tenders/{tender['id']}/bids").json()["items"] == []
    assert buyer.get(f"/v1/bids/{bid['id']}").status_code == 404
    with shop.read() as session:
        assert queries.standing_bids(session, tender["id"]) == []


def test_the_old_bid_counts_where_its_replacement_lapsed(
    world: World,
    buyer: Firm,
    lead: Firm,
    member: Firm,
    network: dict[str, Any],
) -> None:
    tender = publish_tender(world, buyer, [lot("plate")])
    first = joint(lead, [member], tender["id"], [offer("plate")], network)
    submit(lead, tender["id"], [offer("plate", price="9000")], network)
    close_and_open(world, tender["id"])
    items = buyer.get(f"/v1/tenders/{tender['id']}/bids").json()["items"]
    assert [bid["id"] for bid in items] == [first["id"]]


def test_a_cancelled_tenders_bids_are_never_opened(
    world: World, buyer: Firm, firm: Firm, tender: dict[str, Any]
) -> None:
    receipt = submit(firm, tender["id"], [offer("plate")])
    buyer.made(f"/v1/tenders/{tender['id']}/cancellation", {"reason": "New design."}, status=200)
    close_and_open(world, tender["id"])
    answer = buyer.get(f"/v1/tenders/{tender['id']}/bids")
    assert (answer.status_code, answer.json()["code"]) == (409, "bids_never_opened")
    assert buyer.get(f"/v1/bids/{receipt['id']}").status_code == 404
    assert firm.get(f"/v1/bids/{receipt['id']}").status_code == 200


def every_get(world: World, ids: list[str]) -> Iterator[str]:
    """Every address that can be read, its named parts filled in with ids that are there."""
    for context in iter_route_contexts(world.app.routes):
        if "GET" not in (context.methods or ()):
            continue
        path = context.path or ""
        names = [part.split("}")[0] for part in path.split("{")[1:]]
        known = ids if len(names) < 2 else ids[:2]
        for values in product(known, repeat=len(names)):
            filled = path
            for name, value in zip(names, values, strict=True):
                filled = filled.replace(f"{{{name}}}", value)
            yield filled


def test_before_the_opening_no_get_tells_anybody_else_of_a_bid(
    world: World, buyer: Firm, rival: Firm, lead: Firm, member: Firm
) -> None:
    network = active_network(lead, member)
    tender = publish_tender(world, buyer, [lot("plate")])
    receipt = joint(lead, [member], tender["id"], [offer("plate", price=CANARY)], network)
    submit(rival, tender["id"], [offer("plate")])
    secrets = (CANARY, receipt["id"], receipt["content_sha256"])
    paths = list(every_get(world, [tender["id"], receipt["id"], network["id"], lead.id]))
    one, several = f"/v1/bids/{receipt['id']}", f"/v1/tenders/{tender['id']}/bids"
    assert {one, several} <= set(paths)

    def told(firm: Firm, paths: list[str] = paths) -> set[str]:
        answers = [firm.get(path) for path in paths]
        assert [answer.url for answer in answers if answer.status_code >= 500] == []
        return {secret for secret in secrets for answer in answers if secret in answer.text}

    assert told(member, [one]) == set(secrets)
    assert told(rival) == set()
    assert told(buyer) == set()
    close_and_open(world, tender["id"])
    assert told(rival) == set()
    assert told(buyer, [one, several]) == set(secrets)


def test_the_stored_bid_says_what_its_bidder_wrote(
    world: World, firm: Firm, tender: dict[str, Any]
) -> None:
    receipt = submit(firm, tender["id"], [offer("plate", price=CANARY)])
    with world.app.state.database.read() as session:
        bid = session.get(Bid, receipt["id"])
    assert bid is not None
    assert bid.content == {"offers": [offer("plate", price=CANARY)]}
