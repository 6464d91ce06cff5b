"""What is known of a job: frozen types without behaviour."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from graph.records import Record

JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]
EndState = Literal["succeeded", "failed", "cancelled"]
ENDED: tuple[EndState, ...] = ("succeeded", "failed", "cancelled")


class Job(Record, frozen=True):
    """One job as it is kept. Times are aware, in UTC."""

    id: str
    kind: str
    state: JobState
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    spec: dict[str, Any]  # of an import: ImportSpec as JSON
    progress: dict[str, Any]  # of an import: ImportProgress as JSON; {} before the first
    result: dict[str, Any] | None  # of an import: ImportReport as JSON
    error: dict[str, str] | None  # "code" and "message"
    cancel_requested: bool
    retry_of: str | None
    attempts: int  # how often a worker has begun it
    progress_at: datetime | None  # when `progress` was last written
    attempt_rows: int  # rows_read when the present attempt began, for the rate
    webhook: str | None
    attempt_at: datetime | None = None  # when the present attempt began, for the rate
    fruitless: int = 0  # attempts in a row that came no further than one before them


class NewJob(Record, frozen=True):
    """A job that is to be made."""

    id: str
    kind: str
    created_at: datetime
    spec: dict[str, Any]
    source: str | None = None  # jobs of one source run one after another
    webhook: str | None = None
    retry_of: str | None = None
    idempotency_key: str | None = None


class Worker(Record, frozen=True):
    """A process that runs jobs, as it has registered."""

    executor_id: str
    host: str  # equal for two processes only when each can see the other by its pid
    pid: int
    process_started: float  # seconds since 1970; a pid alone may have passed to another process
    silent_s: float = 0.0  # since its last heartbeat, by the clock of the database
    stopping: bool = False  # it has given up its jobs
