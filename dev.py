#!/usr/bin/env python3
"""The one door: sets this checkout up, then runs the demonstration, the tests or the checks."""

import os
import runpy
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

# This file keeps to a syntax that Python 3.6 reads, so that an older Python is told in a sentence.
if sys.version_info < (3, 11):  # noqa: UP036 - meeting an older Python is the purpose
    _newer = [name for name in ("python3.13", "python3.12", "python3.11") if shutil.which(name)]
    _install = (
        "brew install python@3.13" if sys.platform == "darwin" else "apt-get install python3.11"
    )
    sys.exit(
        "Jejaring needs Python 3.11 or newer, and this is {}.{}.{}. Type: {}".format(
            *sys.version_info[:3],
            " ".join(map(shlex.quote, [_newer[0], *sys.argv])) if _newer else _install,
        )
    )
if os.name != "posix":
    sys.exit("Jejaring is set up on Linux and macOS; on Windows, run this inside WSL.")

from collections.abc import Callable, Sequence
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parent))
from dev_setup import BIN, LOCKS, PYTHON, ROOT, ensure, fail, install_line, locked_names, run, say


def setup(_arguments: list[str]) -> int:
    """Install everything, the developers' tools included."""
    ensure("dev")
    _compile()
    say(f"Ready: {PYTHON.relative_to(ROOT)}")
    return 0


def demo(arguments: list[str]) -> int:
    """Run the main job on an embedded database and stay up (--once: leave after the job)."""
    _become("run", "-m", "app.cli", "demo", *arguments)


def serve(arguments: list[str]) -> int:
    """Run the service."""
    _become("run", "-m", "app.cli", "serve", *arguments)


def openapi(arguments: list[str]) -> int:
    """Write openapi/openapi.json (--check: only compare)."""
    _become("run", "-m", "app.cli", "openapi", *arguments)


def bench(arguments: list[str]) -> int:
    """Run a benchmark by its name; without a name, list them."""
    names = sorted(path.stem for path in (ROOT / "benchmarks").glob("[!_]*.py"))
    if arguments and arguments[0] in names:
        _become("dev", "-m", f"benchmarks.{arguments[0]}", *arguments[1:])
    say("Benchmarks: " + (", ".join(names) or "none"))
    return 1 if arguments else 0


def test(arguments: list[str]) -> int:
    """Run the tests on SQLite and PostgreSQL (the arguments go to pytest)."""
    ensure("dev")
    _compile()
    environment = _environment()
    chromium = environment.get("TEST_CHROMIUM") or _chromium()
    postgres = runpy.run_path(str(ROOT / "tests" / "support" / "postgres.py"))
    with postgres["cluster"]() as url:
        complete = [
            _report("PostgreSQL", "a server is ready" if url else None, "postgresql", "postgresql"),
            _report("Chromium", chromium, "chromium", "--cask chromium"),
        ]
        if _in_ci() and not all(complete):
            say("In CI no test may be skipped for a missing piece.")
            return 1
        found = {"TEST_PG_URL": url, "TEST_CHROMIUM": chromium}
        environment.update({name: value for name, value in found.items() if value})
        workers = environment.get("TEST_WORKERS", "2")
        return _run_through([PYTHON, "-m", "pytest", "-n", workers, *arguments], environment)


def check(_arguments: list[str]) -> int:
    """Run every static check, to the last even where one fails."""
    ensure("dev")
    checks: dict[str, Sequence[str | Path]] = {
        "ruff check": [BIN / "ruff", "check", "."],
        "ruff format": [BIN / "ruff", "format", "--check", "."],
        "mypy --strict": [BIN / "mypy", "--strict"],
        "import-linter": [BIN / "lint-imports", "--no-logo"],
        "openapi drift": [PYTHON, "-m", "app.cli", "openapi", "--check"],
    }
    failed = []
    for name, command in checks.items():
        say(f"--- {name}")
        began = time.monotonic()
        if run(command, _environment()):
            failed.append(name)
        say(f"--- {name}: {'FAILED' if name in failed else 'ok'}, {time.monotonic() - began:.1f} s")
    say(f"Failed: {', '.join(failed)}." if failed else f"All {len(checks)} checks passed.")
    return 1 if failed else 0


def lock(arguments: list[str]) -> int:
    """Resolve the dependencies anew into both locks (the arguments go to `uv lock`)."""
    uv = shutil.which("uv")
    if not uv:
        fail("Locking needs uv. Type:\n\n    pipx install uv\n")
    if run([uv, "lock", *arguments]):
        return 1
    for level, groups in (("run", "--no-dev"), ("dev", "--all-groups")):
        export = [uv, "export", "--quiet", "--locked", "--no-emit-project", "--no-header", groups]
        text = subprocess.run(
            export, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        if "://" in text:
            fail(f"{LOCKS[level].name} would hold an address and so bind everyone to one registry.")
        LOCKS[level].write_text(f"# Written by `python3 dev.py lock` from pyproject.toml.\n{text}")
        say(f"{LOCKS[level].name}: {len(locked_names(text))} packages")
    return 0


def _compile() -> None:
    """Compile the search of large tenders, which otherwise the first of them waits for."""
    say("Compiling the search of large tenders: up to a minute the first time.")
    if run([PYTHON, "-m", "app.cli", "prepare"], _environment()):
        fail("The search of large tenders does not compile here.")


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    function.__name__: function
    for function in (setup, demo, test, check, bench, lock, openapi, serve)
}


def _become(level: str, *arguments: str) -> NoReturn:
    """Replace this process by the environment's Python."""
    ensure(level)
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), *arguments], _environment())  # noqa: S606 - no shell is wanted


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    environment.pop("PYTHONHOME", None)
    # Without its compiled files the service would take seconds longer at every start.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def _run_through(command: Sequence[str | Path], environment: dict[str, str]) -> int:
    """Run to the end: Ctrl-C reaches the child by itself, and a request to stop is passed on."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda _number, _frame: process.terminate())
    code = process.wait()
    return code if code >= 0 else 128 - code


def _report(piece: str, found: str | None, debian: str, homebrew: str) -> bool:
    if found:
        say(f"{piece}: {found}")
    else:
        line = install_line(debian=debian, homebrew=homebrew)
        say(f"{piece}: not found, so its tests are SKIPPED. To run them, type: {line}")
    return bool(found)


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true")


def _chromium() -> str | None:
    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    bundles = Path(os.sep, "Applications")
    names += [str(bundles / f"{n}.app/Contents/MacOS/{n}") for n in ("Chromium", "Google Chrome")]
    return next(filter(None, map(shutil.which, names)), None)


def main(arguments: list[str]) -> int:
    """Run the command that the arguments name."""
    command = COMMANDS.get(arguments[0]) if arguments else None
    if command:
        return command(arguments[1:])
    say(f"{__doc__}\n\n    python3 dev.py COMMAND [arguments]\n")
    for name, function in COMMANDS.items():
        say(f"    {name:8} {function.__doc__}")
    return 0 if arguments in ([], ["-h"], ["--help"], ["help"]) else 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Interrupted; the next call carries on from here.")
