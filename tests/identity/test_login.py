"""Signing in with a password: cookies, forged requests, throttling, tickets."""

from typing import Any

import pytest

from app.identity.login import passwords
from app.identity.login.sessions import COOKIE, CSRF_HEADER
from app.identity.site import Site, site_for
from tests.identity.browser import PASSWORD, Browser, signed_up
from tests.support.api import World


def test_a_password_opens_a_session_that_a_cookie_carries(world: World) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    answer = browser.sign_in()
    assert answer.status_code == 201
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert answer.headers["cache-control"] == "no-store"
    read = browser.get("/v1/me")
    assert read.headers["cache-control"] == "private, no-cache"
    me = read.json()
    assert me["organisation_id"] == browser.organisation_id
    assert (me["via"], me["role"]) == ("session", "owner")
    assert me["fresh_until"] == answer.json()["fresh_until"]


def test_the_cookie_is_secure_where_the_site_is(world: World) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    box = site_for(world.app.state.settings).box
    world.app.state.site = Site("https://jejaring.example.id", box)
    assert "Secure" in browser.sign_in().headers["set-cookie"]


def test_neither_password_nor_cookie_is_stored(world: World, database) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    browser.sign_in()
    with database.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("select * from credentials").all())
        rows += str(connection.exec_driver_sql("select * from login_sessions").all())
        rows += str(connection.exec_driver_sql("select data from events").all())
    assert "$argon2id$" in rows
    assert PASSWORD not in rows
    assert browser.cookie not in rows


