"""POST /v1/graph-builds: facts out of the texts of stored products, in the background."""

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
from app.services.builds import ACCEPT, LINK, PROPOSE, BuildSpec

router = APIRouter(prefix="/v1/graph-builds", tags=["extract"], route_class=BodyRoute)

_REFUSED = problems(
    (
        422,
        "build_invalid",
        "propose: 0.9 is above 0.85, from which on facts are accepted",
    ),
)


class GraphBuild(BaseModel):
    """Which texts to read, and what to do with what they state."""

    model_config = ConfigDict(extra="forbid", strict=True)

    source: str | None = Field(
        default=None,
        max_length=200,
        description="only its products; null: those of all",
        examples=["acme"],
    )
    only_text: bool = Field(
        default=True,
        description="only products of which no catalog states a fact, or of which something was "
        "read before",
        examples=[True],
    )
    accept: float = Field(
        default=ACCEPT,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="facts this sure count at once",
        examples=[ACCEPT],
    )
    propose: float = Field(
        default=PROPOSE,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="facts less sure, but this sure, wait for a review",
        examples=[PROPOSE],
    )
    link: float = Field(
        default=LINK,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="a product is linked to a model that its title names this surely",
        examples=[LINK],
    )


@router.post(
    "",
    operation_id="createGraphBuild",
    summary="Facts out of the texts of stored products",
    response_description="The job that does it, at the address in `Location`.",
    status_code=202,
    response_model=Job,
    responses={**KEYED, **BODY, **_REFUSED, **JOBS_STORE},
    dependencies=[WRITE],
)
async def create_graph_build(
    request: Request,
    build: Annotated[
        GraphBuild,
        Body(openapi_examples={"one": {"summary": "of one shop", "value": {"source": "acme"}}}),
    ],
    webhook: Webhook = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Read titles and descriptions, and write what they state; catalogs are never overwritten.

    A run whose worker dies goes on behind the last page it has written.
    """
    parts = wiring_of(request)
    spec = BuildSpec(**build.model_dump())
    key = key_of_caller(request, idempotency_key)
    submit = partial(parts.jobs.submit, spec, webhook=webhook, idempotency_key=key)
    job, new = await parts.threads.run(submit)
    return accepted(job, replayed=not new)
