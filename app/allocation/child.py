"""A run in a process of its own: problem in on stdin, lines of JSON out on stdout.

The first line read is the problem and the options; ``stop`` asks for the best so far; the end of
the input means that whoever asked is gone, and ends the process at once.
"""

import os
import sys
import threading
from dataclasses import asdict
from types import TracebackType
from typing import BinaryIO

from app.allocation import AllocationFailed, Progress, solve
from app.allocation.document import DocumentError, parse
from app.allocation.wire import STOP, line, options_of


class Answer:
    """Writes whole lines, one at a time."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.lock = threading.Lock()

    def write(self, kind: str, value: object) -> None:
        """Write one line and hand it over at once."""
        with self.lock:
            self.out.write(line(kind, value))
            self.out.flush()


class Heartbeat:
    """Repeats the last progress every second while a run is busy with something else."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.last = Progress(0, None, None, None, "0")
        self.told = threading.Event()
        threading.Thread(target=self._beat, daemon=True).start()

    def tell(self, progress: Progress) -> None:
        """Report news."""
        self.last = progress
        self.told.set()
        self.answer.write("progress", progress)

    def _beat(self) -> None:
        while True:
            if not self.told.wait(0.8):
                self.answer.write("progress", self.last)
            self.told.clear()


def listen(source: BinaryIO, stop: threading.Event) -> None:
    """Follow the control lines; leave the process when they end."""
    for text in source:
        if text.strip() == STOP.encode():
            stop.set()
    os._exit(3)


def fail_quietly(answer: Answer) -> None:
    """Turn any other exception into an answer: nobody reads a traceback of this process."""

    def hook(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        answer.write("failed", {"code": "allocation", "detail": f"{kind.__name__}: {error}"})
        os._exit(1)

    sys.excepthook = hook


def hush() -> None:
    """Keep what engines print on standard error away from the caller's terminal."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def main() -> None:
    """Answer one request and leave without waiting for any thread of the engine."""
    source, answer = sys.stdin.buffer, Answer(sys.stdout.buffer)
    hush()
    fail_quietly(answer)
    first = source.readline()
    stop = threading.Event()
    threading.Thread(target=listen, args=(source, stop), daemon=True).start()
    try:
        asked = parse(first)
        result = solve(
            asked["problem"], options_of(asked["options"]), Heartbeat(answer).tell, stop.is_set
        )
    except DocumentError as error:
        defects = [asdict(one) for one in error.defects]
        answer.write("failed", {"code": "document", "detail": str(error), "defects": defects})
    except AllocationFailed as error:
        answer.write("failed", {"code": "allocation", "detail": str(error)})
    else:
        answer.write("result", result)
    os._exit(0)


if __name__ == "__main__":
    main()
