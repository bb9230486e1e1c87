"""One table drives every route: anonymous 401, wrong scope 403, a stranger 404, the owner 200."""

import pytest
from fastapi import FastAPI

from app.identity.scopes import SCOPES
from app.main import create_app
from tests.routes.table import PUBLIC, TABLE, Access
from tests.support.api import Firm, World
from tests.support.awards import Market, place
from tests.support.tenders import a_product, tender_body

ROUTES = sorted(TABLE)
GUARDED = [route for route in ROUTES if TABLE[route].scope != PUBLIC]
OWNED = [route for route in GUARDED if TABLE[route].owner != "any"]
READ = [route for route in GUARDED if route.startswith("GET ")]
IF_MATCH = {"If-Match": '"r1"'}


def _routes(app: FastAPI) -> set[str]:
    paths = app.openapi()["paths"]
    return {f"{method.upper()} {path}" for path, item in paths.items() for method in item}


def test_every_route_stands_in_the_table() -> None:
    assert _routes(create_app()) == set(TABLE)


CLIENT = {"name": "ERP", "kind": "service", "scopes": ["profile:read"]}
INVITED = {"email": "budi@example.co.id", "role": "sales"}


def _ids(market: Market) -> dict[str, str]:
    buyer = market.buyer
    award = market.award()
    orders = place(buyer, award)
    lone = next(order for order in orders if order["seller_id"] == market.lone.id)
    return {
        "key_id": buyer.get("/v1/api-keys").json()["items"][0]["id"],
        "authorisation_id": buyer.get("/v1/authorisations").json()["items"][0]["id"],
        "session_id": "current",
        "invitation_id": buyer.made("/v1/invitations", INVITED)["id"],
        "verification_id": "ver_unknown",
        "client_id": buyer.made("/v1/oauth-clients", CLIENT)["id"],
        "consent_id": "grt_unknown",
        "breach_id": "bre_unknown",
        "user_id": buyer.user_id,
        "organisation_id": market.lead.id,
        "resource_id": market.press,
        "network_id": market.network["id"],
        "product_id": a_product(buyer)["id"],
        "tender_id": market.tender_id,
        "bid_id": market.lone.get("/v1/bids").json()["items"][0]["id"],
        "run_id": market.first()["id"],
        "award_id": award["id"],
        "order_id": lone["id"],
        "scheme": "kbli",
        "edition": "2020",
    }


BODIES = {
    "POST /v1/sessions/{session_id}/confirmation": {"password": "unknown"},
    "PUT /v1/resources/{resource_id}/capacity": {
        "weeks": [{"from_week": "2027-01-04", "per_week": "1"}]
    },
    "POST /v1/networks/{network_id}/consents": {"terms_sha256": "0" * 64},
    "POST /v1/tenders/{tender_id}/cancellation": {"reason": "none"},
    "POST /v1/tenders/{tender_id}/scenarios": {"name": "x"},
    "POST /v1/tenders/{tender_id}/awards": {"scenario_id": "run_x", "reason": "none"},
    "POST /v1/bids/{bid_id}/consents": {"content_sha256": "0" * 64},
}


def _call(market: Market, firm: Firm, route: str, ids: dict[str, str]) -> tuple[int, str]:
    method, path = route.split()
    body: object = {} if method in {"POST", "PUT"} else None
    if route == "PUT /v1/tenders/{tender_id}":
        body = tender_body(market.world)
    answer = firm.request(
        method, path.format(**ids), json=BODIES.get(route, body), headers=IF_MATCH
    )
    return answer.status_code, answer.text


@pytest.mark.parametrize("route", GUARDED)
def test_nobody_gets_in_without_a_key(client_of_a_sqlite_app, route: str) -> None:
    method, path = route.split()
    body = {} if method in {"POST", "PUT"} else None
    answer = client_of_a_sqlite_app.request(method, path, json=body)
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"


def test_a_key_without_the_scope_is_refused_everywhere(ready: Market) -> None:
    world: World = ready.world
    ids = _ids(ready)
    wrong = {}
    narrow: dict[tuple[str, str], Firm] = {}
    for route in GUARDED:
        access: Access = TABLE[route]
        owner = "buyer" if access.owner == "any" else access.owner
        key = (owner, access.scope)
        if key not in narrow:
            others = [scope for scope in SCOPES if scope != access.scope]
            narrow[key] = world.narrowed(getattr(ready, owner), *others)
        status, text = _call(ready, narrow[key], route, ids)
        if (status, access.scope in text) != (403, True):
            wrong[route] = (status, text)
    assert wrong == {}


def test_another_organisation_is_told_that_nothing_is_there(ready: Market) -> None:
    ids = _ids(ready)
    stranger = ready.world.firm("PT Asing")
    wrong = {}
    for route in OWNED:
        status, text = _call(ready, stranger, route, ids)
        if status != 404:
            wrong[route] = (status, text)
    assert wrong == {}


def test_the_owner_reads_everything_of_its_own(ready: Market) -> None:
    ids = _ids(ready)
    wrong = {}
    for route in READ:
        access = TABLE[route]
        firm = ready.lead if access.owner == "any" else getattr(ready, access.owner)
        status, text = _call(ready, firm, route, ids)
        if status != 200:
            wrong[route] = (status, text[:300])
    assert wrong == {}
