"""The market of the awards' tests, and a client for what needs no market."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.kit.config import Settings
from app.main import create_app
from tests.support.awards import (  # noqa: F401 - fixtures
    database_url,
    prepared,
    prepared_postgres,
    prepared_sqlite,
    ready,
)


@pytest.fixture(scope="session")
def client_of_a_sqlite_app(sqlite_template: Path) -> Iterator[TestClient]:
    app = create_app(Settings(database_url=f"sqlite:///{sqlite_template}", pool_size=4))
    with TestClient(app) as client:
        yield client
