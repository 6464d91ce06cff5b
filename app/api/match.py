"""POST /v1/match: whether two items are the same product, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import READ, BodyRoute
from app.api.answers import answer
from app.api.contract import ID_EXAMPLE, NOT_FOUND, WRITES, wiring_of
from app.api.models import Answer

if TYPE_CHECKING:
    from ml.matching.records import Fields

FIELDS_MAX = 100

router = APIRouter(prefix="/v1", tags=["match"], route_class=BodyRoute)

_FIELDS = {"title": "Acme Lantern 6 128GB black", "price": "249"}


class MatchReason(Answer):
    """What speaks for one product, or against it."""

    name: str = Field(examples=["model numbers"])
    contribution: float = Field(
        description="in log-odds; above 0 speaks for the same product", examples=[1.7]
    )


class Match(Answer):
    """How likely two items are the same product."""

    same: bool = Field(description="`score` reaches `threshold`", examples=[True])
    score: float = Field(
        description="calibrated probability; by `rules` a mere order", ge=0, le=1, examples=[0.93]
    )
    threshold: float = Field(ge=0, le=1, examples=[0.5])
    reasons: list[MatchReason] = Field(description="the strongest first")
    model: str = Field(description="`rules`, or the trained model", examples=["matching@2"])
    notice: str | None = Field(description="why it was rules alone", examples=[None])


class MatchItem(BaseModel):
    """A stored item by its id, or any item by its fields."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str | None = Field(default=None, min_length=1, max_length=512, examples=[ID_EXAMPLE])
    fields: dict[str, Annotated[str, Field(max_length=20_000)]] | None = Field(
        default=None,
        min_length=1,
        max_length=FIELDS_MAX,
        description="texts by name; which is the name, the brand, the price is found out",
        examples=[_FIELDS],
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.id is None) == (self.fields is None):
            raise ValueError("send either `id` or `fields`")
        return self


class MatchRequest(BaseModel):
    """Two items."""

    model_config = ConfigDict(extra="forbid", strict=True)

    a: MatchItem
    b: MatchItem


@router.post(
    "/match",
    operation_id="matchProducts",
    summary="Whether two items are the same product",
    response_description="How likely, and why.",
    response_model=Match,
    responses={**WRITES, **NOT_FOUND},
    dependencies=[READ],
)
async def match(
    request: Request,
    pair: Annotated[
        MatchRequest,
        Body(
            openapi_examples={
                "both": {
                    "summary": "a stored item and one that is not",
                    "value": {"a": {"id": ID_EXAMPLE}, "b": {"fields": _FIELDS}},
                }
            }
        ),
    ],
) -> Response:
    """Nothing is stored. Without a trained model rules compare them, and `notice` says so."""
    matching = wiring_of(request).matching
    a, b = [await _fields(request, item) for item in (pair.a, pair.b)]
    return answer(await matching.match(a, b))


async def _fields(request: Request, item: MatchItem) -> Fields:
    if item.fields is not None:
        return item.fields
    return await wiring_of(request).matching.fields(str(item.id))
