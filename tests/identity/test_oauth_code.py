"""Authorization code with PKCE: consent, one use, one organisation, and everything refused."""

import pytest

from tests.identity.browser import PASSWORD, Browser, signed_up
from tests.identity.oauth import (
    CALLBACK,
    App,
    an_app,
    bearer,
    code_for,
    decided,
    page_of,
    sent_back,
)
from tests.support.api import World


@pytest.fixture
def app_and_browser(world: World) -> tuple[App, Browser]:
    """An app of one organisation, and the signed-in browser of another's owner."""
    maker = world.firm("PT Pembuat Aplikasi")
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    browser.sign_in()
    return an_app(maker, world), browser


def test_an_app_acts_for_who_consented_and_no_further(
    world: World, app_and_browser: tuple[App, Browser]
) -> None:
    app, browser = app_and_browser
    back = sent_back(decided(browser, app.query()))
    assert back["state"] == "xyz"
    assert back["iss"] == "http://127.0.0.1:8000"
    answer = app.exchange(back["code"])
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    made = answer.json()
    assert made["token_type"] == "Bearer"
    assert 0 < made["expires_in"] <= 900
    assert made["scope"] == "profile:read tenders:read"
    me = world.client.get("/v1/me", headers=bearer(made["access_token"])).json()
    assert me["organisation_id"] == browser.organisation_id
    assert me["user_id"] == browser.user_id
    assert (me["via"], me["scopes"], me["powers"]) == (
        "client",
        ["profile:read", "tenders:read"],
        [],
    )
    refused = world.client.get("/v1/users", headers=bearer(made["access_token"]))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


