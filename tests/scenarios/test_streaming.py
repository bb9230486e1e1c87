"""The event stream: replayed, resumed, live, kept alive, and without a session of its own."""

import json
import threading
from dataclasses import dataclass
from typing import Any

import fastapi.routing
import pytest
from fastapi import FastAPI

from app.allocation.options import Progress
from tests.support.api import Firm
from tests.support.scenarios import in_process, sent, work


@dataclass
class Event:
    kind: str
    id: str
    data: dict[str, Any]


def events(text: str) -> list[Event]:
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line[0] != ":")
        if fields:
            found.append(Event(fields["event"], fields["id"], json.loads(fields["data"])))
    return found


def follow(firm: Firm, run: dict[str, Any], after: str | None = None) -> list[Event]:
    headers = {} if after is None else {"last-event-id": after}
    answer = firm.get(f"/v1/allocations/{run['id']}/events", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    return events(answer.text)


def reporting(*values: str, before_each: Any = lambda: None) -> Any:
    """A solver that tells of these incumbents, each in a phase of its own so that all are kept."""

    def solver(document: Any, options: Any, on_progress: Any, should_stop: Any) -> Any:
        for value in values:
            before_each()
            on_progress(Progress(0, value, "12000000", "0.1", "0.5"))
        return in_process(document, options)

    return solver


def test_a_finished_run_is_replayed_whole(buyer: Firm, app: FastAPI) -> None:
    run = sent(buyer)
    work(app, run["id"], reporting("13100000", "12870000"))
    seen = follow(buyer, run)
    assert [event.kind for event in seen] == ["progress"] * 3 + ["finished"]
    assert [event.id for event in seen] == ["1", "2", "3", "3"]
    assert [event.data.get("incumbent") for event in seen[:3]] == [None, "13100000", "12870000"]
    assert seen[-1].data == {"id": run["id"], "status": "done", "result_status": "optimal"}


def test_a_reader_resumes_after_what_it_has_seen(buyer: Firm, app: FastAPI) -> None:
    run = sent(buyer)
    work(app, run["id"], reporting("13100000", "12870000"))
    whole = follow(buyer, run)
    for position, event in enumerate(whole[:-1]):
        assert follow(buyer, run, after=event.id) == whole[position + 1 :]
    assert follow(buyer, run, after=whole[-1].id) == whole[-1:]


def test_a_run_that_never_began_just_finishes(buyer: Firm) -> None:
    run = sent(buyer)
    buyer.made(f"/v1/allocations/{run['id']}/cancellation", status=202)
    seen = follow(buyer, run)
    assert [(event.kind, event.id) for event in seen] == [("finished", "0")]
    assert seen[0].data["status"] == "cancelled"


def test_a_number_that_is_none_is_refused(buyer: Firm) -> None:
    path = f"/v1/allocations/{sent(buyer)['id']}/events"
    for last in ("-1", "three", "1.5"):
        assert buyer.get(path, headers={"last-event-id": last}).status_code == 422


def test_a_stream_follows_a_run_and_holds_no_connection(
    buyer: Firm, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice as many streams as the pool has connections wait, and the run is still solved."""
    monkeypatch.setattr(fastapi.routing, "_PING_INTERVAL", 0.05)
    run = sent(buyer)
    app.state.settings.stream_poll_seconds = 0.02
    texts: list[str] = []

    def watch() -> None:
        texts.append(buyer.get(f"/v1/allocations/{run['id']}/events").text)

    readers = [threading.Thread(target=watch) for _reader in range(12)]
    for reader in readers:
        reader.start()
    begun = threading.Event()
    begun.wait(0.3)  # long enough for each reader to be kept alive once
    work(app, run["id"], reporting("13100000"))
    for reader in readers:
        reader.join(timeout=30)
    assert len(texts) == 12
    for text in texts:
        assert ": ping\n\n" in text
        assert [event.kind for event in events(text)] == ["progress", "progress", "finished"]


def test_a_progress_number_beyond_all_numbers_is_a_defect(buyer: Firm) -> None:
    run = sent(buyer)
    answer = buyer.get(f"/v1/allocations/{run['id']}/events", headers={"Last-Event-ID": "9" * 30})
    assert answer.status_code == 422
