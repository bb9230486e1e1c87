"""The start page as it is read, and as Chromium draws it under the content security policy."""

from decimal import Decimal

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page

from app.console.pages import say, templates
from tests.support.awards import RIVAL_PRICE, Market
from tests.support.tenders import publish_tender


@pytest.fixture(name="page")
def _page(browser: Browser) -> Page:
    return browser.new_page(viewport={"width": 1100, "height": 900})


@pytest.mark.browser
def test_the_start_page_shows_the_award_in_both_languages(
    ready: Market, site: str, page: Page
) -> None:
    ready.award()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{site}/?lang=en")
    page.wait_for_selector("#chart[data-drawn=true] svg")
    rows = page.locator("#allocation tbody tr")
    assert rows.count() == 2
    assert "CV Pemimpin" in rows.nth(0).inner_text()
    assert "1,000 pc" in rows.nth(0).inner_text()
    assert page.locator("h3").inner_text() == "Who makes what, and when"
    assert "small" in page.locator("#chart").inner_text()
    page.get_by_role("link", name="Bahasa Indonesia").click()
    page.wait_for_selector("#chart[data-drawn=true] svg")
    assert page.locator("html").get_attribute("lang") == "id"
    assert "1.000 pc" in page.locator("#allocation tbody tr").nth(0).inner_text()
    assert page.locator("h3").inner_text() == "Siapa membuat apa, dan kapan"
    assert complaints == []


@pytest.mark.browser
def test_on_a_phone_only_the_table_scrolls_sideways(ready: Market, site: str, page: Page) -> None:
    ready.award()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site)
    page.wait_for_selector("#chart[data-drawn=true] svg")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360


@pytest.mark.browser
def test_the_api_documentation_draws_without_help_from_elsewhere(site: str, page: Page) -> None:
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/docs?lang=en")
    page.wait_for_selector("#operations-awards-awards_read_award, #operations-tag-awards")
    assert [url for url in asked if not url.startswith((site, "data:"))] == []
    assert complaints == []


def test_an_empty_server_says_how_to_fill_it(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["content-language"] == "id"
    assert client.head("/").status_code == 200


def test_no_single_price_is_on_the_public_page(ready: Market) -> None:
    ready.award()
    text = ready.world.client.get("/?lang=en").text
    assert "bracket" in text
    for price in ("12500.25", "12,500.25", "900.005", RIVAL_PRICE, "98,765"):
        assert price not in text


def test_names_cannot_become_markup(ready: Market) -> None:
    buyer = ready.world.firm("<script>alert(1)</script>")
    publish_tender(ready.world, buyer, title="<img src=x onerror=alert(1)>")
    text = ready.world.client.get("/?lang=en").text
    assert "&lt;img src=x" in text
    assert "<img" not in text


def test_open_tenders_are_listed_before_any_award(ready: Market) -> None:
    publish_tender(ready.world, ready.buyer, title="Engsel baru")
    text = ready.world.client.get("/", headers={"Accept-Language": "en"}).text
    assert "Engsel baru" in text
    assert "Nothing has been awarded here yet" in text


def test_an_amount_of_any_length_is_written() -> None:
    request = Request({"type": "http", "query_string": b"lang=en", "headers": []})
    page = templates.from_string("{{ money(amount, 'IDR') }}")
    amount = Decimal("9" * 40 + ".5")
    assert say(request, page, {"amount": amount}).endswith("10" + ",000" * 13)
