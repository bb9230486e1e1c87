"""Who may bind a firm: fresh or expressly granted, up to a limit, for another firm, on record."""

from decimal import Decimal
from typing import Any

import pytest

from app.identity.actor import Actor
from app.identity.errors import PowerMissing, TrustMissing
from app.identity.scopes import BINDING
from tests.identity.browser import PASSWORD, Browser, signed_up
from tests.support.api import Firm, World


def actor(firm: Any, **changed: Any) -> Actor:
    """An actor as the server would make one."""
    given = {"scopes": frozenset(), "role": "owner", "via": "key", "via_id": "key_x"}
    organisation = firm.organisation_id if isinstance(firm, Browser) else firm.id
    given |= {"user_id": firm.user_id, "organisation_id": organisation, "powers": BINDING}
    return Actor(**(given | changed))


def tries(world: World, who: Actor, power: str, **given: Any) -> str:
    """Whether an actor may bind a firm in a way at this moment."""
    with world.app.state.database.unit_of_work() as session:
        at = world.app.state.clock.now(session)
        try:
            who.require_power(session, power, at=at, **given)
        except (PowerMissing, TrustMissing) as refusal:
            return refusal.code
    return "done"


def withdraw_all(firm: Firm, power: str) -> None:
    for row in firm.get("/v1/authorisations").json()["items"]:
        if row["power"] == power:
            firm.delete(f"/v1/authorisations/{row['id']}")


@pytest.mark.parametrize("power", sorted(BINDING))
def test_binding_needs_a_fresh_sign_in_or_an_express_grant(world: World, power: str) -> None:
    firm = world.firm("CV Logam Presisi")
    assert tries(world, actor(firm), power) == "done"
    assert tries(world, actor(firm, powers=frozenset()), power) == "fresh_login_needed"
    assert tries(world, actor(firm, powers=frozenset()), "edit") == "done"
    with world.app.state.database.read() as session:
        now = world.app.state.clock.now(session)
    session_of = actor(firm, powers=frozenset(), via="session", fresh_until=now)
    assert tries(world, session_of, power) == "fresh_login_needed"


def test_over_http_a_stale_session_signs_nothing(world: World) -> None:
    """A network is proposed with its lead's consent, which binds."""
    other = world.firm("CV Dua")
    browser = signed_up(world, "CV Satu", "sari@example.co.id")
    browser.sign_in()
    me = browser.get("/v1/me").json()
    world.wait(minutes=16)
    again = browser.get("/v1/me").json()
    assert again == me
    granting = {"holder_organisation_id": other.id, "power": "represent", "evidence": "mandate"}
    assert browser.post("/v1/authorisations", granting).json()["code"] == "fresh_login_needed"
    browser.confirm()
    assert browser.post("/v1/authorisations", granting).status_code == 201


def test_every_binding_act_says_who_acted_for_whom(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    tries(world, actor(firm), "sign")
    tries(world, actor(firm), "edit")
    acts = firm.get("/v1/binding-acts").json()["items"]
    assert [(a["power"], a["user_id"], a["firm_id"], a["via"], a["via_id"]) for a in acts] == [
        ("sign", firm.user_id, firm.id, "key", "key_x")
    ]
    ids = {row["id"] for row in firm.get("/v1/authorisations").json()["items"]}
    assert acts[0]["authorisation_id"] in ids
    assert world.firm("Other").get("/v1/binding-acts").json()["items"] == []


def test_a_limit_counts_only_where_the_amount_is_known_and_within(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    withdraw_all(firm, "sign")
    body = {
        "user_id": firm.user_id,
        "power": "sign",
        "evidence": "resolution 12",
        "limit": {"amount": "500000000.50", "currency": "IDR"},
    }
    assert firm.made("/v1/authorisations", body)["limit_amount"] == "500000000.5"
    who = actor(firm)
    assert tries(world, who, "sign") == "power_missing"
    assert tries(world, who, "sign", amount=Decimal("500000000.5"), currency="IDR") == "done"
    for amount, currency in (("500000000.51", "IDR"), ("1", "USD")):
        given = {"amount": Decimal(amount), "currency": currency}
        assert tries(world, who, "sign", **given) == "power_missing"


def test_another_organisation_acts_through_who_may_represent_it(world: World) -> None:
    firm, broker = world.firm("CV Logam Presisi"), world.firm("Balai Jejaring")
    clerk = broker.made("/v1/users", {"name": "K", "email": "k@example.co.id", "role": "sales"})
    assert tries(world, actor(broker), "consent", firm_id=firm.id) == "power_missing"
    mandate = firm.made(
        "/v1/authorisations",
        {"holder_organisation_id": broker.id, "power": "consent", "evidence": "mandate 3"},
    )
    assert tries(world, actor(broker), "consent", firm_id=firm.id) == "done"
    assert tries(world, actor(broker), "sign", firm_id=firm.id) == "power_missing"
    powerless = actor(broker, user_id=clerk["id"])
    assert tries(world, powerless, "consent", firm_id=firm.id) == "power_missing"
    assert firm.get("/v1/binding-acts").json()["items"][0]["user_id"] == broker.user_id
    firm.delete(f"/v1/authorisations/{mandate['id']}")
    assert tries(world, actor(broker), "consent", firm_id=firm.id) == "power_missing"


def test_only_an_owner_who_is_there_grants(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    body = {"user_id": firm.user_id, "power": "sign", "evidence": "none"}
    narrow = world.narrowed(firm, "keys:write")
    assert narrow.post("/v1/authorisations", body).json()["code"] == "fresh_login_needed"


@pytest.mark.parametrize("holder", [{}, {"user_id": "usr_x", "holder_organisation_id": "org_x"}])
def test_there_is_exactly_one_holder(world: World, holder: dict[str, str]) -> None:
    firm = world.firm("CV Logam Presisi")
    answer = firm.post("/v1/authorisations", {**holder, "power": "sign", "evidence": "none"})
    assert answer.json()["errors"][0]["code"] == "value_error"


def test_nobody_grants_to_who_is_not_there(world: World) -> None:
    firm = world.firm("CV Logam Presisi")
    for holder in (
        {"user_id": world.firm("Other").user_id},
        {"holder_organisation_id": "org_unknown"},
        {"holder_organisation_id": firm.id},
    ):
        body = {**holder, "power": "sign", "evidence": "none"}
        assert firm.post("/v1/authorisations", body).status_code == 404


def test_a_password_does_not_stand_in_for_a_power(world: World) -> None:
    """A colleague who signs in freshly still needs an authorisation."""
    firm = world.firm("CV Logam Presisi")
    user = firm.made("/v1/users", {"name": "B", "email": "b@example.co.id", "role": "sales"})
    ticket = firm.made(f"/v1/users/{user['id']}/password-tickets")["ticket"]
    body = {"ticket": ticket, "new_password": PASSWORD}
    assert world.client.post("/v1/password-tickets/redemption", json=body).status_code == 204
    with world.app.state.database.read() as session:
        now = world.app.state.clock.now(session)
    fresh = actor(firm, user_id=user["id"], role="sales", fresh_until=now.replace(year=2030))
    assert tries(world, fresh, "sign") == "power_missing"
