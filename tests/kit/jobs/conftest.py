"""Databases with the job engine's tables: one template of each kind, a copy for each test."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.kit.jobs.bench import Bench, on_server, prepare


@pytest.fixture(scope="session")
def sqlite_with_jobs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("jobs") / "template.sqlite3"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_with_jobs() -> Iterator[str]:
    if not os.environ.get("TEST_PG_URL"):
        pytest.skip("PostgreSQL is not there: TEST_PG_URL is not set")
    name = f"jobs_template_{uuid.uuid4().hex[:12]}"
    on_server(f"CREATE DATABASE {name}")
    url = make_url(os.environ["TEST_PG_URL"]).set(database=name)
    prepare(url.render_as_string(hide_password=False))
    yield name
    on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_jobs_url(sqlite_with_jobs: Path, tmp_path: Path) -> str:
    path = tmp_path / "jobs.sqlite3"
    shutil.copy(sqlite_with_jobs, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_jobs_url(postgres_with_jobs: str) -> Iterator[str]:
    name = f"jobs_{uuid.uuid4().hex[:12]}"
    on_server(f"CREATE DATABASE {name} TEMPLATE {postgres_with_jobs}")
    url = make_url(os.environ["TEST_PG_URL"]).set(database=name)
    yield url.render_as_string(hide_password=False)
    on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    """A database with the job engine's tables, once of each kind."""
    found: str = request.getfixturevalue(f"{request.param}_jobs_url")
    return found


@pytest.fixture
def bench(url: str, tmp_path: Path) -> Iterator[Bench]:
    """A bench on each kind of database."""
    made = Bench(url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def sqlite_bench(sqlite_jobs_url: str, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(sqlite_jobs_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def postgres_bench(postgres_jobs_url: str, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(postgres_jobs_url, tmp_path)
    yield made
    made.close()
