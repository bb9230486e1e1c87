"""The rare turns of one job's life, without the engine around it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from app.kit.jobs import Job, JobState, JobStopped, JobView, Run, execution
from app.kit.jobs.cleaning import cleaner, forget_finished
from app.kit.jobs.errors import JobFailedError
from app.kit.jobs.execution import Execution
from app.kit.jobs.tables import SCHEMA
from tests.kit.jobs.bench import Bench, wait_until

TWICE = Job("tests.twice.v1", attempts=2, backoff=timedelta(hours=1))
ONCE = Job("tests.once.v1")


class Scene:
    """An execution and rows that look as if the engine had claimed them."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.execution = Execution(bench.jobs, bench.jobs._engine)
        self.table = f"{SCHEMA}.workflow_status" if bench.jobs.schema else "workflow_status"

    def claimed(self, job: Job, key: str, *, starts: int = 1) -> None:
        self.bench.enqueue(job, key)
        with self.bench.database.unit_of_work() as session:
            session.execute(
                text(
                    f"UPDATE {self.table} SET status = 'PENDING', executor_id = 'me', "  # noqa: S608
                    "recovery_attempts = :starts WHERE workflow_uuid = :key"
                ),
                {"key": key, "starts": starts},
            )


@pytest.fixture
def scene(bench: Bench) -> Iterator[Scene]:
    return Scene(bench)


def fail(_run: Run) -> None:
    raise ValueError("no")


def test_an_attempt_whose_successor_exists_is_not_run_again(scene: Scene) -> None:
    scene.claimed(TWICE, "key", starts=2)
    with pytest.raises(JobFailedError, match="ValueError"):
        scene.execution.body(TWICE, fail)("key", "id")
    ran: list[Run] = []
    with pytest.raises(JobFailedError, match="superseded"):
        scene.execution.body(TWICE, ran.append)("key", "id")
    assert ran == []
    assert scene.bench.look("key") == JobView(JobState.DELAYED, attempts=1)


def test_a_job_cancelled_while_it_fails_gets_no_further_attempt(scene: Scene) -> None:
    scene.claimed(TWICE, "key")

    def cancel_and_fail(_run: Run) -> None:
        assert scene.bench.cancel("key")
        raise ValueError("no")

    with pytest.raises(JobStopped):
        scene.execution.body(TWICE, cancel_and_fail)("key", "id")
    assert scene.bench.look("key").state is JobState.CANCELLED


def test_a_job_cancelled_between_claim_and_start_does_not_start(scene: Scene) -> None:
    scene.claimed(ONCE, "key")
    assert scene.bench.cancel("key")
    ran: list[Run] = []
    with pytest.raises(JobStopped):
        scene.execution.body(ONCE, ran.append)("key", "id")
    assert ran == []


class Away:
    """An engine whose database is away for some time."""

    def __init__(self, engine: Engine, times: int) -> None:
        self.engine = engine
        self.times = times

    def connect(self) -> Connection:
        if self.times:
            self.times -= 1
            raise OperationalError("SELECT", {}, Exception("away"))
        return self.engine.connect()


def test_a_job_waits_for_the_database_instead_of_failing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "_AGAIN_SECONDS", 0)
    scene.claimed(ONCE, "key")
    away = Away(scene.bench.jobs._engine, times=2)
    ran: list[Run] = []
    Execution(scene.bench.jobs, away).body(ONCE, ran.append)("key", "id")
    assert [run.key for run in ran] == ["key"]
    assert away.times == 0


def test_a_job_that_waits_for_the_database_is_handed_back_when_closing(scene: Scene) -> None:
    scene.claimed(ONCE, "key")
    away = Away(scene.bench.jobs._engine, times=1)
    closing = Execution(scene.bench.jobs, away)
    assert closing.close(0) == []
    with pytest.raises(JobStopped):
        closing.body(ONCE, fail)("key", "id")
    assert closing._unfinished == {"key"}


def test_stopping_without_being_told_to_is_a_failure(scene: Scene) -> None:
    scene.claimed(TWICE, "key")

    def give_up(run: Run) -> None:
        raise JobStopped(run.key)

    with pytest.raises(JobFailedError, match="JobStopped"):
        scene.execution.body(TWICE, give_up)("key", "id")


def test_a_closing_execution_starts_nothing_and_hands_everything_back(scene: Scene) -> None:
    for key in ("running", "late"):
        scene.claimed(ONCE, key, starts=2)
    begun = threading.Event()
    ended: list[BaseException] = []

    def break_when_stopped(run: Run) -> None:
        begun.set()
        run.stopping.wait(20)
        raise ConnectionError("the child went away with us")

    def perform(key: str) -> None:
        try:
            scene.execution.body(ONCE, break_when_stopped)(key, "id")
        except BaseException as error:  # noqa: BLE001 - looked at below
            ended.append(error)

    thread = threading.Thread(target=perform, args=("running",))
    thread.start()
    assert begun.wait(20)
    assert scene.execution.running() == ["running"]
    assert scene.execution.close(20) == []
    thread.join()
    perform("late")
    assert [type(error) for error in ended] == [JobStopped, JobStopped]
    scene.execution.hand_back("somebody-else")
    assert scene.bench.state("running") is JobState.RUNNING
    scene.execution.hand_back("me")
    for key in ("running", "late"):
        assert scene.bench.look(key) == JobView(JobState.WAITING, attempts=1)


def test_what_does_not_stop_in_time_is_named_and_not_handed_back(scene: Scene) -> None:
    scene.claimed(ONCE, "key")
    begun, finish = threading.Event(), threading.Event()

    def deaf(_run: Run) -> None:
        begun.set()
        finish.wait(20)

    thread = threading.Thread(target=scene.execution.body(ONCE, deaf), args=("key", "id"))
    thread.start()
    assert begun.wait(20)
    assert scene.execution.close(0.01) == ["key"]
    scene.execution.hand_back("me")
    assert scene.bench.state("key") is JobState.RUNNING
    finish.set()
    thread.join()


def test_finished_jobs_are_forgotten_after_their_time_and_others_kept(bench: Bench) -> None:
    for number in range(3):
        bench.enqueue(ONCE, f"done:{number}")
        assert bench.cancel(f"done:{number}")
    bench.enqueue(ONCE, "waiting")
    bench.enqueue(ONCE, "delayed", delay=timedelta(days=90))
    now = datetime.now(UTC)
    assert forget_finished(bench.jobs, now - timedelta(days=1), check=lambda: None) == 0
    run = Run("key", now.isoformat(), attempt=1, attempts=1, losses=0)
    cleaner(bench.jobs, timedelta(days=1))(run)
    assert bench.state("done:0") is JobState.CANCELLED
    cleaner(bench.jobs, timedelta(days=-1))(run)
    assert bench.state("done:0") is JobState.UNKNOWN
    assert bench.state("waiting") is JobState.WAITING
    assert bench.state("delayed") is JobState.DELAYED
    bench.enqueue(ONCE, "done:0")
    wait_until(lambda: bench.state("done:0") is JobState.WAITING, "the key is free again")


def test_cleaning_stops_when_the_worker_does(bench: Bench) -> None:
    bench.enqueue(ONCE, "done")
    assert bench.cancel("done")
    run = Run("key", datetime.now(UTC).isoformat(), attempt=1, attempts=1, losses=0)
    run.stopping.set()
    with pytest.raises(JobStopped):
        cleaner(bench.jobs, timedelta(days=-1))(run)
