"""A network's bid stands when every member has consented to its very content."""

from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select

from app.kit.events.models import Event
from tests.support.api import Firm, World
from tests.support.bids import consent, joint, offer, submit
from tests.support.directory import add_resource, profiled
from tests.support.networks import active_network

ON_POSTGRES = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


def states(firm: Firm) -> list[tuple[int, str]]:
    return [(item["number"], item["status"]) for item in firm.get("/v1/bids").json()["items"]]


def refused(firm: Firm, receipt: dict[str, Any], sha256: str | None = None) -> tuple[int, str]:
    body = {"content_sha256": sha256 or receipt["content_sha256"]}
    answer = firm.post(f"/v1/bids/{receipt['id']}/consents", body)
    return answer.status_code, answer.json()["code"]


def test_a_joint_bid_waits_for_every_member(
    world: World, lead: Firm, member: Firm, tender: dict[str, Any]
) -> None:
    third = profiled(world, "UD Las Makmur")
    network = active_network(lead, member, third)
    press = add_resource(member, "press-1")
    sent = offer(
        "bracket",
        uses=[{"resource": press["id"], "per_unit": "0.05"}],
        workshare={lead.id: "0.5", member.id: "0.5"},
    )
    receipt = submit(lead, tender["id"], [sent], network)
    assert receipt["status"] == "awaiting_consent"
    bid = member.get(f"/v1/bids/{receipt['id']}").json()
    assert (bid["bidder_id"], bid["network_id"]) == (network["id"], network["id"])
    assert bid["complete_at"] is None
    assert {m["organisation_id"]: m["consented_at"] for m in bid["members"]} == {
        lead.id: bid["submitted_at"],
        member.id: None,
        third.id: None,
    }
    assert consent(member, receipt)["status"] == "awaiting_consent"
    done = consent(third, receipt)
    assert done["status"] == "submitted"
    assert done["complete_at"] > done["submitted_at"]
    assert consent(third, receipt) == done


def test_the_readers_tag_changes_with_each_consent(
    world: World, lead: Firm, member: Firm, tender: dict[str, Any]
) -> None:
    third = profiled(world, "UD Las Makmur")
    receipt = submit(lead, tender["id"], [offer("plate")], active_network(lead, member, third))
    path = f"/v1/bids/{receipt['id']}"
    tags = [lead.get(path).headers["etag"]]
    for firm in (member, third):
        consent(firm, receipt)
        tags.append(lead.get(path).headers["etag"])
    assert len(set(tags)) == 3
    assert lead.get(path, headers={"If-None-Match": tags[-1]}).status_code == 304


def test_time_alone_lets_a_bid_lapse_and_its_reader_sees_it(
    world: World, lead: Firm, member: Firm, network: dict[str, Any], tender: dict[str, Any]
) -> None:
    receipt = submit(lead, tender["id"], [offer("plate")], network)
    path = f"/v1/bids/{receipt['id']}"
    tag = lead.get(path).headers["etag"]
    world.wait(hours=1)
    assert refused(member, receipt) == (409, "tender_closed")
    answer = lead.get(path, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.json()["status"]) == (200, "lapsed")
    assert states(member) == [(1, "lapsed")]


def test_a_consent_repeated_after_the_deadline_is_still_answered(
    world: World, lead: Firm, member: Firm, network: dict[str, Any], tender: dict[str, Any]
) -> None:
    receipt = submit(lead, tender["id"], [offer("plate")], network)
    given = consent(member, receipt)
    world.wait(hours=1)
    assert consent(member, receipt) == given


