"""The set-up of this checkout's virtual environment: one way in, repeatable and repairable."""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
STAMP = VENV / "jejaring-stamp"
SETUP_LOCK = ROOT / ".jejaring" / "setup.lock"

# A level is what the service needs to run, or that and the developers' tools.
LEVELS = ("run", "dev")
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}

PURELIB = "import sysconfig; print(sysconfig.get_path('purelib'))"
CACHE_TAG = "import sys; print(sys.implementation.cache_tag)"


def ensure(level: str) -> None:
    """Bring `.venv` to what the locks say; where it is there already, only a few files are read."""
    if not _is_ready(level):
        with _one_at_a_time() as unfinished:
            if not _is_ready(level):
                _set_up(level, unfinished)


def _is_ready(level: str) -> bool:
    stamped, digest = _stamp()
    return _covers(stamped, level) and digest == _digest() and PYTHON.exists()


def _stamp() -> tuple[str, str]:
    """Return the level and the digest that the last finished set-up left, or two empty strings."""
    words = STAMP.read_text().split() if STAMP.exists() else []
    return (words[0], words[1]) if len(words) == 2 and words[0] in LEVELS else ("", "")


def _covers(stamped: str, level: str) -> bool:
    return bool(stamped) and LEVELS.index(stamped) >= LEVELS.index(level)


def _digest() -> str:
    digest = hashlib.sha256(f"{sys.implementation.cache_tag}\n{ROOT}\n".encode())
    for path in (*LOCKS.values(), ROOT / "pyproject.toml"):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[IO[str]]:
    """Hold the set-up lock, whose file has words in it where the last set-up was interrupted."""
    SETUP_LOCK.parent.mkdir(exist_ok=True)
    with SETUP_LOCK.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up of this checkout is under way; waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        # An installer that outlives this process keeps the lock, through its copy of the file.
        os.set_inheritable(file.fileno(), True)
        yield file


def _set_up(level: str, unfinished: IO[str]) -> None:
    began = time.monotonic()
    stamped, _ = _stamp()
    level = stamped if _covers(stamped, level) else level
    _check_interpreter()
    unfinished.seek(0)
    interrupted = bool(unfinished.read())
    STAMP.unlink(missing_ok=True)
    unfinished.write("unfinished\n")
    unfinished.flush()
    if interrupted or not _is_sound():
        _make_venv()
    say(f"Installing what {LOCKS[level].name} names into .venv: once, and up to a minute.")
    _install(LOCKS[level])
    _link_project()
    STAMP.write_text(f"{level} {_digest()}\n")
    unfinished.truncate(0)
    say(f"Set up in {time.monotonic() - began:.0f} s.")


def _check_interpreter() -> None:
    for module, part in (("_ssl", "TLS"), ("_sqlite3", "SQLite")):
        if importlib.util.find_spec(module) is None:
            fail(f"{sys.executable} was built without {part} (no {module}); use another Python.")


def _is_sound() -> bool:
    """Whether `.venv` was made at this path, which it holds within, and by this kind of Python."""
    settings = VENV / "pyvenv.cfg"
    if not (PYTHON.exists() and settings.exists() and str(VENV) in settings.read_text()):
        return False
    return _ask(CACHE_TAG) == sys.implementation.cache_tag


def _make_venv() -> None:
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)
    if run([_base_python(), "-m", "venv", "--without-pip", str(VENV)]):
        fail("The virtual environment .venv could not be made; the reason is printed above.")


def _base_python() -> str:
    """Return the Python outside any virtual environment, as ours may be the one that is remade."""
    return str(getattr(sys, "_base_executable", "") or sys.executable)


def _install(lock: Path) -> None:
    """Make the environment hold exactly what the lock names, each file checked by its hash."""
    uv = shutil.which("uv")
    if uv:
        options = ["--quiet", "--require-hashes", "--python", str(PYTHON)]
        if run([uv, "pip", "sync", *options, str(lock)]) == 0:
            return
        say("uv could not do it; trying pip.")
    pip = _pip()
    options = ["-qq", "--require-hashes", "--no-deps", "--no-compile"]
    if run([*pip, "install", *options, "--requirement", lock]):
        fail("The packages could not be installed; the reason is printed above.")
    strays = _installed() - locked_names(lock.read_text())
    if strays and run([*pip, "uninstall", "--quiet", "--yes", *sorted(strays)]):
        fail("Packages that the lock no longer names could not be removed; see above.")


def _pip() -> Sequence[str | Path]:
    """Return how to call pip for `.venv`: its own, or that of the Python which made it."""
    base = _base_python()
    if _ask("import ensurepip", base) is not None and _ask("import pip") is None:
        run([PYTHON, "-m", "ensurepip", "--default-pip"], quiet=True)
    if _ask("import pip") is not None:
        return [PYTHON, "-m", "pip"]
    if _ask("import pip", base) is None:
        package = f"python3.{sys.version_info.minor}-venv"
        fail(
            f"{base} has neither ensurepip nor pip, and there is no uv. To go on, type:"
            f"\n\n    {install_line(debian=package, homebrew='python3')}\n"
        )
    return [base, "-m", "pip", "--python", PYTHON]


def _installed() -> set[str]:
    folders = Path(_ask(PURELIB) or "").glob("*.dist-info")
    return {_normal(folder.name.split("-")[0]) for folder in folders} - {"pip"}


def locked_names(lock: str) -> set[str]:
    """Return the normalised names of the packages that the text of a lock pins."""
    return {_normal(name) for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _link_project() -> None:
    """Make `app` importable and write its commands, without a build backend to download."""
    Path(_ask(PURELIB) or "", "jejaring.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for command, entry in project.get("scripts", {}).items():
        module, function = entry.split(":")
        # Both sh and Python read this file: a #! line allows no space in an interpreter's path.
        (BIN / command).write_text(
            f"#!/bin/sh\n'''exec' {shlex.quote(str(PYTHON))} \"$0\" \"$@\"\n'''\n"
            f"import sys\n\nfrom {module} import {function}\n\nsys.exit({function}())\n",
            encoding="utf-8",
        )
        (BIN / command).chmod(0o755)


def install_line(*, debian: str, homebrew: str) -> str:
    """Return the line to type on this machine to install a missing piece."""
    if sys.platform == "darwin":
        return f"brew install {homebrew}"
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get update && {sudo}apt-get install -y {debian}"


def run(
    command: Sequence[str | Path], env: Mapping[str, str] | None = None, *, quiet: bool = False
) -> int:
    """Run a command in the checkout and return its exit code."""
    output = subprocess.DEVNULL if quiet else None
    environment = env or {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(  # noqa: S603 - commands of this file and dev.py, no one else's words
        command, cwd=ROOT, env=environment, check=False, stdout=output, close_fds=False
    )
    return done.returncode


def _ask(code: str, python: str | Path = PYTHON) -> str | None:
    """Return what the code prints in another Python, or None where it fails."""
    answer = subprocess.run(  # noqa: S603 - as above
        [python, "-I", "-c", code], capture_output=True, text=True, check=False
    )
    return None if answer.returncode else answer.stdout.strip()


def say(line: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def fail(reason: str) -> NoReturn:
    """Leave with exit code 1 and the reason."""
    sys.exit(reason)
