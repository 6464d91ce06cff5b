"""Jobs that cannot be found, changed or kept."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors.base import AppError


class JobError(AppError):
    """One job that cannot be what was asked."""

    code = "job_error"


class JobNotFound(JobError):
    code = "job_not_found"

    def __init__(self, *, id: str) -> None:
        self.id = id
        super().__init__(f"there is no job {id!r}; `catalograph jobs ls` lists those there are")


class ImportWithoutJob(JobError):
    code = "import_without_job"

    def __init__(self, *, id: str) -> None:
        self.id = id
        super().__init__(
            f"{id} was carried out by a command, without a job: `catalograph jobs show {id}` says "
            f"how it went, and `catalograph jobs rejects {id}` which rows it rejected. "
            "Mend them or the mapping, and import the dump again"
        )


class JobIdAmbiguous(JobError):
    code = "job_id_ambiguous"

    def __init__(self, *, id: str, candidates: Sequence[str]) -> None:
        self.id, self.candidates = id, tuple(candidates)
        super().__init__(
            f"several jobs begin with {id!r}, such as {' and '.join(candidates)}; write more of it"
        )


class JobFinished(JobError):
    code = "job_finished"

    def __init__(self, *, id: str, state: str) -> None:
        self.id, self.state = id, state
        super().__init__(f"job {id} has {state} already and cannot be cancelled")


class JobNotRetryable(JobError):
    code = "job_not_retryable"

    def __init__(self, *, id: str, reason: str) -> None:
        self.id, self.reason = id, reason
        super().__init__(f"job {id} cannot be retried: {reason}")


class WebhookNotAllowed(JobError):
    code = "webhook_not_allowed"

    def __init__(self, *, url: str, reason: str) -> None:
        self.url, self.reason = url, reason
        super().__init__(f"webhook {url!r}: {reason}")


class JobsUnavailable(AppError):
    """`place` is the address of the jobs database, without its password."""

    code = "jobs_unavailable"

    def __init__(self, *, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(
            f"the database of the jobs at {place} cannot be used: {reason}. "
            "Start it, or set CATALOGRAPH_JOBS_URL to one that runs."
        )
