"""GET /v1/products/{id}/history: what has become of a product."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import READ
from app.api.answers import page_answer
from app.api.contract import LIST_REFUSED, NOT_FOUND, READS, Cursor, ItemId, Limit, wiring_of
from app.api.models import Answer, Page
from app.api.products import ProductRoute

router = APIRouter(prefix="/v1/products", tags=["products"], route_class=ProductRoute)


class PastFact(Answer):
    """One value of one parameter, and how long it was stated."""

    parameter: str = Field(description="id of the parameter", examples=["display"])
    name: str = Field(description="its name to show", examples=["Display"])
    value: str = Field(description="id of the value", examples=["display=6.1in"])
    text: str = Field(description="the value to show", examples=["6.1 in"])
    number: float | None = Field(description="the value in `unit`", examples=[6.1])
    unit: str | None = Field(description="unit of `number`", examples=["in"])
    origin: Literal["catalog", "extracted", "predicted", "reviewed"] = Field(
        description="who states it: a catalog, text read by us, a prediction, or a person",
        examples=["catalog"],
    )
    status: Literal["accepted", "proposed", "rejected"] = Field(
        description="whether it counts", examples=["accepted"]
    )
    confidence: float = Field(description="0 to 1", examples=[1.0])
    evidence: str | None = Field(
        description="the field that says so, as the source calls it", examples=["Screen size"]
    )
    valid_from: str | None = Field(
        description="since when, ISO 8601 in UTC", examples=["2025-03-01T09:30:00Z"]
    )
    valid_to: str | None = Field(
        description="until when, ISO 8601 in UTC; null: it is still stated",
        examples=[None, "2025-04-01T02:00:00Z"],
    )


class Observed(Answer):
    """What a product cost, and whether it could be had, from one time on."""

    price: float | None = Field(examples=[249.0])
    currency: str | None = Field(description="ISO 4217", examples=["EUR"])
    in_stock: bool | None = Field(examples=[True])


class HistoryEvent(Answer):
    """One change of a product."""

    at: str = Field(description="when, ISO 8601 in UTC", examples=["2025-04-01T02:00:00Z"])
    kind: Literal["fact_began", "fact_ended", "fact_rejected", "observed", "closed"] = Field(
        description=(
            "`fact_began`, `fact_ended`: a source began or ceased to state `fact`; "
            "`fact_rejected`: a person decided that it is not so, who is told by `run`; "
            "`observed`: price, currency or stock changed to `observation`; `closed`: no source "
            "lists the product any more"
        ),
        examples=["fact_began"],
    )
    fact: PastFact | None
    observation: Observed | None
    source: str | None = Field(description="the catalog that says so", examples=["acme"])
    run: str | None = Field(
        description="the import, training or request that wrote it, where that is known",
        examples=["import-20260102T030405-9f3a2b1c"],
    )


class HistoryPage(Page[HistoryEvent]):
    """One page of a history."""


@router.get(
    "/{id:path}/history",
    operation_id="getProductHistory",
    summary="What has become of a product",
    response_description="One page, the newest event first.",
    response_model=HistoryPage,
    responses={**READS, **NOT_FOUND, **LIST_REFUSED},
    dependencies=[READ],
)
async def get_history(
    request: Request,
    id: ItemId,
    parameter: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=200,
            description="only the facts of this parameter, by its id; without prices and stock",
            openapi_examples={"display": {"summary": "a parameter", "value": "display"}},
        ),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Facts that began, ended or were rejected, changes of price and stock, and the closing.

    What is still stated has begun and not ended. Go on with `next_cursor`, or with the `Link` of
    `rel="next"`; what happens in the meantime is on the first page.
    """
    page = await wiring_of(request).browsing.list_history(
        id, parameter=parameter, limit=limit, cursor=cursor
    )
    return page_answer(request, page)
