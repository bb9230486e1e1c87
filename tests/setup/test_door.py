"""The door's commands: what they run, what they say is missing, and how they end."""

import ast
import os
import re
import subprocess
import sys

import pytest

from tests.setup.checkout import ROOT, Checkout

FAKE_PYTEST = """
import os, sys
print("pytest", sys.argv[1:], os.environ.get("TEST_PG_URL"), os.environ.get("TEST_CHROMIUM"))
sys.exit(5)
"""


def cluster(url: str | None) -> str:
    return (
        "import contextlib\n\n\n@contextlib.contextmanager\ndef cluster():\n"
        f"    yield {url!r}\n    print('cluster removed')\n"
    )


@pytest.fixture
def testing(ready: Checkout) -> Checkout:
    """The ready checkout with a pytest that only says how it was called."""
    (ready.folder / "pytest.py").write_text(FAKE_PYTEST)
    (ready.folder / "tests" / "support" / "postgres.py").write_text(cluster(None))
    for program in ready.bin.iterdir():
        program.unlink()
    return ready


def test_what_is_missing_is_said_with_the_line_to_type(testing: Checkout) -> None:
    done = testing.call("test", "-k", "door")
    assert done.returncode == 5
    skipped = re.findall(r"^(\w+): not found, .*SKIPPED.*type: (.+)$", done.stdout, re.MULTILINE)
    assert [name for name, _ in skipped] == ["PostgreSQL", "Chromium"]
    assert all(" install " in line for _, line in skipped)
    assert "pytest ['-n', '2', '-k', 'door'] None None" in done.stdout


def test_in_ci_a_missing_piece_is_an_error(testing: Checkout) -> None:
    done = testing.call("test", CI="true")
    assert done.returncode == 1
    assert "pytest [" not in done.stdout


def test_the_tests_get_both_pieces_and_the_cluster_is_removed(testing: Checkout) -> None:
    url = "postgresql://somewhere/postgres"
    (testing.folder / "tests" / "support" / "postgres.py").write_text(cluster(url))
    chromium = testing.program("chromium", "exit 0")
    done = testing.call("test", CI="true", TEST_WORKERS="0")
    assert done.returncode == 5
    lines = done.stdout.splitlines()
    assert lines[-2:] == [f"pytest ['-n', '0'] {url} {chromium}", "cluster removed"]


def test_every_check_runs_even_where_one_fails(ready: Checkout) -> None:
    for name, code in (("ruff", 1), ("mypy", 0), ("lint-imports", 0)):
        script = ready.folder / ".venv" / "bin" / name
        script.write_text(f"#!/bin/sh\nexit {code}\n")
        script.chmod(0o755)
    done = ready.call("check")
    assert done.returncode == 1
    ended = re.findall(r"^--- (.+): (FAILED|ok), ", done.stdout, re.MULTILINE)
    assert ended == [
        ("ruff check", "FAILED"),
        ("ruff format", "FAILED"),
        ("mypy --strict", "ok"),
        ("import-linter", "ok"),
        ("openapi drift", "ok"),
    ]
    assert done.stdout.splitlines()[-1] == "Failed: ruff check, ruff format."


@pytest.mark.parametrize("arguments", [(), ("--help",), ("bench",)])
def test_help_and_an_empty_list_of_benchmarks(ready: Checkout, arguments: tuple[str, ...]) -> None:
    done = ready.call(*arguments)
    assert done.returncode == 0
    assert ("Benchmarks: none" if arguments == ("bench",) else "demo") in done.stdout


def test_an_unknown_command_shows_the_known_ones(ready: Checkout) -> None:
    done = ready.call("deom")
    assert done.returncode == 2
    assert "python3 dev.py COMMAND" in done.stdout


def test_a_lock_with_an_address_is_refused(ready: Checkout) -> None:
    before = (ready.folder / "requirements.lock").read_bytes()
    uv = ready.program("uv", 'echo "runner @ https://example.org/runner.whl"')
    done = ready.call("lock")
    uv.unlink()
    assert done.returncode == 1
    assert "address" in done.stderr
    assert (ready.folder / "requirements.lock").read_bytes() == before


def test_an_older_python_is_told_so() -> None:
    pretend = "import sys, runpy; sys.version_info = (3, 9, 6, 'final', 0); sys.argv = ['dev.py']; "
    code = f"{pretend} runpy.run_path({str(ROOT / 'dev.py')!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Jejaring needs Python 3.11 or newer, and this is 3.9.6. Type: ")
    assert "Traceback" not in done.stderr


def test_an_older_python_can_read_the_door() -> None:
    ast.parse((ROOT / "dev.py").read_text(), feature_version=(3, 7))
    with pytest.raises(SyntaxError):
        ast.parse("if (x := 1): pass", feature_version=(3, 7))


def pins(name: str) -> dict[str, str]:
    """Each package of a lock with its version, markers and hashes."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / name).read_text(), flags=re.MULTILINE)
    entries = re.split(r"\n(?=\S)", text.strip())
    return {entry.split(" ")[0]: entry for entry in entries}


def test_the_lock_of_the_service_is_a_part_of_the_developers_lock() -> None:
    service, development = pins("requirements.lock"), pins("requirements-dev.lock")
    assert set(service.items()) <= set(development.items())
    assert {name.split("==")[0] for name in service} & {"pytest", "ruff", "mypy"} == set()
    assert {"pytest", "ruff", "mypy"} <= {name.split("==")[0] for name in development}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_hashes_and_names_no_address(name: str) -> None:
    assert "://" not in (ROOT / name).read_text()
    unpinned = [
        entry for entry in pins(name).values() if "==" not in entry or "sha256:" not in entry
    ]
    assert unpinned == []


@pytest.mark.parametrize("script", ["dev.py", ".ci/run"])
def test_what_is_typed_can_be_executed(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)


def test_make_has_an_alias_for_every_command() -> None:
    rule = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert rule is not None
    help_text = subprocess.run(
        [sys.executable, ROOT / "dev.py"], capture_output=True, text=True, check=True
    ).stdout
    assert rule.group(1).split() == re.findall(r"^    ([a-z]+)  ", help_text, re.MULTILINE)
