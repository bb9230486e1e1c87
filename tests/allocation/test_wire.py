"""What is sent to a child process and what it answers."""

import json

import pytest

from app.allocation import Options, Progress
from app.allocation.document import DocumentError, canonical, parse
from app.allocation.wire import line, request
from tests.allocation.documents import lot, offer, problem


def test_a_number_in_the_place_of_a_text_is_found_before_a_child_is_asked() -> None:
    whole = problem(offer(), lots=[{"id": 5, "demand": "1"}, lot()])
    with pytest.raises(DocumentError) as caught:
        request(whole, Options())
    assert [(one.pointer, one.code) for one in caught.value.defects] == [
        ("/lots/0/id", "wrong_type")
    ]


def test_unusual_documents_reach_a_child_as_they_are() -> None:
    whole = problem(offer("\U0001f600", scores={"\ufb33": "1", "\U0001f600": "2.0"}))
    line = request(whole, Options())
    assert parse(line)["problem"] == parse(canonical(whole))


def test_an_answer_is_one_line_of_json() -> None:
    told = Progress(1, "5", None, None, "0.5")
    assert json.loads(line("progress", told)) == {"progress": vars(told)}
    assert line("failed", {"detail": "é\n"}) == '{"failed":{"detail":"é\\n"}}\n'.encode()
