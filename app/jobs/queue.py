"""Queues of jobs in DBOS: their names, their limits, and how a job gets into one."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import sqlalchemy as sa

from app.jobs.records import Job
from app.jobs.tables import reaching

if TYPE_CHECKING:
    from dbos import DBOSClient, EnqueueOptions

    from app.settings import Settings

APPLICATION = "catalograph"
# Workers take only jobs of their own version or of none; bump it when the order of steps changes.
APPLICATION_VERSION = "1"

JOB_WORKFLOW = "catalograph.job"
WEBHOOK_WORKFLOW = "catalograph.webhook"
WEBHOOKS = "webhooks"
QUEUE_OF_KIND = {
    "import": "imports",
    "pretrain": "learning",
    "embed": "learning",
    "finetune": "learning",
    "build": "imports",
    "fill": "imports",
}


class QueueOptions(NamedTuple):
    """What DBOS is told of a queue."""

    name: str
    worker_concurrency: int  # in one process
    partition_concurrency: int  # in one partition, over all processes


def queues(settings: Settings) -> tuple[QueueOptions, ...]:
    return (
        # A partition is a source: its imports run in the order they came, and a long one does
        # not hold up those of others.
        QueueOptions("imports", settings.import_concurrency, partition_concurrency=1),
        # One at a time, on all machines together: a run takes every core, and writes the vectors.
        QueueOptions("learning", worker_concurrency=1, partition_concurrency=1),
        # A partition is a host: one that never answers does not keep others waiting.
        QueueOptions(WEBHOOKS, worker_concurrency=4, partition_concurrency=1),
    )


class JobQueue:
    """Puts jobs into queues, in the transaction that makes their row.

    Opened before that transaction, because DBOS makes its tables over a connection of its own.
    Whoever only reads jobs need not open it, and so never imports DBOS.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._client: DBOSClient | None = None

    def open(self) -> DBOSClient:
        with self._lock:
            if self._client is None:
                migrate(self._engine)
                self._client = _client(self._engine)
            return self._client

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.destroy()
                self._client = None

    def add_job(self, connection: sa.Connection, id: str, *, queue: str, partition: str) -> None:
        """Part of the transaction of `connection`."""
        # DBOS orders a partition by the time, in whole seconds on SQLite, and then by this id.
        workflow_id = f"{time.time_ns():020d}-{id}"
        options = _options(workflow_id, queue=queue, workflow=JOB_WORKFLOW)
        self._enqueue(connection, {**options, "queue_partition_key": partition}, id)

    def add_webhook(self, connection: sa.Connection, job: Job) -> None:
        """Tell of the end of a job, if anybody wants to know; part of the transaction."""
        if job.webhook is None:
            return
        options = _options(f"webhook-{job.id}", queue=WEBHOOKS, workflow=WEBHOOK_WORKFLOW)
        host = urlsplit(job.webhook).netloc
        self._enqueue(connection, {**options, "queue_partition_key": host}, job.id)

    def holders(self) -> set[str]:
        """The workers that have begun something and have not ended it."""
        with reaching(self._engine):
            begun = self.open().list_workflows(
                status="PENDING", load_input=False, load_output=False
            )
        return {workflow.executor_id for workflow in begun if workflow.executor_id}

    def _enqueue(self, connection: sa.Connection, options: EnqueueOptions, id: str) -> None:
        assert self._client is not None, "open() comes before the transaction"
        self._client.enqueue_in_transaction(connection, options, id)


def _options(workflow_id: str, *, queue: str, workflow: str) -> EnqueueOptions:
    from dbos import WorkflowSerializationFormat

    return {
        "workflow_id": workflow_id,
        "queue_name": queue,
        "workflow_name": workflow,
        # JSON: the default is a pickle, and reading one runs whatever it says.
        "serialization_type": WorkflowSerializationFormat.PORTABLE,
    }


def migrate(engine: sa.Engine) -> None:
    """DBOS's own tables; it makes and keeps them."""
    from dbos import DBOS

    with reaching(engine, opening=True):
        DBOS.migrate(engine.url.render_as_string(hide_password=False))


def register_queues(client: DBOSClient, settings: Settings, *, poll_s: float) -> None:
    """Before the first worker looks: a queue that DBOS does not know is not looked into."""
    for queue in queues(settings):
        client.register_queue(
            queue.name,
            worker_concurrency=queue.worker_concurrency,
            partition_concurrency=queue.partition_concurrency,
            polling_interval_sec=poll_s,
        )


def _client(engine: sa.Engine) -> DBOSClient:
    from dbos import DBOSClient

    return DBOSClient(
        system_database_engine=engine,
        application_name=APPLICATION,
        lazy=True,
        # Whoever asks is told that the database is away; by default this would wait for ever.
        retry_connection_errors=False,
    )
