"""The whole way on the production layout: PostgreSQL, a web process, and workers that may die."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import httpx2
import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.orm import Session

from app.demo import case
from app.demo.walk import walk
from app.kit.events.sequencer import broken_at

PATIENCE = 480  # seconds after which a process is taken for stuck
# With no gap to be content with, the solver works until its limit: time to die in.
OPTIONS = {"seconds": "10", "gap": "0", "price_rules": []}


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def process(*command: str, url: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "JEJARING_DATABASE_URL": url, "JEJARING_LOG_LEVEL": "WARNING"}
    started = subprocess.Popen(
        [sys.executable, "-m", *command], env={**environment, **settings}, stdin=subprocess.DEVNULL
    )
    watchdog = threading.Timer(PATIENCE, started.kill)
    watchdog.start()
    try:
        yield started
    finally:
        watchdog.cancel()
        started.terminate()
        started.wait()


def until_ready(address: str, web: subprocess.Popen[bytes]) -> None:
    while web.poll() is None:
        try:
            if httpx2.get(f"{address}/health/ready").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    pytest.fail("the web process ended early")


class Assassin:
    """Shown how far the walk is; kills the worker when the solver reports its first progress."""

    def __init__(self, worker: subprocess.Popen[bytes]) -> None:
        self.worker = worker
        self.steps: list[str] = []
        self.killed = False

    def step(self, name: str, total: float) -> None:
        self.steps.append(name)

    def advance(self, amount: float = 1, note: str = "") -> None:
        if note and self.steps[-1] == "scenario" and not self.killed:
            self.killed = True
            self.worker.send_signal(signal.SIGKILL)
            self.worker.wait()


def test_a_tender_is_split_and_ordered_though_the_solving_worker_dies(postgres_url: str) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with (
        process("app.cli", "serve", url=postgres_url, JEJARING_PORT=str(port)) as web,
        process("app.worker", url=postgres_url) as doomed,
    ):
        until_ready(address, web)
        assassin = Assassin(doomed)
        replaced: list[subprocess.Popen[bytes]] = []

        def replace() -> None:
            # As compose and systemd do: a worker that has died is started again.
            doomed.wait()
            with process("app.worker", url=postgres_url) as worker:
                replaced.append(worker)
                finished.wait()

        finished = threading.Event()
        keeper = threading.Thread(target=replace)
        keeper.start()
        try:
            walked = walk(address, case.read(), assassin, options=OPTIONS)
        finally:
            finished.set()
            if doomed.poll() is None:
                doomed.kill()
            keeper.join()
    assert assassin.killed
    check_done_once(postgres_url, walked.tender["id"])
    orders = walked.decision.orders
    total = Decimal(walked.decision.award["total"])
    assert abs(sum(Decimal(order["total"]) for order in orders) - total) <= len(orders)


def check_done_once(url: str, tender_id: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:

        def ask(statement: str) -> list[tuple[object, ...]]:
            rows = connection.execute(text(statement), {"tender": tender_id})
            return [tuple(row) for row in rows]

        assert ask("select status, attempts from runs") == [("done", 2)]
        counted = "select type, count(*) from events where type in"
        kinds = "('tender.closed', 'tender.opened', 'scenario.finished', 'award.decided')"
        assert dict(ask(f"{counted} {kinds} group by type")) == {
            "tender.closed": 1,
            "tender.opened": 1,
            "scenario.finished": 1,
            "award.decided": 1,
        }
        assert ask("select status from tenders where id = :tender") == [("awarded",)]
    with Session(engine) as session:
        assert broken_at(session) is None
