"""GET /v1/products/{id}/similar, POST /v1/similar and /v1/embed: what is like what."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Body, Depends, Query
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import READ, BodyRoute
from app.api.answers import answer
from app.api.contract import NOT_FOUND, READS, WRITES, ItemId, wiring_of
from app.api.models import Answer, ProductSummary
from app.api.problems import problems
from app.api.product_writes import ProductWrite, as_draft
from app.api.products import FilterText, ProductRoute
from app.services.similarity import PER_GROUP, Wanted
from graph.errors import DraftInvalid
from graph.records import ItemText

INPUTS_MAX = 100

router = APIRouter(prefix="/v1/products", tags=["similar"], route_class=ProductRoute)
posts = APIRouter(prefix="/v1", tags=["similar"], route_class=BodyRoute)

GROUPS_OF_NOTHING = "`diversify_by` says of what this is the most; send it, or leave this out"
FILTER_REFUSED = problems(
    (400, "filter_invalid", "filter, character 21: expected one of : = != < <= > >= after 'brand'"),
)
NO_ENCODER = problems(
    (
        409,
        "encoder_missing",
        "no trained model has embedded this catalog and is loaded, so a text cannot be compared: "
        "pretrain one, or send facts, a brand or a category",
    ),
)
_LANTERN: dict[str, Any] = {
    "title": "Acme Lantern 6 128GB black",
    "brand": "Acme",
    "facts": [{"parameter": "Display", "value": 6.1, "unit": "in"}],
}


class Encoder(Answer):
    """The trained model that vectors are from."""

    name: str = Field(examples=["products"])
    version: str = Field(examples=["3"])
    width: int = Field(description="how many numbers a vector has", ge=1, examples=[128])


class SharedFact(Answer):
    """A value that both have."""

    parameter: str = Field(description="id of the parameter", examples=["display"])
    name: str = Field(description="its name to show", examples=["Display"])
    value: str = Field(description="id of the value", examples=["display=6.1in"])
    text: str = Field(description="the value to show", examples=["6.1 in"])


class Reasons(Answer):
    """What both have in common."""

    same_brand: bool = Field(examples=[True])
    same_category: bool = Field(examples=[True])
    same_model: bool = Field(examples=[False])
    facts: list[SharedFact] = Field(description="at most 10, those that are rarest first")


class SimilarItem(Answer):
    """An item that is like the one asked about."""

    item: ProductSummary
    score: float = Field(
        description=(
            "0 to 1. By `vectors`: the cosine of the two. By `shared_facts`: how much of what is "
            "known of the item asked about this one shares; what is rare weighs more"
        ),
        ge=0,
        le=1,
        examples=[0.87],
    )
    reasons: Reasons


class Likeness(Answer):
    """What is like an item, the most alike first."""

    method: Literal["vectors", "shared_facts"] = Field(
        description="how it was found: by a trained model, or without one",
        examples=["vectors"],
    )
    model: Encoder | None = Field(description="by `vectors`: the model they are from")
    notice: str | None = Field(
        description="by `shared_facts`: why no vectors were used; or why nothing was found",
        examples=["no model has written vectors yet"],
    )
    items: list[SimilarItem]


class Embedded(Answer):
    """Vectors, to be compared by their cosine."""

    model: Encoder
    vectors: list[list[float]] = Field(
        description="in the order of `inputs`", examples=[[[0.12, -0.7, 0.31]]]
    )


class Input(BaseModel):
    """Something that is not stored: either a text or a product."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str | None = Field(
        default=None,
        min_length=1,
        max_length=10_000,
        pattern=r"\S",
        description="a title, or a few words",
        examples=["Acme Lantern 6 128GB black"],
    )
    product: ProductWrite | None = Field(
        default=None, description="as it would be stored with `PUT /v1/products/{id}`"
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.text is None) == (self.product is None):
            raise ValueError("send either `text` or `product`")
        return self


class Inputs(BaseModel):
    """Several at once."""

    model_config = ConfigDict(extra="forbid", strict=True)

    inputs: list[Input] = Field(
        min_length=1, max_length=INPUTS_MAX, examples=[[{"text": "Acme Lantern 6"}]]
    )


