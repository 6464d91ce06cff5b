"""A database of jobs with its workers, for tests."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from app.jobs.queue import JobQueue
from app.jobs.records import ENDED, NewJob
from app.jobs.store import JobStore
from app.jobs.tables import open_engine
from app.settings import Settings

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Board:
    """Jobs of one database, made and watched by a test."""

    def __init__(self, home, url=None):
        self.home = home
        self.url = url or f"sqlite:///{home / 'jobs.sqlite'}"
        self.log = home / "log"
        self.engine = open_engine(self.url)
        self.store = JobStore(self.engine)
        self.store.create_tables()
        self.queue = JobQueue(self.engine)
        self._started = []

    def close(self):
        for process in self._started:  # what a test that failed left running, or stopped
            process.kill()
            process.wait()
        self.queue.close()
        self.engine.dispose()

    def row(self, id, *, key=None, at=NOW, source="shop", **spec):
        """A job that no worker ever sees."""
        new = NewJob(id=id, kind="import", created_at=at, spec=spec, source=source)
        new = NewJob(**{**fields(new), "idempotency_key": key})
        return self.store.add(new, queue="imports", then=lambda connection: None)

    def add(self, id, *do, source="shop", webhook=None, **spec):
        """A job whose body performs `do`."""
        self.queue.open()
        spec = {"log": str(self.log), "source": source, "do": list(do) or ["ok"], **spec}
        new = NewJob(
            id=id,
            kind="import",
            created_at=datetime.now(UTC),
            spec=spec,
            source=source,
            webhook=webhook,
        )
        return self.store.add(
            new,
            queue="imports",
            then=lambda connection: self.queue.add_job(
                connection, id, queue="imports", partition=source
            ),
        )[0]

    def done(self, id=""):
        """The parts that were performed, in their order."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line.startswith(id)]

    def wait(self, id, until, patience_s=60.0):
        """The job as soon as `until` holds of it."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            job = self.store.get(id)
            if until(job):
                return job
            time.sleep(0.05)
        raise AssertionError(f"waited {patience_s} s in vain: {job}")

    def ended(self, id, patience_s=60.0):
        return self.wait(id, lambda job: job.state in ENDED, patience_s)

    @contextmanager
    def writing(self):
        """Holds the only write lock of an SQLite database: nobody else has it meanwhile."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield
            connection.rollback()

    def start_worker(self, *, settings=None, **options):
        """A process; `worker` ends it as well."""
        given = {
            "settings": {"home": str(self.home), "jobs_url": self.url, **(settings or {})},
            "options": options,
        }
        command = [sys.executable, "-W", "error", "-m", "tests.app.jobs.worker_process"]
        process = subprocess.Popen(
            [*command, json.dumps(given)], cwd=ROOT, stdin=subprocess.DEVNULL
        )
        self._started.append(process)
        return process

    @contextmanager
    def worker(self, *, settings=None, **options):
        process = self.start_worker(settings=settings, **options)
        try:
            yield process
        finally:
            end(process)


def end(process):
    """Politely, and then not."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


def fields(record):
    return {name: getattr(record, name) for name in record.__struct_fields__}


def settings_over(database, home, **more):
    """Settings of a home of one's own whose database is the one of a test."""
    found = database.connection
    return Settings(
        home=home,
        neo4j_uri=found.uri,
        neo4j_username=found.username,
        neo4j_password=found.password,
        **more,
    )
