"""A running server with one award, and a browser."""

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from tests.support.awards import (
    Market,
    database_url,
    prepared,
    prepared_postgres,
    prepared_sqlite,
    ready,
)

__all__ = ["database_url", "prepared", "prepared_postgres", "prepared_sqlite", "ready"]


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
