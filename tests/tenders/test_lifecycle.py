from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from app.tenders.lifecycle import (
    TRANSITIONS,
    brought_by_time,
    may,
    next_deadline,
    takes_bids,
)
from app.tenders.models import STATUSES

CLOSES = datetime(2026, 12, 14, 2, tzinfo=UTC)
OPENS = CLOSES + timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
WAY = ["draft", "published", "closed", "opened", "evaluated", "awarded", "completed"]


def test_every_state_has_its_transitions() -> None:
    assert set(TRANSITIONS) == set(STATUSES)
    assert {to for following in TRANSITIONS.values() for to in following} <= set(STATUSES)


def test_a_tender_goes_one_way_step_by_step_or_is_cancelled_before_its_award() -> None:
    allowed = {(status, to) for status in STATUSES for to in STATUSES if may(status, to)}
    steps = set(pairwise(WAY))
    cancellations = {(status, "cancelled") for status in WAY[: WAY.index("awarded")]}
    assert allowed == steps | cancellations


@pytest.mark.parametrize("status", STATUSES)
def test_bids_are_taken_while_published_and_before_the_deadline(status: str) -> None:
    published = status == "published"
    assert takes_bids(status, closes_at=CLOSES, now=CLOSES - INSTANT) is published
    assert takes_bids(status, closes_at=CLOSES, now=CLOSES) is False


@pytest.mark.parametrize(
    ("status", "now", "steps"),
    [
        ("published", CLOSES - INSTANT, []),
        ("published", CLOSES, ["closed"]),
        ("published", OPENS - INSTANT, ["closed"]),
        ("published", OPENS, ["closed", "opened"]),
        ("closed", OPENS - INSTANT, []),
        ("closed", OPENS, ["opened"]),
        ("draft", OPENS, []),
        ("opened", OPENS, []),
        ("cancelled", OPENS, []),
    ],
)
def test_time_moves_what_is_published_and_what_is_closed(
    status: str, now: datetime, steps: list[str]
) -> None:
    assert brought_by_time(status, closes_at=CLOSES, opens_at=OPENS, now=now) == steps


def test_the_next_deadline_is_the_closing_then_the_opening() -> None:
    deadlines = {
        status: next_deadline(status, closes_at=CLOSES, opens_at=OPENS) for status in STATUSES
    }
    assert deadlines.pop("published") == CLOSES
    assert deadlines.pop("closed") == OPENS
    assert set(deadlines.values()) == {None}
