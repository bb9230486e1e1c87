"""A running server with one award, and a browser."""

import os
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from tests.support.awards import (
    Market,
    database_url,
    prepared,
    prepared_postgres,
    prepared_sqlite,
    ready,
)

__all__ = ["database_url", "prepared", "prepared_postgres", "prepared_sqlite", "ready"]
# Without these a sandboxed machine's browser spends its time asking for what it cannot reach.
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = os.environ.get("TEST_CHROMIUM")
    if not chromium:
        pytest.skip("Chromium is not there: python3 dev.py test says how to install it")
    flags = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield opened
        opened.close()


@pytest.fixture
def site(ready: Market) -> Iterator[str]:
    """The address of a server on the market's database."""
    config = uvicorn.Config(ready.world.app, port=0, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)
