"""Reading offers may take seconds: it holds no lock, and what it rests on is looked at again."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from app.bids import content
from app.tenders import closing
from tests.support.api import Firm, World
from tests.support.bids import offer, stored, submit
from tests.support.directory import add_resource
from tests.support.tenders import process_of


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Let something happen while offers are being read."""

    def arrange(act: Callable[[], Any]) -> None:
        found = content.faults

        def slow(*given: Any) -> Any:
            act()
            return found(*given)

        monkeypatch.setattr(content, "faults", slow)

    return arrange


def test_others_write_and_the_tender_closes_while_offers_are_read(
    world: World, firm: Firm, tender: dict[str, Any], meanwhile: Callable[..., None]
) -> None:
    def closes() -> None:
        world.wait(hours=2)
        closing.open_due(process_of(world.app), tender["id"])

    meanwhile(closes)
    answer = firm.post(f"/v1/tenders/{tender['id']}/bids", {"offers": [offer("plate")]})
    assert (answer.status_code, answer.json()["code"]) == (409, "tender_closed")
    assert stored(world) == 0


def test_offers_that_were_read_against_an_older_tender_are_refused(
    world: World, firm: Firm, tender: dict[str, Any], meanwhile: Callable[..., None]
) -> None:
    def changes() -> None:
        with world.app.state.database.unit_of_work() as session:
            session.execute(text("update tenders set revision = revision + 1"))

    meanwhile(changes)
    answer = firm.post(f"/v1/tenders/{tender['id']}/bids", {"offers": [offer("plate")]})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert stored(world) == 0


def test_a_resource_that_was_added_meanwhile_is_no_matter(
    firm: Firm, tender: dict[str, Any], meanwhile: Callable[..., None]
) -> None:
    meanwhile(lambda: add_resource(firm, "press-new"))
    assert submit(firm, tender["id"], [offer("plate")])["status"] == "submitted"


def test_defects_are_told_before_anything_is_locked(
    world: World, firm: Firm, tender: dict[str, Any], meanwhile: Callable[..., None]
) -> None:
    meanwhile(lambda: closing.close_due(process_of(world.app), tender["id"]))
    answer = firm.post(f"/v1/tenders/{tender['id']}/bids", {"offers": [offer("plate", price="-1")]})
    assert [error["code"] for error in answer.json()["errors"]] == ["below_zero"]
