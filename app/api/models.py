"""What several routers answer with, as OpenAPI describes it."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")

CLOSED = "since when no source lists it any more, ISO 8601 in UTC; null: it is listed"
CURSOR_EXAMPLE = "WzEsIjM2NTA0MGM3NDMxYiIsImFjbWU6MTAwMjciXQ"


class Answer(BaseModel):
    """Base of every answer: all fields are always there, and no others."""

    model_config = ConfigDict(extra="forbid")


class Page(Answer, Generic[T]):
    """One page of a list."""

    items: list[T]
    next_cursor: str | None = Field(
        description="send it as `cursor` for the next page; null: this is the last one",
        examples=[CURSOR_EXAMPLE],
    )
    notice: str | None = Field(
        description="what is asked for that the graph has no name for; null: nothing",
        examples=[None],
    )


class Named(Answer):
    """A brand, a category or a model."""

    id: str = Field(description="stable id, to filter by", examples=["acme"])
    name: str = Field(description="the name to show", examples=["Acme"])
    names: list[str] = Field(
        description="every name it is known by", examples=[["Acme", "ACME Corp."]]
    )


class Fact(Answer):
    """One value of one parameter, and where it came from."""

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
    source: str | None = Field(description="the catalog that states it", examples=["acme"])
    evidence: str | None = Field(
        description="the field that says so, as the source calls it", examples=["Screen size"]
    )
    run: str | None = Field(
        description="the import, training or request that wrote it",
        examples=["rest:0f8b3c5e9d1a4d4e8a52c1f3b7a6e901"],
    )
    valid_from: str | None = Field(
        description="since when, ISO 8601 in UTC", examples=["2025-03-01T09:30:00Z"]
    )
    preferred: bool = Field(
        description=(
            "whether it is the one to use: false where another statement of a higher standing "
            "says something else of the same parameter"
        ),
        examples=[True],
    )


class ProductSummary(Answer):
    """A product as lists show it."""

    kind: Literal["product", "model"] = Field(
        description="`product`: an item that a shop lists; `model`: what it is an instance of",
        examples=["product"],
    )
    id: str = Field(description="`source:sku`", examples=["acme:10027"])
    title: str = Field(examples=["Acme Lantern 6 128GB black"])
    brand: Named | None
    category: Named | None = Field(description="the most specific one")
    price: float | None = Field(examples=[249.0])
    currency: str | None = Field(description="ISO 4217", examples=["EUR"])
    in_stock: bool | None = Field(examples=[True])
    source: str | None = Field(description="the catalog it is from", examples=["acme"])
    closed_at: str | None = Field(description=CLOSED, examples=[None, "2025-04-01T02:00:00Z"])


class Product(Answer):
    """A product with all its facts."""

    kind: Literal["product", "model"] = Field(
        description="`product`: an item that a shop lists; `model`: what it is an instance of",
        examples=["product"],
    )
    id: str = Field(description="`source:sku`", examples=["acme:10027"])
    title: str = Field(examples=["Acme Lantern 6 128GB black"])
    names: list[str] = Field(description="of a model: every name it is known by", examples=[[]])
    description: str | None = Field(examples=["A bright lantern with a 6.1 inch display."])
    language: str | None = Field(description="BCP 47", examples=["en"])
    price: float | None = Field(examples=[249.0])
    currency: str | None = Field(description="ISO 4217", examples=["EUR"])
    gtin: str | None = Field(description="global trade item number", examples=["04006381333931"])
    mpn: str | None = Field(description="manufacturer's part number", examples=["LN6-128-B"])
    url: str | None = Field(description="page in the shop", examples=["https://shop.test/10027"])
    image_url: str | None = Field(examples=["https://shop.test/10027.jpg"])
    in_stock: bool | None = Field(examples=[True])
    source: str | None = Field(description="the catalog it is from", examples=["acme"])
    first_seen: str | None = Field(description="ISO 8601 in UTC", examples=["2025-03-01T09:30:00Z"])
    last_seen: str | None = Field(
        description="when it last changed, ISO 8601 in UTC", examples=["2025-03-01T09:30:00Z"]
    )
    closed_at: str | None = Field(description=CLOSED, examples=[None, "2025-04-01T02:00:00Z"])
    brand: Named | None
    category: list[Named] = Field(description="from the root to the most specific one")
    model: Named | None = Field(description="the model it is an instance of")
    facts: list[Fact]


class ProductPage(Page[ProductSummary]):
    """One page of a list."""
