"""Personal data: a copy for its person, erasure, retention, and the log of breaches."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from app.identity.privacy.retention import RETENTION, sweep
from app.kit.db import Base
from tests.identity.browser import PASSWORD, Browser, signed_up
from tests.identity.oauth import an_app, code_for
from tests.identity.test_joining import appointed
from tests.support.api import World

DOCS = Path(__file__).parents[2] / "docs" / "privacy.md"
ERASING = "sari@example.co.id"


def everything(database) -> str:
    """The whole database as text."""
    with database.engine.connect() as connection:
        return "".join(
            str(connection.execute(table.select()).all()) for table in Base.metadata.sorted_tables
        )


def colleague_with_password(world: World) -> tuple[Browser, Browser]:
    """An owner's browser and a colleague's, both signed in."""
    owner = signed_up(world, "CV Logam Presisi", "owner@example.co.id")
    owner.sign_in()
    made = owner.post("/v1/invitations", {"email": ERASING, "role": "sales"}).json()
    body = {"invitation": made["invitation"], "name": "Sari Wulandari", "password": PASSWORD}
    user = world.client.post("/v1/invitation-acceptances", json=body).json()
    colleague = Browser(world, owner.organisation_id, user["id"], ERASING)
    colleague.sign_in()
    return owner, colleague


def test_a_person_gets_a_copy_of_everything_but_the_secrets(world: World) -> None:
    _owner, sari = colleague_with_password(world)
    app = an_app(world.firm("PT Pembuat"), world)
    code_for(sari, app)
    answer = sari.get("/v1/me/data")
    assert answer.headers["cache-control"] == "no-store"
    copy = answer.json()
    assert copy["user"]["email"] == ERASING
    assert copy["organisation"]["name"] == "CV Logam Presisi"
    assert copy["password_changed_at"]
    counts = {part["kind"]: part["total"] for part in copy["records"]}
    assert counts["sessions"] == 1
    assert counts["consents_to_apps"] == 1
    assert counts["invitations"] == 1
    assert counts["events"] >= 3
    for secret in ("sha256", "argon2", "salt", sari.cookie):
        assert secret not in answer.text


def test_a_stale_session_gets_no_copy(world: World) -> None:
    _owner, sari = colleague_with_password(world)
    world.wait(minutes=16)
    assert sari.get("/v1/me/data").json()["code"] == "fresh_login_needed"


def test_erasure_leaves_a_pseudonym_and_no_way_in(world: World, database) -> None:
    owner, sari = colleague_with_password(world)
    key = owner.post(
        "/v1/api-keys", {"label": "x", "scopes": ["profile:read"], "user_id": sari.user_id}
    ).json()
    app = an_app(world.firm("PT Pembuat"), world)
    made = app.exchange(code_for(sari, app)).json()
    assert owner.delete(f"/v1/users/{sari.user_id}").status_code == 204
    assert owner.delete(f"/v1/users/{sari.user_id}").status_code == 204
    for secret in (key["secret"], made["access_token"]):
        headers = {"Authorization": f"Bearer {secret}"}
        assert world.client.get("/v1/me", headers=headers).status_code == 401
    assert sari.get("/v1/me").status_code == 401
    assert sari.sign_in().status_code == 401
    assert app.renew(made["refresh_token"]).status_code == 400
    rows = everything(database)
    assert "Wulandari" not in rows
    assert ERASING not in rows
    assert sari.user_id in rows
    listed = owner.get("/v1/users").json()["items"][-1]
    assert (listed["name"], listed["erased_at"] is not None) == (sari.user_id, True)
    ticket = owner.post(f"/v1/users/{sari.user_id}/password-tickets")
    assert ticket.status_code == 404


def test_a_person_erases_itself_but_not_the_last_owner(world: World) -> None:
    owner, sari = colleague_with_password(world)
    assert owner.delete("/v1/me").json()["code"] == "last_owner"
    assert owner.delete(f"/v1/users/{owner.user_id}").json()["code"] == "last_owner"
    assert sari.delete("/v1/me").status_code == 204
    assert sari.get("/v1/me").status_code == 401


def test_who_is_no_owner_erases_nobody_else(world: World) -> None:
    owner, sari = colleague_with_password(world)
    assert sari.delete(f"/v1/users/{owner.user_id}").json()["code"] == "scope_missing"
    stranger = world.firm("PT Asing")
    assert stranger.delete(f"/v1/users/{sari.user_id}").status_code == 404


def test_what_is_past_its_time_is_forgotten_and_nothing_sooner(world: World, database) -> None:
    owner, sari = colleague_with_password(world)
    app = an_app(world.firm("PT Pembuat"), world)
    made = app.exchange(code_for(sari, app)).json()
    app.revoke(made["access_token"])
    owner.post(f"/v1/users/{owner.user_id}/password-tickets")
    sari.sign_in(password="wrong-guess-1")
    with database.unit_of_work() as session:
        assert sweep(session, world.app.state.clock.now(session)) == {}
    ruled = {rule.data for rule in RETENTION if rule.forget}
    with database.unit_of_work() as session:
        at = world.app.state.clock.now(session) + timedelta(days=200)
        gone = sweep(session, at)
        assert set(gone) == ruled
        assert sweep(session, at) == {}
    assert owner.sign_in().status_code == 201
    invited = owner.get("/v1/invitations").json()["items"][0]
    assert invited["email"].endswith("@erased.invalid")


def test_every_rule_stands_in_the_page_about_privacy() -> None:
    page = DOCS.read_text(encoding="utf-8")
    for rule in RETENTION:
        keep = "" if rule.keep is None else f"{rule.keep.days} d"
        row = next(line for line in page.splitlines() if line.startswith(f"| {rule.data} |"))
        assert rule.purpose in row
        assert keep in row


def test_a_breach_is_told_to_whom_it_concerns_and_nobody_else(world: World) -> None:
    operator = appointed(world, "Operator", "operator")
    one, two = world.firm("One"), world.firm("Two")
    body = {
        "discovered_at": "2026-11-24T03:00:00Z",
        "data_kinds": ["name"],
        "what_happened": "A copy was found.",
        "measures": "Keys were rotated.",
        "people": 3,
        "organisation_ids": [one.id],
    }
    made = operator.made("/v1/breaches", body)
    assert made["notify_by"] == "2026-11-27T03:00:00.000000Z"
    assert made["organisation_ids"] == [one.id]
    seen = one.get("/v1/breaches").json()["items"]
    assert [row["id"] for row in seen] == [made["id"]]
    assert seen[0]["organisation_ids"] is None
    assert two.get("/v1/breaches").json()["items"] == []
    assert two.post("/v1/breaches", body).json()["code"] == "no_office"
    operator.made("/v1/breaches", {**body, "organisation_ids": []})
    assert len(two.get("/v1/breaches").json()["items"]) == 1
    assert len(operator.get("/v1/breaches").json()["items"]) == 2
    unknown = {**body, "organisation_ids": ["org_unknown"]}
    assert operator.post("/v1/breaches", unknown).status_code == 404


def test_the_log_of_breaches_is_not_rewritten(world: World) -> None:
    operator = appointed(world, "Operator", "operator")
    body = {
        "discovered_at": "2026-11-24T03:00:00Z",
        "data_kinds": ["name"],
        "what_happened": "A copy was found.",
        "measures": "Keys were rotated.",
        "people": 3,
    }
    later = {**body, "discovered_at": "2199-01-01T00:00:00Z"}
    errors = operator.post("/v1/breaches", later).json()["errors"]
    assert [(e["pointer"], e["code"]) for e in errors] == [("/discovered_at", "in_future")]
    made = operator.made("/v1/breaches", body)
    path = f"/v1/breaches/{made['id']}/notices"
    for when in ("2026-11-24T02:59:59Z", "2199-01-01T00:00:00Z"):
        answer = operator.post(path, {"told": "subjects", "at": when})
        assert answer.json()["errors"][0]["code"] == "out_of_order"
    told = operator.made(path, {"told": "subjects", "at": "2026-11-24T03:30:00Z"})
    assert told["subjects_told_at"] == "2026-11-24T03:30:00.000000Z"
    assert told["authority_told_at"] is None
    again = operator.post(path, {"told": "subjects", "at": "2026-11-24T03:31:00Z"})
    assert again.json()["code"] == "already_told"
    assert (
        operator.post(
            "/v1/breaches/bre_x/notices", {"told": "subjects", "at": body["discovered_at"]}
        ).status_code
        == 404
    )


def test_no_name_and_no_address_ever_enters_the_event_log(world: World, database) -> None:
    owner, sari = colleague_with_password(world)
    sari.delete("/v1/me")
    with database.engine.connect() as connection:
        rows = [
            json.loads(row[0])
            for row in connection.exec_driver_sql("select data from events").all()
        ]
    text = json.dumps(rows)
    assert len(rows) > 10
    for personal in ("Wulandari", "@", "Pemilik", owner.email):
        assert personal not in text


@pytest.mark.parametrize("name", ["recorded_by", "notify_by", "id", "everybody"])
def test_nothing_else_of_a_breach_can_be_set(world: World, name: str) -> None:
    operator = appointed(world, "Operator", "operator")
    errors = operator.post("/v1/breaches", {name: "x"}).json()["errors"]
    assert (f"/{name}", "extra_forbidden") in {(e["pointer"], e["code"]) for e in errors}
