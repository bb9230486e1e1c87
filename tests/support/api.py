"""Acting for organisations over HTTP, as their client apps do."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response


@dataclass
class Firm:
    """An organisation with a key; its verbs send that key."""

    client: TestClient
    id: str
    name: str
    user_id: str
    secret: str
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.headers = {"Authorization": f"Bearer {self.secret}"}

    def request(self, method: str, path: str, **given: Any) -> Response:
        headers = {**self.headers, **given.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **given)

    def get(self, path: str, **given: Any) -> Response:
        return self.request("GET", path, **given)

    def post(self, path: str, json: Any = None, **given: Any) -> Response:
        return self.request("POST", path, json=json, **given)

    def put(self, path: str, json: Any = None, **given: Any) -> Response:
        return self.request("PUT", path, json=json, **given)

    def delete(self, path: str, **given: Any) -> Response:
        return self.request("DELETE", path, **given)

    def made(self, path: str, json: Any = None, status: int = 201, **given: Any) -> dict[str, Any]:
        """Post and return the answer; anything but the expected status fails the test."""
        answer = self.post(path, json=json, **given)
        assert answer.status_code == status, answer.text
        return answer.json()


class World:
    """Makes organisations and moves the clock."""

    def __init__(self, app: FastAPI, client: TestClient) -> None:
        self.app = app
        self.client = client

    def firm(self, name: str) -> Firm:
        """Register an organisation and return it with its owner's key."""
        answer = self.client.post(
            "/v1/registrations",
            json={"name": name, "user_name": f"Owner of {name}", "email": "owner@example.co.id"},
        )
        assert answer.status_code == 201, answer.text
        made = answer.json()
        return Firm(
            self.client,
            made["organisation"]["id"],
            name,
            made["user"]["id"],
            made["key"]["secret"],
        )

    def narrowed(self, firm: Firm, *scopes: str) -> Firm:
        """Return the same user with a key of these scopes only."""
        made = firm.made("/v1/api-keys", {"label": "narrow", "scopes": list(scopes)})
        return Firm(self.client, firm.id, firm.name, firm.user_id, made["secret"])

    def wait(self, **duration: float) -> None:
        """Move the server's clock forward."""
        self.app.state.clock.offset += timedelta(**duration)
