"""Imports that clients ask for: checked before anything is read, and made into jobs once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from app.errors import IdempotencyKeyReused, MappingMissing
from app.services.importing import IMPORT, ImportSpec, new_run_id, require_fitting
from app.services.loading import ImportChoices
from app.services.mappings import NAME, checked_mapping, read_mapping
from app.services.server_files import find_file
from graph.ingest.mapping_file import parse_mapping
from graph.ingest.readers import Format
from graph.text import item_id

if TYPE_CHECKING:
    from app.jobs.records import Job
    from app.services.uploads import Spool
    from app.settings import Settings

# No name of a mapping, as it has spaces.
SENT_MAPPING = "mapping of the form"


class ImportRequest(ImportChoices, frozen=True, kw_only=True):
    """What a client asks for beside the body; two with the same key have to agree in all of it."""

    source: str
    mapping: str | None = None
    path: str | None = None
    format: Format | None = None
    webhook: str | None = None


class MappingText(NamedTuple):
    """A mapping that is valid, and what errors call it."""

    text: str
    name: str


class JobMaker(Protocol):
    """What `app.services.jobs.Jobs` does for imports."""

    def check_webhook(self, url: str) -> None: ...

    def submit(
        self,
        spec: ImportSpec,
        *,
        run: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> tuple[Job, bool]: ...

    def find_by_key(self, idempotency_key: str) -> Job | None: ...

    def folder(self, id: str) -> Path: ...


class Intake:
    """All but `check` waits for disks or for the database of the jobs: call it in a thread."""

    def __init__(
        self, jobs: JobMaker, settings: Settings, *, clock: Callable[[], datetime]
    ) -> None:
        self._jobs = jobs
        self._settings = settings
        self._clock = clock

    def new_id(self, kind: str = IMPORT) -> str:
        """The id of a job whose file comes before the job itself."""
        return new_run_id(self._clock(), kind)

    def earlier(self, asked: ImportRequest, key: str | None) -> Job | None:
        """The job that this idempotency key has made already.

        Raises:
            IdempotencyKeyReused: it was made by another request.
        """
        job = self._jobs.find_by_key(key) if key else None
        if job is not None:
            _require_same(job, asked)
        return job

    def mapping(self, asked: ImportRequest, sent: bytes | None = None) -> MappingText:
        """The mapping by its name, or the one that was sent.

        Raises:
            MappingMissing, MappingUnknown: there is none.
            MappingInvalid: the place in it, and the reason; or it does not fit what is asked for.
        """
        if asked.mapping is not None:
            found = self.named_mapping(asked.mapping)
        elif sent is not None:
            found = MappingText(checked_mapping(sent, SENT_MAPPING), SENT_MAPPING)
        else:
            raise MappingMissing
        require_fitting(parse_mapping(found.text, path=found.name), found.name, asked)
        return found

    def named_mapping(self, name: str) -> MappingText:
        """Raises `MappingUnknown`, `MappingInvalid`."""
        return MappingText(read_mapping(self._settings.mappings_path, name), name)

    def check(self, asked: ImportRequest) -> None:
        """What needs neither a disk nor a database.

        Raises:
            ValueInvalid: no id can begin with this source.
            WebhookNotAllowed: nothing is told there.
        """
        item_id(asked.source, "any")
        if asked.webhook is not None:
            self._jobs.check_webhook(asked.webhook)

    def from_path(
        self, asked: ImportRequest, mapping: MappingText, key: str | None
    ) -> tuple[Job, bool]:
        """Raises `PathNotAllowed`, `PathUnreadable`; False: the key had made that job before."""
        assert asked.path is not None
        found = find_file(asked.path, self._settings.import_roots)
        spec = ImportSpec(
            path=str(found.path),
            file=asked.path,
            size=found.size,
            modified_ns=found.modified_ns,
            **_shared(asked, mapping),
        )
        return self._submitted(spec, asked, key, run=None)

    def from_upload(
        self,
        asked: ImportRequest,
        mapping: MappingText,
        key: str | None,
        *,
        run: str,
        spool: Spool,
        name: str,
        suffix: str,
    ) -> tuple[Job, bool]:
        """Keep what was spooled, and make the job `run` of it: both or neither.

        In one call, so that nobody is cancelled between the two.
        """

        def submit(dump: Path) -> tuple[Job, bool]:
            state = dump.stat()
            spec = ImportSpec(
                path=str(dump),
                file=name,
                owned=True,
                size=state.st_size,
                modified_ns=state.st_mtime_ns,
                **_shared(asked, mapping),
            )
            return self._submitted(spec, asked, key, run=run)

        return self.with_file(submit, run=run, spool=spool, name=f"dump{suffix}")

    def with_file(
        self, submit: Callable[[Path], tuple[Job, bool]], *, run: str, spool: Spool, name: str
    ) -> tuple[Job, bool]:
        """Keep what was spooled in the folder of the job `run`, and `submit` it: both or neither.

        `submit` is given the file; where the job was made before, it goes again.
        """
        folder = self._jobs.folder(run)
        new = False
        try:
            job, new = submit(spool.keep(folder / name))
        finally:
            if not new:
                shutil.rmtree(folder, ignore_errors=True)
        return job, new

    def _submitted(
        self, spec: ImportSpec, asked: ImportRequest, key: str | None, *, run: str | None
    ) -> tuple[Job, bool]:
        job, new = self._jobs.submit(spec, run=run, webhook=asked.webhook, idempotency_key=key)
        if not new:  # another request with this key was faster
            _require_same(job, asked)
        return job, new


def _shared(asked: ImportRequest, mapping: MappingText) -> dict[str, Any]:
    return {
        "source": asked.source,
        "mapping": mapping.text,
        "mapping_name": mapping.name,
        "mode": asked.mode,
        "on_error": asked.on_error,
        "dry_run": asked.dry_run,
        "format": asked.format,
    }


def _require_same(job: Job, asked: ImportRequest) -> None:
    if job.kind != IMPORT:
        raise IdempotencyKeyReused(id=job.id)
    before = _request_of(job)
    for name in ImportRequest.__struct_fields__:
        if getattr(before, name) != getattr(asked, name):
            raise IdempotencyKeyReused(id=job.id, parameter=name)


def _request_of(job: Job) -> ImportRequest:
    """The request that a job was made by; what its body was is not compared."""
    spec = job.spec
    named = NAME.fullmatch(spec["mapping_name"])
    return ImportRequest(
        source=spec["source"],
        mapping=spec["mapping_name"] if named else None,
        path=None if spec["owned"] else spec["file"],
        mode=spec["mode"],
        on_error=spec["on_error"],
        dry_run=spec["dry_run"],
        format=spec["format"],
        webhook=job.webhook,
    )