def test_a_consent_to_other_content_by_others_or_without_power_counts_for_nothing(
    world: World, lead: Firm, member: Firm, network: dict[str, Any], tender: dict[str, Any]
) -> None:
    receipt = submit(lead, tender["id"], [offer("plate")], network)
    assert refused(member, receipt, "0" * 64) == (409, "content_differs")
    assert refused(profiled(world, "CV Lain"), receipt) == (404, "not_found")
    assert refused(world.narrowed(member, "bids:read"), receipt) == (403, "scope_missing")
    path = f"/v1/bids/{receipt['id']}/consents"
    assert member.post(path, {"content_sha256": "no hash"}).status_code == 422
    assert member.post(path, {}).status_code == 422
    for granted in member.get("/v1/authorisations").json()["items"]:
        if granted["power"] == "consent":
            assert member.delete(f"/v1/authorisations/{granted['id']}").status_code == 204
    assert refused(member, receipt) == (403, "power_missing")
    assert states(lead) == [(1, "awaiting_consent")]


def test_foreign_resources_and_firms_are_dangling_ids(
    world: World, lead: Firm, network: dict[str, Any], tender: dict[str, Any]
) -> None:
    stranger = profiled(world, "CV Lain")
    press = add_resource(stranger, "press-9")
    answer = lead.post(
        f"/v1/tenders/{tender['id']}/bids",
        {
            "network_id": network["id"],
            "offers": [
                offer(
                    "plate",
                    uses=[{"resource": press["id"], "per_unit": "1"}],
                    workshare={lead.id: "0.5", stranger.id: "0.5"},
                )
            ],
        },
    )
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("/offers/0/uses/0/resource", "unknown_id"),
        (f"/offers/0/workshare/{stranger.id}", "not_a_member"),
    ]


def test_the_bid_before_stands_until_its_replacement_is_complete(
    lead: Firm, member: Firm, network: dict[str, Any], tender: dict[str, Any]
) -> None:
    first = joint(lead, [member], tender["id"], [offer("plate")], network)
    second = submit(lead, tender["id"], [offer("plate", price="9000")], network)
    assert states(lead) == [(1, "submitted"), (2, "awaiting_consent")]
    consent(member, second)
    assert states(lead) == [(1, "replaced"), (2, "submitted")]
    # It was consented to before it ended, and repeating that changes nothing.
    assert consent(member, first)["status"] == "replaced"


def test_of_several_waiting_bids_the_latest_that_is_complete_stands(
    lead: Firm, member: Firm, network: dict[str, Any], tender: dict[str, Any]
) -> None:
    bids = [submit(lead, tender["id"], [offer("plate")], network) for _ in range(4)]
    consent(member, bids[1])
    assert [s for _n, s in states(lead)] == [
        "replaced", "submitted", "awaiting_consent", "awaiting_consent",
    ]  # fmt: skip
    consent(member, bids[3])
    assert [s for _n, s in states(lead)] == ["replaced", "replaced", "replaced", "submitted"]
    assert refused(member, bids[2]) == (409, "bid_ended")


def test_only_the_lead_withdraws_and_a_withdrawn_replacement_leaves_the_bid_before(
    lead: Firm, member: Firm, network: dict[str, Any], tender: dict[str, Any]
) -> None:
    joint(lead, [member], tender["id"], [offer("plate")], network)
    second = submit(lead, tender["id"], [offer("plate")], network)
    path = f"/v1/bids/{second['id']}/withdrawal"
    answer = member.post(path)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_the_lead")
    lead.made(path, status=200)
    assert states(lead) == [(1, "submitted"), (2, "withdrawn")]
    assert refused(member, second) == (409, "bid_ended")


def test_each_member_finds_its_own_news_in_its_feed(
    world: World, lead: Firm, member: Firm, network: dict[str, Any], tender: dict[str, Any]
) -> None:
    receipt = joint(lead, [member], tender["id"], [offer("plate")], network)
    with world.app.state.database.read() as session:
        events = session.scalars(
            select(Event).where(Event.subject_id == receipt["id"]).order_by(Event.id)
        ).all()
    told: dict[str | None, list[str]] = {}
    for event in events:
        told.setdefault(event.organisation_id, []).append(event.type)
    assert told == {
        lead.id: ["bid.submitted", "bid.consented", "bid.completed"],
        member.id: ["bid.submitted", "bid.completed"],
    }


