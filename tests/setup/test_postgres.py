"""The throw-away PostgreSQL cluster: it starts, it is private, and it never outlives its user."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.setup.checkout import ROOT
from tests.support import postgres

PATIENCE_SECONDS = 60
SCRIPT = ROOT / "tests" / "support" / "postgres.py"

needs_postgres = pytest.mark.skipif(
    postgres.find_binaries() is None and not os.environ.get("CI"),
    reason="PostgreSQL is not there: python3 dev.py test says how to install it",
)


@pytest.fixture(autouse=True)
def _no_given_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_PG_URL", raising=False)


def folder_of(url: str) -> Path:
    with psycopg.connect(url) as connection:
        row = connection.execute("show data_directory").fetchone()
    assert row is not None
    return Path(row[0]).parent


def gone(folder: Path) -> bool:
    """Wait until the folder is removed."""
    end = time.monotonic() + PATIENCE_SECONDS
    while folder.exists() and time.monotonic() < end:
        time.sleep(0.05)
    return not folder.exists()


@needs_postgres
@pytest.mark.postgres
def test_a_cluster_lives_as_long_as_its_block() -> None:
    with postgres.cluster() as url:
        assert url is not None
        with psycopg.connect(url) as connection:
            settings: dict[str, str] = dict(
                connection.execute("select name, setting from pg_settings").fetchall()
            )
        folder = folder_of(url)
        assert folder.stat().st_mode & 0o077 == 0
    expected = {"fsync": "off", "max_connections": "200", "server_encoding": "UTF8"}
    assert {name: settings[name] for name in expected} == expected
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


@needs_postgres
@pytest.mark.postgres
def test_a_stranger_on_the_machine_has_no_way_in() -> None:
    with postgres.cluster() as url:
        assert url is not None
        scheme, address = url.split("@")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(f"{scheme[: scheme.rindex(':')]}:guessed@{address}")


@needs_postgres
@pytest.mark.postgres
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_cluster_does_not_outlive_the_process_that_asked_for_it(number: signal.Signals) -> None:
    code = (
        f"import runpy, sys\nwith runpy.run_path({str(SCRIPT)!r})['cluster']() as url:\n"
        "    print(url, flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        folder = folder_of(process.stdout.readline().strip())
        process.send_signal(number)
        process.wait()
        assert gone(folder)


@needs_postgres
@pytest.mark.postgres
def test_a_guardian_told_to_stop_removes_its_cluster() -> None:
    with subprocess.Popen(
        [sys.executable, SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as guardian:
        assert guardian.stdout is not None
        folder = folder_of(guardian.stdout.readline().strip())
        guardian.terminate()
    assert guardian.returncode == 128 + signal.SIGTERM
    assert not folder.exists()


@needs_postgres
@pytest.mark.postgres
@pytest.mark.skipif(os.geteuid() != 0, reason="only root's temporary folder can be closed to it")
def test_root_with_a_closed_temporary_folder_gets_a_cluster_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with postgres.cluster() as url:
        assert url is not None
        assert tmp_path not in folder_of(url).parents
    assert list(tmp_path.iterdir()) == []


def test_a_given_server_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PG_URL", "postgresql://given/postgres")
    with postgres.cluster() as url:
        assert url == "postgresql://given/postgres"


def binaries(folder: Path, version: str) -> Path:
    """A folder with programs that claim a version of PostgreSQL."""
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def only_known_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine whose path holds nothing and whose known places are in a folder of ours."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    place = tmp_path / "postgresql"
    monkeypatch.setattr(postgres, "KNOWN_PLACES", (f"{str(place)[1:]}/*/bin",))
    return place


def test_without_binaries_there_is_no_cluster(only_known_places: Path) -> None:
    assert postgres.find_binaries() is None
    with postgres.cluster() as url:
        assert url is None


def test_the_newest_of_several_is_found_off_the_path(only_known_places: Path) -> None:
    for version in ("9.6", "13.4", "16.2", "15.1"):
        binaries(only_known_places / version.split(".")[0] / "bin", version)
    assert postgres.find_binaries() == only_known_places / "16" / "bin"


def test_a_version_that_is_too_old_does_not_count(only_known_places: Path) -> None:
    binaries(only_known_places / "12" / "bin", "12.22")
    assert postgres.find_binaries() is None
    binaries(only_known_places / "13" / "bin", "13.0")
    assert postgres.find_binaries() == only_known_places / "13" / "bin"


def test_the_path_comes_first(only_known_places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binaries(only_known_places / "17" / "bin", "17.1")
    chosen = binaries(only_known_places.parent / "chosen", "14.3")
    monkeypatch.setenv("PATH", str(chosen))
    assert postgres.find_binaries() == chosen


@needs_postgres
@pytest.mark.postgres
def test_a_server_that_cannot_start_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(postgres, "PORTS_TRIED", 1)
    monkeypatch.setattr(postgres, "SERVER_SETTINGS", {"max_connections": "many"})
    found = postgres.find_binaries()
    assert found is not None
    account = postgres._account()
    with contextlib.ExitStack() as cleaning:
        folder = postgres._workplace(account)
        cleaning.callback(shutil.rmtree, folder)
        postgres._initialise(found, folder, account)
        with pytest.raises(postgres.ClusterError, match="max_connections"):
            postgres._start(found, folder, account, cleaning)
