"""Who may bid, in which tender, and until when."""

from typing import Any

from tests.support.api import Firm, World
from tests.support.bids import offer, stored
from tests.support.networks import active_network, proposal
from tests.support.tenders import draft_tender


def test_a_late_bid_is_refused_and_nothing_is_stored(
    world: World, firm: Firm, tender: dict[str, Any]
) -> None:
    world.wait(hours=1)
    answer = firm.post(f"/v1/tenders/{tender['id']}/bids", {"offers": [offer("plate")]})
    assert (answer.status_code, answer.json()["code"]) == (409, "tender_closed")
    assert stored(world) == 0


def test_a_draft_and_an_unknown_tender_are_not_there(world: World, buyer: Firm, firm: Firm) -> None:
    for tender_id in (draft_tender(world, buyer)["id"], "ten_0"):
        answer = firm.post(f"/v1/tenders/{tender_id}/bids", {"offers": [offer("plate")]})
        assert answer.status_code == 404


def test_a_firm_without_a_profile_is_told_so(world: World, tender: dict[str, Any]) -> None:
    newcomer = world.firm("CV Baru")
    answer = newcomer.post(f"/v1/tenders/{tender['id']}/bids", {"offers": [offer("plate")]})
    assert (answer.status_code, answer.json()["code"]) == (409, "profile_missing")


def test_a_buyer_cannot_bid_in_its_own_tender(
    world: World, buyer: Firm, firm: Firm, tender: dict[str, Any]
) -> None:
    alone = buyer.post(f"/v1/tenders/{tender['id']}/bids", {"offers": [offer("plate")]})
    assert (alone.status_code, alone.json()["code"]) == (409, "own_tender")
    joint = {"network_id": active_network(firm, buyer)["id"], "offers": [offer("plate")]}
    together = firm.post(f"/v1/tenders/{tender['id']}/bids", joint)
    assert (together.status_code, together.json()["code"]) == (409, "own_tender")
    assert stored(world) == 0


def test_only_an_active_network_bids_and_only_through_its_lead(
    world: World,
    lead: Firm,
    member: Firm,
    network: dict[str, Any],
    tender: dict[str, Any],
) -> None:
    def asked(by: Firm, network_id: str) -> tuple[int, str]:
        body = {"network_id": network_id, "offers": [offer("plate")]}
        answer = by.post(f"/v1/tenders/{tender['id']}/bids", body)
        return answer.status_code, answer.json()["code"]

    proposed = lead.made("/v1/networks", proposal(lead, member))
    assert asked(lead, proposed["id"]) == (409, "network_not_active")
    assert asked(member, network["id"]) == (403, "not_the_lead")
    assert asked(world.firm("CV Lain"), network["id"]) == (404, "not_found")
    assert asked(lead, "net_0") == (404, "not_found")
    bare = active_network(lead, world.firm("CV Tanpa Profil"))
    assert asked(lead, bare["id"]) == (409, "members_without_profile")
    assert stored(world) == 0


def test_the_right_scope_and_the_power_to_submit_are_needed(
    world: World, firm: Firm, tender: dict[str, Any]
) -> None:
    path, body = f"/v1/tenders/{tender['id']}/bids", {"offers": [offer("plate")]}
    reader = world.narrowed(firm, "bids:read", "tenders:read")
    answer = reader.post(path, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert world.client.post(path, json=body).status_code == 401
    for granted in firm.get("/v1/authorisations").json()["items"]:
        if granted["power"] == "submit":
            assert firm.delete(f"/v1/authorisations/{granted['id']}").status_code == 204
    answer = firm.post(path, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "power_missing")
    assert stored(world) == 0


def test_a_cancelled_tender_takes_no_bids(buyer: Firm, firm: Firm, tender: dict[str, Any]) -> None:
    buyer.made(f"/v1/tenders/{tender['id']}/cancellation", {"reason": "New design."}, status=200)
    answer = firm.post(f"/v1/tenders/{tender['id']}/bids", {"offers": [offer("plate")]})
    assert (answer.status_code, answer.json()["code"]) == (409, "tender_closed")
