"""Invitations are accepted once with a password of one's own; only offices verify."""

import pytest

from app.identity.joining import verifying
from tests.identity.browser import PASSWORD, Browser
from tests.support.api import Firm, World

ACCEPT = "/v1/invitation-acceptances"


def appointed(world: World, name: str, kind: str) -> Firm:
    firm = world.firm(name)
    with world.app.state.database.unit_of_work() as session:
        verifying.appoint(session, firm.id, kind, world.app.state.clock.now(session))
    return firm


def accepting(invitation: str) -> dict[str, str]:
    return {"invitation": invitation, "name": "Budi", "password": PASSWORD}


def test_an_invitation_makes_a_user_under_its_role_once(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    made = firm.made("/v1/invitations", {"email": "budi@example.co.id", "role": "sales"})
    answer = world.client.post(ACCEPT, json=accepting(made["invitation"]))
    assert answer.status_code == 201
    user = answer.json()
    assert (user["organisation_id"], user["role"]) == (firm.id, "sales")
    assert world.client.post(ACCEPT, json=accepting(made["invitation"])).status_code == 403
    budi = Browser(world, firm.id, user["id"], user["email"])
    assert budi.sign_in().status_code == 201
    listed = firm.get("/v1/invitations").json()["items"]
    assert listed[0]["accepted_by"] == user["id"]
    assert "invitation" not in listed[0]


def test_an_invitation_ends_when_withdrawn_and_after_a_week(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    body = {"email": "budi@example.co.id", "role": "sales"}
    one, two = firm.made("/v1/invitations", body), firm.made("/v1/invitations", body)
    assert firm.delete(f"/v1/invitations/{one['id']}").status_code == 204
    assert firm.delete(f"/v1/invitations/{one['id']}").status_code == 204
    answer = world.client.post(ACCEPT, json=accepting(one["invitation"]))
    assert answer.json()["code"] == "invitation_invalid"
    world.wait(days=8)
    assert world.client.post(ACCEPT, json=accepting(two["invitation"])).status_code == 403


def test_an_accepted_invitation_is_not_withdrawn(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    made = firm.made("/v1/invitations", {"email": "budi@example.co.id", "role": "sales"})
    world.client.post(ACCEPT, json=accepting(made["invitation"]))
    assert firm.delete(f"/v1/invitations/{made['id']}").json()["code"] == "invitation_ended"


def test_an_invitation_fixes_role_and_organisation(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    made = firm.made("/v1/invitations", {"email": "budi@example.co.id", "role": "viewer"})
    for name in ("role", "organisation_id", "email", "id"):
        body = {**accepting(made["invitation"]), name: "owner"}
        errors = world.client.post(ACCEPT, json=body).json()["errors"]
        assert [(e["pointer"], e["code"]) for e in errors] == [(f"/{name}", "extra_forbidden")]


def test_a_narrow_key_invites_nobody(world: World) -> None:
    narrow = world.narrowed(world.firm("CV Logam Presisi"), "keys:write")
    body = {"email": "budi@example.co.id", "role": "owner"}
    assert narrow.post("/v1/invitations", body).json()["code"] == "fresh_login_needed"


def test_an_organisation_is_self_declared_until_an_office_has_looked(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    office = appointed(world, "Dinas Perindustrian", "authority")
    path = f"/v1/organisations/{firm.id}"
    assert firm.get(path).json()["level"] == "self_declared"
    seen = {"level": "evidence_seen", "evidence": "NIB shown"}
    office.made(f"{path}/verifications", seen)
    assert firm.get(path).json()["level"] == "evidence_seen"
    body = {"level": "verified", "evidence": "visited", "valid_until": "2026-12-31T00:00:00Z"}
    made = office.made(f"{path}/verifications", body)
    assert (made["office_id"], made["verified_by"]) == (office.id, office.user_id)
    assert firm.get(path).json()["level"] == "verified"
    world.wait(days=60)
    assert firm.get(path).json()["level"] == "evidence_seen"


def test_who_does_not_hold_an_office_verifies_nobody(world: World) -> None:
    one, two = world.firm("One"), world.firm("Two")
    body = {"level": "verified", "evidence": "trust me"}
    path = f"/v1/organisations/{two.id}/verifications"
    assert one.post(path, body).json()["code"] == "no_office"
    office = appointed(world, "Dinas", "authority")
    own = office.post(f"/v1/organisations/{office.id}/verifications", body)
    assert (own.status_code, own.json()["code"]) == (409, "own_verification")
    assert office.post("/v1/organisations/org_x/verifications", body).status_code == 404
    assert two.get(path).json()["items"] == []


def test_the_evidence_is_shown_to_who_gave_and_who_saw_it_only(world: World) -> None:
    firm, rival = world.firm("CV Logam"), world.firm("CV Saingan")
    office = appointed(world, "Dinas", "authority")
    path = f"/v1/organisations/{firm.id}/verifications"
    office.made(path, {"level": "verified", "evidence": "NIB 9120001234567"})
    for reader, shown in ((firm, True), (office, True), (rival, False)):
        answer = reader.get(path)
        assert ("9120001234567" in answer.text) is shown
        assert answer.json()["items"][0]["level"] == "verified"


@pytest.mark.parametrize(("kind", "status"), [("operator", 204), ("authority", 403)])
def test_another_office_takes_nothing_back_but_the_operator(
    world: World, kind: str, status: int
) -> None:
    firm = world.firm("CV Logam")
    office, other = appointed(world, "Dinas", "authority"), appointed(world, "Lain", kind)
    path = f"/v1/organisations/{firm.id}/verifications"
    made = office.made(path, {"level": "verified", "evidence": "seen"})
    assert other.delete(f"{path}/{made['id']}").status_code == status
    level = firm.get(f"/v1/organisations/{firm.id}").json()["level"]
    assert level == ("self_declared" if status == 204 else "verified")
    assert office.delete(f"{path}/{made['id']}").status_code == 204
    assert firm.delete(f"{path}/ver_unknown").status_code == 404
