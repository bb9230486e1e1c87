"""A migrated database of each kind, an application on it, and clients that act for firms."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings

from app.kit.config import Settings
from app.kit.db import Database
from app.main import create_app
from tests.support.api import World
from tests.support.chromium import browser
from tests.support.databases import PostgresTemplate, migrate

__all__ = ["browser"]

# A shell starts what it puts into the background with Ctrl-C ignored, and children inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    migrate(f"sqlite:///{path}")
    database = Database(f"sqlite:///{path}")
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[PostgresTemplate]:
    url = os.environ.get("TEST_PG_URL")
    if not url:
        pytest.skip("PostgreSQL is not there: python3 dev.py test says how to install it")
    template = PostgresTemplate(url)
    yield template
    template.drop()


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], name="database_url"
)
def _database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database of its own, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    template: PostgresTemplate = request.getfixturevalue("postgres_template")
    with template.copy() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_template: PostgresTemplate) -> Iterator[str]:
    """A migrated, empty PostgreSQL database, for what only several writers can show."""
    with postgres_template.copy() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> FastAPI:
    return create_app(Settings(database_url=database_url, data_dir=tmp_path, pool_size=4))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as opened:
        yield opened


@pytest.fixture
def world(app: FastAPI, client: TestClient) -> World:
    """Firms, buyers and tenders made over HTTP: see tests/support/api.py."""
    return World(app, client)
