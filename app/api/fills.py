"""POST /v1/graph-fills: facts that items lack, by what similar items have, in the background."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import WRITE, BodyRoute
from app.api.arrivals import key_of_caller
from app.api.contract import BODY, KEYED, wiring_of
from app.api.imports import IdempotencyKey, Webhook
from app.api.job_models import JOBS_STORE, Job, accepted
from app.api.problems import problems
from app.services.fills import PRECISION, FillSpec

router = APIRouter(prefix="/v1/graph-fills", tags=["extract"], route_class=BodyRoute)

_REFUSED = problems(
    (422, "fill_invalid", "propose: a run that takes back proposes nothing"),
)


class GraphFill(BaseModel):
    """Which items to fill, and how sure that has to be."""

    model_config = ConfigDict(extra="forbid", strict=True)

    source: str | None = Field(
        default=None,
        max_length=200,
        description="only its items; null: those of all",
        examples=["acme"],
    )
    precision: float = Field(
        default=PRECISION,
        gt=0,
        lt=1,
        allow_inf_nan=False,
        description="at least this share of the facts that count at once is right, as was measured "
        "on facts that were known and hidden",
        examples=[PRECISION],
    )
    propose: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        allow_inf_nan=False,
        description="facts less sure, but this sure, wait for a review; null: none do",
        examples=[0.7],
    )
    remove: bool = Field(
        default=False,
        description="only take back what earlier runs have filled in",
        examples=[False],
    )
    dry_run: bool = Field(
        default=False,
        description="count what would be filled in, and write nothing",
        examples=[False],
    )


@router.post(
    "",
    operation_id="createGraphFill",
    summary="Facts that items lack, by what similar items have",
    response_description="The job that does it, at the address in `Location`.",
    status_code=202,
    response_model=Job,
    responses={**KEYED, **BODY, **_REFUSED, **JOBS_STORE},
    dependencies=[WRITE],
)
async def create_graph_fill(
    request: Request,
    fill: Annotated[
        GraphFill,
        Body(openapi_examples={"one": {"summary": "of one shop", "value": {"source": "acme"}}}),
    ],
    webhook: Webhook = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Fill in what items state nothing of; what anybody states is never overwritten.

    It takes a model that was learnt from the graph: `POST /v1/training-runs/labels?reader=filling`.
    """
    parts = wiring_of(request)
    spec = FillSpec(**fill.model_dump())
    key = key_of_caller(request, idempotency_key)
    submit = partial(parts.jobs.submit, spec, webhook=webhook, idempotency_key=key)
    job, new = await parts.threads.run(submit)
    return accepted(job, replayed=not new)