def test_passwords_are_argon2id_of_the_second_choice_of_rfc_9106() -> None:
    assert passwords.hashed(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize(
    "changed", [{"password": "something-else-9"}, {"email": "nobody@example.co.id"}]
)
def test_a_wrong_address_and_a_wrong_password_look_the_same(
    world: World, changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    verified = []
    real = passwords._hasher.verify
    monkeypatch.setattr(
        passwords._hasher, "verify", lambda *given: verified.append(given) or real(*given)
    )
    answer = browser.sign_in(**changed)
    assert (answer.status_code, answer.json()["code"]) == (401, "login_failed")
    assert "set-cookie" not in answer.headers
    assert len(verified) == 1  # the same work either way


def test_an_address_of_two_organisations_needs_the_organisation(world: World) -> None:
    one = signed_up(world, "CV Satu", "sari@example.co.id")
    signed_up(world, "CV Dua", "sari@example.co.id")
    assert one.sign_in().json()["code"] == "login_failed"
    answer = one.sign_in(organisation_id=one.organisation_id)
    assert answer.json()["organisation_id"] == one.organisation_id


def test_a_write_with_the_cookie_needs_the_page_s_token(world: World) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    browser.sign_in()
    body = {"name": "Budi", "email": "budi@example.co.id", "role": "sales"}
    for headers in (
        {CSRF_HEADER: ""},
        {CSRF_HEADER: "x" * 43},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        answer = browser.post("/v1/users", body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert browser.post("/v1/users", body).status_code == 201


def test_another_site_signs_nobody_in(world: World) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    answer = browser.sign_in(headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.json()["code"] == "csrf_failed"


def test_signing_out_ends_the_session_at_once(world: World) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    browser.sign_in()
    answer = browser.delete("/v1/sessions/current")
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert browser.get("/v1/me").status_code == 401


def test_sessions_are_listed_and_ended_by_their_user_only(world: World) -> None:
    phone = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    laptop = Browser(world, phone.organisation_id, phone.user_id, phone.email)
    phone.sign_in()
    laptop.sign_in()
    stranger = signed_up(world, "PT Asing", "asing@example.co.id")
    stranger.sign_in()
    listed = laptop.get("/v1/sessions").json()["items"]
    assert len(listed) == 2
    assert COOKIE not in str(listed)
    assert stranger.delete(f"/v1/sessions/{listed[0]['id']}").status_code == 404
    assert laptop.delete(f"/v1/sessions/{listed[0]['id']}").status_code == 204
    assert phone.get("/v1/me").status_code == 401
    assert laptop.get("/v1/me").status_code == 200


def test_a_session_ends_when_idle_and_after_half_a_day(world: World) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    browser.sign_in()
    for _ in range(13):
        world.wait(minutes=54)
        assert browser.get("/v1/me").status_code == 200
    world.wait(minutes=54)
    assert browser.get("/v1/me").status_code == 401  # 12 h are over
    browser.sign_in()
    world.wait(minutes=61)
    assert browser.get("/v1/me").status_code == 401


def test_confirming_makes_fresh_and_changes_the_cookie(world: World) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    browser.sign_in()
    before = browser.cookie
    world.wait(minutes=20)
    wrong = browser.post("/v1/sessions/current/confirmation", {"password": "not-the-one-9"})
    assert wrong.json()["code"] == "login_failed"
    answer = browser.confirm()
    assert answer.status_code == 200
    assert browser.cookie != before
    assert browser.get("/v1/me").json()["fresh_until"] == answer.json()["fresh_until"]
    browser.cookie = before
    assert browser.get("/v1/me").status_code == 401


def test_guessing_is_slowed_down_for_known_and_unknown_alike(world: World) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    for email in (browser.email, "nobody@example.co.id"):
        for _ in range(10):
            assert browser.sign_in(email=email, password="wrong-guess-1").status_code == 401
        answer = browser.sign_in(email=email)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
        assert 0 < int(answer.headers["retry-after"]) <= 901
    world.wait(minutes=16)
    assert browser.sign_in().status_code == 201


def test_the_right_password_forgives_earlier_failures(world: World) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    for _ in range(3):
        for _ in range(9):
            browser.sign_in(password="wrong-guess-1")
        assert browser.sign_in().status_code == 201


def test_a_new_password_ends_the_other_sessions(world: World) -> None:
    phone = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    laptop = Browser(world, phone.organisation_id, phone.user_id, phone.email)
    phone.sign_in()
    laptop.sign_in()
    body = {"password": PASSWORD, "new_password": "hujan-di-bulan-juni-77"}
    assert laptop.put("/v1/password", {**body, "password": "wrong-guess-1"}).status_code == 401
    assert laptop.put("/v1/password", body).status_code == 204
    assert laptop.get("/v1/me").status_code == 200
    assert phone.get("/v1/me").status_code == 401
    assert phone.sign_in().status_code == 401
    assert phone.sign_in(password=body["new_password"]).status_code == 201


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "string_too_short"),
        ("x" * 129, "string_too_long"),
        ("aaaaaaaaaaaaaaa", "weak_password"),
        ("sari@example.co.id", "weak_password"),
        ("SariWulandari1", "weak_password"),
    ],
)
def test_a_weak_password_is_a_defect(client, password: str, code: str) -> None:
    body = {
        "name": "CV Logam",
        "user_name": "Sari Wulandari",
        "email": "sari@example.co.id",
        "password": password,
    }
    answer = client.post("/v1/registrations", json=body)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/password", code)]


def test_a_ticket_sets_a_password_once(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    user = firm.made("/v1/users", {"name": "Budi", "email": "budi@example.co.id", "role": "sales"})
    path = f"/v1/users/{user['id']}/password-tickets"
    older = firm.made(path)["ticket"]
    ticket = firm.made(path)["ticket"]
    body = {"ticket": ticket, "new_password": PASSWORD}
    redeem = "/v1/password-tickets/redemption"
    for wrong in (older, "jjt_wrong"):
        answer = world.client.post(redeem, json={**body, "ticket": wrong})
        assert (answer.status_code, answer.json()["code"]) == (403, "ticket_invalid")
    assert world.client.post(redeem, json=body).status_code == 204
    assert world.client.post(redeem, json=body).status_code == 403
    budi = Browser(world, firm.id, user["id"], user["email"])
    assert budi.sign_in().status_code == 201
    assert budi.get("/v1/me").json()["role"] == "sales"


def test_a_ticket_runs_out(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    ticket = firm.made(f"/v1/users/{firm.user_id}/password-tickets")["ticket"]
    world.wait(days=4)
    body = {"ticket": ticket, "new_password": PASSWORD}
    assert world.client.post("/v1/password-tickets/redemption", json=body).status_code == 403


def test_a_narrow_key_makes_no_ticket(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    narrow = world.narrowed(firm, "keys:write")
    answer = narrow.post(f"/v1/users/{firm.user_id}/password-tickets")
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_login_needed")


def test_a_stale_session_makes_no_ticket_until_confirmed(world: World) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    browser.sign_in()
    path = f"/v1/users/{browser.user_id}/password-tickets"
    world.wait(minutes=16)
    assert browser.post(path).json()["code"] == "fresh_login_needed"
    browser.confirm()
    assert browser.post(path).status_code == 201


def test_who_has_no_password_is_told_so(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    body = {"password": PASSWORD, "new_password": "hujan-di-bulan-juni-77"}
    assert firm.put("/v1/password", body).json()["code"] == "no_password"


def test_a_key_has_no_current_session(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    assert firm.delete("/v1/sessions/current").status_code == 404


def test_signing_in_and_out_are_in_the_log(world: World, database) -> None:
    from app.kit.events import queries as events

    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    browser.sign_in()
    browser.delete("/v1/sessions/current")
    with database.read() as session:
        kinds = [event.type for event in events.unsequenced(session, 100)]
    assert [kind for kind in kinds if kind.startswith("session")] == [
        "session.opened",
        "session.ended",
    ]
    assert "password.set" in kinds
