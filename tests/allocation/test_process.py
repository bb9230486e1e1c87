"""A run in a child process: its result, its progress, its cancel, and its death."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.allocation import AllocationFailed, Options, Progress, solve
from app.allocation.document import DocumentError, parse
from app.allocation.process import solve_in_child
from app.allocation.verify import verify
from app.allocation.wire import options_document, options_of, request
from tests.allocation.documents import lot, offer, problem
from tests.allocation.tiny import drawn


def hard() -> dict[str, Any]:
    """A problem that is not solved to the end within any test: a lot-sizing puzzle of primes."""
    primes = [211, 223, 227, 229, 233, 239, 241, 251, 257, 263, 269, 271, 277, 281, 283, 293]
    offers = [
        offer(
            f"O{i}-{k}",
            bidder="ABC"[i % 3],
            of=f"L{k}",
            price=f"{100 + (prime * 37 * (k + 1)) % 61}",
            setup=f"{900 + (prime * 13 * (k + 2)) % 701}",
            minimum=f"{prime % 29 + 3}",
            increment=f"{prime % 7 + 2}",
            maximum=f"{60 + prime % 31}",
            uses=[{"resource": f"R{i % 5}", "per_unit": f"{1 + prime % 3}", "per_delivery": "7"}],
        )
        for i, prime in enumerate(primes)
        for k in range(8)
    ]
    resources = [{"id": f"R{i}", "capacity": "700"} for i in range(5)]
    rules = [{"id": "two", "kind": "count", "of": "bidder", "per": "lot", "min": 2}]
    lots = [lot(f"L{k}", f"{190 + 7 * k}") for k in range(8)]
    return problem(*offers, lots=lots, resources=resources, rules=rules)


def test_a_child_gives_the_same_result() -> None:
    document = drawn(5)
    mine, childs = solve(document, Options()), solve_in_child(document, Options())
    mine.pop("solver"), childs.pop("solver")
    assert mine == childs


def test_defects_come_back_whole() -> None:
    with pytest.raises(DocumentError) as caught:
        solve_in_child({"format": "x", "lots": []}, Options())
    defect = caught.value.defects[0]
    assert (defect.pointer, defect.params["value"]) == ("/format", "x")


def test_progress_comes_at_least_every_second_and_cancel_answers_within_two() -> None:
    told: list[tuple[float, Progress]] = []
    asked: list[float] = []

    def on_progress(progress: Progress) -> None:
        told.append((time.monotonic(), progress))

    def should_stop() -> bool:
        late = bool(told) and told[-1][0] - told[0][0] > 3
        if late and not asked:
            asked.append(time.monotonic())
        return late

    document = hard()
    result = solve_in_child(document, Options(), on_progress, should_stop)
    assert result["status"] == "cancelled"
    assert verify(document, result) == []
    assert "allocations" in result
    assert all(isinstance(progress.seconds, str) for _, progress in told)
    assert any(progress.incumbent and progress.bound for _, progress in told)
    assert asked, "the run was asked to stop"


def test_a_child_that_does_not_answer_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    popen = subprocess.Popen

    def deaf(_command: list[str], **more: Any) -> "subprocess.Popen[bytes]":
        script = "import sys, time; sys.stdin.readline(); time.sleep(600)"
        child = popen([sys.executable, "-c", script], **more)
        started.append(child)
        return child

    monkeypatch.setattr(subprocess, "Popen", deaf)
    document = drawn(5)
    result = solve_in_child(document, Options(), None, lambda: True)
    assert result["status"] == "cancelled"
    assert "allocations" not in result
    assert verify(document, result) == []
    assert started[0].returncode == -signal.SIGKILL


def test_a_child_that_dies_is_a_failed_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.allocation.process.COMMAND", [sys.executable, "-c", "exit(7)"])
    with pytest.raises(AllocationFailed, match="code 7"):
        solve_in_child(drawn(5), Options())


def test_a_result_that_does_not_hold_is_a_failed_run(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = json.dumps({"result": {"format": "jejaring.allocation-result/1"}})
    script = f"input(); print({answer!r})"
    monkeypatch.setattr("app.allocation.process.COMMAND", [sys.executable, "-c", script])
    with pytest.raises(AllocationFailed, match="/status"):
        solve_in_child(drawn(5), Options())


def child() -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "app.allocation.child"]
    root = Path(__file__).parents[2]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=root, **pipes)  # type: ignore[call-overload, no-any-return]  # pipes


def test_the_end_of_its_input_ends_a_child_at_once() -> None:
    with child() as running:
        assert running.stdin
        assert running.stdout
        running.stdin.write(request(hard(), Options()))
        running.stdin.flush()
        assert b"progress" in running.stdout.readline()
        running.stdin.close()
        assert running.wait(timeout=10) == 3
        assert running.stderr
        assert running.stderr.read() == b""


@pytest.mark.parametrize("text", [b"\n", b"[]\n", b"{}\n", b'{"problem": {}}\n', b"\xff\n"])
def test_a_child_answers_nonsense_without_a_traceback(text: bytes) -> None:
    with child() as running:
        assert running.stdin
        assert running.stdout
        assert running.stderr
        running.stdin.write(text)
        running.stdin.flush()
        lines = [json.loads(line) for line in running.stdout.read().splitlines()]
        assert "failed" in lines[-1]
        assert running.stderr.read() == b""


def test_options_survive_the_wire() -> None:
    options = Options(
        limit_seconds=parse(b'{"a": 1.5}')["a"], gap=parse(b'{"a": 0.01}')["a"], seed=7, threads=2
    )
    assert options_of(json.loads(json.dumps(options_document(options)))) == options


def test_no_solver_is_loaded_until_something_is_solved() -> None:
    script = (
        "import sys, app.allocation, app.allocation.document, app.allocation.verify, "
        "app.allocation.commands, app.allocation.process; "
        "print([m for m in sys.modules if m.split('.')[0] in ('ortools', 'numpy', 'pandas')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ},
    )
    assert done.stdout.strip() == b"[]"
