"""POST /v1/recommend: what to show a shopper, and why."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import READ, BodyRoute
from app.api.answers import answer
from app.api.contract import ID_EXAMPLE, NOT_FOUND, WRITES, wiring_of
from app.api.events import SHOPPER_EXAMPLE
from app.api.models import Answer, ProductSummary
from app.api.similar import FILTER_REFUSED, GROUPS_OF_NOTHING
from app.services.recommending import Context
from graph.ingest.events import ID_CHARS_MAX, ITEM_CHARS_MAX

HISTORY_MAX = 200

router = APIRouter(prefix="/v1", tags=["recommend"], route_class=BodyRoute)

_Method = Literal["sequence", "bought_with", "similar", "popular", "newest"]
_ItemText = Annotated[str, Field(min_length=1, max_length=ITEM_CHARS_MAX)]


class ContextIn(BaseModel):
    """Where the items are to be shown, and which may be."""

    model_config = ConfigDict(extra="forbid", strict=True)

    item: _ItemText | None = Field(
        default=None, description="the product that is looked at", examples=[ID_EXAMPLE]
    )
    intent: Literal["any", "complements", "substitutes"] = Field(
        default="any",
        description=(
            "with `item`: `complements` go with it and are of another category, `substitutes` "
            "go in its place and are of the same one"
        ),
        examples=["complements"],
    )
    filter: str | None = Field(
        default=None,
        max_length=2_000,
        description="only products that pass, in the grammar of `GET /v1/products`",
        examples=["brand:acme price:..300"],
    )
    in_stock: bool | None = Field(
        default=None, description="`true`: only what can be had", examples=[True]
    )
    diversify_by: Literal["brand", "category"] | None = Field(
        default=None, description="no more than `per_group` of one", examples=["brand"]
    )
    per_group: int = Field(default=2, ge=1, le=100, examples=[2])

    @model_validator(mode="after")
    def _intent_needs_item(self) -> Self:
        if self.intent != "any" and self.item is None:
            raise ValueError(f"`{self.intent}` are of an `item`; send it, or leave out `intent`")
        return self

    @model_validator(mode="after")
    def _groups_are_of_something(self) -> Self:
        if "per_group" in self.model_fields_set and self.diversify_by is None:
            raise ValueError(f"per_group: {GROUPS_OF_NOTHING}")
        return self


class RecommendIn(BaseModel):
    """For whom, where, and how many."""

    model_config = ConfigDict(extra="forbid", strict=True)

    shopper: str | None = Field(
        default=None,
        min_length=1,
        max_length=ID_CHARS_MAX,
        description="whose events were sent to `POST /v1/events`",
        examples=[SHOPPER_EXAMPLE],
    )
    history: list[_ItemText] | None = Field(
        default=None,
        max_length=HISTORY_MAX,
        description="in the place of a shopper: ids of products, the newest last",
        examples=[[ID_EXAMPLE]],
    )
    context: ContextIn = Field(default_factory=ContextIn)
    limit: int = Field(default=10, ge=1, le=100, description="most items to answer", examples=[10])

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.shopper is not None and self.history is not None:
            raise ValueError("send either `shopper` or `history`, or neither")
        return self


class RecommendReason(Answer):
    """Why an item is shown."""

    kind: Literal["sequence", "bought_with", "shared", "popular", "new"] = Field(
        examples=["bought_with"]
    )
    text: str = Field(
        description="a sentence to show", examples=["bought with Acme Lantern 6 by 12 shoppers"]
    )
    items: list[str] = Field(description="products that it names", examples=[[ID_EXAMPLE]])
    shoppers: int | None = Field(description="how many it speaks of", examples=[12])


class Recommended(Answer):
    """An item to show."""

    item: ProductSummary
    score: float = Field(
        description="compares items of one method, the higher the better",
        ge=0,
        le=1,
        examples=[0.8],
    )
    method: _Method = Field(
        description=(
            "by the trained model, by what was bought together, by likeness, by how many bought "
            "it, or because it is new"
        ),
        examples=["sequence"],
    )
    reasons: list[RecommendReason] = Field(description="the strongest first")


class Recommendations(Answer):
    """What to show, the best first."""

    methods: list[_Method] = Field(
        description="those that found something, in the order of the items", examples=[["sequence"]]
    )
    model: str | None = Field(
        description="the trained model that answered, if one did", examples=["recommendation@2"]
    )
    notice: str | None = Field(
        description="why the trained model did not answer where it could, or why nothing is shown",
        examples=[None],
    )
    ignored: list[str] = Field(description="items of the history that are not there", examples=[[]])
    items: list[Recommended]


_EXAMPLES: dict[str, Any] = {
    "shopper": {
        "summary": "for a shopper",
        "value": {"shopper": SHOPPER_EXAMPLE, "limit": 5, "context": {"in_stock": True}},
    },
    "history": {
        "summary": "what goes with a product",
        "value": {
            "history": [ID_EXAMPLE],
            "context": {"item": ID_EXAMPLE, "intent": "complements"},
        },
    },
}


@router.post(
    "/recommend",
    operation_id="recommend",
    summary="What to show a shopper",
    response_description="The best first, each with its reasons.",
    response_model=Recommendations,
    responses={**WRITES, **NOT_FOUND, **FILTER_REFUSED},
    dependencies=[READ],
)
async def recommend(
    request: Request, asked: Annotated[RecommendIn, Body(openapi_examples=_EXAMPLES)]
) -> Response:
    """Nothing of the history is shown again, and nothing that is closed.

    The trained model answers where one was promoted and knows of the history, for products that
    came after its training as well, by their attributes; then what was bought together; then what
    is alike; then what is popular, then what is new: a shopper of whom nothing is known has an
    answer too. A history that names products that are not there is answered without them, and
    `ignored` names them.
    """
    found = await wiring_of(request).recommending.recommend(
        Context(**asked.context.model_dump()),
        shopper=asked.shopper,
        history=asked.history,
        limit=asked.limit,
    )
    return answer(found)
