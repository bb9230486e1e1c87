"""Keys: rotated with an overlap, granted powers expressly, noted when used, never widened."""

from tests.identity.browser import signed_up
from tests.support.api import Firm, World


def as_key(firm: Firm, secret: str) -> Firm:
    return Firm(firm.client, firm.id, firm.name, firm.user_id, secret)


def key_of(firm: Firm, label: str) -> dict:
    return next(key for key in firm.get("/v1/api-keys").json()["items"] if key["label"] == label)


def test_both_keys_work_for_the_overlap_then_only_the_new_one(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    old = firm.made("/v1/api-keys", {"label": "ERP", "scopes": ["profile:read"]})
    new = firm.made(f"/v1/api-keys/{old['id']}/rotation", {"overlap_hours": 2})
    assert (new["label"], new["scopes"], new["powers"]) == ("ERP", ["profile:read"], [])
    assert new["secret"] != old["secret"]
    assert firm.get("/v1/api-keys").json()["items"][1]["replaced_by"] == new["id"]
    for secret in (old["secret"], new["secret"]):
        assert as_key(firm, secret).get("/v1/me").status_code == 200
    world.wait(hours=3)
    assert as_key(firm, old["secret"]).get("/v1/me").json()["code"] == "key_expired"
    assert as_key(firm, new["secret"]).get("/v1/me").status_code == 200


def test_a_key_is_rotated_once(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    old = firm.made("/v1/api-keys", {"label": "ERP", "scopes": ["profile:read"]})
    path = f"/v1/api-keys/{old['id']}/rotation"
    firm.made(path, {})
    assert firm.post(path, {}).json()["code"] == "key_ended"


def test_a_narrow_key_rotates_no_wider_one(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    narrow = world.narrowed(firm, "keys:write")
    wide = firm.get("/v1/api-keys").json()["items"][0]
    answer = narrow.post(f"/v1/api-keys/{wide['id']}/rotation", {})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    binding = firm.made(
        "/v1/api-keys", {"label": "signs", "scopes": ["keys:write"], "powers": ["sign"]}
    )
    answer = narrow.post(f"/v1/api-keys/{binding['id']}/rotation", {})
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_login_needed")


def test_powers_are_passed_on_only_by_who_has_them_now(world: World) -> None:
    body = {"label": "signs", "scopes": ["orders:write"], "powers": ["sign"]}
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    browser.sign_in()
    assert browser.post("/v1/api-keys", body).json()["powers"] == ["sign"]
    world.wait(minutes=16)
    assert browser.post("/v1/api-keys", body).json()["code"] == "fresh_login_needed"
    assert browser.post("/v1/api-keys", {**body, "powers": []}).status_code == 201


def test_a_use_is_noted_once_in_a_while(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    made = firm.made("/v1/api-keys", {"label": "ERP", "scopes": ["profile:read"]})
    assert made["last_used_at"] is None
    erp = as_key(firm, made["secret"])
    erp.get("/v1/me")
    first = key_of(firm, "ERP")["last_used_at"]
    assert first is not None
    world.wait(minutes=59)
    erp.get("/v1/me")
    assert key_of(firm, "ERP")["last_used_at"] == first
    world.wait(minutes=2)
    erp.get("/v1/me")
    assert key_of(firm, "ERP")["last_used_at"] > first


def test_a_key_ends_ahead_and_within_two_years(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    for end in ("2020-01-01T00:00:00Z", "2040-01-01T00:00:00Z"):
        body = {"label": "x", "scopes": ["profile:read"], "expires_at": end}
        errors = firm.post("/v1/api-keys", body).json()["errors"]
        assert [(e["pointer"], e["code"]) for e in errors] == [("/expires_at", "key_life")]


def test_who_made_a_key_for_somebody_else_stands_on_it(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    user = firm.made("/v1/users", {"name": "B", "email": "b@example.co.id", "role": "sales"})
    body = {"label": "b", "scopes": ["profile:read"], "user_id": user["id"]}
    made = firm.made("/v1/api-keys", body)
    assert (made["user_id"], made["made_by"]) == (user["id"], firm.user_id)


def test_nothing_else_can_be_set_with_a_key(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    body = {"label": "x", "scopes": ["profile:read"]}
    for name in ("organisation_id", "secret", "made_by", "last_used_at", "revoked_at", "id"):
        answer = firm.post("/v1/api-keys", {**body, name: "x"})
        assert answer.json()["errors"][0]["code"] == "extra_forbidden", name
