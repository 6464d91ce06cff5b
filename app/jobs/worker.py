"""A process that runs jobs until it is told to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial

import structlog

from app.errors import JobsUnavailable
from app.jobs.execution import JobBodies, JobRunner, WorkerStopping
from app.jobs.housekeeping import Housekeeping
from app.jobs.options import WorkerOptions
from app.jobs.presence import Presence, this_worker
from app.jobs.queue import (
    APPLICATION,
    APPLICATION_VERSION,
    JOB_WORKFLOW,
    WEBHOOK_WORKFLOW,
    JobQueue,
    register_queues,
)
from app.jobs.quiet import OnceInAWhile
from app.jobs.records import Worker
from app.jobs.store import JobStore
from app.jobs.tables import open_engine
from app.jobs.webhooks import WebhookSender
from app.settings import Settings

HOUSEKEEPING_EVERY_S = 3_600.0

_log = structlog.get_logger("worker")
_now = partial(datetime.now, UTC)


def run_worker(
    settings: Settings,
    *,
    stop: threading.Event,
    bodies: JobBodies,
    options: WorkerOptions | None = None,
) -> bool:
    """Run jobs until `stop` is set; one worker in one process.

    False: a job did not let go within the grace; end the process, for its threads go on.

    Raises:
        JobsUnavailable: at the start. Later a jobs database that is away is waited for.
    """
    options = options or WorkerOptions()
    with ExitStack() as stack:
        assert settings.jobs_url is not None
        engine = open_engine(settings.jobs_url)
        stack.callback(engine.dispose)
        store, queue = JobStore(engine), JobQueue(engine)
        store.create_tables()
        register_queues(queue.open(), settings, poll_s=options.poll_s)
        stack.callback(queue.close)
        return _Work(settings, stop, options, store, queue, bodies).run()


class _Work:
    """One worker from its registration to its end."""

    def __init__(
        self,
        settings: Settings,
        stop: threading.Event,
        options: WorkerOptions,
        store: JobStore,
        queue: JobQueue,
        bodies: JobBodies,
    ) -> None:
        self._settings = settings
        self._stop = stop
        self._options = options
        self._store = store
        self._queue = queue
        self._me: Worker = this_worker()
        self._presence = Presence(store.engine)
        self._housekeeping = Housekeeping(settings, store)
        self._runner = JobRunner(
            store,
            queue,
            bodies,
            worker=self._me.executor_id,
            stop=stop,
            options=options,
            folder_of=settings.job_folder,
            clock=_now,
            ended=self._housekeeping.job_ended,
        )
        self._webhooks = WebhookSender(settings, clock=_now, pause=self._pause)
        self._left = threading.Event()

    def run(self) -> bool:
        self._presence.register(self._me)  # before it takes a job: else nobody would miss it
        beating = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        beating.start()
        try:
            self._launch()
            _log.info("worker started", worker=self._me.executor_id)
            self._sweep_until_stopped()
        finally:
            self._stop.set()
            idle = self._runner.wait_until_idle(self._options.stop_grace_s)
            self._shut_down()
            self._left.set()
            beating.join()
            self._attempt(partial(self._presence.leave, self._me))
        _log.info("worker stopped", worker=self._me.executor_id, idle=idle)
        return idle

    def _launch(self) -> None:
        from dbos import DBOS

        log = logging.getLogger("dbos")
        # Without one it would make a handler of its own, beside our log and in another format.
        log.addHandler(logging.NullHandler())
        log.addFilter(OnceInAWhile())
        DBOS(
            config={
                "name": APPLICATION,
                "application_version": APPLICATION_VERSION,
                "executor_id": self._me.executor_id,
                "system_database_engine": self._store.engine,
                "system_database_url": self._settings.jobs_url,
                "log_level": "WARNING",
            }
        )

        # How often a job may be begun is for us to say, not for DBOS.
        @DBOS.workflow(name=JOB_WORKFLOW, max_recovery_attempts=None)
        def run_job(id: str) -> None:
            self._runner.run(id)

        @DBOS.workflow(name=WEBHOOK_WORKFLOW, max_recovery_attempts=None)
        def run_webhook(id: str) -> None:
            self._webhooks.tell(self._runner.patiently(lambda: self._store.get(id)))

        DBOS.launch()

    def _shut_down(self) -> None:
        from dbos import DBOS

        DBOS.destroy(destroy_registry=True)

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise WorkerStopping

    def _beat(self) -> None:
        """Until the worker has left: a job that finishes its batch is not dead."""
        while not self._left.wait(self._options.heartbeat_s):
            self._attempt(self._be_seen)

    def _be_seen(self) -> None:
        if self._presence.beat(self._me):
            return
        # The same name again: the jobs that DBOS has handed to us since carry it, and whoever
        # has taken over the others has made them attempts of its own.
        _log.warning("taken for dead; registered again", worker=self._me.executor_id)
        self._presence.register(self._me)

    def _sweep_until_stopped(self) -> None:
        rounds = max(1, round(HOUSEKEEPING_EVERY_S / self._options.sweep_s))
        number = 0
        while True:
            self._attempt(self._take_over)
            if number % rounds == 0:
                self._attempt(lambda: self._housekeeping.sweep(_now()))
            number += 1
            if self._stop.wait(self._options.sweep_s):
                return

    def _take_over(self) -> None:
        """Queue again what workers had in hand that are gone."""
        from dbos import DBOS

        holders = self._queue.holders()
        # Read after that: whoever held a job by then had registered before.
        workers = self._presence.all()
        gone = {worker.executor_id for worker in workers if self._is_gone(worker)}
        present = {worker.executor_id for worker in workers} - gone
        lost = sorted((holders | gone) - present - {self._me.executor_id})
        if not lost:
            return
        count = self._store.take_from(lost)
        # Internal to DBOS, and called here only: without the makers' paid service it has no
        # other way to take over from a process that is dead.
        DBOS._recover_pending_workflows(lost)
        self._presence.forget(lost)
        _log.info("took over from workers that are gone", workers=lost, jobs=count)

    def _is_gone(self, worker: Worker) -> bool:
        mine = worker.executor_id == self._me.executor_id
        return not mine and self._presence.is_gone(worker, dead_after_s=self._options.dead_after_s)

    def _attempt(self, act: Callable[[], None]) -> None:
        """What is done again anyway may fail while the jobs database is away."""
        try:
            act()
        except JobsUnavailable as error:
            _log.warning("the jobs database is away", reason=error.reason)
