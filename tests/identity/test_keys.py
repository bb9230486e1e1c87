from datetime import timedelta

from app.kit.events import queries as events
from app.kit.security import secret_sha256
from tests.support.api import World


def test_a_registration_gives_an_owner_who_may_bind_the_firm(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    me = firm.get("/v1/me").json()
    assert me["organisation_id"] == firm.id
    assert me["role"] == "owner"
    powers = {row["power"] for row in firm.get("/v1/authorisations").json()["items"]}
    assert powers == {"edit", "submit", "consent", "sign", "represent"}


def test_only_the_hash_of_a_key_is_stored(world: World, database) -> None:
    firm = world.firm("CV Logam Presisi")
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("select * from api_keys").all()
        log = connection.exec_driver_sql("select data from events").all()
    assert secret_sha256(firm.secret) in str(rows)
    assert firm.secret not in str(rows)
    assert firm.secret not in str(log)


def test_no_key_a_wrong_key_and_an_expired_key_are_refused(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    for headers in ({}, {"Authorization": "Bearer jjk_wrong"}, {"Authorization": "Basic x"}):
        answer = world.client.get("/v1/me", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["code"] == "unauthenticated"
    world.wait(days=366)
    answer = firm.get("/v1/me")
    assert answer.status_code == 401
    assert answer.json()["code"] == "key_expired"


def test_a_revoked_key_is_refused_at_once(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    other = world.narrowed(firm, "profile:read")
    key = firm.get("/v1/api-keys").json()["items"][-1]
    assert other.get("/v1/me").status_code == 200
    assert firm.delete(f"/v1/api-keys/{key['id']}").status_code == 204
    assert firm.delete(f"/v1/api-keys/{key['id']}").status_code == 204
    assert other.get("/v1/me").status_code == 401


def test_a_key_does_only_what_its_scopes_allow(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    narrow = world.narrowed(firm, "profile:read")
    answer = narrow.post("/v1/api-keys", {"label": "x", "scopes": ["profile:read"]})
    assert answer.status_code == 403
    assert answer.json()["code"] == "scope_missing"


def test_a_narrow_key_makes_no_wider_one(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    narrow = world.narrowed(firm, "keys:write")
    answer = narrow.post("/v1/api-keys", {"label": "x", "scopes": ["tenders:write"]})
    assert answer.status_code == 403


def test_what_belongs_to_another_organisation_is_not_there(world: World) -> None:
    one, two = world.firm("One"), world.firm("Two")
    key = one.get("/v1/api-keys").json()["items"][0]
    power = one.get("/v1/authorisations").json()["items"][0]
    assert two.delete(f"/v1/api-keys/{key['id']}").status_code == 404
    assert two.delete(f"/v1/authorisations/{power['id']}").status_code == 404
    asked = {"user_id": one.user_id, "power": "sign", "evidence": "none"}
    assert two.post("/v1/authorisations", asked).status_code == 404


def test_a_role_limits_what_its_keys_may_do(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    viewer = firm.made("/v1/users", {"name": "V", "email": "v@example.co.id", "role": "viewer"})
    made = firm.made(
        "/v1/api-keys",
        {"user_id": viewer["id"], "label": "x", "scopes": ["profile:read", "profile:write"]},
    )
    headers = {"Authorization": f"Bearer {made['secret']}"}
    assert world.client.get("/v1/me", headers=headers).json()["scopes"] == ["profile:read"]


def test_registration_can_be_closed(world: World) -> None:
    world.app.state.settings.registration = "closed"
    answer = world.client.post(
        "/v1/registrations", json={"name": "A", "user_name": "B", "email": "a@b.cd"}
    )
    assert answer.status_code == 403


def test_defects_of_a_registration_come_all_at_once_in_two_languages(world: World) -> None:
    asked = {"name": "", "country": "indonesia", "email": "nobody", "extra": 1}
    answer = world.client.post("/v1/registrations", json=asked)
    assert answer.status_code == 422
    places = {error["pointer"] for error in answer.json()["errors"]}
    assert places == {"/name", "/country", "/user_name", "/email", "/extra"}
    answer = world.client.post(
        "/v1/registrations", json=asked, headers={"Accept-Language": "id-ID,id;q=0.9"}
    )
    details = {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
    assert details["/user_name"] == "wajib diisi"
    assert answer.headers["content-language"] == "id"


def test_what_happens_is_in_the_event_log(world: World, database) -> None:
    firm = world.firm("CV Logam Presisi")
    with database.read() as session:
        kinds = [event.type for event in events.unsequenced(session, 100)]
    assert kinds[0] == "user.added"
    assert "organisation.registered" in kinds
    assert kinds.count("authorisation.granted") == 5
    assert firm.id


def test_powers_can_be_withdrawn_and_run_out(world: World, database) -> None:
    from app.identity.queries import mandates

    firm = world.firm("CV Logam Presisi")
    clock = world.app.state.clock

    def holds() -> bool:
        with database.read() as session:
            found = mandates(
                session,
                user_id=firm.user_id,
                organisation_id=firm.id,
                firm_id=firm.id,
                power="sign",
                at=clock.now(session),
            )
            return bool(found)

    assert holds()
    for row in firm.get("/v1/authorisations").json()["items"]:
        if row["power"] == "sign":
            assert firm.delete(f"/v1/authorisations/{row['id']}").status_code == 204
    assert not holds()
    with database.read() as session:
        until = clock.now(session) + timedelta(hours=1)
    firm.made(
        "/v1/authorisations",
        {
            "user_id": firm.user_id,
            "power": "sign",
            "evidence": "resolution",
            "valid_until": until.isoformat(),
        },
    )
    assert holds()
    world.wait(hours=2)
    assert not holds()


def test_a_label_too_long_to_store_is_a_defect(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    asked = {"label": "l" * 101, "scopes": ["profile:read"]}
    assert firm.post("/v1/api-keys", asked).status_code == 422
