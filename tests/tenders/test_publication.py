from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.kit.db import Database
from app.kit.jobs import JobState
from app.tenders import publication
from tests.support.api import Firm, World
from tests.support.networks import actor_of, colleague, recorded
from tests.support.tenders import (
    close_and_open,
    draft_tender,
    instant,
    process_of,
    publish,
    publish_tender,
)


@pytest.fixture(name="buyer")
def _buyer(world: World) -> Firm:
    return world.firm("PT Pusat")


def jobs_of(world: World, tender_id: str) -> list[JobState]:
    """Where the closing and the opening of a tender stand."""
    process = process_of(world.app)
    with process.database.read() as session:
        keys = (f"close:{tender_id}", f"open:{tender_id}")
        return [process.jobs.look(session, key).state for key in keys]


def set_status(database: Database, tender_id: str, status: str) -> None:
    with database.unit_of_work() as session:
        session.execute(
            text("update tenders set status = :status where id = :id"),
            {"status": status, "id": tender_id},
        )


def test_publishing_lets_bids_in_and_sets_both_deadlines(
    world: World, buyer: Firm, database: Database
) -> None:
    draft = draft_tender(world, buyer)
    assert jobs_of(world, draft["id"]) == [JobState.UNKNOWN] * 2
    tender = publish(buyer, draft["id"])
    assert tender["status"] == "published"
    assert draft["published_at"] is None
    assert tender["published_at"] is not None
    assert tender["lots"] == draft["lots"]
    assert jobs_of(world, tender["id"]) == [JobState.DELAYED] * 2
    assert recorded(database, tender["id"])[-1] == (
        "tender.published",
        buyer.id,
        buyer.user_id,
    )


def test_the_jobs_are_due_at_the_deadlines(world: World, buyer: Firm, database: Database) -> None:
    world.wait(days=3)  # what counts is the server's clock as it was moved, not the machine's
    closes, opens = instant(world, hours=1), instant(world, hours=3)
    tender = publish_tender(world, buyer, closes_at=closes, opens_at=opens)
    schema = "" if database.engine.dialect.name == "sqlite" else "dbos."
    due = {}
    with database.engine.connect() as connection:
        for kind in ("close", "open"):
            due[kind] = connection.execute(
                text(
                    f"select delay_until_epoch_ms from {schema}workflow_status"  # noqa: S608 - ours
                    " where workflow_uuid = :key"
                ),
                {"key": f"{kind}:{tender['id']}"},
            ).scalar_one()
    offset = world.app.state.clock.offset
    for kind, wanted in (("close", closes), ("open", opens)):
        deadline = datetime.fromisoformat(wanted) - offset
        late = datetime.fromtimestamp(due[kind] / 1000, UTC) - deadline
        assert timedelta(milliseconds=-2) <= late < timedelta(minutes=1)


def test_publishing_again_changes_nothing(world: World, buyer: Firm, database: Database) -> None:
    tender = publish_tender(world, buyer)
    before = recorded(database, tender["id"])
    world.wait(minutes=5)
    assert publish(buyer, tender["id"]) == tender
    assert recorded(database, tender["id"]) == before
    assert jobs_of(world, tender["id"]) == [JobState.DELAYED] * 2


def test_the_jobs_are_there_only_if_the_publication_is(
    world: World, buyer: Firm, database: Database
) -> None:
    tender = draft_tender(world, buyer)
    process = process_of(world.app)

    def fail() -> None:
        with process.database.unit_of_work() as session:
            publication.publish(
                session,
                tender["id"],
                actor=actor_of(database, buyer),
                clock=process.clock,
                jobs=process.jobs,
            )
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        fail()
    assert jobs_of(world, tender["id"]) == [JobState.UNKNOWN] * 2
    assert buyer.get(f"/v1/tenders/{tender['id']}").json() == tender
    assert [row[0] for row in recorded(database, tender["id"])] == ["tender.drafted"]


def test_only_who_may_sign_for_the_buyer_publishes_or_cancels(world: World, buyer: Firm) -> None:
    tender = draft_tender(world, buyer)
    address = f"/v1/tenders/{tender['id']}"
    clerk = colleague(buyer, "purchasing", "submit", "consent", "edit")
    for answer in (
        clerk.post(f"{address}/publication"),
        clerk.post(f"{address}/cancellation", {"reason": "none"}),
    ):
        assert answer.status_code == 403
        assert answer.json()["code"] == "power_missing"
    assert buyer.get(address).json() == tender
    signatory = colleague(buyer, "purchasing", "sign")
    assert publish(signatory, tender["id"])["status"] == "published"


def test_a_draft_whose_closing_time_went_by_is_not_published(
    world: World, buyer: Firm, database: Database
) -> None:
    tender = draft_tender(world, buyer)
    world.wait(hours=1, seconds=5)
    answer = buyer.post(f"/v1/tenders/{tender['id']}/publication")
    assert answer.status_code == 409
    assert answer.json()["code"] == "deadline_passed"
    assert tender["closes_at"] in answer.json()["detail"]
    assert buyer.get(f"/v1/tenders/{tender['id']}").json() == tender
    assert jobs_of(world, tender["id"]) == [JobState.UNKNOWN] * 2


@pytest.mark.parametrize("status", ["closed", "opened", "evaluated", "awarded", "completed"])
def test_what_is_past_publication_is_not_published_again(
    world: World, buyer: Firm, database: Database, status: str
) -> None:
    tender = draft_tender(world, buyer)
    set_status(database, tender["id"], status)
    answer = buyer.post(f"/v1/tenders/{tender['id']}/publication")
    assert (answer.status_code, answer.json()["code"]) == (409, "tender_state")


