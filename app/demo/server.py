"""The service as a process of its own, started for the demonstration and stopped with it."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from app.demo.client import Teller, WalkError

HOST = "127.0.0.1"
LOG = "demo-server.log"
START_SECONDS = 90.0
STOP_SECONDS = 20.0
LOOK_SECONDS = 0.05
# The line of a traceback that names the exception; some say more on the lines after it.
RAISED = re.compile(r"(?P<name>[A-Za-z_][\w.]*): (?P<sentence>.+)")


@dataclass(frozen=True)
class Server:
    """A running service."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether its process still runs."""
        return self.process.poll() is None


def port_for(wanted: int) -> int:
    """Return the wanted port where it is free, else (and for 0) any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise WalkError("No free port was found.")


@contextmanager
def running(port: int, data_dir: Path, tell: Teller) -> Iterator[Server]:
    """Run the service on an embedded database while the block lasts."""
    tell.step("server", 1)
    log = _log_in(data_dir)
    settings = {
        "JEJARING_DATA_DIR": str(data_dir),
        "JEJARING_DATABASE_URL": "",
        "JEJARING_HOST": HOST,
        "JEJARING_PORT": str(port),
        "JEJARING_REGISTRATION": "open",
        "JEJARING_LOG_FORMAT": "json",
    }
    with log.open("ab") as file:
        began = file.tell()
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve"],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, **settings},
            start_new_session=True,  # a Ctrl-C in the terminal is for the demonstration alone
        )
    try:
        server = Server(process, port, log)
        _await_ready(server, began)
        yield server
    finally:
        _stop(process)


def _log_in(data_dir: Path) -> Path:
    """Return the log's path in a folder that can be written."""
    log = data_dir / LOG
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        log.touch()
    except OSError as error:
        raise WalkError(
            "The folder {folder} cannot be used: {reason}.",
            folder=data_dir,
            reason=error.strerror or error,
        ) from error
    return log


def _await_ready(server: Server, began: int) -> None:
    until = time.monotonic() + START_SECONDS
    with httpx2.Client(trust_env=False) as client:
        while server.alive and time.monotonic() < until:
            try:
                if client.get(f"{server.address}/health/ready").is_success:
                    return
            except httpx2.TransportError:
                pass  # it does not listen yet
            time.sleep(LOOK_SECONDS)
    reason = last_words(server.log, began)
    raise WalkError(
        "The server did not start. {reason} More is in {log}.", reason=reason, log=server.log
    )


def last_words(log: Path, began: int) -> str:
    """Return what went wrong by a log since a position: the last error's sentence."""
    with log.open("rb") as file:
        file.seek(began)
        lines = file.read().decode(errors="replace").strip().splitlines()
    said = [_said(line) for line in lines]
    said = [text for text in said if "Traceback" in text and "\n" in text] or said
    last = said[-1].strip().splitlines() if said else [""]
    raised = [match for line in last if (match := RAISED.match(line))]
    return raised[-1].group("sentence") if raised else last[-1]


def _said(line: str) -> str:
    """Return what a line of the log says, its traceback rather than its event."""
    try:
        entry = json.loads(line)
        return str(entry.get("exception") or entry["event"])
    except (ValueError, KeyError, AttributeError):
        return line  # none of our log's lines: it speaks for itself


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
