"""Two at once: guesses are counted before they are tried, and what counts once counts once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from httpx2 import Response

from app.identity.login import passwords
from tests.identity.browser import PASSWORD, signed_up
from tests.identity.oauth import an_app, code_for
from tests.support.api import World


def at_once(times: int, ask: Callable[[], Response]) -> list[int]:
    with ThreadPoolExecutor(times) as pool:
        return sorted(answer.status_code for answer in pool.map(lambda _n: ask(), range(times)))


def test_many_guesses_at_once_are_no_more_than_the_limit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_up(world, "CV Logam", "sari@example.co.id")
    tried = []
    real = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda *given: tried.append(1) or real(*given))
    body = {"email": browser.email, "password": "wrong-guess-1"}
    codes = at_once(16, lambda: world.client.post("/v1/sessions", json=body))
    assert set(codes) == {401, 429}
    assert len(tried) == codes.count(401) == 10


def test_a_ticket_redeemed_twice_at_once_counts_once(world: World) -> None:
    firm = world.firm("CV Logam")
    ticket = firm.made(f"/v1/users/{firm.user_id}/password-tickets")["ticket"]
    body = {"ticket": ticket, "new_password": PASSWORD}
    redeem = "/v1/password-tickets/redemption"
    codes = at_once(4, lambda: world.client.post(redeem, json=body))
    assert codes == [204, 403, 403, 403]


def test_a_refresh_token_used_twice_at_once_is_theft(world: World) -> None:
    browser = signed_up(world, "CV Logam", "sari@example.co.id")
    browser.sign_in()
    app = an_app(world.firm("PT Pembuat"), world)
    made = app.exchange(code_for(browser, app)).json()
    codes = at_once(4, lambda: app.renew(made["refresh_token"]))
    assert codes == [200, 400, 400, 400]
    assert browser.get("/v1/oauth-consents").json()["items"] == []
