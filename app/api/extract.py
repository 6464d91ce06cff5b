"""POST /v1/extract: what texts state, with the place that says so."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import READ, BodyRoute
from app.api.answers import answer
from app.api.contract import TEXTS_MAX, WRITES, Text, wiring_of
from app.api.models import Answer
from app.api.problems import problems
from graph.ingest.items import category_path
from graph.records import Named
from graph.text import brand_id
from ml.grounding.records import TextToRead, fields_of

router = APIRouter(prefix="/v1", tags=["extract"], route_class=BodyRoute)

PARAMETER_UNKNOWN = problems(
    (
        422,
        "parameter_unknown",
        "there is no parameter 'colr'; `GET /v1/parameters` lists those there are",
    ),
)
REQUEST_CHARS = 500_000  # of all texts together: half a minute of work, where each is of the worst
_TITLE = "Acme Lantern 6 128GB black"


class NormalizedValue(Answer):
    """The value as the graph writes it."""

    text: str = Field(examples=["128 GB"])
    number: float | None = Field(description="in `unit`", examples=[128])
    unit: str | None = Field(examples=["GB"])


class FactLinks(Answer):
    """Nodes of the graph; null where it has none yet."""

    value: str | None = Field(description="id of the value", examples=["storage=128GB"])
    entity: str | None = Field(
        description="id of the brand, category or model", examples=["acme-lantern-6"]
    )


class ExtractedFact(Answer):
    """Something that a text states, or that follows from the model it names."""

    relation: Literal["HAS_PARAMETER", "MADE_BY", "BELONGS_TO", "INSTANCE_OF", "MADE_FOR"] = Field(
        description=(
            "the relationship it would be in the graph; `MADE_FOR`, of an accessory to the model "
            "that it fits, is none there"
        ),
        examples=["HAS_PARAMETER"],
    )
    parameter: str = Field(
        description="id of the parameter; `brand`, `category`, `model` or `made_for` for these",
        examples=["storage"],
    )
    name: str = Field(description="its name to show", examples=["Storage"])
    value: str | None = Field(
        description="the words of the text; null where the text does not say it",
        examples=["128GB"],
    )
    normalized: NormalizedValue
    confidence: float = Field(
        description="probability that it is so, held against what catalogs state",
        ge=0,
        le=1,
        examples=[0.94],
    )
    field: str | None = Field(description="`title` or `description`", examples=["title"])
    start: int | None = Field(
        description="first character in the field as it was sent, from 0", examples=[15]
    )
    end: int | None = Field(description="the character behind the last", examples=[20])
    links: FactLinks
    reasons: list[str] = Field(
        description="for people, the strongest first",
        examples=[["a quantity in its unit, which some items have"]],
    )
    origin: Literal["extracted", "predicted"] = Field(
        description="`predicted`: not in the text, implied by the graph", examples=["extracted"]
    )
    model: str = Field(description="what read it: `rules`, or NAME@VERSION", examples=["rules"])
    path: list[str] = Field(
        description="of what is implied: the relationships and nodes that imply it", examples=[[]]
    )


class Extracted(Answer):
    """What one text states; what it does not say is absent."""

    facts: list[ExtractedFact]


class Extraction(Answer):
    """What every text states, in the order they were sent."""

    model: str = Field(description="`rules`, or the trained model", examples=["extraction@3"])
    notice: str | None = Field(description="why it was rules alone", examples=[None])
    results: list[Extracted]


class ProductText(BaseModel):
    """An item by its texts; what is sent of brand and category is taken for known."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Text = Field(examples=[_TITLE])
    description: Text | None = Field(default=None, examples=["With two lenses and NFC."])
    brand: str | None = Field(default=None, min_length=1, max_length=200, examples=["Acme"])
    category: str | None = Field(
        default=None, min_length=1, max_length=500, examples=["Home > Lanterns"]
    )


class ExtractRequest(BaseModel):
    """Texts or products, and what is wanted of them."""

    model_config = ConfigDict(extra="forbid", strict=True)

    texts: list[Text] | None = Field(
        default=None, min_length=1, max_length=TEXTS_MAX, examples=[[_TITLE]]
    )
    products: list[ProductText] | None = Field(default=None, min_length=1, max_length=TEXTS_MAX)
    category: str | None = Field(
        default=None,
        min_length=1,
        max_length=500,
        description=(
            "of all of them, where it is known: its path, its id, or a name that it has alone"
        ),
        examples=["Home > Lanterns"],
    )
    parameters: list[str] | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description=(
            "only these, by id or name; `brand`, `category`, `model` and `made_for` count as such"
        ),
        examples=[["storage", "Colour"]],
    )
    min_confidence: float = Field(
        default=0.0,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="leave out what is less sure",
        examples=[0.8],
    )
    include_implied: bool = Field(
        default=False,
        description="also what the model that a text names always has, as `predicted`",
        examples=[True],
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.texts is None) == (self.products is None):
            raise ValueError("send either `texts` or `products`")
        return self

    @model_validator(mode="after")
    def _in_one_piece(self) -> Self:
        chars = sum(map(len, self.texts or ()))
        chars += sum(len(one.title) + len(one.description or "") for one in self.products or ())
        if chars > REQUEST_CHARS:
            raise ValueError(
                f"the texts have {chars} characters together; send at most {REQUEST_CHARS} in a "
                "request"
            )
        return self


@router.post(
    "/extract",
    operation_id="extract",
    summary="Attributes out of texts, with the place that says so",
    response_description="What each text states, in the order they were sent.",
    response_model=Extraction,
    responses={**WRITES, **PARAMETER_UNKNOWN},
    dependencies=[READ],
)
async def extract(
    request: Request,
    body: Annotated[
        ExtractRequest,
        Body(
            openapi_examples={
                "texts": {"summary": "two titles", "value": {"texts": [_TITLE, "Oak desk 120cm"]}},
                "products": {
                    "summary": "a product, and only what is sure",
                    "value": {
                        "products": [{"title": _TITLE, "brand": "Acme"}],
                        "min_confidence": 0.9,
                        "include_implied": True,
                    },
                },
            }
        ),
    ],
) -> Response:
    """Values, brand, category and model that texts state; what they do not say is never guessed.

    Nothing is stored. `confidence` is how often such readings agree with what catalogs state.
    """
    products = body.products or [ProductText(title=text) for text in body.texts or ()]
    found = await wiring_of(request).extracting.extract(
        [_to_read(product, body.category) for product in products],
        parameters=body.parameters,
        min_confidence=body.min_confidence,
        implied=body.include_implied,
    )
    return answer(found)


def _to_read(product: ProductText, category: str | None) -> TextToRead:
    category = product.category or category
    return TextToRead(
        fields_of(product.title, product.description),
        brand=Named(brand_id(product.brand), product.brand) if product.brand else None,
        category=category_path(category)[-1] if category else None,
    )
