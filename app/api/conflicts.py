"""GET /v1/conflicts: where sources contradict each other."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import READ
from app.api.answers import page_answer
from app.api.contract import LIST_REFUSED, READS, Cursor, Limit, wiring_of
from app.api.models import Answer, Page
from app.api.products import Kind
from app.services.browsing import ConflictQuery

router = APIRouter(prefix="/v1", tags=["products"])


class Statement(Answer):
    """What one source says of the parameter."""

    value: str = Field(description="id of the value", examples=["display=6.1in"])
    text: str = Field(description="the value to show", examples=["6.1 in"])
    number: float | None = Field(description="the value in `unit`", examples=[6.1])
    unit: str | None = Field(description="unit of `number`", examples=["in"])
    origin: Literal["catalog", "extracted", "predicted", "reviewed"] = Field(
        description="who states it: a catalog, text read by us, a prediction, or a person",
        examples=["catalog"],
    )
    source: str | None = Field(description="the catalog that states it", examples=["acme"])
    confidence: float = Field(description="0 to 1", examples=[1.0])
    valid_from: str | None = Field(
        description="since when, ISO 8601 in UTC", examples=["2025-03-01T09:30:00Z"]
    )
    run: str | None = Field(
        description="the import, training or request that wrote it",
        examples=["import-20260102T030405-9f3a2b1c"],
    )
    preferred: bool = Field(
        description="whether it is the one to use until a source mends it", examples=[True]
    )


class Conflict(Answer):
    """One parameter of one product or model that its sources contradict each other about."""

    kind: Literal["product", "model"] = Field(
        description="`product`: an item that a shop lists; `model`: what it is an instance of",
        examples=["model"],
    )
    id: str = Field(description="of the product or model", examples=["acme-lantern-6"])
    title: str = Field(examples=["Acme Lantern 6"])
    parameter: str = Field(description="id of the parameter", examples=["display"])
    name: str = Field(description="its name to show", examples=["Display"])
    statements: list[Statement] = Field(description="the one that counts comes first")


class ConflictPage(Page[Conflict]):
    """One page of conflicts."""


@router.get(
    "/conflicts",
    operation_id="listConflicts",
    summary="Where sources contradict each other",
    response_description="One page: products before models, by id, then by parameter.",
    response_model=ConflictPage,
    responses={**READS, **LIST_REFUSED},
    dependencies=[READ],
)
async def list_conflicts(
    request: Request,
    parameter: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=200,
            description="only conflicts about this parameter, by its id",
            openapi_examples={"display": {"summary": "a parameter", "value": "display"}},
        ),
    ] = None,
    source: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=200,
            description="only what this source contradicts another about",
            openapi_examples={"acme": {"summary": "a catalog", "value": "acme"}},
        ),
    ] = None,
    kind: Kind = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Each parameter that sources state of one product or model without a value in common.

    All of them are kept. Which one counts is settled by who states it, by the order of sources
    that is configured, and by which is newest. A conflict ends when a source mends its statement.
    """
    query = ConflictQuery(parameter=parameter, source=source, kind=kind)
    page = await wiring_of(request).browsing.list_conflicts(query, limit=limit, cursor=cursor)
    return page_answer(request, page)
