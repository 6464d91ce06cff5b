"""Jobs as their users see them: asked for, listed, cancelled, retried."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import structs

from app.errors import JobFinished, JobIdAmbiguous, JobNotFound, JobNotRetryable
from app.jobs.records import ENDED, Job, JobState, NewJob
from app.services.idempotency import require_same
from app.services.importing import IMPORT, REJECTS_NAME, ImportSpec, new_run_id
from app.services.job_files import file_of_job
from app.services.job_kinds import KINDS, JobSpec, kind_of, source_of
from app.services.training_runs import FINETUNE, FinetuneSpec
from graph.errors import NothingLoaded

if TYPE_CHECKING:
    import sqlalchemy as sa

    from app.jobs.queue import JobQueue
    from app.jobs.store import JobStore
    from app.settings import Settings


def _now() -> datetime:
    return datetime.now(UTC)


class Jobs:
    """The jobs of one installation, for REST and the command line alike.

    Any thread may call it. The database is opened by the first call, and DBOS by the first that
    makes a job. Every method may raise `JobsUnavailable`.
    """

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime] = _now) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._opened: tuple[JobStore, JobQueue] | None = None

    def __enter__(self) -> Jobs:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            if self._opened is not None:
                store, queue = self._opened
                queue.close()
                store.engine.dispose()
                self._opened = None

    def check_webhook(self, url: str) -> None:
        """Raises `WebhookNotAllowed`; for those who want to know before they read a body."""
        from app.jobs.webhooks import check_webhook

        check_webhook(url, self._settings)

    def submit(
        self,
        spec: JobSpec,
        *,
        run: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
        retry_of: str | None = None,
    ) -> tuple[Job, bool]:
        """The new job, or the one that this id or key has made before and False.

        Raises:
            BuildInvalid, FillInvalid, FilterInvalid, RecipeInvalid: the spec makes no sense.
            IdempotencyKeyReused: the key belongs to another request.
            WebhookNotAllowed: its host is not in the settings.
        """
        from app.jobs.queue import QUEUE_OF_KIND

        kind, source, now = kind_of(spec), source_of(spec), self._clock()
        kind.check(spec)
        if webhook is not None:
            self.check_webhook(webhook)
        new = NewJob(
            id=run or new_run_id(now, kind.name),
            kind=kind.name,
            created_at=now,
            spec=msgspec.to_builtins(spec),
            source=source,
            webhook=webhook,
            retry_of=retry_of,
            idempotency_key=idempotency_key,
        )
        store, queue = self._parts()
        name = QUEUE_OF_KIND[kind.name]

        def enqueue(connection: sa.Connection) -> None:
            queue.add_job(connection, new.id, queue=name, partition=source or kind.partition)

        queue.open()
        job, is_new = store.add(new, queue=name, then=enqueue)
        if not is_new and kind.name != IMPORT:  # its request is compared by the intake
            require_same(job, kind.name, new.spec)
        return job, is_new

    def find_by_key(self, idempotency_key: str) -> Job | None:
        return self._store().find_by_key(idempotency_key)

    def get(self, id: str) -> Job:
        """Raises `JobNotFound`."""
        return self._store().get(id)

    def full_id(self, start: str) -> str:
        """The id that begins so.

        Raises:
            JobNotFound: none does.
            JobIdAmbiguous: several do.
        """
        found = self._store().ids_beginning(start, limit=2)
        if not found:
            raise JobNotFound(id=start)
        if start in found:
            return start
        if len(found) > 1:
            raise JobIdAmbiguous(id=start, candidates=found)
        return found[0]

    def page(
        self,
        *,
        state: JobState | None = None,
        kind: str | None = None,
        source: str | None = None,
        limit: int,
        after: tuple[str, str] | None = None,
    ) -> list[Job]:
        """Newest first; `after` is `created_at` in ISO 8601 and `id` of the last job before."""
        key = (datetime.fromisoformat(after[0]), after[1]) if after else None
        return self._store().page(state=state, kind=kind, source=source, limit=limit, after=key)

    def cancel(self, id: str) -> Job:
        """A job that waits is cancelled at once; one that runs, when its worker hears of it.

        Raises:
            JobNotFound, JobFinished: it has succeeded or failed before.
        """
        store, queue = self._parts()
        job = store.get(id)
        if job.webhook is not None:
            queue.open()

        while job.state not in ENDED:
            changed = store.cancel_queued(
                id, now=self._clock(), then=queue.add_webhook
            ) or store.request_cancel(id)
            if changed is not None:
                return changed
            job = store.get(id)  # it has moved on between the two
        if job.state != "cancelled":
            raise JobFinished(id=id, state=job.state)
        return job

    def retry(
        self,
        id: str,
        *,
        corrected: Path | None = None,
        mapping: tuple[str, str] | None = None,
    ) -> Job:
        """A new job: of the rejects of one that succeeded, of the whole file of one that did not.

        Where every row was rejected, the corrected ones are the whole as well.

        `corrected` holds rejects whose rows were mended, and is moved into the folder of the new
        job; `mapping` is the text and the name of another mapping.

        Raises:
            JobNotFound, JobNotRetryable: the reason says what would help.
        """
        job = self.get(id)
        if job.state not in ENDED:
            raise JobNotRetryable(id=id, reason=f"it is {job.state}; wait for its end")
        if job.kind != IMPORT:
            return self._again(job, given=corrected is not None or mapping is not None)
        spec = msgspec.convert(job.spec, ImportSpec)
        if mapping is not None:
            spec = structs.replace(spec, mapping=mapping[0], mapping_name=mapping[1])
        run = new_run_id(self._clock())
        nothing_loaded = (job.error or {}).get("code") == NothingLoaded.code
        if job.state == "succeeded" or (nothing_loaded and corrected is not None):
            spec = self._of_rejects(job, spec, run, corrected)
        elif corrected is not None:
            reason = f"it has {job.state}, and so it is read as a whole: send no rejects"
            raise JobNotRetryable(id=id, reason=reason)
        else:
            spec = self._of_whole(job, spec, run)
        return self.submit(spec, run=run, webhook=job.webhook, retry_of=id)[0]

    def _again(self, job: Job, *, given: bool) -> Job:
        """A job that reads the graph alone: the same once more."""
        if given:
            raise JobNotRetryable(
                id=job.id, reason="it reads no file: send neither rows nor mapping"
            )
        if job.kind == FINETUNE:
            return self._finetuned_again(job)
        spec = msgspec.convert(job.spec, KINDS[job.kind].spec)
        return self.submit(spec, webhook=job.webhook, retry_of=job.id)[0]

    def _finetuned_again(self, job: Job) -> Job:
        """With labels of its own."""
        spec, run = msgspec.convert(job.spec, FinetuneSpec), new_run_id(self._clock(), FINETUNE)
        if spec.path is not None:
            file = self._file(job, spec.path)
            if not file.is_file():
                raise JobNotRetryable(id=job.id, reason="its labels are no longer there; send them")
            spec = structs.replace(spec, path=str(self._own(file, run)))
        return self.submit(spec, run=run, webhook=job.webhook, retry_of=job.id)[0]

    def rejects(self, id: str) -> Path | None:
        """The file of its rejects, None without any. Raises `JobNotFound`."""
        self.get(id)
        file = self.folder(id) / REJECTS_NAME
        return file if file.is_file() else None

    def folder(self, id: str) -> Path:
        return self._settings.job_folder(id)

    def _of_rejects(
        self, job: Job, spec: ImportSpec, run: str, corrected: Path | None
    ) -> ImportSpec:
        rejects = self.rejects(job.id)
        if rejects is None:
            raise JobNotRetryable(id=job.id, reason="it has rejected nothing")
        if corrected is not None:
            rejects = self.folder(run) / "corrected.ndjson"
            rejects.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(corrected, rejects)
        # Never `replace`: what is not among the rejects was loaded, and is to stay.
        return structs.replace(
            _of_file(spec, rejects),
            mode="merge",
            rejects_of=job.id,
            owned=corrected is not None,
            format=None,
        )

    def _of_whole(self, job: Job, spec: ImportSpec, run: str) -> ImportSpec:
        file = self._file(job, spec.path)
        if not file.is_file():
            reason = f"{spec.file} is no longer there; import it again"
            raise JobNotRetryable(id=job.id, reason=reason)
        if spec.owned:
            file = self._own(file, run)
        return _of_file(spec, file)

    def _file(self, job: Job, path: str) -> Path:
        return file_of_job(path, self.folder(job.id).parent)

    def _own(self, file: Path, run: str) -> Path:
        """The file in the folder of another job: each removes what is in its own, and only that."""
        own = self.folder(run) / file.name
        own.parent.mkdir(parents=True, exist_ok=True)
        _link(file, own)
        return own

    def _store(self) -> JobStore:
        return self._parts()[0]

    def _parts(self) -> tuple[JobStore, JobQueue]:
        from app.jobs.queue import JobQueue
        from app.jobs.store import JobStore
        from app.jobs.tables import open_engine

        with self._lock:
            if self._opened is None:
                assert self._settings.jobs_url is not None
                engine = open_engine(self._settings.jobs_url)
                store = JobStore(engine)
                try:
                    store.create_tables()
                except BaseException:
                    engine.dispose()
                    raise
                self._opened = store, JobQueue(engine)
            return self._opened


def _of_file(spec: ImportSpec, file: Path) -> ImportSpec:
    """The file as it is now: whoever asks for it again has seen it."""
    found = file.stat()
    return structs.replace(spec, path=str(file), size=found.st_size, modified_ns=found.st_mtime_ns)


def _link(file: Path, to: Path) -> None:
    """The same file under a second name; a copy where the disk knows no links."""
    try:
        os.link(file, to)
    except OSError:
        shutil.copy2(file, to)
