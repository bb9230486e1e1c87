"""A deadline is a lock: an act that is slow across it is in the opening, or it was refused."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.bids import consents, submission
from app.identity.actor import authenticate
from app.kit.db import Database
from app.tenders import closing
from app.tenders import queries as tenders
from tests.support.api import Firm, World
from tests.support.bids import offer, stored, submit
from tests.support.tenders import process_of, until_somebody_waits

pytestmark = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


class Waiter:
    """An act in a thread of its own that has to wait for a lock of this one's transaction."""

    def __init__(self, shop: Database, act: Callable[[], Any]) -> None:
        self._given: list[Any] = []
        self._thread = Thread(target=lambda: self._given.append(act()))
        self._thread.start()
        until_somebody_waits(shop, self._thread)

    def answer(self) -> Any:
        self._thread.join()
        return self._given[0]


@pytest.fixture
def shop(world: World) -> Database:
    database: Database = world.app.state.database
    return database


@pytest.fixture
def joint_bid(lead: Firm, network: dict[str, Any], tender: dict[str, Any]) -> dict[str, Any]:
    """A network's bid that waits for its member."""
    return submit(lead, tender["id"], [offer("plate")], network)


def opened(world: World, buyer: Firm, tender_id: str) -> list[str]:
    """The bids in the opening, which is brought about where it is still due."""
    closing.open_due(process_of(world.app), tender_id)
    items = buyer.get(f"/v1/tenders/{tender_id}/bids").json()["items"]
    return [item["id"] for item in items]


def opening(world: World, tender_id: str) -> Waiter:
    """The opening past the deadline, kept waiting by an act that was in time."""
    world.wait(hours=2)
    process = process_of(world.app)
    return Waiter(process.database, lambda: closing.open_due(process, tender_id))


def test_a_submission_that_had_the_tender_in_time_is_in_the_opening(
    world: World, buyer: Firm, firm: Firm, shop: Database, tender: dict[str, Any]
) -> None:
    clock = world.app.state.clock
    with shop.read() as session:
        actor = authenticate(session, firm.secret, clock)
    bidding = {"network_id": None, "actor": actor, "clock": clock}
    sound = submission.examine(shop, tender["id"], offers=[offer("plate")], **bidding)
    with shop.unit_of_work() as session:
        bid = submission.submit(session, tender["id"], sound=sound, **bidding)
        waiter = opening(world, tender["id"])
        seen = buyer.get(f"/v1/tenders/{tender['id']}/bids")
        assert (seen.status_code, seen.json()["code"]) == (409, "bids_sealed")
    waiter.answer()
    assert opened(world, buyer, tender["id"]) == [bid.id]


def test_the_last_consent_that_had_the_tender_in_time_completes_the_bid(
    world: World, buyer: Firm, member: Firm, shop: Database, joint_bid: dict[str, Any]
) -> None:
    clock = world.app.state.clock
    with shop.unit_of_work() as session:
        consents.consent(
            session,
            joint_bid["id"],
            joint_bid["content_sha256"],
            actor=authenticate(session, member.secret, clock),
            clock=clock,
        )
        waiter = opening(world, joint_bid["tender_id"])
    waiter.answer()
    assert opened(world, buyer, joint_bid["tender_id"]) == [joint_bid["id"]]


def closes(session: Session, world: World, tender_id: str) -> None:
    closing.move(session, tender_id, ("closed", "opened"), world.app.state.clock)


def leaves_it_published(_session: Session, _world: World, _tender_id: str) -> None:
    """Its job is late."""


@pytest.mark.parametrize("holder", [closes, leaves_it_published])
def test_a_submission_that_waited_past_the_deadline_is_refused(
    world: World, buyer: Firm, firm: Firm, tender: dict[str, Any], holder: Callable[..., None]
) -> None:
    shop, path = world.app.state.database, f"/v1/tenders/{tender['id']}/bids"
    with shop.unit_of_work() as session:
        tenders.locked(session, tender["id"])
        waiter = Waiter(shop, lambda: firm.post(path, {"offers": [offer("plate")]}))
        world.wait(hours=2)  # it asked in time, and has the lock too late
        holder(session, world, tender["id"])
    answer = waiter.answer()
    assert (answer.status_code, answer.json()["code"]) == (409, "tender_closed")
    assert stored(world) == 0
    assert opened(world, buyer, tender["id"]) == []


def test_a_consent_that_waited_past_the_deadline_is_refused_and_the_bid_lapses(
    world: World, buyer: Firm, member: Firm, shop: Database, joint_bid: dict[str, Any]
) -> None:
    path, body = f"/v1/bids/{joint_bid['id']}", {"content_sha256": joint_bid["content_sha256"]}
    world.wait(hours=2)
    with shop.unit_of_work() as session:
        closes(session, world, joint_bid["tender_id"])
        waiter = Waiter(shop, lambda: member.post(f"{path}/consents", body))
    answer = waiter.answer()
    assert (answer.status_code, answer.json()["code"]) == (409, "tender_closed")
    assert opened(world, buyer, joint_bid["tender_id"]) == []
    assert member.get(path).json()["status"] == "lapsed"
