"""What no ordinary run meets: one called off, a result into a pipe, a child that is gone."""

import gzip
import io
import json
import os
import queue
import sys
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.allocation import (
    AllocationFailed,
    Options,
    Progress,
    commands,
    files,
    published,
    solve,
)
from app.allocation.child import Answer, Heartbeat, listen
from app.allocation.conflicts import conflict_of
from app.allocation.document import DocumentError, canonical, read
from app.allocation.process import solve_in_child
from app.allocation.progress import Clock
from app.allocation.solvers.search import Limits
from app.allocation.wire import line, request
from tests.allocation.documents import offer, problem
from tests.allocation.tiny import drawn

LIMITS = Limits(None, None, Fraction(0), 0, 1)
FORCED = {"id": "N", "offer": "a", "min": "1"}
FORBIDDEN = {"id": "M", "offer": "a", "max": "0"}


def test_a_conflict_that_is_called_off_names_all_that_is_left() -> None:
    document = problem(offer("a"), pins=[FORCED, FORBIDDEN, {"id": "O", "offer": "a"}])
    found = conflict_of(read(document), lambda: LIMITS, Clock(None, lambda: True))
    assert found == ("N", "M", "O")
    assert conflict_of(read(document), lambda: LIMITS, Clock(None, None)) == ("N", "M")


@pytest.mark.parametrize("pins", [[], [FORCED]])
def test_what_is_possible_is_no_conflict(pins: list[Any]) -> None:
    document = problem(offer("a"), pins=pins)
    with pytest.raises(AllocationFailed, match="is possible"):
        conflict_of(read(document), lambda: LIMITS, Clock(None, None))


def test_a_file_that_unpacks_to_more_than_memory_holds_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(files, "LARGEST", 10)
    path = tmp_path / "large.json.gz"
    path.write_bytes(gzip.compress(b'{"a": "' + b"x" * 1000 + b'"}'))
    with pytest.raises(DocumentError, match="more than 4 GB"):
        files.read_document(str(path))


def test_a_result_may_be_written_into_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=lambda: got.put(pipe.read_text(encoding="utf-8")), daemon=True)
    reader.start()
    files.write_document(str(pipe), {"status": "optimal"})
    assert json.loads(got.get(timeout=30)) == {"status": "optimal"}
    assert pipe.is_fifo()


def test_the_published_files_are_written(tmp_path: Path) -> None:
    published.write(tmp_path)
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert written == published.texts()


def child_that(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.allocation.process.COMMAND", [sys.executable, "-c", script])


def test_progress_that_nobody_asked_for_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    told = line("progress", Progress(0, None, None, None, "0")).decode()
    last = line("failed", {"code": "allocation", "detail": "enough"}).decode()
    child_that(f"input(); print({told + last!r}, end='')", monkeypatch)
    with pytest.raises(AllocationFailed, match="enough"):
        solve_in_child(drawn(5), Options())


def test_a_child_that_is_gone_before_it_was_asked_to_stop_is_a_failed_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    child_that("import sys; sys.stdin.close(); sys.exit(4)", monkeypatch)
    large = problem(*(offer(f"o{k}") for k in range(4000)))
    with pytest.raises(AllocationFailed, match="code 4"):
        solve_in_child(large, Options(), None, lambda: True)


def test_what_cannot_be_counted_is_a_failed_run() -> None:
    endless = problem(offer("a", maximum="1e25"), lots=[{"id": "L", "demand": "1e25"}])
    with pytest.raises(AllocationFailed, match="too many steps"):
        solve(endless, Options())
    with pytest.raises(AllocationFailed, match="too many steps"):
        solve_in_child(endless, Options())


def test_a_child_that_is_busy_repeats_its_last_progress() -> None:
    wrote: queue.Queue[bytes] = queue.Queue()

    class Out(io.BytesIO):
        def write(self, text: Any) -> int:
            wrote.put(bytes(text))
            return len(text)

    beating = Heartbeat(Answer(Out()))
    told = Progress(1, "5", None, None, "3")
    beating.tell(told)
    assert [wrote.get(timeout=30) for _ in range(2)] == [line("progress", told)] * 2


def test_a_child_hears_the_wish_to_stop_and_the_end_of_its_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", codes.append)
    stop = threading.Event()
    listen(io.BytesIO(b"what\n"), stop)
    assert not stop.is_set()
    listen(io.BytesIO(b"stop\n"), stop)
    assert stop.is_set()
    assert codes == [3, 3]


def test_a_watch_tells_what_is_new_and_else_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Progress] = []
    clock = Clock(told.append, None)
    now = 10.0
    monkeypatch.setattr(clock, "seconds", lambda: now)
    look = clock.watch(0)
    for at, value, reports in (
        (10.0, 5, 1),
        (10.1, 4, 1),
        (10.3, 4, 2),
        (10.6, 4, 2),
        (11.3, 4, 3),
    ):
        now = at
        assert look(Fraction(value), None) is False
        assert len(told) == reports
    assert [one.incumbent for one in told] == ["5", "4", "4"]


def test_a_number_in_the_place_of_a_text_never_reaches_a_child() -> None:
    wrong = problem(offer("a"))
    wrong["offers"][0]["id"] = 7
    with pytest.raises(DocumentError):
        request(wrong, Options())


def test_a_certificate_that_proves_nothing_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stated, result = tmp_path / "problem.json", tmp_path / "result.json"
    stated.write_bytes(canonical(drawn(1)))
    monkeypatch.setattr(commands, "certify", lambda *_, **__: {"stages": []})
    assert commands.solve_file(str(stated), str(result), certificate_budget=5) == 0
    assert "certificate" not in json.loads(result.read_text())


def test_a_certificate_that_does_not_hold_is_a_failed_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stated, result = tmp_path / "problem.json", tmp_path / "result.json"
    stated.write_bytes(canonical(drawn(1)))
    finding = type("Found", (), {"pointer": "/certificate", "detail": "wrong"})()
    monkeypatch.setattr(commands, "certify", lambda *_, **__: {"stages": [{}]})
    monkeypatch.setattr(commands, "verify", lambda *_: [finding])
    assert commands.solve_file(str(stated), str(result), certificate_budget=5) == 1
    assert "/certificate: wrong" in capsys.readouterr().err
    assert not result.exists()
