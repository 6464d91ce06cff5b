"""PUT, POST and DELETE of /v1/products: what a shop sends of its own catalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import WRITE, BodyRoute
from app.api.answers import answer
from app.api.contract import ID_EXAMPLE, NOT_FOUND, READS, WRITES, ItemId, wiring_of
from app.api.models import Answer, Product
from app.api.problems import Fault, fault, faults_of, request_id_of, validation_faults
from app.api.products import ProductRoute
from app.errors import ItemIdInvalid, ItemNotFound
from app.services.writing import DuplicateId, RowInvalid, RowOutcome
from graph.ingest.items import DraftFact, ItemDraft

BATCH_ROWS_MAX = 1_000
_SAFE_MAGNITUDE = 1e15  # beyond, a float no longer tells neighbouring integers apart


class ProductWriteRoute(BodyRoute, ProductRoute):
    """Both: a body, and an id that may have slashes."""


router = APIRouter(prefix="/v1/products", tags=["products"], route_class=ProductWriteRoute)


def _fact_value(value: object) -> str | float | bool:
    """One error for a wrong value, where pydantic's union would report one for each member."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and 0 < len(value) <= 1_000:
        return value
    if isinstance(value, int | float) and abs(value) <= _SAFE_MAGNITUDE:  # NaN is not
        return float(value)
    raise ValueError("write a text of 1 to 1000 characters, a number up to 1e15, or true or false")


class FactWrite(BaseModel):
    """What the client states about one parameter."""

    model_config = ConfigDict(extra="forbid", strict=True)

    parameter: str = Field(
        min_length=1,
        max_length=200,
        description="its id or any of its names; a new one is declared by its first value",
        examples=["Display"],
    )
    value: Annotated[
        str | float | bool,
        PlainValidator(_fact_value),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string", "minLength": 1, "maxLength": 1_000},
                    {"type": "number", "minimum": -_SAFE_MAGNITUDE, "maximum": _SAFE_MAGNITUDE},
                    {"type": "boolean"},
                ]
            }
        ),
    ] = Field(description="a number, a truth value, or text as a shop writes it", examples=[6.1])
    unit: str | None = Field(
        default=None,
        max_length=50,
        description="unit of the value; it may also stand in the text, as in `6.1 in`",
        examples=["in"],
    )


