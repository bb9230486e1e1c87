"""What the command line does with files, streams, limits and Ctrl-C."""

import gzip
import io
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from app.allocation import Progress, commands
from app.allocation.bar import Bar
from app.allocation.document import canonical, parse
from app.allocation.verify import verify
from tests.allocation.test_process import hard
from tests.allocation.tiny import drawn

PROBLEM = drawn(5)


@pytest.fixture
def stated(tmp_path: Path) -> Path:
    path = tmp_path / "problem.json"
    path.write_bytes(canonical(PROBLEM))
    return path


def complaints(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    text = capsys.readouterr().err
    assert "Traceback" not in text
    found: list[dict[str, Any]] = json.loads(text)
    return found


def test_a_verified_result_is_written(stated: Path, tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    assert commands.solve_file(str(stated), str(result)) == 0
    assert verify(PROBLEM, parse(result.read_bytes())) == []
    assert commands.verify_files(str(stated), str(result)) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["problem.json", "result.json"]


def test_packed_files_are_understood(stated: Path, tmp_path: Path) -> None:
    packed, result = tmp_path / "problem.json.gz", tmp_path / "result.json.gz"
    packed.write_bytes(gzip.compress(stated.read_bytes()))
    assert commands.solve_file(str(packed), str(result)) == 0
    assert gzip.decompress(result.read_bytes()).startswith(b"{")
    assert commands.verify_files(str(packed), str(result)) == 0


def test_a_dash_is_a_standard_stream(
    stated: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stated.read_bytes())))
    assert commands.solve_file("-", "-") == 0
    assert verify(PROBLEM, parse(capsysbinary.readouterr().out)) == []


def test_all_defects_of_a_bad_document_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, result = tmp_path / "bad.json", tmp_path / "result.json"
    bad.write_text('{"format": "x", "lots": [{"id": "a", "demand": -1}]}')
    assert commands.solve_file(str(bad), str(result)) == 2
    found = complaints(capsys)
    assert [one["pointer"] for one in found] == ["/format", "/lots/0/demand", "/currency"]
    assert set(found[0]) == {"pointer", "code", "detail"}
    assert not result.exists()
    assert commands.verify_files(str(bad), str(result)) == 2


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("missing.json", None),
        ("broken.json", b"{"),
        ("broken.json.gz", b"no gzip"),
        ("short.json.gz", gzip.compress(b"{}" * 100, mtime=0)[:-12]),
    ],
)
def test_what_cannot_be_read_is_told(
    name: str, data: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    assert commands.solve_file(str(path), str(tmp_path / "result.json")) == 2
    assert complaints(capsys)[0]["code"] in {"unreadable_file", "not_json"}


def test_a_result_that_cannot_be_stored_is_told_before_the_search(
    stated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.solve_file(str(stated), str(tmp_path / "nowhere" / "result.json")) == 2
    assert complaints(capsys)[0]["code"] == "unwritable_file"


@pytest.mark.parametrize(
    "options", [{"gap": "much"}, {"gap": "-1"}, {"time_limit": -1.0}, {"time_limit": float("nan")}]
)
def test_options_are_numbers(
    options: dict[str, Any], stated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.solve_file(str(stated), str(tmp_path / "r.json"), **options) == 2
    assert complaints(capsys)[0]["code"] == "bad_option"


def test_a_run_that_fails_leaves_no_result(
    stated: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.allocation.process.COMMAND", [sys.executable, "-c", "exit(7)"])
    result = tmp_path / "result.json"
    assert commands.solve_file(str(stated), str(result)) == 1
    assert complaints(capsys)[0]["code"] == "failed"
    assert not result.exists()


def test_what_does_not_hold_is_told(
    stated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = tmp_path / "result.json"
    assert commands.solve_file(str(stated), str(result)) == 0
    wrong = {**json.loads(result.read_text()), "status": "unsolved"}
    result.write_text(json.dumps(wrong))
    assert commands.verify_files(str(stated), str(result)) == 1
    assert {one["code"] for one in complaints(capsys)} == {"allocation"}
    result.write_text("{")
    assert commands.verify_files(str(stated), str(result)) == 1
    assert complaints(capsys)[0]["code"] == "not_json"


def test_ctrl_c_writes_the_best_so_far(tmp_path: Path) -> None:
    stated, result = tmp_path / "problem.json", tmp_path / "result.json"
    document = hard()
    stated.write_bytes(canonical(document))
    timer = threading.Timer(2.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    assert commands.solve_file(str(stated), str(result)) == 0
    timer.join()
    written = parse(result.read_bytes())
    assert written["status"] == "cancelled"
    assert verify(document, written) == []
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_bar_shows_the_state_on_a_terminal() -> None:
    screen = io.StringIO()
    with Bar(Console(file=screen, force_terminal=True, width=120)) as bar:
        bar.tell(Progress(0, None, None, None, "0"))
        bar.tell(Progress(1, "200", "150", "0.25", "1"))
        bar.display.refresh()
        bar.tell(Progress(1, "200", "200", "0", "2"))
    assert "stage 2" in screen.getvalue()
    assert "25.0000%" in screen.getvalue()


def test_without_a_terminal_there_is_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    with commands.progress_bar() as tell:
        assert tell is None
    monkeypatch.setattr(sys, "stderr", Terminal())
    with commands.progress_bar() as tell:
        assert tell is not None


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True