def test_everybody_sees_what_is_published_and_nobody_else_acts_on_it(
    world: World, buyer: Firm
) -> None:
    other = world.firm("CV Satelit")
    tender = publish_tender(world, buyer)
    address = f"/v1/tenders/{tender['id']}"
    read = other.get(address)
    assert read.json() == tender
    assert other.get(address, headers={"If-None-Match": read.headers["etag"]}).status_code == 304
    for answer in (
        other.put(address, {**_body(world)}, headers={"If-Match": "*"}),
        other.post(f"{address}/publication"),
        other.post(f"{address}/cancellation", {"reason": "envy"}),
    ):
        assert answer.status_code == 404
    assert buyer.get(address).json() == tender


def _body(world: World) -> dict:
    return {
        "title": "Mine now",
        "delivery_regency": "33.28",
        "periods": [{"id": "p", "starts_on": "2027-01-04", "weeks": 4}],
        "lots": [{"code": "a", "name": "a", "process": "turning", "demand": ["1"]}],
        "closes_at": instant(world, hours=1),
    }


def test_the_list_holds_own_tenders_and_those_that_others_published(
    world: World, buyer: Firm
) -> None:
    other = world.firm("CV Satelit")
    draft = draft_tender(world, buyer)
    published = publish_tender(world, buyer)
    opened = publish_tender(world, buyer)
    closed_at = close_and_open(world, opened["id"])
    assert closed_at is None
    own = draft_tender(world, other)

    def ids(firm: Firm, query: str = "") -> list[str]:
        return [row["id"] for row in firm.get(f"/v1/tenders{query}").json()["items"]]

    assert ids(buyer) == [draft["id"], published["id"], opened["id"]]
    assert ids(other) == [published["id"], opened["id"], own["id"]]
    assert ids(other, "?status=draft") == [own["id"]]
    assert ids(other, "?status=opened") == [opened["id"]]
    assert ids(other, "?status=published") == [published["id"]]
    page = other.get("/v1/tenders?limit=2").json()
    assert [row["id"] for row in page["items"]] == [published["id"], opened["id"]]
    assert ids(other, f"?limit=2&cursor={page['next']}") == [own["id"]]
    assert other.get("/v1/tenders?status=lost").status_code == 422


def test_a_cancelled_tender_keeps_its_reason_and_its_jobs_are_gone(
    world: World, buyer: Firm, database: Database
) -> None:
    tender = publish_tender(world, buyer)
    address = f"/v1/tenders/{tender['id']}/cancellation"
    cancelled = buyer.made(address, {"reason": "The design has changed."}, status=200)
    assert cancelled["status"] == "cancelled"
    assert cancelled["cancel_reason"] == "The design has changed."
    assert cancelled["cancelled_at"] is not None
    assert jobs_of(world, tender["id"]) == [JobState.CANCELLED] * 2
    assert buyer.made(address, {"reason": "Another reason"}, status=200) == cancelled
    kinds = [row[0] for row in recorded(database, tender["id"])]
    assert kinds == ["tender.drafted", "tender.published", "tender.cancelled"]
    assert world.firm("CV Satelit").get(f"/v1/tenders/{tender['id']}").json() == cancelled


def test_a_cancelled_draft_stays_its_buyers_alone(world: World, buyer: Firm) -> None:
    tender = draft_tender(world, buyer)
    address = f"/v1/tenders/{tender['id']}"
    buyer.made(f"{address}/cancellation", {"reason": "Not needed."}, status=200)
    other = world.firm("CV Satelit")
    assert other.get(address).status_code == 404
    assert other.get("/v1/tenders").json()["items"] == []
    answer = buyer.post(f"{address}/publication")
    assert (answer.status_code, answer.json()["code"]) == (409, "tender_state")


@pytest.mark.parametrize(
    ("status", "answered"),
    [("closed", 200), ("opened", 200), ("evaluated", 200), ("awarded", 409), ("completed", 409)],
)
def test_a_tender_is_cancelled_before_its_award_only(
    world: World, buyer: Firm, database: Database, status: str, answered: int
) -> None:
    tender = publish_tender(world, buyer)
    set_status(database, tender["id"], status)
    address = f"/v1/tenders/{tender['id']}"
    answer = buyer.post(f"{address}/cancellation", {"reason": "No."})
    assert answer.status_code == answered
    if answered == 409:
        assert answer.json()["code"] == "tender_state"
        assert buyer.get(address).json()["cancel_reason"] is None


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 1001}, None])
def test_a_cancellation_needs_a_reason(world: World, buyer: Firm, body) -> None:
    tender = publish_tender(world, buyer)
    answer = buyer.post(f"/v1/tenders/{tender['id']}/cancellation", body)
    assert answer.status_code == 422
    assert buyer.get(f"/v1/tenders/{tender['id']}").json() == tender


def test_a_refusal_is_said_in_the_readers_language(world: World, buyer: Firm) -> None:
    tender = draft_tender(world, buyer)
    buyer.made(f"/v1/tenders/{tender['id']}/cancellation", {"reason": "No."}, status=200)
    answer = buyer.post(
        f"/v1/tenders/{tender['id']}/publication", headers={"Accept-Language": "id"}
    )
    assert answer.headers["content-language"] == "id"
    assert answer.json()["detail"] == (
        "Tender yang berstatus dibatalkan tidak dapat menjadi diumumkan."
    )
