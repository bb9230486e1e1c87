"""Programs are registered by who is there, with addresses that cannot leak a code."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from app.identity.oauth.clients import is_safe_redirect
from app.identity.oauth.endpoints import well_known
from app.main import create_app
from tests.identity.browser import signed_up
from tests.identity.oauth import CALLBACK, an_app, page_of
from tests.support.api import World

APP = {
    "name": "Bengkel",
    "kind": "app",
    "redirect_uris": [CALLBACK],
    "scopes": ["profile:read"],
}
METADATA = "GET /.well-known/oauth-authorization-server"
SERVICE = {"name": "ERP", "kind": "service", "scopes": ["profile:read"]}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**APP, "redirect_uris": []}, "/redirect_uris"),
        ({**APP, "redirect_uris": ["http://app.example.id/cb"]}, "/redirect_uris/0"),
        ({**SERVICE, "redirect_uris": [CALLBACK]}, "/redirect_uris"),
        ({**SERVICE, "public": True}, "/public"),
        ({**APP, "scopes": ["everything"]}, "/scopes/0"),
        ({**APP, "powers": ["edit"]}, "/powers/0"),
        ({**APP, "organisation_id": "org_x"}, "/organisation_id"),
        ({**APP, "client_secret": "x"}, "/client_secret"),
        ({**SERVICE, "user_id": "usr_x"}, "/user_id"),
    ],
)
def test_a_registration_with_defects_is_refused(
    world: World, body: dict[str, Any], pointer: str
) -> None:
    answer = world.firm("PT Pembuat").post("/v1/oauth-clients", body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("uri", "safe"),
    [
        ("https://app.example.id/callback?x=1", True),
        ("http://127.0.0.1:8080/callback", True),
        ("http://localhost/callback", True),
        ("http://[::1]:9/callback", True),
        ("id.example.app:/callback", True),
        ("http://app.example.id/callback", False),
        ("https://*.example.id/callback", False),
        ("https://a@app.example.id/callback", False),
        ("https://app.example.id/callback#x", False),
        ("https:///callback", False),
        ("https://[::1", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://app.example.id/a b", False),
        ("https://app.example.id/;script-src", False),
        ("https://é.example.id/", False),
        ("callback", False),
    ],
)
def test_which_addresses_are_safe(uri: str, safe: bool) -> None:
    assert is_safe_redirect(uri) is safe


def test_only_who_is_there_registers_and_passes_on_only_what_it_has(world: World) -> None:
    firm = world.firm("PT Pembuat")
    narrow = world.narrowed(firm, "keys:write", "profile:read")
    assert narrow.post("/v1/oauth-clients", APP).json()["code"] == "fresh_login_needed"
    browser = signed_up(world, "CV Logam", "sari@example.co.id")
    browser.sign_in()
    assert browser.post("/v1/oauth-clients", {**APP, "powers": ["sign"]}).status_code == 201
    world.wait(minutes=16)
    assert browser.post("/v1/oauth-clients", APP).json()["code"] == "fresh_login_needed"


def test_a_client_is_its_organisation_s_own(world: World) -> None:
    firm, other = world.firm("PT Pembuat"), world.firm("PT Lain")
    app = an_app(firm, world)
    path = f"/v1/oauth-clients/{app.id}"
    read = firm.get(path).json()
    assert "client_secret" not in read
    assert read["redirect_uris"] == [CALLBACK]
    assert [row["id"] for row in firm.get("/v1/oauth-clients").json()["items"]] == [app.id]
    for answer in (other.get(path), other.delete(path), other.post(f"{path}/secret")):
        assert answer.status_code == 404


def test_the_metadata_names_every_endpoint_that_there_is(client: TestClient) -> None:
    app = FastAPI()
    app.include_router(well_known)
    app.state.settings = client.app.state.settings
    found = TestClient(app).get("/.well-known/oauth-authorization-server").json()
    assert found["issuer"] == "http://127.0.0.1:8000"
    assert found["code_challenge_methods_supported"] == ["S256"]
    routes = {route.path for route in _routes(client.app.routes)}
    addresses = [found[name] for name in found if name.endswith(("_endpoint", "jwks_uri"))]
    assert len(addresses) == 4
    for address in addresses:
        assert address.removeprefix(found["issuer"] + "/v1") in routes


def _routes(found: Iterable[Any]) -> Iterator[APIRoute]:
    """Every route, with its path inside the router that was included last."""
    for route in found:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from _routes(route.original_router.routes)


def test_what_the_document_leaves_out_is_known() -> None:
    """Routes outside OpenAPI stand in no table of access: each is named and tested here."""
    hidden = {
        f"{method} {route.path}"
        for route in _routes(create_app().routes)
        if not route.include_in_schema
        for method in route.methods
    }
    assert {name for name in hidden if "/oauth" in name or "/v1" in name} - {METADATA} == {
        "POST /oauth/token",
        "POST /oauth/revoke",
        "GET /oauth/authorize",
        "POST /oauth/authorize",
        "GET /oauth/sign-in",
        "POST /oauth/sign-in",
    }


def test_the_consent_page_is_in_two_languages_and_says_who_asks(world: World) -> None:
    maker = world.firm("PT <Pembuat>")
    app = an_app(maker, world, name="Bengkel <script>")
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    browser.sign_in()
    query = app.query(scope="tenders:read power:submit")
    indonesian = page_of(browser, query)
    assert 'lang="id"' in indonesian.text
    assert "Bolehkah Bengkel &lt;script&gt; bertindak atas nama CV Logam Presisi?" in (
        indonesian.text
    )
    assert "Membaca produk dan tender" in indonesian.text
    english = page_of(browser, query, **{"Accept-Language": "en"}).text
    assert "May Bengkel &lt;script&gt; act for CV Logam Presisi?" in english
    assert "registered by PT &lt;Pembuat&gt;" in english
    assert "Submit bids for your organisation" in english
    assert 'lang="en"' in page_of(browser, query + "&ui_locales=en").text
    policy = indonesian.headers["content-security-policy"]
    assert "form-action 'self' https://app.example.id;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert indonesian.headers["cache-control"] == "no-store"


def test_who_is_not_signed_in_signs_in_first_and_goes_on(world: World) -> None:
    app = an_app(world.firm("PT Pembuat"), world)
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    sent = world.client.get(f"/v1/oauth/authorize?{app.query()}", follow_redirects=False)
    place = sent.headers["location"]
    assert place.startswith("/v1/oauth/sign-in?next=")
    assert "Kata sandi" in world.client.get(place).text
    form = {"email": browser.email, "password": "wrong-guess-1"}
    wrong = world.client.post(place, data=form, headers={"Accept-Language": "en"})
    assert wrong.status_code == 401
    assert "The e-mail address or the password is wrong" in wrong.text
    assert "wrong-guess-1" not in wrong.text
    form["password"] = "perahu-kayu-di-sungai-9"
    good = world.client.post(place, data=form, follow_redirects=False)
    assert good.status_code == 303
    assert good.headers["location"] == f"/v1/oauth/authorize?{app.query()}"
    assert "HttpOnly" in good.headers["set-cookie"]
    world.client.cookies.clear()


@pytest.mark.parametrize(
    "following", ["https://evil.example/", "//evil.example", "/v1/oauth/authorize", "javascript:x"]
)
def test_signing_in_leads_nowhere_else(world: World, following: str) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    form = {"email": browser.email, "password": "perahu-kayu-di-sungai-9"}
    answer = world.client.post(
        "/v1/oauth/sign-in", params={"next": following}, data=form, follow_redirects=False
    )
    world.client.cookies.clear()
    assert answer.headers["location"] == "/"


def test_another_site_s_form_signs_nobody_in(world: World) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    form = {"email": browser.email, "password": "perahu-kayu-di-sungai-9"}
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = world.client.post("/v1/oauth/sign-in", data=form, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