class ProductWrite(BaseModel):
    """A product as its shop states it. What is left out is taken for unknown."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: str = Field(min_length=1, max_length=2_000, examples=["Acme Lantern 6 128GB black"])
    brand: str | None = Field(default=None, max_length=200, examples=["Acme"])
    category: str | None = Field(
        default=None,
        max_length=1_000,
        description="from the root to the most specific one, with ` > ` between",
        examples=["Electronics > Phones"],
    )
    model: str | None = Field(
        default=None,
        max_length=500,
        description="name of the model it is an instance of, without the brand",
        examples=["Lantern 6"],
    )
    description: str | None = Field(
        default=None,
        max_length=100_000,
        examples=["A bright lantern with a 6.1 inch display."],
    )
    language: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$",
        description="BCP 47",
        examples=["en"],
    )
    price: float | None = Field(default=None, ge=0, le=1e12, allow_inf_nan=False, examples=[249.0])
    currency: str | None = Field(
        default=None, pattern=r"^[A-Z]{3}$", description="ISO 4217", examples=["EUR"]
    )
    gtin: str | None = Field(
        default=None,
        pattern=r"^[0-9]{8,14}$",
        description="global trade item number",
        examples=["04006381333931"],
    )
    mpn: str | None = Field(
        default=None,
        max_length=200,
        description="manufacturer's part number",
        examples=["LN6-128-B"],
    )
    url: str | None = Field(
        default=None,
        max_length=2_048,
        pattern=r"^https?://[^\s]+$",
        description="page in the shop",
        examples=["https://shop.test/10027"],
    )
    image_url: str | None = Field(
        default=None,
        max_length=2_048,
        pattern=r"^https?://[^\s]+$",
        examples=["https://shop.test/10027.jpg"],
    )
    in_stock: bool | None = Field(default=None, examples=[True])
    facts: list[FactWrite] = Field(
        default_factory=list,
        max_length=500,
        examples=[[{"parameter": "Display", "value": 6.1, "unit": "in"}]],
    )


class ProductRow(ProductWrite):
    """A product of a batch, which has to say its id itself."""

    id: str = Field(
        min_length=3,
        max_length=512,
        description="`source:sku`",
        pattern=r"^[^:]+:.+$",
        examples=[ID_EXAMPLE],
    )


_EXAMPLE: dict[str, Any] = {
    "title": "Acme Lantern 6 128GB black",
    "brand": "Acme",
    "category": "Electronics > Phones",
    "model": "Lantern 6",
    "price": 249.0,
    "currency": "EUR",
    "in_stock": True,
    "facts": [
        {"parameter": "Display", "value": 6.1, "unit": "in"},
        {"parameter": "Storage", "value": 128, "unit": "GB"},
        {"parameter": "NFC", "value": True},
    ],
}
_SECOND: dict[str, Any] = {"id": "acme:10028", "title": "Acme Lantern 6 256GB red"}


class ProductBatch(BaseModel):
    """Up to 1,000 products; each is checked by itself, and a bad one stops no other."""

    model_config = ConfigDict(extra="forbid", strict=True)

    # Objects of any content: one row that breaks a rule must not refuse the batch.
    items: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=BATCH_ROWS_MAX,
        description="rows as the schema `ProductRow` describes them",
        examples=[[{"id": ID_EXAMPLE, **_EXAMPLE}, _SECOND]],
    )


class RowResult(Answer):
    """What became of one row."""

    index: int = Field(description="position of the row in `items`", ge=0, examples=[0])
    id: str | None = Field(description="the id that the row states", examples=[ID_EXAMPLE])
    status: Literal["created", "updated", "unchanged", "rejected"] = Field(examples=["created"])
    errors: list[Fault] = Field(description="why it was rejected", examples=[[]])


class BatchResult(Answer):
    """One result for each row, in the order of the rows, and how many there are of each."""

    created: int = Field(ge=0, examples=[1])
    updated: int = Field(ge=0, examples=[0])
    unchanged: int = Field(ge=0, examples=[1])
    rejected: int = Field(ge=0, examples=[0])
    results: list[RowResult]


@router.put(
    "/{id:path}",
    operation_id="putProduct",
    summary="Store a product",
    response_description="The product as it now is: it was there before.",
    response_model=Product,
    responses={
        **WRITES,
        201: {"description": "The product as it now is: it is new.", "model": Product},
    },
    dependencies=[WRITE],
)
async def put_product(
    request: Request,
    id: ItemId,
    product: Annotated[
        ProductWrite,
        Body(openapi_examples={"phone": {"summary": "a phone of a shop", "value": _EXAMPLE}}),
    ],
) -> Response:
    """Create the product, or replace what this source said of it before.

    Facts that this source no longer states become history; those of others stay. Sending the same
    product again changes nothing.
    """
    parts = wiring_of(request)
    outcome = await parts.writes.put(as_draft(id, product), run=_run_of(request))
    stored = await parts.products.get(id)
    if stored is None:  # deleted by somebody else in between
        raise ItemNotFound(id=id)
    response = answer(stored, status=201 if outcome == "created" else 200)
    if outcome != "unchanged":
        response.background = BackgroundTask(parts.upkeep.after_write, [stored.id])
    return response


@router.post(
    "",
    operation_id="putProducts",
    summary="Store up to 1,000 products",
    response_description="One result for each row, also when rows were rejected.",
    response_model=BatchResult,
    responses=WRITES,
    dependencies=[WRITE],
)
async def put_products(
    request: Request,
    batch: Annotated[
        ProductBatch,
        Body(
            openapi_examples={
                "two": {
                    "summary": "two products",
                    "value": {"items": [{"id": ID_EXAMPLE, **_EXAMPLE}, _SECOND]},
                }
            }
        ),
    ],
) -> Response:
    """Store what can be stored; the rest is rejected row by row, with a reason and its place.

    Of rows with the same id the first counts. The rows of one source are one transaction. After a
    503 send the batch again: what was stored is then `unchanged`.
    """
    parts = wiring_of(request)
    outcomes = await parts.writes.put_all(batch.items, parse=_parse_row, run=_run_of(request))
    response = answer(_batch_result(outcomes))
    written = [row.id for row in outcomes if row.id and row.outcome in ("created", "updated")]
    response.background = BackgroundTask(parts.upkeep.after_write, written)
    return response


@router.delete(
    "/{id:path}",
    operation_id="deleteProduct",
    summary="Delete a product",
    response_description="It is gone.",
    status_code=204,
    responses={**READS, **NOT_FOUND},
    dependencies=[WRITE],
)
async def delete_product(request: Request, id: ItemId) -> Response:
    """Remove a product with its facts and observations. Brands, categories and values stay."""
    await wiring_of(request).writes.delete(id)
    return Response(status_code=204)


_rows = TypeAdapter(ProductRow)


def _parse_row(row: object) -> ItemDraft:
    try:
        parsed = _rows.validate_python(row)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        raise RowInvalid(
            validation_faults(
                [{**one, "loc": ("body", *one["loc"])} for one in found], body=ProductRow
            )
        ) from None
    return as_draft(parsed.id, parsed)


def as_draft(id: str, product: ProductWrite) -> ItemDraft:
    """The product under that id. Raises `ItemIdInvalid`."""
    source, separator, sku = id.partition(":")
    if not separator:
        raise ItemIdInvalid(id=id, reason="there is no colon in it")
    if sku != sku.strip():  # it would be stored without them, under another address
        raise ItemIdInvalid(id=id, reason="the SKU starts or ends with a space")
    fields = product.model_dump(exclude={"id", "facts"})
    facts = tuple(
        DraftFact(parameter=fact.parameter, value=fact.value, unit=fact.unit or None)
        for fact in product.facts
    )
    return ItemDraft(source=source, sku=sku, facts=facts, **fields)


def _batch_result(outcomes: list[RowOutcome]) -> dict[str, object]:
    results = [_row_result(outcome) for outcome in outcomes]
    counts: dict[str, object] = dict.fromkeys(("created", "updated", "unchanged", "rejected"), 0)
    for result in results:
        counts[result["status"]] = int(str(counts[result["status"]])) + 1
    return {**counts, "results": results}


def _row_result(row: RowOutcome) -> dict[str, Any]:
    return {
        "index": row.index,
        "id": row.id,
        "status": row.outcome or "rejected",
        "errors": [_at_row(row.index, one) for one in _row_faults(row)],
    }


def _row_faults(row: RowOutcome) -> list[Mapping[str, str]]:
    match row.refusal:
        case None:
            return []
        case RowInvalid():
            return list(row.refusal.faults)
        case DuplicateId():
            return [fault("body", "/id", row.refusal.code, str(row.refusal))]
        case ItemIdInvalid():
            return [fault("body", "/id", row.refusal.code, row.refusal.reason)]
        case _:
            return list(faults_of(row.refusal))


def _at_row(index: int, found: Mapping[str, str]) -> dict[str, str]:
    return {**found, "pointer": f"/items/{index}{found['pointer']}"}


def _run_of(request: Request) -> str:
    """Written on every fact, so that the log line of the request that stated it can be found."""
    return f"rest:{request_id_of(request)}"