async def wanted(
    filter: FilterText = None,
    limit: Annotated[
        int,
        Query(
            ge=1,
            le=100,
            description="most items to answer",
            openapi_examples={"usual": {"summary": "enough for a page", "value": 10}},
        ),
    ] = 10,
    threshold: Annotated[
        float,
        Query(
            ge=0,
            le=1,
            allow_inf_nan=False,
            description="only items with this score or more",
            openapi_examples={"close": {"summary": "close ones", "value": 0.5}},
        ),
    ] = 0.0,
    in_stock: Annotated[
        bool | None,
        Query(
            description="`true`: only what can be had; `false`: only what cannot; unset: both",
            openapi_examples={"had": {"summary": "what can be had", "value": True}},
        ),
    ] = None,
    diversify_by: Annotated[
        Literal["brand"] | None,
        Query(
            description="`brand`: no more than `per_group` of one brand",
            openapi_examples={"brands": {"summary": "of several brands", "value": "brand"}},
        ),
    ] = None,
    per_group: Annotated[
        int | None,
        Query(
            ge=1,
            le=100,
            description="with `diversify_by`: most items of one brand; 2, if left out",
            openapi_examples={"none": {"summary": "without `diversify_by`: leave it out"}},
        ),
    ] = None,
) -> Wanted:
    """The options that both ways to ask have."""
    if per_group is not None and diversify_by is None:
        fault = {"type": "value_error", "loc": ("query", "per_group"), "msg": GROUPS_OF_NOTHING}
        raise RequestValidationError([{**fault, "input": per_group}])
    return Wanted(
        limit=limit,
        threshold=threshold,
        filter=filter,
        in_stock=in_stock,
        diversify_by=diversify_by,
        per_group=per_group or PER_GROUP,
    )


Options = Annotated[Wanted, Depends(wanted)]


@router.get(
    "/{id:path}/similar",
    operation_id="getSimilarProducts",
    summary="Products like a stored one",
    response_description="The most alike first, each with its reasons.",
    response_model=Likeness,
    responses={**READS, **NOT_FOUND, **FILTER_REFUSED},
    dependencies=[READ],
)
async def get_similar(request: Request, id: ItemId, options: Options) -> Response:
    """What is like the product, of its own kind unless the filter says `kind:…`.

    Found by the vectors of a trained model. Where there is none yet, by the facts that products
    share: `method` and `notice` say so. What no source lists any more is never shown.
    """
    return answer(await wiring_of(request).similarity.to_stored(id, options))


@posts.post(
    "/similar",
    operation_id="findSimilarProducts",
    summary="Products like a text, or like a product that is not stored",
    response_description="The most alike first, each with its reasons.",
    response_model=Likeness,
    responses={**WRITES, **FILTER_REFUSED, **NO_ENCODER},
    dependencies=[READ],
)
async def find_similar(
    request: Request,
    options: Options,
    input: Annotated[
        Input,
        Body(
            openapi_examples={
                "product": {"summary": "a product", "value": {"product": _LANTERN}},
                "text": {"summary": "a text", "value": {"text": "Acme Lantern 6 128GB black"}},
            }
        ),
    ],
) -> Response:
    """As for a stored product; nothing is stored.

    Without a trained model a bare text cannot be compared and answers 409; a product with facts, a
    brand or a category can.
    """
    text = await _text(request, input)
    return answer(await wiring_of(request).similarity.to_text(text, options))


@posts.post(
    "/embed",
    operation_id="embed",
    summary="Vectors of texts and of products that are not stored",
    response_description="One vector for each input.",
    response_model=Embedded,
    responses={**WRITES, **NO_ENCODER},
    dependencies=[READ],
)
async def embed(
    request: Request,
    batch: Annotated[
        Inputs,
        Body(
            openapi_examples={
                "both": {
                    "summary": "a text and a product",
                    "value": {"inputs": [{"text": "Acme Lantern 6"}, {"product": _LANTERN}]},
                }
            }
        ),
    ],
) -> Response:
    """What the trained model makes of each input, for search engines and models of your own."""
    texts = [
        await _text(request, one, place=f"inputs/{position}/")
        for position, one in enumerate(batch.inputs)
    ]
    return answer(await wiring_of(request).similarity.embed(texts))


async def _text(request: Request, input: Input, place: str = "") -> ItemText:
    """The input as an encoder reads it; `place` is where in the body it stands."""
    if input.product is None:
        return ItemText(kind="product", title=str(input.text))
    # No address of anybody's: nothing is stored under it.
    draft = as_draft("unsaved:1", input.product)
    try:
        return await wiring_of(request).similarity.text_of(draft)
    except DraftInvalid as error:
        raise DraftInvalid(
            field=f"{place}product/{error.field}",
            value=error.value,
            reason=error.reason,
            code=error.reject_code,
        ) from error
