"""/v1/jobs: what goes on in the background, and how to stop it or do it over."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.api.access import READ, WRITE
from app.api.answers import page_answer
from app.api.arrivals import retry_of
from app.api.contract import INVALID, KEYED, LIST_REFUSED, Cursor, Limit, wiring_of
from app.api.imports import REFUSED, MappingName
from app.api.incoming import NDJSON
from app.api.job_events import job_events
from app.api.job_models import (
    JOB_NOT_FOUND,
    JOBS_STORE,
    Job,
    JobId,
    JobPage,
    accepted,
    job_answer,
    shown,
)
from app.api.problems import problems
from app.errors import JobNotFound
from app.services.browsing import ListPage
from app.services.job_pages import JOB_ID, JobQuery, list_jobs
from app.services.reject_lines import whole_lines

if TYPE_CHECKING:
    from app.services.jobs import Jobs

T = TypeVar("T")

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

_ONE: dict[int | str, dict[str, Any]] = {**KEYED, **INVALID, **JOB_NOT_FOUND, **JOBS_STORE}

StateName = Annotated[
    Literal["queued", "running", "succeeded", "failed", "cancelled"] | None,
    Query(
        description="only jobs that are so",
        openapi_examples={"now": {"summary": "what is being done", "value": "running"}},
    ),
]
KindName = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=50,
        pattern=r"^[ -~]+$",
        description="only jobs that do this",
        openapi_examples={"imports": {"summary": "imports", "value": "import"}},
    ),
]
SourceName = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=100,
        pattern=r"^[ -~]+$",
        description="only jobs of this catalog",
        openapi_examples={"shop": {"summary": "a shop", "value": "acme"}},
    ),
]

_EVENT: dict[str, Any] = {  # of one event, as OpenAPI has streams described
    "type": "object",
    "properties": {
        "event": {"type": "string", "enum": ["progress", "end"]},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/Job"},
        },
    },
    "required": ["event", "data"],
}
_EVENTS = """event: progress
data: {"id": "import-20250301T093000-9f3a2b1c", "state": "running", "percent": 6.0}

event: end
data: {"id": "import-20250301T093000-9f3a2b1c", "state": "succeeded", "percent": 100.0}

"""
_REJECT = (
    '{"source":"phones.csv","line":41,"field":"price","value":"12,-","code":"value_invalid",'
    '"message":"is not a number","row":{"sku":"10027","price":"12,-"}}\n'
)


@router.get(
    "",
    operation_id="listJobs",
    summary="Jobs",
    response_description="One page, the newest first.",
    response_model=JobPage,
    responses={**KEYED, **INVALID, **LIST_REFUSED, **JOBS_STORE},
    dependencies=[READ],
)
async def list_all(
    request: Request,
    state: StateName = None,
    kind: KindName = None,
    source: SourceName = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """What was begun and how it ended. Go on with `next_cursor`, or the `Link` of `rel="next"`."""
    parts = wiring_of(request)
    query = JobQuery(state=state, kind=kind, source=source)
    most = min(limit, parts.settings.page_items_max)
    page = await parts.threads.run(partial(list_jobs, parts.jobs, query, limit=most, cursor=cursor))
    return page_answer(request, ListPage([shown(job) for job in page.items], page.next_cursor))


@router.get(
    "/{id}",
    operation_id="getJob",
    summary="One job",
    response_description="The job as it is now.",
    response_model=Job,
    responses=_ONE,
    dependencies=[READ],
)
async def get_job(request: Request, id: JobId) -> Response:
    """How far it is, how fast, and how long it will take; and what became of it in the end."""
    return job_answer(await _asked(request, id, lambda jobs: jobs.get(id)))


@router.get(
    "/{id}/events",
    operation_id="watchJob",
    summary="Progress of a job as it happens",
    response_description="Server-sent events until the job has ended.",
    response_class=Response,
    responses={
        **_ONE,
        200: {"content": {"text/event-stream": {"schema": _EVENT, "example": _EVENTS}}},
    },
    dependencies=[READ],
)
async def watch_job(request: Request, id: JobId) -> Response:
    """`progress` with the whole job whenever it has changed, twice a second at most; then `end`.

    A comment comes every 15 s, so that proxies keep the connection. Close it at `end`: browsers
    open a stream that was closed again, and would be told the end once more.
    """
    job = await _asked(request, id, lambda jobs: jobs.get(id))
    return job_events(wiring_of(request), job)


@router.get(
    "/{id}/rejects",
    operation_id="getJobRejects",
    summary="Rows that a job has not loaded",
    response_description="One JSON object on each line; nothing where all rows were loaded.",
    response_class=Response,
    responses={
        **_ONE,
        200: {"content": {NDJSON[0]: {"schema": {"type": "string"}, "example": _REJECT}}},
    },
    dependencies=[READ],
)
async def get_rejects(request: Request, id: JobId) -> Response:
    """Each with its line in the dump, the field, the value, the reason, and the row itself.

    Mend the rows, and send the lines to `retry`.
    """
    path = await _asked(request, id, lambda jobs: jobs.rejects(id))
    content = iter(()) if path is None else whole_lines(path)
    return StreamingResponse(content, media_type=NDJSON[0])


@router.post(
    "/{id}/cancel",
    operation_id="cancelJob",
    summary="Stop a job",
    response_description="The job; it stops after the batch at hand.",
    response_model=Job,
    responses={
        **_ONE,
        **problems((409, "job_finished", "the job has succeeded already and cannot be cancelled")),
    },
    dependencies=[WRITE],
)
async def cancel_job(request: Request, id: JobId) -> Response:
    """Whole batches that are stored stay. Asking again changes nothing."""
    return job_answer(await _asked(request, id, lambda jobs: jobs.cancel(id)))


@router.post(
    "/{id}/retry",
    operation_id="retryJob",
    summary="Do a job over, or only its rejects",
    response_description="The new job, at the address in `Location`.",
    status_code=202,
    response_model=Job,
    responses={
        **_ONE,
        **REFUSED,
        **problems((409, "job_not_retryable", "the job cannot be retried: it has no rejects")),
    },
    openapi_extra={
        "requestBody": {
            "description": "The rejects after their correction; none: as they are.",
            "required": False,
            "content": {
                NDJSON[0]: {
                    "schema": {"type": "string"},
                    "examples": {"mended": {"summary": "a mended row", "value": _REJECT}},
                }
            },
        }
    },
    dependencies=[WRITE],
)
async def retry_job(request: Request, id: JobId, mapping: MappingName = None) -> Response:
    """Of a job that failed or was cancelled, the whole file; of one that succeeded, its rejects.

    Of one that failed with `nothing_loaded`, either: its corrected rejects, or the whole file.
    Each request makes another job. Correct the rejects and send them as the body, or correct the
    mapping and name it.
    """
    await _asked(request, id, lambda jobs: jobs.get(id))  # before the body is read
    return accepted(await retry_of(request, id, mapping))


async def _asked(request: Request, id: str, ask: Callable[[Jobs], T]) -> T:
    """Raises `JobNotFound`, also for what no id can be."""
    if not JOB_ID.fullmatch(id):
        raise JobNotFound(id=id)
    parts = wiring_of(request)
    return await parts.threads.run(lambda: ask(parts.jobs))
