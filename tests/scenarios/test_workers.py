"""Real worker processes: one is killed in mid-solve, and another finishes its run once."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from app.kit.events.queries import chain
from tests.support.api import Firm
from tests.support.scenarios import hard_problem, sent

SECONDS = 60


@contextmanager
def worker(url: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process on this database; ended, if it still runs, when the block ends."""
    environment = {
        **os.environ,
        "JEJARING_DATABASE_URL": url,
        "JEJARING_DATA_DIR": str(folder),
        "JEJARING_SOLVER_THREADS": "1",
    }
    with (
        (folder / "worker.log").open("ab") as log,
        subprocess.Popen(
            [sys.executable, "-m", "app.worker"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def until(seen: Callable[[], Any], log: Path) -> Any:
    """Return the first true answer; a failure shows what the workers said."""
    pause = threading.Event()
    for _look in range(SECONDS * 20):
        if answer := seen():
            return answer
        pause.wait(0.05)
    raise AssertionError(f"it never came about; the workers said:\n{log.read_text()[-5000:]}")


def children_of(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that a process started (nothing where the system does not tell)."""
    tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_a_killed_worker_s_run_is_finished_once_by_another(
    buyer: Firm, app: FastAPI, database_url: str, tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    run = sent(buyer, hard_problem(), seconds="2")
    path = f"/v1/allocations/{run['id']}"

    def solving() -> bool:
        progress = buyer.get(path).json()["progress"]
        return bool(progress and progress["incumbent"])

    with worker(database_url, tmp_path) as first:
        until(solving, log)
        children = children_of(first)
        assert children or not Path("/proc").exists()
        first.kill()
        first.wait()
    assert buyer.get(path).json()["status"] == "running"
    until(lambda: not any(is_alive(pid) for pid in children), log)  # no solver is left behind

    with worker(database_url, tmp_path) as second:
        until(lambda: buyer.get(path).json()["status"] != "running", log)
        run = buyer.get(path).json()
        assert (run["status"], run["result_status"], run["attempts"]) == ("done", "feasible", 2)
        assert run["progress"]["attempt"] == 2

        def sequenced() -> list[str]:
            with app.state.database.read() as session:
                events = [e for e in chain(session, 0, 1000) if e.subject_id == run["id"]]
            kinds = [event.type for event in events]
            return kinds if "scenario.finished" in kinds else []

        kinds = until(sequenced, log)
        assert kinds == ["scenario.requested", "scenario.finished"]
        second.terminate()
        assert second.wait(timeout=SECONDS) == 0
