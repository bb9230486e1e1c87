"""A throw-away PostgreSQL cluster for the tests, made from the machine's own binaries."""

import contextlib
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

OLDEST_MAJOR = 13
PORTS_TRIED = 5
START_SECONDS = 60
STOP_SECONDS = 10

# Nothing here outlives the tests, so durability is traded for speed.
SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
}

# Where initdb is kept off the PATH: Debian, Red Hat, Homebrew (both kinds of Mac), Postgres.app.
KNOWN_PLACES = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql*/bin",
    "usr/local/opt/postgresql*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
)


class ClusterError(RuntimeError):
    """PostgreSQL is on this machine, but no cluster could be started."""


@contextlib.contextmanager
def cluster() -> Iterator[str | None]:
    """Yield a server's address: `TEST_PG_URL`, else a new cluster's, else None without PostgreSQL.

    The cluster belongs to a guardian process, this file run as a program, which ends it when its
    input closes: the system closes it however this process dies.
    """
    given = os.environ.get("TEST_PG_URL")
    if given or find_binaries() is None:
        yield given or None
        return
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).resolve())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as guardian:
        url = guardian.stdout.readline().strip() if guardian.stdout else ""
        if not url:
            raise ClusterError("PostgreSQL is here but did not start; the reason is printed above")
        yield url


def find_binaries() -> Path | None:
    """Return the folder of a usable `initdb` and `postgres`, or None where there is none."""
    return next((place for place in _places() if _is_usable(place)), None)


def _places() -> Iterator[Path]:
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent
    config = shutil.which("pg_config")
    if config:
        yield Path(_output([config, "--bindir"]).strip())
    for pattern in KNOWN_PLACES:
        yield from sorted(Path(os.sep).glob(pattern), key=_version_in_path, reverse=True)


def _version_in_path(place: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", str(place)))


def _is_usable(place: Path) -> bool:
    if not all(os.access(place / name, os.X_OK) for name in ("initdb", "postgres")):
        return False
    major = re.search(r"\d+", _output([str(place / "postgres"), "--version"]))
    return major is not None and int(major.group()) >= OLDEST_MAJOR


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _account() -> dict[str, Any]:
    """Whom to run as: initdb and postgres refuse to be root."""
    if os.geteuid() != 0:
        return {}
    entries = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = entries.get("postgres") or entries.get("nobody")
    if entry is None:
        raise ClusterError("as root, PostgreSQL needs an account `postgres` or `nobody` to run as")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _workplace(account: Mapping[str, Any]) -> Path:
    """Make a private folder that the account can reach, as root's temporary folder may not be."""
    for base in (tempfile.gettempdir(), Path(os.sep, "tmp"), Path(os.sep, "var", "tmp")):
        folder = Path(tempfile.mkdtemp(prefix="jejaring-postgres-", dir=base))
        if not account:
            return folder
        os.chown(folder, account["user"], account["group"])
        if subprocess.run(["test", "-w", folder], check=False, **account).returncode == 0:
            return folder
        shutil.rmtree(folder)
    raise ClusterError("no temporary folder can be reached by the account PostgreSQL runs as")


def _initialise(binaries: Path, folder: Path, account: Mapping[str, Any]) -> str:
    """Make the cluster's files; return the password of its superuser `postgres`."""
    password = secrets.token_hex(16)
    password_file = folder / "password"
    password_file.write_text(password)
    if account:
        os.chown(password_file, account["user"], account["group"])
    options = ["--no-sync", "--locale=C", "--encoding=UTF8", "--auth=scram-sha-256"]
    options += ["--username=postgres", f"--pwfile={password_file}", f"--pgdata={folder / 'data'}"]
    made = subprocess.run(
        [binaries / "initdb", *options],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
        **account,
    )
    if made.returncode:
        raise ClusterError(f"initdb failed: {made.stderr.strip()}")
    return password


def _environment() -> dict[str, str]:
    """The caller's environment without what would steer PostgreSQL elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C"}


def _start(
    binaries: Path, folder: Path, account: Mapping[str, Any], cleaning: contextlib.ExitStack
) -> int:
    """Start the server on a free port; where another program took it meanwhile, on the next."""
    log = folder / "log"
    settings = [f"--{name}={value}" for name, value in SERVER_SETTINGS.items()]
    for _ in range(PORTS_TRIED):
        port = _free_port()
        with log.open("wb") as output:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", folder / "data", "-p", str(port), *settings],
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **account,
            )
        cleaning.callback(_stop, server)
        if _is_ready(server, folder / "data" / "postmaster.pid"):
            return port
        _stop(server)
    raise ClusterError(f"postgres did not start: {log.read_text(errors='replace').strip()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_ready(server: subprocess.Popen[bytes], pid_file: Path) -> bool:
    """Wait for the word "ready", which the server writes on the eighth line of its own file."""
    end = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        if len(lines) > 7 and lines[0] == str(server.pid) and lines[7].strip() == "ready":
            return True
        time.sleep(0.02)
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGQUIT)  # at once: there is nothing to save
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _leave(signal_number: int, _frame: object) -> None:
    raise SystemExit(128 + signal_number)


def _guard() -> None:
    """Start a cluster, print its address, wait until the input ends, and remove the cluster."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    binaries = find_binaries()
    if binaries is None:
        raise ClusterError(f"no PostgreSQL {OLDEST_MAJOR} or newer on this machine")
    account = _account()
    with contextlib.ExitStack() as cleaning:
        folder = _workplace(account)
        cleaning.callback(shutil.rmtree, folder)
        password = _initialise(binaries, folder, account)
        port = _start(binaries, folder, account, cleaning)
        address = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres\n"
        with contextlib.suppress(BrokenPipeError):  # nobody waits any more, and the input has ended
            os.write(sys.stdout.fileno(), address.encode())
        sys.stdin.read()


if __name__ == "__main__":
    try:
        _guard()
    except ClusterError as error:
        sys.exit(f"postgres.py: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
