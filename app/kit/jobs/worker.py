"""A process that runs jobs: it takes a seat, launches the engine and watches both."""

import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from app.kit.jobs.cleaning import CLEAN, NIGHTLY, cleaner
from app.kit.jobs.declarations import Cron, Handler, Job
from app.kit.jobs.engines import job_engine
from app.kit.jobs.errors import WorkerRunningError
from app.kit.jobs.execution import Execution
from app.kit.jobs.port import VERSION, Jobs
from app.kit.jobs.seats import SLOTS, FileSeat, Seat, SlotSeat
from app.kit.jobs.tables import SCHEMA

logger = logging.getLogger(__name__)

# os.EX_TEMPFAIL: start me again.
EXIT_AGAIN = 75
_one = threading.Lock()


def leave(reason: str) -> None:
    """End the process at once, whatever its threads are doing."""
    logger.critical("worker leaves: %s", reason)
    logging.shutdown()
    os._exit(EXIT_AGAIN)


class Worker:
    """The worker of this process; the engine allows one at a time.

    `poll` is how often each queue is looked at, `watch` how often cancellations and the seat are.
    `on_lost` is called when the seat is gone: somebody else may be doing our jobs, so it must end
    the process.
    """

    def __init__(
        self,
        jobs: Jobs,
        handlers: Mapping[Job, Handler],
        crons: Sequence[Cron] = (),
        *,
        poll: timedelta = timedelta(milliseconds=250),
        watch: timedelta = timedelta(seconds=1),
        keep: timedelta = timedelta(days=14),
        slots: int = SLOTS,
        on_lost: Callable[[str], None] = leave,
    ) -> None:
        self._jobs = jobs
        self._handlers: dict[Job, Handler] = {CLEAN: cleaner(jobs, keep), **handlers}
        self._crons = [NIGHTLY, *crons]
        missing = {cron.job.name for cron in self._crons if cron.job not in self._handlers}
        if missing:
            raise ValueError(f"crons without a handler: {sorted(missing)}")
        self._poll = poll
        self._watch = watch
        self._slots = slots
        self._on_lost = on_lost
        self._queues = {job.queue.name: job.queue for job in self._handlers}
        room = sum(queue.concurrency for queue in self._queues.values())
        self._engine = job_engine(jobs.url, pool_size=5, extra=room)
        self._execution = Execution(jobs, self._engine)
        self._quit = threading.Event()
        self._watcher = threading.Thread(target=self._watching, name="jobs-watch", daemon=True)
        self._seat: Seat

    @property
    def executor(self) -> str:
        """The executor id that this worker holds."""
        return self._seat.executor

    def start(self) -> None:
        """Take a seat and launch; what the seat's last holder left unfinished comes first."""
        if not _one.acquire(blocking=False):
            raise WorkerRunningError
        try:
            self._seat = self._take_seat()
            try:
                _in_a_thread(self._launch)
            except BaseException:
                self._seat.release()
                raise
        except BaseException:
            _one.release()
            raise
        self._watcher.start()
        logger.info("worker runs as %s", self.executor)

    def _take_seat(self) -> Seat:
        if self._jobs.embedded:
            return FileSeat(self._jobs.url)
        namespace = f"{self._jobs.application}/jobs/{VERSION}"
        return SlotSeat(self._jobs.url, namespace=namespace, slots=self._slots)

    def _launch(self) -> None:
        self._jobs.verify()
        # Before the launch: what the engine finds only later, it looks for once a second.
        for queue in self._queues.values():
            self._jobs.client.register_queue(
                queue.name,
                worker_concurrency=queue.concurrency,
                polling_interval_sec=self._poll.total_seconds(),
            )
        self._schedule()
        try:
            DBOS(config=self._config())
            for job, handler in self._handlers.items():
                self._register(job, handler)
            DBOS.listen_queues(list(self._queues))
            DBOS.launch()
        except BaseException:
            DBOS.destroy(destroy_registry=True)
            self._engine.dispose()
            raise

    def _config(self) -> DBOSConfig:
        return {
            "name": self._jobs.application,
            "application_version": VERSION,
            "executor_id": self.executor,
            "system_database_engine": self._engine,
            "dbos_system_schema": SCHEMA,
            "serializer": DBOSPortableJSONSerializer(),
            "run_migrations": False,
            "use_listen_notify": False,
            "notification_listener_polling_interval_sec": 0.2,
            "enable_otlp": False,
            "log_level": "WARNING",
        }

    def _register(self, job: Job, handler: Handler) -> None:
        perform = self._execution.body(job, handler)

        def entry(argument: str, _context: object = None) -> None:
            identity = DBOS.workflow_id
            if identity is None:
                raise RuntimeError("a job runs only from its queue")
            perform(identity, argument)

        # The engine stops a job at its (limit + 2)nd start: one start, then the recoveries.
        DBOS.workflow(name=job.name, max_recovery_attempts=job.losses - 1)(entry)

    def _schedule(self) -> None:
        wanted = {f"{cron.job.name} {cron.schedule}": cron for cron in self._crons}
        for schedule in self._jobs.client.list_schedules():
            if schedule["schedule_name"] not in wanted:
                self._jobs.client.delete_schedule(schedule["schedule_name"])
        self._jobs.client.apply_schedules(
            [
                {
                    "schedule_name": name,
                    "workflow_name": cron.job.name,
                    "schedule": cron.schedule,
                    "queue_name": cron.job.queue.name,
                    "context": None,
                }
                for name, cron in wanted.items()
            ]
        )

    def _watching(self) -> None:
        while not self._quit.wait(self._watch.total_seconds()):
            if not self._seat.held():
                self._on_lost(f"{self.executor} is no longer ours")
                return
            try:
                self._execution.see_cancellations()
            except Exception:
                logger.exception("could not look for cancelled jobs")

    def stop(self, grace: timedelta = timedelta(seconds=8)) -> list[str]:
        """Take no more jobs, let the running ones give up, hand back what is unfinished.

        Returns the ids of the jobs that still run after `grace`. Then the seat is kept: end the
        process with `leave`, and the seat's next holder starts those jobs again.
        """
        stuck = self._execution.close(grace.total_seconds())
        self._quit.set()
        self._watcher.join()
        # An outcome is written just after its handler's end; the engine waits in whole seconds.
        writing = not stuck and self._execution.quiet_for() < 1
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=5 if writing else 0)
        self._execution.hand_back(self.executor)
        if not stuck:
            self._engine.dispose()
            self._seat.release()
            _one.release()
        return stuck


def _in_a_thread(launch: Callable[[], None]) -> None:
    """Run in a thread without an event loop: the engine refuses some calls beside one."""
    errors: list[BaseException] = []

    def target() -> None:
        try:
            launch()
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            errors.append(error)

    thread = threading.Thread(target=target, name="jobs-launch")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
