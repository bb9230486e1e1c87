from threading import Thread

import pytest

from app.kit.clock import Clock
from app.kit.db import Database
from app.networks import formation
from tests.support.api import Firm, World
from tests.support.networks import active_network, actor_of, colleague, consent, proposal, recorded
from tests.support.tenders import until_somebody_waits


@pytest.fixture(name="three")
def _three(world: World) -> list[Firm]:
    return [world.firm(name) for name in ("CV Satu", "CV Dua", "CV Tiga")]


@pytest.fixture(name="network")
def _network(three: list[Firm]) -> dict:
    return three[0].made("/v1/networks", proposal(*three))


def consents(network: dict) -> list[bool]:
    return [member["consented_at"] is not None for member in network["members"]]


def test_a_network_is_active_exactly_when_every_member_has_consented(
    three: list[Firm], network: dict, database: Database
) -> None:
    for number, firm in enumerate(three, 1):
        network = consent(firm, network)
        assert sum(consents(network)) == number
        assert network["status"] == ("active" if number == 3 else "proposed")
        assert (network["activated_at"] is not None) == (number == 3)
    found = recorded(database, network["id"])
    assert [row for row in found if row[0] == "network.consented"] == [
        ("network.consented", firm.id, firm.user_id) for firm in three
    ]
    last = three[-1].user_id
    assert sorted(row for row in found if row[0] == "network.activated") == sorted(
        ("network.activated", firm.id, last) for firm in three
    )


def test_consenting_again_changes_nothing(
    three: list[Firm], network: dict, database: Database, world: World
) -> None:
    first = consent(three[0], network)
    before = recorded(database, network["id"])
    world.wait(hours=1)
    assert consent(three[0], network) == first
    assert recorded(database, network["id"]) == before


def test_a_consent_to_other_terms_is_refused(
    three: list[Firm], network: dict, database: Database
) -> None:
    other = three[1].made("/v1/networks", proposal(*three))
    answer = three[0].post(
        f"/v1/networks/{network['id']}/consents", {"terms_sha256": other["terms_sha256"]}
    )
    assert answer.status_code == 409
    assert answer.json()["code"] == "terms_differ"
    assert answer.json()["terms_sha256"] == network["terms_sha256"]
    assert not any(consents(three[0].get(f"/v1/networks/{network['id']}").json()))
    assert {row[0] for row in recorded(database, network["id"])} == {"network.proposed"}


@pytest.mark.parametrize("body", [{}, {"terms_sha256": "abc"}, {"terms_sha256": None}, []])
def test_a_consent_states_a_hash(three: list[Firm], network: dict, body) -> None:
    answer = three[0].post(f"/v1/networks/{network['id']}/consents", body)
    assert answer.status_code == 422


def test_one_refusal_dissolves_the_network(
    three: list[Firm], network: dict, database: Database
) -> None:
    consent(three[0], network)
    address = f"/v1/networks/{network['id']}"
    dissolved = three[1].made(f"{address}/refusals", status=200)
    assert dissolved["status"] == "dissolved"
    declined = {row["organisation_id"]: row["declined_at"] for row in dissolved["members"]}
    assert declined[three[1].id] is not None
    assert declined[three[0].id] is None
    late = three[2].post(f"{address}/consents", {"terms_sha256": network["terms_sha256"]})
    assert late.status_code == 409
    assert late.json()["code"] == "network_dissolved"
    assert three[1].made(f"{address}/refusals", status=200) == dissolved
    found = recorded(database, network["id"])
    assert [row for row in found if row[0] == "network.refused"] == [
        ("network.refused", three[1].id, three[1].user_id)
    ]
    assert sorted(row for row in found if row[0] == "network.dissolved") == sorted(
        ("network.dissolved", firm.id, three[1].user_id) for firm in three
    )


def test_who_has_consented_may_still_decline_before_the_others_have(
    three: list[Firm], network: dict
) -> None:
    consent(three[0], network)
    assert (
        three[0].made(f"/v1/networks/{network['id']}/refusals", status=200)["status"] == "dissolved"
    )


def test_an_active_network_cannot_be_refused(world: World) -> None:
    lead, member = world.firm("CV Lead"), world.firm("CV Member")
    network = active_network(lead, member)
    answer = member.post(f"/v1/networks/{network['id']}/refusals")
    assert answer.status_code == 409
    assert answer.json()["code"] == "network_active"
    assert lead.get(f"/v1/networks/{network['id']}").json() == network


def test_only_who_may_bind_the_firm_consents_or_declines_for_it(
    three: list[Firm], network: dict
) -> None:
    address = f"/v1/networks/{network['id']}"
    body = {"terms_sha256": network["terms_sha256"]}
    clerk = colleague(three[0], "sales", "submit", "sign")
    for answer in (clerk.post(f"{address}/consents", body), clerk.post(f"{address}/refusals")):
        assert answer.status_code == 403
        assert answer.json()["code"] == "power_missing"
    assert three[0].get(address).json() == network
    signatory = colleague(three[0], "sales", "consent")
    assert sum(consents(consent(signatory, network))) == 1


def test_an_authorisation_that_has_ended_binds_nobody(three: list[Firm], network: dict) -> None:
    signatory = colleague(three[0], "sales", "consent")
    granted = three[0].get("/v1/authorisations").json()["items"][-1]
    assert granted["user_id"] == signatory.user_id
    three[0].delete(f"/v1/authorisations/{granted['id']}")
    answer = signatory.post(
        f"/v1/networks/{network['id']}/consents", {"terms_sha256": network["terms_sha256"]}
    )
    assert answer.status_code == 403


def test_the_etag_changes_with_every_consent(three: list[Firm], network: dict) -> None:
    address = f"/v1/networks/{network['id']}"
    tags = []
    for firm in three:
        first = firm.get(address)
        tags.append(first.headers["etag"])
        known = firm.get(address, headers={"If-None-Match": tags[-1]})
        assert known.status_code == 304
        assert known.headers["etag"] == tags[-1]
        assert known.content == b""
        consent(firm, network)
        changed = firm.get(address, headers={"If-None-Match": tags[-1]})
        assert changed.status_code == 200
    assert len(set(tags)) == 3


def test_two_last_members_consenting_at_once_make_the_network_active(
    world: World, database: Database
) -> None:
    firms = [world.firm("CV Satu"), world.firm("CV Dua")]
    network = firms[0].made("/v1/networks", proposal(*firms))
    actors = [actor_of(database, firm) for firm in firms]
    outcome: list[str] = []

    def second() -> None:
        with database.unit_of_work() as session:
            formed = formation.consent(
                session, network["id"], network["terms_sha256"], actor=actors[1], clock=Clock()
            )
            outcome.append(formed.status)

    with database.unit_of_work() as session:
        formed = formation.consent(
            session, network["id"], network["terms_sha256"], actor=actors[0], clock=Clock()
        )
        assert formed.status == "proposed"
        thread = Thread(target=second)
        thread.start()
        if database.engine.dialect.name == "postgresql":
            until_somebody_waits(database, thread)
    thread.join()
    assert outcome == ["active"]
    assert firms[0].get(f"/v1/networks/{network['id']}").json()["status"] == "active"
