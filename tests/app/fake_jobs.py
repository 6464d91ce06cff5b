"""Jobs without a worker, in memory and in SQLite: a test says itself what becomes of them."""

from datetime import UTC, datetime

import msgspec
import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from app.errors import JobFinished, JobNotFound, JobNotRetryable, WebhookNotAllowed
from app.jobs.records import ENDED, Job
from app.jobs.tables import JOBS
from app.services.idempotency import require_same
from app.services.importing import IMPORT, ImportSpec, new_run_id
from app.services.job_kinds import kind_of
from app.services.jobs import Jobs

# What asks the jobs themselves has to go the same way over a real database.
over_both = pytest.mark.parametrize("wiring", ["memory", "SQLite"], indirect=True)

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)


class FakeJobs:
    """What `app.services.jobs.Jobs` does, in memory."""

    def __init__(self, home, clock=lambda: NOW):
        self.all = {}
        self.error = None  # raised by what asks for jobs
        self._keys = {}
        self._home = home
        self._clock = clock

    def submit(self, spec, *, run=None, webhook=None, idempotency_key=None, retry_of=None):
        kind = kind_of(spec)
        kind.check(spec)
        self._may_fail()
        if idempotency_key in self._keys:
            before = self.all[self._keys[idempotency_key]]
            if kind.name != IMPORT:
                require_same(before, kind.name, msgspec.to_builtins(spec))
            return before, False
        if webhook is not None:
            self.check_webhook(webhook)
        job = Job(
            id=run or new_run_id(self._clock(), kind.name),
            kind=kind.name,
            state="queued",
            created_at=self._clock(),
            started_at=None,
            finished_at=None,
            spec=msgspec.to_builtins(spec),
            progress={},
            result=None,
            error=None,
            cancel_requested=False,
            retry_of=retry_of,
            attempts=0,
            progress_at=None,
            attempt_rows=0,
            webhook=webhook,
        )
        self.all[job.id] = job
        if idempotency_key is not None:
            self._keys[idempotency_key] = job.id
        return job, True

    def check_webhook(self, url):
        raise WebhookNotAllowed(url=url, reason="CATALOGRAPH_WEBHOOK_HOSTS does not name its host")

    def find_by_key(self, idempotency_key):
        return self.all.get(self._keys.get(idempotency_key))

    def get(self, id):
        self._may_fail()
        if id not in self.all:
            raise JobNotFound(id=id)
        return self.all[id]

    def page(self, *, state, kind, source, limit, after):
        self._may_fail()
        wanted = sorted(self.all.values(), key=_age, reverse=True)
        shown = [
            job
            for job in wanted
            if state in (None, job.state)
            and kind in (None, job.kind)
            and source in (None, job.spec["source"])
            and (after is None or _age(job) < (datetime.fromisoformat(after[0]), after[1]))
        ]
        return shown[:limit]

    def cancel(self, id):
        job = self.get(id)
        if job.state in ("succeeded", "failed"):
            raise JobFinished(id=id, state=job.state)
        state = "cancelled" if job.state == "queued" else job.state
        return self.change(id, state=state, cancel_requested=True)

    def retry(self, id, *, corrected=None, mapping=None):
        job = self.get(id)
        spec = msgspec.convert(job.spec, ImportSpec)
        if mapping is not None:
            spec = replace(spec, mapping=mapping[0], mapping_name=mapping[1])
        if job.state not in ENDED:
            raise JobNotRetryable(id=id, reason="it has not ended")
        mends_all = corrected is not None and (job.error or {}).get("code") == "nothing_loaded"
        if job.state == "succeeded" or mends_all:
            if self.rejects(id) is None:
                raise JobNotRetryable(id=id, reason="it has rejected nothing")
            rejects = corrected or self.rejects(id)
            again = new_run_id(self._clock())
            path = self.folder(again) / "corrected.ndjson"
            path.parent.mkdir(parents=True)
            path.write_bytes(rejects.read_bytes())
            if corrected is not None:
                corrected.unlink()
            spec = replace(spec, rejects_of=id, path=str(path), mode="merge")
            return self.submit(spec, run=again, retry_of=id)[0]
        if corrected is not None:
            raise JobNotRetryable(id=id, reason="it is read as a whole")
        return self.submit(spec, retry_of=id)[0]

    def rejects(self, id):
        self.get(id)
        path = self.folder(id) / "rejects.ndjson"
        return path if path.exists() else None

    def folder(self, id):
        return self._home / "jobs" / id

    def change(self, id, **fields):
        """What a worker would write."""
        self.all[id] = replace(self.all[id], **fields)
        return self.all[id]

    def count(self):
        return len(self.all)

    def close(self):
        pass

    def _may_fail(self):
        if self.error is not None:
            raise self.error


def _age(job):
    return job.created_at, job.id


class StoredJobs(Jobs):
    """The real ones, over SQLite."""

    def change(self, id, **fields):
        with self._store().engine.begin() as connection:
            connection.execute(sa.update(JOBS).where(JOBS.c.id == id).values(**fields))
        return self.get(id)

    def count(self):
        return len(self.page(limit=1_000))


def jobs_of(request):
    """Makes the jobs of a fixture `wiring`: those that `over_both` says, else in memory."""
    stored = getattr(request, "param", "memory") == "SQLite"
    return StoredJobs if stored else lambda settings: FakeJobs(settings.home)
