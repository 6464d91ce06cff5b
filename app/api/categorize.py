"""POST /v1/categorize: which category texts are of, or that it is unknown."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import READ, BodyRoute
from app.api.answers import answer
from app.api.contract import ID_EXAMPLE, NOT_FOUND, TEXTS_MAX, WRITES, Text, wiring_of
from app.api.models import Answer
from app.services.categorizing import SURE, CategoryText

router = APIRouter(prefix="/v1", tags=["categorize"], route_class=BodyRoute)

_TITLE = "Acme Lantern 6 128GB black"

Confidence = Annotated[float, Field(ge=0, le=1, examples=[0.94])]


class CategoryRef(Answer):
    """A category of the graph."""

    id: str = Field(examples=["home/lanterns"])
    name: str = Field(examples=["Lanterns"])


class AlternativeCategory(Answer):
    """Another category that it may be."""

    category: CategoryRef
    path: list[CategoryRef] = Field(description="from the root to the category")
    confidence: Confidence


class Categorized(Answer):
    """The category of one text."""

    category: CategoryRef | None = Field(description="the deepest that is sure; null: unknown")
    path: list[CategoryRef] = Field(description="from the root to the category")
    confidence: float = Field(
        description="probability of the category; where it is unknown, of the likeliest",
        ge=0,
        le=1,
        examples=[0.94],
    )
    alternatives: list[AlternativeCategory] = Field(description="the most likely first")
    unknown: bool = Field(
        description="it is of a kind that was not learnt, or no category is likely enough",
        examples=[False],
    )
    reasons: list[str] = Field(description="for people", examples=[["the word 'lantern'"]])


class Categorization(Answer):
    """The category of every text, in the order they were sent."""

    model: str = Field(description="`words`, or the trained model", examples=["categories@3"])
    notice: str | None = Field(description="why no model answered", examples=[None])
    results: list[Categorized]


class ProductToCategorize(BaseModel):
    """A stored item by its id, or any by its texts."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str | None = Field(default=None, min_length=1, max_length=512, examples=[ID_EXAMPLE])
    title: Text | None = Field(default=None, examples=[_TITLE])
    description: Text | None = Field(
        default=None,
        description="read where the title alone leaves the category unknown",
        examples=["Burns for 40 hours."],
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.id is None) == (self.title is None):
            raise ValueError("send either `id` or `title`")
        if self.id is not None and self.description is not None:
            raise ValueError("send `description` with a `title`; a stored item has its own")
        return self


class CategorizeRequest(BaseModel):
    """Texts or products."""

    model_config = ConfigDict(extra="forbid", strict=True)

    texts: list[Text] | None = Field(
        default=None, min_length=1, max_length=TEXTS_MAX, examples=[[_TITLE]]
    )
    products: list[ProductToCategorize] | None = Field(
        default=None, min_length=1, max_length=TEXTS_MAX
    )
    min_confidence: float = Field(
        default=SURE,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="of a category that is given; one above it is given where it is less sure",
        examples=[0.8],
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.texts is None) == (self.products is None):
            raise ValueError("send either `texts` or `products`")
        return self


@router.post(
    "/categorize",
    operation_id="categorize",
    summary="Which category texts are of, or that it is unknown",
    response_description="The category of each text, in the order they were sent.",
    response_model=Categorization,
    responses={**WRITES, **NOT_FOUND},
    dependencies=[READ],
)
async def categorize(
    request: Request,
    body: Annotated[
        CategorizeRequest,
        Body(
            openapi_examples={
                "texts": {"summary": "two titles", "value": {"texts": [_TITLE, "Oak desk 120cm"]}},
                "products": {
                    "summary": "a stored item, and one that is not",
                    "value": {
                        "products": [{"id": ID_EXAMPLE}, {"title": _TITLE}],
                        "min_confidence": 0.9,
                    },
                },
            }
        ),
    ],
) -> Response:
    """Nothing is stored. The category is the deepest one that is sure enough.

    Without a trained model the categories of items with the same words answer, and `notice` says
    so.
    """
    products = body.products or [ProductToCategorize(title=text) for text in body.texts or ()]
    texts = [await _text(request, product) for product in products]
    found = await wiring_of(request).categorizing.categorize(
        texts, min_confidence=body.min_confidence
    )
    return answer(found)


async def _text(request: Request, product: ProductToCategorize) -> CategoryText:
    if product.id is not None:
        return await wiring_of(request).categorizing.text_of(product.id)
    return CategoryText(product.title or "", product.description)
