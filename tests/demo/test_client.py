"""Speaking to the service: streams of events, refusals, and several parties at a time."""

import threading

import pytest

from app.demo.client import RefusedError, WalkError, each, events, refusal
from app.demo.progress import Timed


class Silent:
    """A teller that only counts."""

    def __init__(self) -> None:
        self.said: list[tuple[str, float]] = []

    def step(self, name: str, total: float) -> None:
        self.said.append((name, total))

    def advance(self, amount: float = 1, note: str = "") -> None:
        self.said.append((note, amount))


def test_events_are_read_from_their_lines() -> None:
    lines = [
        ": keep-alive",
        "",
        "event: progress",
        "id: 7",
        'data: {"gap":"0.1"}',
        "",
        'data:{"a":1}',
        "",
        "event: cut-off",
    ]
    assert list(events(lines)) == [("7", "progress", {"gap": "0.1"}), ("", "message", {"a": 1})]


def test_a_refusal_names_the_first_defect() -> None:
    content = (
        b'{"code": "malformed", "detail": "Correct it.", '
        b'"errors": [{"pointer": "/offers/0/price", "detail": "must not be negative"}]}'
    )
    refused = refusal("POST /bids", 422, content)
    assert refused.code == "malformed"
    assert str(refused) == (
        "POST /bids was answered 422 malformed: Correct it. /offers/0/price must not be negative"
    )


def test_an_answer_that_is_no_problem_document_is_shown_as_it_is() -> None:
    assert "Bad Gateway" in str(refusal("GET /", 502, b"<h1>Bad Gateway</h1>"))


def test_the_made_things_come_in_the_order_of_the_items() -> None:
    gate = threading.Event()

    def act(item: int) -> int:
        if item == 0:
            assert gate.wait(10)  # the first one ends last
        elif item == 3:
            gate.set()
        return item * item

    teller = Silent()
    assert each(range(4), act, teller) == [0, 1, 4, 9]
    assert teller.said == [("", 1)] * 4


def test_the_first_refusal_stops_the_others() -> None:
    begun = []
    never = threading.Event()

    def act(item: int) -> None:
        begun.append(item)
        if item == 0:
            raise RefusedError("POST /x", 409, "conflict", "")
        never.wait(0.1)

    with pytest.raises(WalkError, match="409 conflict"):
        each(range(1000), act, Silent())
    assert len(begun) < 1000


def test_the_time_of_a_step_is_added_up() -> None:
    teller = Silent()
    timed = Timed(teller)
    for name in ("bids", "opening", "bids"):
        timed.step(name, 2)
        timed.advance(1, "note")
    timed.end()
    assert list(timed.seconds) == ["bids", "opening"]
    assert teller.said[:2] == [("bids", 2), ("note", 1)]
