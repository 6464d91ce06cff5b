"""A job as it is answered with, and how OpenAPI describes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import Path
from pydantic import ConfigDict, Field
from starlette.responses import Response

from app.api.answers import answer
from app.api.models import Answer, Page
from app.api.problems import problems
from app.services.job_view import JobView, view

if TYPE_CHECKING:
    from app.jobs.records import Job as JobRecord

ID_EXAMPLE = "import-20250301T093000-9f3a2b1c"
_BEGAN = "2025-03-01T09:30:00.120000Z"

JOBS_STORE = problems(
    (503, "jobs_unavailable", "the jobs cannot be reached at the moment; the log says why"),
)
JOB_NOT_FOUND = problems((404, "job_not_found", f"there is no job {ID_EXAMPLE!r}"))

JobId = Annotated[
    str,
    Path(
        max_length=200,
        description="id of the job, as the answer to its making has it",
        openapi_examples={"import": {"summary": "an import", "value": ID_EXAMPLE}},
    ),
]
State = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class Rows(Answer):
    """What became of the rows so far."""

    read: int = Field(ge=0, description="of the file", examples=[120_000])
    written: int = Field(ge=0, description="created or updated", examples=[118_400])
    created: int = Field(ge=0, examples=[400])
    updated: int = Field(ge=0, examples=[118_000])
    unchanged: int = Field(ge=0, description="as they were; not written", examples=[1_500])
    duplicates: int = Field(ge=0, description="repeat an earlier row", examples=[37])
    rejected: int = Field(ge=0, description="see `links.rejects`", examples=[63])
    closed: int = Field(
        ge=0, description="with `mode=replace`: no longer in the dump", examples=[0]
    )


class Bytes(Answer):
    """Of the file as it was sent, packed if it was."""

    read: int = Field(ge=0, examples=[31_457_280])
    total: int | None = Field(description="null: not known yet", examples=[524_288_000])


class Learning(Answer):
    """How far a training run is, or the writing of vectors."""

    model: str = Field(description="whose versions it makes or writes", examples=["products"])
    recipe: str | None = Field(examples=["quick"])
    done: int = Field(
        ge=0, description="steps of the training; nodes while `exporting`", examples=[300]
    )
    total: int | None = Field(description="null: not known", examples=[600])
    per_s: float | None = Field(description="steps of the training a second", examples=[9.5])
    loss: float | None = Field(description="of the last step", examples=[1.7])
    metrics: dict[str, float] = Field(
        description="`task/metric`; of a run that has succeeded those of the artefact",
        examples=[{"masked_parameter/accuracy": 0.71}],
    )
    artefact: str | None = Field(description="what it has registered", examples=["products/3"])
    skipped: dict[str, str] = Field(
        description="tasks of the recipe that this graph has nothing for, and what is missing",
        examples=[{}],
    )
    promoted: bool | None = Field(description="whether it serves from now on", examples=[True])
    kept_back: str | None = Field(
        description="why what was learnt from labels does not serve", examples=[None]
    )
    note: str | None = Field(
        description="of a run that learns from labels: what it does",
        examples=["network, epoch 2 of 5: loss 1.204; 40% of what networks learn, 3:10 left"],
    )


class Building(Answer):
    """How far a run is that reads the texts of products, or fills gaps of items."""

    items: int = Field(ge=0, description="items passed", examples=[1_200])
    total: int | None = Field(description="items of the source", examples=[1_700])
    facts: dict[str, int] = Field(
        description="by what became of them: `written`, `unchanged`, `outranked` by a catalog, "
        "`rejected` by a person, `stale`, `unsure`; how many were `accepted` and `proposed`, "
        "new or not; `ended`: of earlier runs, and not said any more; of a run that fills gaps "
        "also left out because their text speaks of it, `in_text`; `made_for`: accessories of a "
        "model",
        examples=[{"written": 4_100}],
    )
    links: dict[str, int] = Field(
        description="new ones by their type", examples=[{"INSTANCE_OF": 900}]
    )
    covered_before: float | None = Field(
        description="share of the products of which something was known", examples=[0.12]
    )
    covered_after: float | None = Field(
        description="the same after the run; null: it goes on", examples=[0.97]
    )
    categorized_before: float | None = Field(
        description="share of the products that were in a category", examples=[0.4]
    )
    categorized_after: float | None = Field(
        description="the same after the run; null: it goes on", examples=[0.93]
    )
    model: str | None = Field(description="what read or filled them", examples=["rules"])


class JobError(Answer):
    """Why a job failed."""

    code: str = Field(
        description="stable name of the problem; `nothing_loaded`: every row was rejected",
        examples=["import_failed"],
    )
    message: str = Field(
        description="what happened, and what to do about it",
        examples=["phones.csv.gz: after line 41: the file is cut off or damaged"],
    )


class Links(Answer):
    """Where more is to be had."""

    model_config = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True)

    itself: str = Field(alias="self", examples=[f"/v1/jobs/{ID_EXAMPLE}"])
    events: str = Field(
        description="progress as server-sent events", examples=[f"/v1/jobs/{ID_EXAMPLE}/events"]
    )
    rejects: str = Field(
        description="rows that were not loaded", examples=[f"/v1/jobs/{ID_EXAMPLE}/rejects"]
    )


class Job(Answer):
    """Work that goes on in the background."""

    id: str = Field(examples=[ID_EXAMPLE])
    kind: str = Field(description="what it does", examples=["import"])
    state: State = Field(
        description="`succeeded`, `failed` and `cancelled` are final; an import all of whose rows "
        "were rejected has failed, one with some rejects has succeeded",
        examples=["running"],
    )
    source: str | None = Field(description="the catalog it loads", examples=["acme"])
    file: str | None = Field(description="as the client called it", examples=["phones.csv.gz"])
    mapping: str | None = Field(examples=["phones"])
    mode: str | None = Field(description="`merge` or `replace`", examples=["merge"])
    on_error: str | None = Field(description="`skip` or `abort`", examples=["skip"])
    dry_run: bool = Field(description="nothing is written", examples=[False])
    created_at: datetime = Field(description="in UTC", examples=[_BEGAN])
    started_at: datetime | None = Field(description="null: it waits", examples=[_BEGAN])
    finished_at: datetime | None = Field(description="null: it has not ended", examples=[None])
    phase: str | None = Field(
        description="of a training run: `exporting`, `training`, `registering`, `embedding`; of a "
        "running import: `checking` (with `on_error=abort`, before anything is "
        "written), `resuming` (reading again what was written before an interruption), `loading`, "
        "`closing` (with `mode=replace`)",
        examples=["loading"],
    )
    rows: Rows
    bytes: Bytes
    learning: Learning | None = Field(description="of a job that learns; else null")
    building: Building | None = Field(
        description="of a job that reads texts or fills gaps; else null"
    )
    percent: float | None = Field(
        ge=0,
        le=100,
        description="of the bytes, or of what is done in this phase; null: not known yet",
        examples=[6.0],
    )
    rows_per_s: float | None = Field(
        ge=0, description="since it was begun last", examples=[21_500.0]
    )
    seconds_left: float | None = Field(
        ge=0, description="at that rate; null: not known", examples=[88.0]
    )
    waiting_for: str | None = Field(
        description="`database` while that is away, `disk` while the one of the embedded Neo4j has "
        "too little space; the job goes on by itself when it is back, or space is free",
        examples=[None],
    )
    closing_skipped: str | None = Field(
        description="with `mode=replace`: why nothing was closed, where something should have been",
        examples=[None],
    )
    cells_skipped: dict[str, int] = Field(
        description="cells that the mapping lets pass, by parameter or field",
        examples=[{"weight": 3}],
    )
    decimals_unsure: dict[str, str] = Field(
        description="the first cell of a parameter, or of `price`, whose sign may divide thousands "
        "or begin decimals, where the other cells do not confirm how it was read: `30.000` as "
        "thirty, `1,234` as above a thousand; `decimal` in the mapping says what is meant",
        examples=[{"battery": "30.000 mAh"}],
    )
    reject_codes: dict[str, int] = Field(
        description="how many rows were rejected, by reason", examples=[{"value_invalid": 63}]
    )
    error: JobError | None = Field(description="why it failed")
    retry_of: str | None = Field(description="the job that this one goes on from", examples=[None])
    cancel_requested: bool = Field(examples=[False])
    attempts: int = Field(
        ge=0, description="how often a worker has begun it; after a crash it goes on", examples=[1]
    )
    links: Links


class JobPage(Page[Job]):
    """One page of jobs, the newest first."""


def shown(job: JobRecord) -> JobView:
    return view(job, datetime.now(UTC))


def job_answer(job: JobRecord) -> Response:
    return answer(shown(job))


def accepted(job: JobRecord, *, replayed: bool = False) -> Response:
    """202 with the address of the job; `replayed`: an earlier request had made it."""
    headers = {"Location": f"/v1/jobs/{job.id}"}
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    return answer(shown(job), status=202, headers=headers)
