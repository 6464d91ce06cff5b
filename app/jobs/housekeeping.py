"""Files of jobs that nobody needs any more are removed; rejects and journals stay."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from app.errors import JobNotFound
from app.jobs.records import Job
from app.jobs.store import JobStore
from app.services.pretraining import clear
from app.settings import Settings

KEPT_AFTER_FAILURE = timedelta(days=7)  # long enough to retry after a holiday
PARTS_KEPT_S = 86_400.0  # no upload lasts a day
UPLOADED = (
    "dump.*",
    "corrected.*",
    "labels.*",
)  # the files of a job's folder that a client has sent

_log = structlog.get_logger("jobs")


class Housekeeping:
    """The folders of jobs in one home."""

    def __init__(self, settings: Settings, store: JobStore) -> None:
        self._jobs = settings.home / "jobs"
        self._uploads = settings.uploads_path
        self._store = store

    def job_ended(self, job: Job) -> None:
        clear(self._jobs / job.id)  # whoever tries it again begins with the graph as it is then
        if job.state == "succeeded":
            self._remove(self._uploaded(self._jobs / job.id))

    def sweep(self, now: datetime) -> None:
        """May raise `JobsUnavailable`."""
        for folder in _folders(self._jobs):
            files = list(self._uploaded(folder))
            if files and self._is_over(folder, files, now):
                self._remove(files)
        self._remove(part for part in self._uploads.glob("*.part") if _age_s(part) > PARTS_KEPT_S)

    def _is_over(self, folder: Path, files: list[Path], now: datetime) -> bool:
        try:
            job = self._store.get(folder.name)
        except JobNotFound:  # the server died between the upload and the job
            return all(_age_s(file) > PARTS_KEPT_S for file in files)
        if job.finished_at is None:
            return False
        return job.state == "succeeded" or now - job.finished_at > KEPT_AFTER_FAILURE

    def _uploaded(self, folder: Path) -> Iterator[Path]:
        for pattern in UPLOADED:
            yield from folder.glob(pattern)

    def _remove(self, files: Iterator[Path] | list[Path]) -> None:
        for file in files:
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                _log.warning("file not removed", file=str(file), reason=error.strerror)
            else:
                _log.info("file removed", file=str(file))


def _folders(parent: Path) -> list[Path]:
    with suppress(FileNotFoundError):
        return [folder for folder in parent.iterdir() if folder.is_dir()]
    return []


def _age_s(file: Path) -> float:
    with suppress(FileNotFoundError):
        return time.time() - file.stat().st_mtime
    return 0.0
