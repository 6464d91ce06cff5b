"""One idempotency key is one request: another one under it hears so, and not of the first's job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.errors import IdempotencyKeyReused

if TYPE_CHECKING:
    from app.jobs.records import Job


def require_same(job: Job, kind: str, spec: Mapping[str, Any]) -> None:
    """That a job was asked for by the same request; what its file held is not compared.

    Raises:
        IdempotencyKeyReused: another request has made it.
    """
    if job.kind != kind or _asked(job.spec) != _asked(spec):
        raise IdempotencyKeyReused(id=job.id)


def _asked(spec: Mapping[str, Any]) -> dict[str, Any]:
    """All but the place at which a file is kept, which is another one for every request."""
    return {name: value for name, value in spec.items() if name != "path"}
