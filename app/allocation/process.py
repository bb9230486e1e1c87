"""Runs a solve in a child process that can be stopped, and killed."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

from app.allocation.document import Defect, DocumentError, problem_sha256
from app.allocation.options import AllocationFailed, OnProgress, Options, Progress, ShouldStop
from app.allocation.verify import verify
from app.allocation.wire import STOP, request

RESULT_FORMAT = "jejaring.allocation-result/1"
COMMAND = [sys.executable, "-m", "app.allocation.child"]
# Seconds: between looks at the caller's wish to stop, and from the wish to the kill.
LOOK = 0.05
PATIENCE = 1.8


def solve_in_child(
    document: Mapping[str, Any],
    options: Options,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> dict[str, Any]:
    """Return the result of a problem, solved in a child process and verified again here.

    Parameters
    ----------
    document, options, on_progress, should_stop
        As for ``app.allocation.solve``. The callbacks run in the caller's thread.

    Returns
    -------
    dict
        A verified result. A run that is asked to stop answers within two seconds: with the best
        so far, or, where the child does not, with the status ``cancelled`` and no allocation.

    Raises
    ------
    DocumentError
        If the document has defects.
    AllocationFailed
        If the child dies or fails, or its result does not hold.
    """
    with subprocess.Popen(  # noqa: S603  # our own module
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # A Ctrl-C at the terminal is for the caller, who asks the child to stop.
        start_new_session=True,
    ) as child:
        try:
            result = _Conversation(child, on_progress, should_stop).result(document, options)
        finally:
            # Whatever happened, nothing of the child outlives this call.
            child.kill()
    findings = verify(document, result)
    if findings:
        raise AllocationFailed("; ".join(f"{f.pointer}: {f.detail}" for f in findings))
    return result


class _Conversation:
    """Sends the request, passes progress on, and carries the wish to stop."""

    def __init__(
        self,
        child: "subprocess.Popen[bytes]",
        on_progress: OnProgress | None,
        should_stop: ShouldStop | None,
    ) -> None:
        self.child = child
        self.on_progress = on_progress
        self.should_stop = should_stop
        self.lines: queue.Queue[bytes | None] = queue.Queue()
        self.stopping_since: float | None = None

    def result(self, document: Mapping[str, Any], options: Options) -> dict[str, Any]:
        """Return the child's result."""
        first = request(document, options)
        # A pipe holds less than a large problem, and the child may answer before it has read all.
        threading.Thread(target=self._send, args=(first,), daemon=True).start()
        threading.Thread(target=self._receive, daemon=True).start()
        for text in self._answers():
            answer = json.loads(text)
            if "result" in answer:
                found: dict[str, Any] = answer["result"]
                return found
            if "failed" in answer:
                raise _failure(answer["failed"])
            if self.on_progress is not None:
                self.on_progress(Progress(**answer["progress"]))
        return _nothing(document, options)

    def _answers(self) -> Iterator[bytes]:
        """Yield the child's lines until it has been stopping for too long."""
        while True:
            try:
                text = self.lines.get(timeout=LOOK)
            except queue.Empty:
                text = b""
            if text is None:
                code = self.child.wait()
                raise AllocationFailed(f"the solving process ended with code {code}")
            if text:
                yield text
            if self._has_stopped_for() > PATIENCE:
                return

    def _has_stopped_for(self) -> float:
        if self.stopping_since is None:
            if self.should_stop is None or not self.should_stop():
                return 0.0
            self.stopping_since = time.monotonic()
            threading.Thread(target=self._send, args=(f"{STOP}\n".encode(),), daemon=True).start()
        return time.monotonic() - self.stopping_since

    def _send(self, text: bytes) -> None:
        pipe = cast("IO[bytes]", self.child.stdin)
        try:
            pipe.write(text)
            pipe.flush()
        except (BrokenPipeError, ValueError):
            # The child is gone (or its pipe closed): its missing answer tells the caller.
            return

    def _receive(self) -> None:
        for text in cast("IO[bytes]", self.child.stdout):
            self.lines.put(text)
        self.lines.put(None)


def _failure(failed: Mapping[str, Any]) -> Exception:
    if failed["code"] == "document":
        return DocumentError(Defect(**defect) for defect in failed["defects"])
    return AllocationFailed(failed["detail"])


def _nothing(document: Mapping[str, Any], options: Options) -> dict[str, Any]:
    """Return the result of a run that was stopped before it found anything."""
    return {
        "format": RESULT_FORMAT,
        "problem_sha256": problem_sha256(document),
        "status": "cancelled",
        "solver": {"name": "", "version": "", "seed": options.seed, "seconds": "0", "steps": []},
    }
