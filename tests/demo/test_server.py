"""The service as a process: its port, and what it said before it ended."""

import fcntl
import json
import shutil
import socket
from pathlib import Path

import pytest

from app.demo.server import last_words, port_for
from app.demo.show import show


def test_a_port_that_is_taken_is_replaced() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = taken.getsockname()[1]
        assert port_for(busy) not in {0, busy}
    assert port_for(busy) == busy
    assert port_for(0) > 0


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        ([], ""),
        (["ModuleNotFoundError: No module named 'x'"], "No module named 'x'"),
        (["Traceback (most recent call last):", "  File 1", "a.b.BadError: It is so: no."],
         "It is so: no."),
        ([json.dumps({"event": "Error at 12:30"})], "Error at 12:30"),
        ([json.dumps({"event": "x", "exception": "Traceback\n  a\nm.AError: Taken."}),
          json.dumps({"event": "Startup failed. Exiting."})], "Taken."),
        ([json.dumps({"event": "Traceback\n  a\nm.AError: Taken."}),
          json.dumps({"event": "Startup failed. Exiting."})], "Taken."),
        ([json.dumps({"event": "Traceback\n  a\nsa.Error: (b) locked\n[SQL: x]\n(Background)"})],
         "(b) locked"),
        (["[1, 2]"], "[1, 2]"),
    ],
)  # fmt: skip
def test_what_a_log_says_last(tmp_path: Path, lines: list[str], last: str) -> None:
    log = tmp_path / "log"
    log.write_text("ValueError: of an earlier run\n" + "\n".join(lines))
    assert last_words(log, len("ValueError: of an earlier run\n")) == last


def test_a_folder_that_cannot_be_used_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "file"
    folder.touch()
    monkeypatch.setenv("JEJARING_DATA_DIR", str(folder))
    monkeypatch.setenv("JEJARING_LANG", "id")
    assert show(once=True, port=0) == 1
    told = capsys.readouterr()
    assert told.err == f"Folder {folder} tidak dapat dipakai: File exists.\n"


def test_a_database_in_use_is_told_in_a_sentence(
    tmp_path: Path,
    sqlite_template: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copy(sqlite_template, tmp_path / "jejaring.sqlite3")
    monkeypatch.setenv("JEJARING_DATA_DIR", str(tmp_path))
    with (tmp_path / "jejaring.sqlite3.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711")
        lock.flush()
        assert show(once=True, port=0) == 1
    told = capsys.readouterr().err
    assert "is already served by process 4711" in told
    assert str(tmp_path / "demo-server.log") in told
    assert "Traceback" not in told