def test_a_role_limits_what_an_app_gets(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    app = an_app(firm, world)
    user = firm.made("/v1/users", {"name": "V", "email": "v@example.co.id", "role": "viewer"})
    ticket = firm.made(f"/v1/users/{user['id']}/password-tickets")["ticket"]
    body = {"ticket": ticket, "new_password": PASSWORD}
    world.client.post("/v1/password-tickets/redemption", json=body)
    viewer = Browser(world, firm.id, user["id"], user["email"])
    viewer.sign_in()
    made = app.exchange(code_for(viewer, app, scope="profile:read bids:write")).json()
    assert made["scope"] == "profile:read"


def test_a_code_counts_once_and_its_second_use_ends_what_it_gave(
    world: World, app_and_browser: tuple[App, Browser]
) -> None:
    app, browser = app_and_browser
    code = code_for(browser, app)
    made = app.exchange(code).json()
    again = app.exchange(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    answer = world.client.get("/v1/me", headers=bearer(made["access_token"]))
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
    assert app.renew(made["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"redirect_uri": "https://evil.example/callback"}, "invalid_grant"),
        ({"code": "unknown"}, "invalid_grant"),
        ({"code": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_code_is_worth_nothing_without_the_rest(
    app_and_browser: tuple[App, Browser], changed: dict[str, str], error: str
) -> None:
    app, browser = app_and_browser
    answer = app.exchange(code_for(browser, app), **changed)
    assert answer.status_code == 400
    assert answer.json()["error"] == error


def test_a_code_runs_out_and_belongs_to_its_app(
    world: World, app_and_browser: tuple[App, Browser]
) -> None:
    app, browser = app_and_browser
    code = code_for(browser, app)
    other = an_app(world.firm("PT Lain"), world)
    assert other.exchange(code).json()["error"] == "invalid_grant"
    world.wait(minutes=3)
    assert app.exchange(code).json()["error"] == "invalid_grant"


def test_an_app_shows_its_secret(world: World, app_and_browser: tuple[App, Browser]) -> None:
    app, browser = app_and_browser
    code = code_for(browser, app)
    for wrong in ("jjc_wrong", None, ""):
        answer = App(world, app.id, wrong).exchange(code)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert app.exchange(code).status_code == 200


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"scope": "keys:write"}, "invalid_scope"),
        ({"scope": "power:consent"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_what_is_wrong_is_told_to_the_app(
    app_and_browser: tuple[App, Browser], changed: dict[str, str | None], error: str
) -> None:
    app, browser = app_and_browser
    answer = page_of(browser, app.query(**changed))
    assert answer.headers["location"].startswith(CALLBACK)
    assert sent_back(answer)["error"] == error
    assert sent_back(answer)["state"] == "xyz"


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": CALLBACK + "/more"},
        {"redirect_uri": None},
        {"client_id": "cli_unknown"},
        {"client_id": None},
        {"redirect_uri": 'https://é.example/"'},
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(
    app_and_browser: tuple[App, Browser], changed: dict[str, str | None]
) -> None:
    app, browser = app_and_browser
    answer = page_of(browser, app.query(**changed))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert answer.headers["content-type"].startswith("text/html")


def test_a_refusal_goes_back_to_the_app(app_and_browser: tuple[App, Browser]) -> None:
    app, browser = app_and_browser
    assert sent_back(decided(browser, app.query(), decision="deny"))["error"] == "access_denied"
    assert browser.get("/v1/oauth-consents").json()["items"] == []


def test_a_forged_consent_is_refused(app_and_browser: tuple[App, Browser]) -> None:
    app, browser = app_and_browser
    path = f"/v1/oauth/authorize?{app.query()}"
    for form, headers in (
        ({"decision": "allow"}, {}),
        ({"decision": "allow", "csrf": "x"}, {}),
        ({"decision": "allow", "csrf": browser.csrf}, {"Sec-Fetch-Site": "cross-site"}),
    ):
        answer = browser.request("POST", path, data=form, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


def test_binding_powers_are_ticked_one_by_one_and_need_a_fresh_sign_in(
    world: World, app_and_browser: tuple[App, Browser]
) -> None:
    app, browser = app_and_browser
    scope = "profile:read power:submit power:sign"
    made = app.exchange(code_for(browser, app, scope=scope, power_sign="on")).json()
    assert made["scope"] == "profile:read power:sign"
    me = world.client.get("/v1/me", headers=bearer(made["access_token"])).json()
    assert me["powers"] == ["sign"]
    world.wait(minutes=16)
    answer = page_of(browser, app.query(scope=scope))
    assert answer.headers["location"].startswith("/v1/oauth/sign-in?next=")
    assert page_of(browser, app.query()).status_code == 200


def test_a_consent_is_listed_and_taken_back(
    world: World, app_and_browser: tuple[App, Browser]
) -> None:
    app, browser = app_and_browser
    made = app.exchange(code_for(browser, app)).json()
    consent = browser.get("/v1/oauth-consents").json()["items"][0]
    assert consent["client_id"] == app.id
    stranger = signed_up(world, "PT Asing", "asing@example.co.id")
    stranger.sign_in()
    path = f"/v1/oauth-consents/{consent['id']}"
    assert stranger.delete(path).status_code == 404
    assert browser.delete(path).status_code == 204
    for answer in (
        world.client.get("/v1/me", headers=bearer(made["access_token"])),
        app.renew(made["refresh_token"]),
    ):
        assert answer.status_code in {400, 401}
    assert browser.get("/v1/oauth-consents").json()["items"] == []


def test_a_public_app_needs_no_secret_but_pkce(world: World) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    browser.sign_in()
    app = an_app(world.firm("PT Pembuat"), world, public=True)
    assert app.secret is None
    assert app.exchange(code_for(browser, app), code_verifier="w" * 64).status_code == 400
    made = app.exchange(code_for(browser, app))
    assert made.status_code == 200
    assert app.renew(made.json()["refresh_token"]).status_code == 200


def test_a_loopback_app_may_take_any_port(world: World) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    browser.sign_in()
    app = an_app(
        world.firm("PT Pembuat"), world, public=True, redirect_uris=["http://127.0.0.1/callback"]
    )
    good = page_of(browser, app.query(redirect_uri="http://127.0.0.1:49152/callback"))
    assert good.status_code == 200
    assert "form-action 'self' http://127.0.0.1:49152;" in good.headers["content-security-policy"]
    for wrong in (
        "http://127.0.0.1:x/callback",
        "http://127.0.0.1:1@evil.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://127.0.0.1:49152/other",
    ):
        assert page_of(browser, app.query(redirect_uri=wrong)).status_code == 400
