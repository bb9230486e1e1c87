"""An app that takes the authorization code flow, as a library of its own would."""

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from httpx2 import Response

from tests.identity.browser import Browser
from tests.support.api import Firm, World

CALLBACK = "https://app.example.id/callback"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:-1]


@dataclass
class App:
    """A registered app."""

    world: World
    id: str
    secret: str | None

    def token(self, **fields: str) -> Response:
        auth = (self.id, self.secret) if self.secret else None
        if auth is None:
            fields["client_id"] = self.id
        return self.world.client.post("/v1/oauth/token", data=fields, auth=auth)

    def exchange(self, code: str, /, **changed: str) -> Response:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        return self.token(**{**fields, **changed})

    def renew(self, refresh_token: str, **changed: str) -> Response:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token, **changed)

    def revoke(self, token: str) -> Response:
        auth = (self.id, self.secret) if self.secret else None
        data = {"token": token} if auth else {"token": token, "client_id": self.id}
        return self.world.client.post("/v1/oauth/revoke", data=data, auth=auth)

    def query(self, **changed: str | None) -> str:
        fields: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": CALLBACK,
            "scope": "profile:read tenders:read",
            "state": "xyz",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        given = {name: text for name, text in {**fields, **changed}.items() if text is not None}
        return urlencode(given)


def an_app(firm: Firm, world: World, **changed: Any) -> App:
    body = {
        "name": "Bengkel Saya",
        "kind": "app",
        "redirect_uris": [CALLBACK],
        "scopes": ["profile:read", "tenders:read", "bids:write"],
        "powers": ["submit", "sign"],
        **changed,
    }
    made = firm.made("/v1/oauth-clients", body)
    return App(world, made["id"], made["client_secret"])


def a_service(firm: Firm, world: World, **changed: Any) -> tuple[App, str]:
    """A service, and the user it acts as."""
    body = {
        "name": "ERP",
        "kind": "service",
        "role": "purchasing",
        "scopes": ["profile:read", "tenders:read", "tenders:write"],
        **changed,
    }
    made = firm.made("/v1/oauth-clients", body)
    return App(world, made["id"], made["client_secret"]), made["user_id"]


def page_of(browser: Browser, query: str, **headers: str) -> Response:
    return browser.get(f"/v1/oauth/authorize?{query}", follow_redirects=False, headers=headers)


def decided(browser: Browser, query: str, **fields: str) -> Response:
    """Take the consent page's form, tick what is given, and send it."""
    page = page_of(browser, query)
    assert page.status_code == 200, page.text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf is not None
    form = {"csrf": csrf[1], "decision": "allow", **fields}
    return browser.request(
        "POST",
        f"/v1/oauth/authorize?{query}",
        data=form,
        follow_redirects=False,
    )


def sent_back(answer: Response) -> dict[str, str]:
    """What an app reads off the address that the browser was sent back to."""
    assert answer.status_code == 303, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def code_for(browser: Browser, app: App, **changed: str) -> str:
    ticks = {name: text for name, text in changed.items() if name.startswith("power_")}
    query = {name: text for name, text in changed.items() if name not in ticks}
    return sent_back(decided(browser, app.query(**query), **ticks))["code"]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
