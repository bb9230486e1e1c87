"""The demonstration: starts the service, walks the case through it, and shows what came of it."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
from rich.console import Console

from app.demo import case, tables
from app.demo.client import Json, WalkError
from app.demo.deciding import OPTIONS
from app.demo.progress import STEPS, Timed, telling
from app.demo.server import LOG, Server, port_for, running
from app.demo.walk import Walked, walk
from app.demo.words import Words, chosen
from app.kit.config import Settings

KEY_FILE = "demo-buyer.key"
PLAIN_WIDTH = 120
WATCH_SECONDS = 0.5
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def show(once: bool, port: int, options: Json = OPTIONS) -> int:
    """Run the demonstration and return its exit code.

    Parameters
    ----------
    once
        Stop the service after the job instead of staying up until Ctrl-C.
    port
        Port of the service; where it is taken, or for 0, a free one is used.
    options
        Of the scenario: its limit, its gap and the rules to price.
    """
    words = chosen(os.environ.get("JEJARING_LANG"))
    console = Console(markup=False)
    if not console.is_terminal:
        console = Console(markup=False, width=PLAIN_WIDTH)
    data_dir = Settings().data_dir
    try:
        with _interruptible():
            _run(console, words, data_dir, port=port, once=once, options=options)
    except KeyboardInterrupt:
        return _failed(words("Interrupted."), 128 + signal.SIGINT)
    except WalkError as failure:
        return _failed(words(failure.template, **failure.params))
    except httpx2.HTTPError as failure:
        _note(data_dir)
        return _failed(words("The service does not answer: {reason}", reason=repr(failure)))
    except OSError as failure:
        return _failed(words("The system refused: {reason}.", reason=failure))
    except Exception:  # noqa: BLE001 - told in a sentence, and whole in the log
        _note(data_dir)
        return _failed(words("Something went wrong; more is in {log}.", log=data_dir / LOG))
    return 0


def _run(
    console: Console, words: Words, data_dir: Path, *, port: int, once: bool, options: Json
) -> None:
    """Run the service, walk the case through it, print the outcome, and stay up if asked."""
    with ExitStack() as stack:
        with telling(console, words) as teller:
            timed = Timed(teller)
            server = stack.enter_context(running(_free(console, words, port), data_dir, timed))
            walked = walk(
                server.address, case.read(), timed, language=words.language, options=options
            )
            timed.end()
        _print_outcome(console, words, walked)
        console.print(words("Time: {seconds}.", seconds=_times(timed.seconds, words)))
        _print_places(console, words, walked, server, data_dir)
        if not once:
            _stay(console, words, server)


def _free(console: Console, words: Words, wanted: int) -> int:
    port = port_for(wanted)
    if wanted not in {0, port}:
        busy = "Port {wanted} is in use, so the service takes port {port}."
        console.print(words(busy, wanted=wanted, port=port))
    return port


def _print_outcome(console: Console, words: Words, walked: Walked) -> None:
    console.print()
    console.print(tables.allocation_table(walked, words, console.width))
    for line in tables.summary(walked, words):
        console.print(line, highlight=False)
    console.print()
    console.print(tables.order_table(walked, words))


def _times(seconds: Mapping[str, float], words: Words) -> str:
    """Return where the time went, the longest first."""
    total = sum(seconds.values())
    longest = sorted(seconds.items(), key=lambda entry: -entry[1])[:4]
    parts = "; ".join(f"{words(STEPS[name])} {_seconds(spent, words)}" for name, spent in longest)
    return f"{_seconds(total, words)} ({parts})"


def _seconds(spent: float, words: Words) -> str:
    return f"{words.number(f'{spent:.3f}', 1)} s"


def _print_places(
    console: Console, words: Words, walked: Walked, server: Server, data_dir: Path
) -> None:
    key_file = _keep_key(walked, server, data_dir)
    places = {
        words("Start page"): f"{server.address}/",
        words("API"): f"{server.address}/docs",
        words("Tender"): walked.tender["id"],
        words("Scenario"): walked.decision.run["id"],
        words("Award"): walked.decision.award["id"],
        words("Buyer's key"): str(key_file),
        words("Server's log"): str(server.log),
    }
    console.print()
    for name, place in places.items():
        console.print(f"{name:<16} {place}", highlight=False, soft_wrap=True)


def _keep_key(walked: Walked, server: Server, data_dir: Path) -> Path:
    """Write the buyer's key where only its owner reads it, with a request to try it on."""
    path = data_dir / KEY_FILE
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(
            f"{walked.buyer.secret}\n"
            f"# {walked.buyer.name}, {walked.buyer.id}\n"
            f'# curl -H "Authorization: Bearer $(head -1 {path})" '
            f"{server.address}/v1/tenders/{walked.tender['id']}\n"
        )
    return path


def _stay(console: Console, words: Words, server: Server) -> None:
    """Stay up until Ctrl-C or until the service ends by itself."""
    try:
        console.print()
        console.print(words("The service stays up; Ctrl-C stops it."))
        while server.alive:
            time.sleep(WATCH_SECONDS)
    except KeyboardInterrupt:
        console.print(words("Stopped."))
        return
    raise WalkError("The server ended by itself; more is in {log}.", log=server.log)


def _note(data_dir: Path) -> None:
    """Write the failure at hand to the log, where the server has written its part of it."""
    with (data_dir / LOG).open("a", encoding="utf-8") as log:
        traceback.print_exc(file=log)


def _failed(sentence: str, code: int = 1) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let every usual request to stop arrive as Ctrl-C does, so that the service is stopped too."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
