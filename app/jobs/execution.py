"""One job from its beginning to its end, whatever happens in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

import structlog

from app.errors import AppError, JobNotFound, JobsUnavailable
from app.jobs.options import WorkerOptions
from app.jobs.queue import JobQueue
from app.jobs.records import EndState, Job
from app.jobs.store import JobStore
from graph.errors import DatabaseUnavailable, DiskFull, GraphError
from ml.errors import LearningError, packages_told

T = TypeVar("T")
Clock = Callable[[], datetime]
WaitingFor = Literal["database", "disk"]

REPORT_EVERY_S = 0.5  # what a person can follow; each report is a transaction
RETRY_PAUSE_S = 1.0  # while the jobs database is away
LONGEST_PAUSE_S = 30.0
SUSPECT_AFTER = 3  # fruitless attempts after which a job may be what kills its workers

_log = structlog.get_logger("jobs")


class JobInterrupted(BaseException):
    """What stops a body from outside. No error: nothing that handles errors may swallow it."""


class WorkerStopping(JobInterrupted):
    """This worker stops; the next one goes on with the job."""


class JobCancelled(JobInterrupted):
    """Somebody wants the job to end."""


class JobTaken(JobInterrupted):
    """This worker was taken for dead, and another one has begun the job."""


class JobContext:
    """What a body is given: its job, its folder, and where to say how far it is."""

    def __init__(
        self, job: Job, *, store: JobStore, stop: threading.Event, folder: Path, clock: Clock
    ) -> None:
        self.job = job
        self.folder = folder
        self.progress = job.progress
        self.done = 0
        self._store = store
        self._stop = stop
        self._clock = clock
        self._written_at = float("-inf")
        self._first_rows: int | None = None

    def report(self, progress: Mapping[str, Any], *, done: int) -> None:
        """Call it often; `done` grows with what the job need not do again.

        Raises:
            JobInterrupted: the job must not go on here. Leave what is at hand in order, and let
                it through.
        """
        self.progress = dict(progress)
        self.done = max(self.done, done)
        if self._stop.is_set():
            raise WorkerStopping
        if time.monotonic() - self._written_at >= REPORT_EVERY_S:
            self._write(done)

    def database_is_away(self, away: bool) -> None:
        """Told while a retry is under way that rides out a restart. Raises as `report` does."""
        waits = {"waiting_for": "database"} if away else {}
        if waits.get("waiting_for") != self.progress.get("waiting_for"):
            self._written_at = float("-inf")  # at once: what follows may take long
        self.report({**_without_wait(self.progress), **waits}, done=self.done)

    def wait(self, seconds: float, *, waiting_for: WaitingFor) -> None:
        """Raises as `report` does, and as soon."""
        self.progress = {**self.progress, "waiting_for": waiting_for}
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._write(self.done)
            if self._stop.wait(min(left, REPORT_EVERY_S)):
                raise WorkerStopping

    def _write(self, done: int) -> None:
        try:
            job = self._store.report(
                self.job,
                self.progress,
                done=done,
                attempt_rows=self._rows_before(),
                now=self._clock(),
            )
        except JobsUnavailable as error:  # the work itself does not need it
            _log.warning("progress not written", job=self.job.id, reason=error.reason)
            job = self.job
        self._written_at = time.monotonic()
        if job is None:
            raise JobTaken
        if job.cancel_requested:
            raise JobCancelled

    def _rows_before(self) -> int:
        """Rows that this attempt had not to read: none when it began from the start again."""
        if self._first_rows is None:
            before, now = (int(p.get("rows_read", 0)) for p in (self.job.progress, self.progress))
            self._first_rows = before if now >= before else 0
        return self._first_rows


Body = Callable[[JobContext], dict[str, Any]]
JobBodies = Mapping[str, Body]


class JobRunner:
    """Runs jobs by their id; safe to use from many threads."""

    def __init__(
        self,
        store: JobStore,
        queue: JobQueue,
        bodies: JobBodies,
        *,
        worker: str,
        stop: threading.Event,
        options: WorkerOptions,
        folder_of: Callable[[str], Path],
        clock: Clock,
        ended: Callable[[Job], None] = lambda job: None,
    ) -> None:
        self._store = store
        self._queue = queue
        self._bodies = bodies
        self._worker = worker
        self._stop = stop
        self._options = options
        self._folder_of = folder_of
        self._clock = clock
        self._ended = ended
        self._alone = threading.Lock()
        self._running = 0
        self._idle = threading.Condition()

    def run(self, id: str) -> None:
        """Until the job has ended here or elsewhere.

        Raises no Exception: DBOS would keep it as a pickle, and the outcome is in our table.

        Raises:
            JobInterrupted: the job has not ended; DBOS goes on regarding it as begun.
        """
        with self._counted():
            try:
                with self._apart_from_suspects(id):
                    job = self.patiently(
                        lambda: self._store.begin(id, worker=self._worker, now=self._clock())
                    )
                    if job is not None:
                        self._attempt(job)
            except JobNotFound:  # its row was removed by hand
                _log.warning("job not found", job=id)

    def wait_until_idle(self, timeout_s: float) -> bool:
        with self._idle:
            return self._idle.wait_for(lambda: self._running == 0, timeout_s)

    def patiently(self, act: Callable[[], T]) -> T:
        """Until the jobs database is back: nothing can be begun or ended without it."""
        while True:
            if self._stop.is_set():
                raise WorkerStopping
            try:
                return act()
            except JobsUnavailable as error:
                _log.warning("waiting for the jobs database", reason=error.reason)
            self._stop.wait(RETRY_PAUSE_S)

    def _attempt(self, job: Job) -> None:
        context = JobContext(
            job,
            store=self._store,
            stop=self._stop,
            folder=self._folder_of(job.id),
            clock=self._clock,
        )
        if job.cancel_requested:
            self._end(context, "cancelled")
            return
        if job.fruitless > self._options.attempts_max:
            self._end(context, "failed", error=_worker_died(job))
            return
        _log.info("job begun", job=job.id, kind=job.kind, attempt=job.attempts)
        try:
            result = self._result(context)
        except JobCancelled:
            self._end(context, "cancelled")
        except WorkerStopping:
            with suppress(JobsUnavailable):  # then the next worker takes it from us
                self._store.give_back(job)
            _log.info("job given back", job=job.id)
            raise
        except JobTaken:
            _log.warning("job taken over by another worker", job=job.id)
            raise
        except (GraphError, LearningError, AppError) as error:
            self._end(context, "failed", error={"code": error.code, "message": str(error)})
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the outermost edge of a job
            _log.exception("job failed", job=job.id, kind=job.kind)
            self._end(context, "failed", error=_internal(error))
        else:
            self._end(context, "succeeded", result=result)

    def _result(self, context: JobContext) -> dict[str, Any]:
        """What the body returns; begun again and again while its database is away, or full."""
        pause_s, deadline, seen = RETRY_PAUSE_S, None, -1
        while True:
            try:
                with packages_told():
                    return self._bodies[context.job.kind](context)
            except (DatabaseUnavailable, DiskFull) as error:
                now = time.monotonic()
                if deadline is None or context.done > seen:
                    pause_s, seen = RETRY_PAUSE_S, context.done
                    deadline = now + self._options.database_patience_s
                if now >= deadline:
                    raise
                waiting_for: WaitingFor = "disk" if isinstance(error, DiskFull) else "database"
                _log.warning(
                    f"job waits for the {waiting_for}", job=context.job.id, reason=str(error)
                )
            context.wait(pause_s, waiting_for=waiting_for)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def _end(
        self,
        context: JobContext,
        state: EndState,
        *,
        result: dict[str, Any] | None = None,
        error: dict[str, str] | None = None,
    ) -> None:
        progress = _without_wait(context.progress)
        ended = self.patiently(
            lambda: self._store.end(
                context.job,
                state,
                now=self._clock(),
                result=result,
                error=error,
                progress=progress,
                then=self._queue.add_webhook,
            )
        )
        if ended is None:
            raise JobTaken
        code = error["code"] if error else None
        _log.info("job ended", job=ended.id, kind=ended.kind, state=state, code=code)
        self._ended(ended)

    @contextmanager
    def _apart_from_suspects(self, id: str) -> Iterator[None]:
        """Jobs that may kill their worker run one at a time, and are counted as begun only then.

        Otherwise two of them would share their deaths, and an innocent one would be condemned
        with the guilty.
        """
        job = self.patiently(lambda: self._store.get(id))
        if job.fruitless < SUSPECT_AFTER:
            yield
            return
        while not self._alone.acquire(timeout=REPORT_EVERY_S):
            if self._stop.is_set():
                raise WorkerStopping
        try:
            yield
        finally:
            self._alone.release()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._idle:
            self._running += 1
        try:
            yield
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()


def _without_wait(progress: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in progress.items() if name != "waiting_for"}


def _worker_died(job: Job) -> dict[str, str]:
    attempts = job.fruitless - 1
    return {
        "code": "worker_died",
        "message": f"{attempts} workers in a row died while they ran this job, and none came "
        "further than the one before; their logs say of what. Mend that, then retry the job.",
    }


def _internal(error: BaseException) -> dict[str, str]:
    return {
        "code": "internal_error",
        "message": f"nobody foresaw this error ({type(error).__name__}); the worker's log has it "
        "under the id of the job",
    }
