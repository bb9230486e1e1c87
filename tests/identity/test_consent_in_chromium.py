"""The whole way of an app in a real browser, under the pages' content security policy."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from playwright.sync_api import Browser

from tests.identity.browser import PASSWORD, signed_up
from tests.identity.oauth import an_app, bearer
from tests.support.api import World


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of an application that is served."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


def a_client_app() -> FastAPI:
    """What waits for the browser on the other side."""
    app = FastAPI()
    app.add_api_route("/callback", lambda: PlainTextResponse("arrived"))
    return app


@pytest.mark.browser
def test_a_person_signs_in_consents_and_arrives_at_the_app(world: World, browser: Browser) -> None:
    person = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    redirect = "http://127.0.0.1/callback"
    app = an_app(world.firm("PT Pembuat"), world, public=True, redirect_uris=[redirect])
    complaints: list[str] = []
    with served(world.app) as site, served(a_client_app()) as other:
        page = browser.new_page(locale="id-ID")
        page.on("console", lambda message: complaints.append(message.text))
        callback = f"{other}/callback"
        query = app.query(redirect_uri=callback, scope="profile:read power:sign")
        page.goto(f"{site}/v1/oauth/authorize?{query}")
        page.get_by_label("Alamat surel").fill(person.email)
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        assert "CV Logam Presisi" in page.locator("h1").inner_text()
        page.get_by_label("Mengumumkan, menetapkan pemenang").check()
        page.get_by_role("button", name="Izinkan").click()
        page.wait_for_url(f"{callback}?*")
        assert page.locator("body").inner_text() == "arrived"
        back = dict(parse_qsl(urlsplit(page.url).query))
        made = app.exchange(back["code"], redirect_uri=callback).json()
        page.close()
    me = world.client.get("/v1/me", headers=bearer(made["access_token"])).json()
    assert (me["user_id"], me["powers"]) == (person.user_id, ["sign"])
    assert [text for text in complaints if "favicon" not in text and "404" not in text] == []
