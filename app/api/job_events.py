"""Progress of one job as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Literal

import anyio
import msgspec
from sse_starlette import EventSourceResponse, ServerSentEvent

from app.api.job_models import shown
from app.errors import JobNotFound, JobsUnavailable

if TYPE_CHECKING:
    from app.jobs.records import Job
    from app.wiring import Wiring

POLL_S = 0.5
HEARTBEAT_S = 15  # below what proxies take for a dead connection
_ENDED = frozenset({"succeeded", "failed", "cancelled"})

_encode = msgspec.json.Encoder().encode


def job_events(parts: Wiring, job: Job) -> EventSourceResponse:
    """The stream, beginning with `job` as it is.

    It ends with the job, with the client, or with the server; whoever comes back gets the present
    state first, so that there is nothing to be caught up with.
    """
    return EventSourceResponse(_events(parts, job), ping=HEARTBEAT_S, sep="\n")


async def _events(parts: Wiring, job: Job) -> AsyncIterator[ServerSentEvent]:
    while job.state not in _ENDED:
        yield _event("progress", job)
        changed = await _next_change(parts, job)
        if changed is None:
            return
        job = changed
    yield _event("end", job)


async def _next_change(parts: Wiring, job: Job) -> Job | None:
    """The job when it is no longer as it was; None when it is gone."""
    while True:
        await anyio.sleep(POLL_S)
        try:
            now = await parts.threads.run(lambda: parts.jobs.get(job.id))
        except JobsUnavailable:
            continue  # the job may well go on
        except JobNotFound:
            return None
        if now != job:
            return now


def _event(name: Literal["progress", "end"], job: Job) -> ServerSentEvent:
    return ServerSentEvent(_encode(shown(job)).decode(), event=name, sep="\n")
