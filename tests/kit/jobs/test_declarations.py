"""What a job, a cron and a key must look like, and how long retries wait."""

from datetime import timedelta

import pytest

from app.kit.jobs import Cron, Job, JobStopped, Run
from app.kit.jobs.keys import checked, identities, identity, split


@pytest.mark.parametrize("name", ["solve", "scenarios.solve", "Scenarios.solve.v1", "a.b.v0", ""])
def test_a_name_without_room_or_version_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="named like"):
        Job(name)


@pytest.mark.parametrize(("field", "value"), [("attempts", 0), ("attempts", 21), ("losses", 0)])
def test_limits_out_of_range_are_refused(field: str, value: int) -> None:
    with pytest.raises(ValueError, match=field):
        Job("room.verb.v1", **{field: value})


def test_a_schedule_of_five_fields_is_refused() -> None:
    with pytest.raises(ValueError, match="six fields"):
        Cron(Job("room.verb.v1"), "* * * * *")


def test_pauses_double_up_to_an_hour_unless_the_first_is_longer() -> None:
    job = Job("room.verb.v1", attempts=20, backoff=timedelta(seconds=10))
    assert [job.pause_after(n).total_seconds() for n in (1, 2, 3, 19)] == [10, 20, 40, 3600]
    daily = Job("room.verb.v1", attempts=3, backoff=timedelta(days=1))
    assert daily.pause_after(2) == timedelta(days=1)


@pytest.mark.parametrize("key", ["", "  ", "a#2", "x" * 201])
def test_a_bad_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="not a job key"):
        checked(key, "id")


def test_an_argument_is_an_id() -> None:
    with pytest.raises(ValueError, match="id"):
        checked("key", "x" * 201)


def test_an_attempt_id_goes_there_and_back() -> None:
    assert identity("key", 1) == "key"
    assert split(identity("key", 1)) == ("key", 1)
    assert split(identity("key", 12)) == ("key", 12)
    assert len(set(identities("key"))) == 20


def test_a_run_raises_only_when_told_to_stop() -> None:
    run = Run("key", "id", attempt=1, attempts=2, losses=0)
    run.check()
    assert not run.last
    run.stopping.set()
    with pytest.raises(JobStopped):
        run.check()
    assert not issubclass(JobStopped, Exception)
