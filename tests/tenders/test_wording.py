from datetime import date

import pytest

from app.allocation import document
from app.directory.calendar import Span
from app.kit.db import Database
from app.kit.problems import NotFound
from app.tenders import access, progress, queries, wording
from app.tenders.content import place_in_request
from app.tenders.errors import WrongState
from tests.support.api import Firm, World
from tests.support.networks import actor_of, recorded
from tests.support.tenders import LOT, close_and_open, draft_tender, lot, process_of, publish_tender


@pytest.fixture(name="buyer")
def _buyer(world: World) -> Firm:
    return world.firm("PT Pusat")


def test_a_tender_is_stated_in_the_formats_own_words(
    world: World, buyer: Firm, database: Database
) -> None:
    costly = lot("hinge", shortfall_cost="90000", carry_cost="15", over_cost="0", tags=["plate"])
    made = draft_tender(world, buyer, lots=[LOT, costly])
    with database.read() as session:
        tender, lots = queries.tender(session, made["id"]), queries.lots(session, made["id"])
        frame = wording.problem_frame(tender, lots, {"33.28": "ID-JT"}.get)
        without_region = wording.problem_frame(tender, lots, lambda _code: None)
    assert frame == {
        "currency": "IDR",
        "periods": ["2027-01", "2027-02"],
        "lots": [
            {
                "id": "bracket",
                "unit": "pc",
                "increment": "50",
                "demand": ["600", "400"],
                "tags": [],
                "region": "ID-JT",
            },
            {
                "id": "hinge",
                "unit": "pc",
                "increment": "50",
                "demand": ["600", "400"],
                "shortfall_cost": "90000",
                "carry_cost": "15",
                "over_cost": "0",
                "tags": ["plate"],
                "region": "ID-JT",
            },
        ],
    }
    assert document.defects({"format": document.FORMAT, **frame}) == []
    assert all("region" not in entry for entry in without_region["lots"])
    assert wording.spans(tender) == [Span(date(2027, 1, 4), 4), Span(date(2027, 2, 1), 4)]


@pytest.mark.parametrize(
    ("pointer", "of_lots", "of_product"),
    [
        ("/lots/3/id", "/lots/3/code", "/schedule"),
        ("/lots/3/demand/1", "/lots/3/demand/1", "/schedule"),
        ("/periods/2", "/periods/2/id", "/periods/2/id"),
        ("/rules/0/scope/lots/1", "/rules/0/scope/lots/1", "/rules/0/scope/lots/1"),
        ("/objective", "/objective", "/objective"),
        ("/currency", "/currency", "/currency"),
    ],
)
def test_a_defect_is_shown_where_the_request_says_it(
    pointer: str, of_lots: str, of_product: str
) -> None:
    assert place_in_request(pointer, of_product=False) == of_lots
    assert place_in_request(pointer, of_product=True) == of_product


def test_evaluation_and_award_follow_the_opening(
    world: World, buyer: Firm, database: Database
) -> None:
    made = publish_tender(world, buyer)
    close_and_open(world, made["id"])
    clock = process_of(world.app).clock
    with database.unit_of_work() as session:
        tender = progress.locked(session, made["id"])
        now = clock.now(session)
        with pytest.raises(WrongState):
            progress.mark_awarded(session, tender, at=now, actor=buyer.user_id)
        progress.mark_evaluated(session, tender, at=now, actor=None)
        progress.mark_evaluated(session, tender, at=now, actor=None)
        progress.mark_awarded(session, tender, at=now, actor=buyer.user_id)
    awarded = buyer.get(f"/v1/tenders/{made['id']}").json()
    assert awarded["status"] == "awarded"
    assert awarded["evaluated_at"] == awarded["awarded_at"]
    assert recorded(database, made["id"])[-2:] == [
        ("tender.evaluated", buyer.id, None),
        ("tender.awarded", buyer.id, buyer.user_id),
    ]


def test_what_is_not_open_is_not_evaluated(world: World, buyer: Firm, database: Database) -> None:
    made = publish_tender(world, buyer)
    with database.unit_of_work() as session:
        tender = progress.locked(session, made["id"])
        with pytest.raises(WrongState) as refused:
            progress.mark_evaluated(session, tender, at=tender.closes_at, actor=None)
        assert refused.value.params == {"status": "published", "to": "evaluated"}
        with pytest.raises(NotFound):
            progress.locked(session, "ten_nowhere")


def test_a_buyer_acts_on_its_own_tenders_and_sees_what_others_published(
    world: World, buyer: Firm, database: Database
) -> None:
    other = actor_of(database, world.firm("CV Satelit"))
    own = actor_of(database, buyer)
    draft, published = draft_tender(world, buyer)["id"], publish_tender(world, buyer)["id"]
    with database.unit_of_work() as session:
        for tender_id in (draft, published):
            assert access.for_buyer(session, tender_id, own).id == tender_id
            assert access.locked_for_buyer(session, tender_id, own).id == tender_id
            assert access.visible(session, tender_id, own).id == tender_id
            for refuse in (access.for_buyer, access.locked_for_buyer):
                with pytest.raises(NotFound):
                    refuse(session, tender_id, other)
        assert access.visible(session, published, other).id == published
        for tender_id in (draft, "ten_nowhere"):
            with pytest.raises(NotFound):
                access.visible(session, tender_id, other)
