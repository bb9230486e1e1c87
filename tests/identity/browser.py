"""A browser with its cookie and its page's token."""

from typing import Any

from httpx2 import Response

from app.identity.login.sessions import COOKIE, CSRF_HEADER
from tests.support.api import World

PASSWORD = "perahu-kayu-di-sungai-9"


class Browser:
    """A user's browser; it holds its own cookie, as several share one test client."""

    def __init__(self, world: World, organisation_id: str, user_id: str, email: str) -> None:
        self.client = world.client
        self.organisation_id = organisation_id
        self.user_id = user_id
        self.email = email
        self.cookie = ""
        self.csrf = ""

    def _take(self, answer: Response) -> Response:
        if answer.is_success:
            self.cookie = answer.cookies[COOKIE]
            self.csrf = answer.json()["csrf_token"]
        self.client.cookies.clear()
        return answer

    def sign_in(self, headers: dict[str, str] | None = None, **changed: Any) -> Response:
        body = {"email": self.email, "password": PASSWORD, **changed}
        return self._take(self.client.post("/v1/sessions", json=body, headers=headers))

    def confirm(self, **changed: Any) -> Response:
        body = {"password": PASSWORD, **changed}
        return self._take(self.post("/v1/sessions/current/confirmation", body))

    def request(self, method: str, path: str, **given: Any) -> Response:
        headers = {"Cookie": f"{COOKIE}={self.cookie}", CSRF_HEADER: self.csrf}
        headers |= given.pop("headers", {})
        answer = self.client.request(method, path, headers=headers, **given)
        self.client.cookies.clear()
        return answer

    def get(self, path: str, **given: Any) -> Response:
        return self.request("GET", path, **given)

    def post(self, path: str, json: Any = None, **given: Any) -> Response:
        return self.request("POST", path, json=json, **given)

    def put(self, path: str, json: Any = None, **given: Any) -> Response:
        return self.request("PUT", path, json=json, **given)

    def delete(self, path: str, **given: Any) -> Response:
        return self.request("DELETE", path, **given)


def signed_up(world: World, name: str, email: str) -> Browser:
    """The browser of a new organisation's owner, not signed in yet."""
    answer = world.client.post(
        "/v1/registrations",
        json={"name": name, "user_name": "Pemilik", "email": email, "password": PASSWORD},
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()
    return Browser(world, made["organisation"]["id"], made["user"]["id"], email)
