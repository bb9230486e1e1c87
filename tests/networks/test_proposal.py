import pytest

from app.kit.db import Database
from tests.support.api import World
from tests.support.networks import active_network, proposal, recorded


def test_a_proposal_waits_for_everybody_the_proposer_included(
    world: World, database: Database
) -> None:
    lead, member = world.firm("CV Lead"), world.firm("CV Member")
    answer = member.post("/v1/networks", proposal(lead, member, shares=["0.6", "0.4"]))
    assert answer.status_code == 201
    network = answer.json()
    assert answer.headers["location"] == f"/v1/networks/{network['id']}"
    assert network["status"] == "proposed"
    assert network["lead_id"] == lead.id
    shares = {row["organisation_id"]: (row["name"], row["share"]) for row in network["members"]}
    assert shares == {lead.id: ("CV Lead", "0.6"), member.id: ("CV Member", "0.4")}
    assert [row["consented_at"] for row in network["members"]] == [None, None]
    assert lead.get(answer.headers["location"]).json() == network
    assert sorted(recorded(database, network["id"])) == sorted(
        ("network.proposed", firm.id, member.user_id) for firm in (lead, member)
    )


def test_shares_adding_up_to_nine_tenths_are_refused(world: World) -> None:
    lead, member = world.firm("CV Lead"), world.firm("CV Member")
    answer = lead.post("/v1/networks", proposal(lead, member, shares=["0.5", "0.4"]))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [
        {
            "pointer": "/members",
            "code": "shares_not_one",
            "detail": "the members' shares add up to 0.9, not to 1",
        }
    ]
    in_indonesian = lead.post(
        "/v1/networks",
        proposal(lead, member, shares=["0.5", "0.4"]),
        headers={"Accept-Language": "id"},
    )
    sentence = in_indonesian.json()["errors"][0]["detail"]
    assert sentence == "jumlah porsi para anggota adalah 0.9, bukan 1"


def test_every_defect_is_named_at_once_and_nothing_is_stored(
    world: World, database: Database
) -> None:
    firm, other = world.firm("CV Lead"), world.firm("CV Member")
    body = proposal(other, other, other, shares=["0.2", "0.2", "0.2"])
    body["members"][2]["organisation_id"] = "org_nobody"
    answer = firm.post("/v1/networks", body)
    assert answer.status_code == 422
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/members", "shares_not_one"),
        ("/members", "proposer_not_member"),
        ("/members/1/organisation_id", "duplicate_member"),
        ("/members/2/organisation_id", "unknown_organisation"),
    }
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from networks").scalar() == 0
        kinds = connection.exec_driver_sql("select type from events").scalars().all()
    assert not [kind for kind in kinds if kind.startswith("network.")]


def test_malformed_fields_are_all_named(world: World) -> None:
    lead = world.firm("CV Lead")
    answer = lead.post(
        "/v1/networks",
        {
            "name": " ",
            "purpose": "cartel",
            "contract_form": None,
            "lead_id": 7,
            "members": [{"organisation_id": lead.id, "share": "-0.5"}],
            "secret": True,
        },
    )
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/name",
        "/purpose",
        "/contract_form",
        "/lead_id",
        "/charter",
        "/members/0/share",
        "/secret",
    }


@pytest.mark.parametrize("share", ["0", "1.5", "a third", 1.5, True, None])
def test_a_share_is_a_decimal_above_zero_and_at_most_one(world: World, share) -> None:
    lead, member = world.firm("CV Lead"), world.firm("CV Member")
    answer = lead.post("/v1/networks", proposal(lead, member, shares=["0.5", share]))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/members/1/share"]


def test_one_firm_alone_is_no_network(world: World) -> None:
    lead = world.firm("CV Lead")
    answer = lead.post("/v1/networks", proposal(lead, shares=["1"]))
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/members"]


def test_a_repeated_request_makes_one_network(world: World) -> None:
    lead, member = world.firm("CV Lead"), world.firm("CV Member")
    body = proposal(lead, member)
    first, second = (
        lead.post("/v1/networks", body, headers={"Idempotency-Key": "once"}) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second.headers["location"] == first.headers["location"]
    assert len(lead.get("/v1/networks").json()["items"]) == 1
    other = lead.post(
        "/v1/networks", {**body, "name": "Another"}, headers={"Idempotency-Key": "once"}
    )
    assert other.json()["code"] == "idempotency_key_reused"


def test_only_those_who_are_named_know_of_a_network(world: World) -> None:
    lead, member, stranger = (world.firm(name) for name in ("CV Lead", "CV Member", "CV Other"))
    network = lead.made("/v1/networks", proposal(lead, member))
    address = f"/v1/networks/{network['id']}"
    assert member.get(address).status_code == 200
    assert [row["id"] for row in member.get("/v1/networks").json()["items"]] == [network["id"]]
    consent = {"terms_sha256": network["terms_sha256"]}
    for answer in (
        stranger.get(address),
        stranger.post(f"{address}/consents", consent),
        stranger.post(f"{address}/refusals"),
        lead.get("/v1/networks/net_nowhere"),
    ):
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"
    assert stranger.get("/v1/networks").json()["items"] == []
    assert member.get(address).json() == network


def test_a_list_is_paged_and_filtered_by_status(world: World) -> None:
    lead, member = world.firm("CV Lead"), world.firm("CV Member")
    active = active_network(lead, member)
    proposed = [lead.made("/v1/networks", proposal(lead, member))["id"] for _ in range(2)]
    first = lead.get("/v1/networks?limit=2").json()
    assert [row["id"] for row in first["items"]] == [active["id"], proposed[0]]
    second = lead.get(f"/v1/networks?limit=2&cursor={first['next']}").json()
    assert [row["id"] for row in second["items"]] == [proposed[1]]
    assert second["next"] is None
    found = lead.get("/v1/networks?status=proposed").json()["items"]
    assert [row["id"] for row in found] == proposed
    assert lead.get("/v1/networks?status=gone").status_code == 422


def test_a_key_without_the_scope_is_refused(world: World) -> None:
    lead, member = world.firm("CV Lead"), world.firm("CV Member")
    network = lead.made("/v1/networks", proposal(lead, member))
    address = f"/v1/networks/{network['id']}"
    reader = world.narrowed(lead, "networks:read")
    assert reader.get(address).status_code == 200
    for answer in (
        reader.post("/v1/networks", proposal(lead, member)),
        reader.post(f"{address}/consents", {"terms_sha256": network["terms_sha256"]}),
        reader.post(f"{address}/refusals"),
        world.narrowed(lead, "tenders:read").get(address),
        world.narrowed(lead, "tenders:read").get("/v1/networks"),
    ):
        assert answer.status_code == 403
        assert answer.json()["code"] == "scope_missing"
    assert world.client.get(address).status_code == 401