def test_a_firm_stands_in_one_bid_per_lot_and_hears_only_of_its_own(
    world: World, lead: Firm, member: Firm, network: dict[str, Any], tender: dict[str, Any]
) -> None:
    submit(member, tender["id"], [offer("plate"), offer("bracket")])
    # The lead firm is not told that its member bids alone: it may submit, the member not consent.
    receipt = submit(lead, tender["id"], [offer("plate")], network)
    answer = member.post(
        f"/v1/bids/{receipt['id']}/consents", {"content_sha256": receipt["content_sha256"]}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "firm_already_bids")
    assert answer.json()["lots"] == ["plate"]
    # Once its own bid is for other lots, it may.
    submit(member, tender["id"], [offer("bracket")])
    assert consent(member, receipt)["status"] == "submitted"
    # And now its own bid may not come back to that lot, nor the lead firm's.
    for firm in (member, lead):
        body = {"offers": [offer("plate")]}
        answer = firm.post(f"/v1/tenders/{tender['id']}/bids", body)
        assert (answer.status_code, answer.json()["lots"]) == (409, ["plate"])
    # In another network it is the same.
    third = profiled(world, "UD Las Makmur")
    other = submit(third, tender["id"], [offer("plate")], active_network(third, member))
    assert refused(member, other) == (409, "firm_already_bids")


def test_to_be_named_in_a_bid_binds_nobody(
    lead: Firm, member: Firm, network: dict[str, Any], tender: dict[str, Any]
) -> None:
    receipt = submit(lead, tender["id"], [offer("plate")], network)
    submit(member, tender["id"], [offer("plate")])
    assert refused(member, receipt) == (409, "firm_already_bids")


def test_a_withdrawn_bid_frees_its_lots(
    lead: Firm, member: Firm, network: dict[str, Any], tender: dict[str, Any]
) -> None:
    receipt = joint(lead, [member], tender["id"], [offer("plate")], network)
    lead.made(f"/v1/bids/{receipt['id']}/withdrawal", status=200)
    submit(member, tender["id"], [offer("plate")])
    submit(lead, tender["id"], [offer("plate")])


@ON_POSTGRES
def test_the_last_two_consents_at_the_same_moment_complete_the_bid(
    world: World, lead: Firm, member: Firm, tender: dict[str, Any]
) -> None:
    firms = [member, *(profiled(world, f"UD {name}") for name in ("Satu", "Dua", "Tiga"))]
    network = active_network(lead, *firms)
    receipt = submit(lead, tender["id"], [offer("plate")], network)
    together(*((consent, firm, receipt) for firm in firms))
    assert states(lead) == [(1, "submitted")]


@ON_POSTGRES
def test_one_members_consent_twice_at_the_same_moment_is_one_consent(
    lead: Firm, member: Firm, network: dict[str, Any], tender: dict[str, Any]
) -> None:
    receipt = submit(lead, tender["id"], [offer("plate")], network)
    one, other = together((consent, member, receipt), (consent, member, receipt))
    assert one == other
    assert one["status"] == "submitted"


@ON_POSTGRES
def test_two_acts_of_one_firm_at_the_same_moment_are_not_both_done(
    world: World, lead: Firm, member: Firm, network: dict[str, Any], tender: dict[str, Any]
) -> None:
    receipt = submit(lead, tender["id"], [offer("plate")], network)
    answers = together(
        (member.post, f"/v1/tenders/{tender['id']}/bids", {"offers": [offer("plate")]}),
        (
            member.post,
            f"/v1/bids/{receipt['id']}/consents",
            {"content_sha256": receipt["content_sha256"]},
        ),
    )
    assert sorted(answer.status_code for answer in answers)[1] == 409
    assert [status for _number, status in states(member)].count("submitted") == 1


def together(*calls: tuple[Any, ...]) -> list[Any]:
    """Do calls at the same moment; return what each gave."""
    start, given = Barrier(len(calls)), [None] * len(calls)

    def run(place: int, function: Any, *arguments: Any) -> None:
        start.wait()
        given[place] = function(*arguments)

    threads = [Thread(target=run, args=(i, *call)) for i, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given
