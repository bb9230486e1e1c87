"""Services, refresh tokens, revocation, signing keys: short, rotated, noticed when stolen."""

import base64
import json
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from app.identity.errors import PowerMissing
from app.identity.oauth import keys, tokens
from app.identity.site import site_for
from tests.identity.browser import Browser, signed_up
from tests.identity.oauth import App, a_service, an_app, bearer, code_for
from tests.support.api import World


def service_token(app: App, **fields: str) -> dict:
    answer = app.token(grant_type="client_credentials", **fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def consented(world: World) -> tuple[App, Browser, dict]:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    browser.sign_in()
    app = an_app(world.firm("PT Pembuat"), world)
    return app, browser, app.exchange(code_for(browser, app)).json()


def claims_of(token: str) -> dict:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_a_service_acts_as_its_own_user_in_its_organisation(world: World) -> None:
    firm = world.firm("PT Penerbang")
    app, user_id = a_service(firm, world)
    made = service_token(app)
    assert "refresh_token" not in made
    me = world.client.get("/v1/me", headers=bearer(made["access_token"])).json()
    assert (me["user_id"], me["organisation_id"], me["via"]) == (user_id, firm.id, "client")
    assert me["scopes"] == ["profile:read", "tenders:read", "tenders:write"]
    narrow = service_token(app, scope="tenders:read")
    assert narrow["scope"] == "tenders:read"
    answer = app.token(grant_type="client_credentials", scope="keys:write")
    assert answer.json()["error"] == "invalid_scope"


def test_a_service_binds_only_by_grant_and_authorisation(world: World) -> None:
    from app.identity.actor import by_token

    firm = world.firm("PT Penerbang")
    app, user_id = a_service(firm, world, powers=["sign"])
    token = service_token(app)["access_token"]

    def signs() -> str:
        with world.app.state.database.unit_of_work() as session:
            at = world.app.state.clock.now(session)
            actor = by_token(session, token, "http://127.0.0.1:8000", at)
            try:
                actor.require_power(session, "sign", at=at)
            except PowerMissing as refusal:
                return refusal.code
        return "done"

    assert signs() == "power_missing"
    firm.made("/v1/authorisations", {"user_id": user_id, "power": "sign", "evidence": "SK 4"})
    assert signs() == "done"
    act = firm.get("/v1/binding-acts").json()["items"][0]
    assert (act["user_id"], act["via"], act["via_id"]) == (user_id, "client", app.id)


def test_nobody_signs_in_as_a_service(world: World) -> None:
    firm = world.firm("PT Penerbang")
    _app, user_id = a_service(firm, world)
    assert firm.post(f"/v1/users/{user_id}/password-tickets").status_code == 404


def test_an_app_does_not_touch_the_account_of_its_user(world: World) -> None:
    _app, _browser, made = consented(world)
    headers = bearer(made["access_token"])
    for path in ("/v1/sessions", "/v1/oauth-consents", "/v1/second-factor", "/v1/me/data"):
        answer = world.client.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "fresh_login_needed"), path
    answer = world.client.delete("/v1/me", headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("grant_type", ["authorization_code", "refresh_token"])
def test_a_service_takes_no_other_grant(world: World, grant_type: str) -> None:
    app, _user = a_service(world.firm("PT Penerbang"), world)
    answer = app.token(grant_type=grant_type, code="x", refresh_token="x")
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


def test_an_app_has_no_credentials_of_its_own(world: World) -> None:
    app = an_app(world.firm("PT Pembuat"), world)
    answer = app.token(grant_type="client_credentials")
    assert answer.json()["error"] == "unauthorized_client"


def test_a_refresh_token_is_replaced_at_every_use(world: World) -> None:
    app, browser, made = consented(world)
    second = app.renew(made["refresh_token"]).json()
    assert second["refresh_token"] != made["refresh_token"]
    me = world.client.get("/v1/me", headers=bearer(second["access_token"])).json()
    assert me["organisation_id"] == browser.organisation_id
    narrow = app.renew(second["refresh_token"], scope="profile:read").json()
    assert narrow["scope"] == "profile:read"
    wide = app.renew(narrow["refresh_token"], scope="profile:read bids:write")
    assert wide.json()["error"] == "invalid_scope"


def test_a_stolen_refresh_token_ends_everything(world: World, database) -> None:
    app, _browser, made = consented(world)
    second = app.renew(made["refresh_token"]).json()
    assert app.renew(made["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.renew(second["refresh_token"]).json()["error"] == "invalid_grant"
    answer = world.client.get("/v1/me", headers=bearer(second["access_token"]))
    assert answer.status_code == 401
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "select data from events where type = 'consent.ended'"
        ).all()
    assert [json.loads(row[0])["reason"] for row in rows] == ["refresh_token_used_twice"]


def test_a_refresh_token_belongs_to_its_app_and_runs_out(world: World) -> None:
    app, _browser, made = consented(world)
    other = an_app(world.firm("PT Lain"), world)
    assert other.renew(made["refresh_token"]).json()["error"] == "invalid_grant"
    world.wait(days=31)
    assert app.renew(made["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_token_is_revoked_by_its_own_client_at_once(world: World) -> None:
    app, _browser, made = consented(world)
    other = an_app(world.firm("PT Lain"), world)
    assert other.revoke(made["access_token"]).status_code == 400
    assert world.client.get("/v1/me", headers=bearer(made["access_token"])).status_code == 200
    for _ in range(2):
        assert app.revoke(made["access_token"]).status_code == 200
    assert world.client.get("/v1/me", headers=bearer(made["access_token"])).status_code == 401
    fresh = app.renew(made["refresh_token"]).json()
    assert app.revoke(fresh["refresh_token"]).status_code == 200
    assert world.client.get("/v1/me", headers=bearer(fresh["access_token"])).status_code == 401
    assert app.revoke("unknown").status_code == 200
    assert App(world, app.id, "jjc_wrong").revoke("unknown").status_code == 401


def test_an_access_token_ends_within_a_quarter_of_an_hour(world: World) -> None:
    app, _user = a_service(world.firm("PT Penerbang"), world)
    token = service_token(app)["access_token"]
    claims = claims_of(token)
    assert claims["exp"] - claims["iat"] <= 15 * 60
    world.wait(minutes=11)
    answer = world.client.get("/v1/me", headers=bearer(token))
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
    assert "invalid_token" in answer.headers["www-authenticate"]


def test_a_revoked_client_and_an_old_secret_get_nothing(world: World) -> None:
    firm = world.firm("PT Penerbang")
    app, _user = a_service(firm, world)
    token = service_token(app)["access_token"]
    new = firm.made(f"/v1/oauth-clients/{app.id}/secret")["client_secret"]
    answer = app.token(grant_type="client_credentials")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert service_token(App(world, app.id, new))
    assert firm.delete(f"/v1/oauth-clients/{app.id}").status_code == 204
    assert App(world, app.id, new).token(grant_type="client_credentials").status_code == 401
    assert world.client.get("/v1/me", headers=bearer(token)).status_code == 401
    assert firm.post(f"/v1/oauth-clients/{app.id}/secret").json()["code"] == "no_secret"


def test_a_token_of_another_signer_or_purpose_is_refused(world: World) -> None:
    app, _user = a_service(world.firm("PT Penerbang"), world)
    token = service_token(app)["access_token"]
    claims = claims_of(token)
    kid = world.client.get("/v1/oauth/jwks").json()["keys"][0]["kid"]
    own = ECKey.generate_key("P-256", {"kid": kid})
    header, body, signature = token.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').decode().rstrip("=")
    forged = [
        jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": kid}, claims, own),
        f"{none}.{body}.",
        f"{header}.{body[:-2]}AA.{signature}",
        "a.b.c",
        "..",
    ]
    with world.app.state.database.unit_of_work() as session:
        at = world.app.state.clock.now(session)
        box = site_for(world.app.state.settings).box
        _kid, key = keys.signing_key(session, box, at)
    forged.append(jwt.encode({"alg": "ES256", "typ": "JWT", "kid": kid}, claims, key))
    elsewhere = {**claims, "iss": "https://elsewhere.example"}
    forged.append(jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": kid}, elsewhere, key))
    for wrong in forged:
        answer = world.client.get("/v1/me", headers=bearer(wrong))
        assert answer.status_code == 401, wrong


def test_keys_are_published_before_they_sign_and_until_their_last_token_ends(
    world: World,
) -> None:
    app, _user = a_service(world.firm("PT Penerbang"), world)

    def published() -> list[str]:
        return [key["kid"] for key in world.client.get("/v1/oauth/jwks").json()["keys"]]

    def signing() -> str:
        header = service_token(app)["access_token"].split(".")[0]
        return json.loads(base64.urlsafe_b64decode(header + "=="))["kid"]

    first = signing()
    assert published() == [first]
    world.wait(days=29)
    assert signing() == first
    (second,) = set(published()) - {first}
    world.wait(days=2)
    assert signing() == second
    assert published() == [second, first]
    world.wait(minutes=1)
    world.wait(days=1)
    assert published() == [second]
    with world.app.state.database.unit_of_work() as session:
        at = world.app.state.clock.now(session)
        box = site_for(world.app.state.settings).box
        third = keys.rotate_now(session, box, at)
    world.wait(seconds=1)
    assert signing() == third


def test_only_public_parts_are_published_and_stored_in_clear(world: World, database) -> None:
    app, _user = a_service(world.firm("PT Penerbang"), world)
    service_token(app)
    (key,) = world.client.get("/v1/oauth/jwks").json()["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    with database.engine.connect() as connection:
        stored = str(connection.exec_driver_sql("select * from signing_keys").all())
        stored += str(connection.exec_driver_sql("select * from oauth_clients").all())
    assert "PRIVATE" not in stored
    assert '"d"' not in stored
    assert app.secret is not None
    assert app.secret not in stored


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"grant_type=client_credentials", "application/json"),
        (b"grant_type=client_credentials&grant_type=password", None),
        (b"grant_type=%00", None),
        (b"grant_type=%ff", None),
        ("grant_type=é".encode(), None),
        (b"grant_type=%22", None),
        (b"&".join(b"a%d=1" % number for number in range(50)), None),
        (b"grant_type=" + b"x" * 20_000, None),
        (b"", None),
    ],
)
def test_what_is_no_form_is_refused(client, body: bytes, kind: str | None) -> None:
    headers = {"Content-Type": kind or "application/x-www-form-urlencoded"}
    answer = client.post("/v1/oauth/token", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"] in {"invalid_request", "unsupported_grant_type"}


@pytest.mark.parametrize("basic", ["!!!", "/w==", "bm9jb2xvbg==", ""])
def test_a_basic_header_that_is_no_text_is_refused(client, basic: str) -> None:
    answer = client.post(
        "/v1/oauth/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_scope_names_scopes_and_powers() -> None:
    text = tokens.scope_text({"b:read", "a:read"}, {"sign"})
    assert text == "a:read b:read power:sign"
    assert tokens.split_scope(text) == ({"a:read", "b:read"}, {"sign"})
    assert timedelta(minutes=15) >= keys.TOKEN_LIFE
