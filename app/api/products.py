"""GET /v1/products: lists, one product, and what is around it in the graph."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.routing import APIRoute
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from app.api.access import READ
from app.api.answers import answer, cacheable_answer, page_answer
from app.api.contract import (
    ID_EXAMPLE,
    LIST_REFUSED,
    NOT_FOUND,
    READS,
    Cursor,
    ItemId,
    Limit,
    wiring_of,
)
from app.api.models import Answer, Product, ProductPage
from app.errors import ItemNotFound
from app.services.browsing import ProductQuery

_PARTS = (b"/neighbourhood", b"/history", b"/similar")


class ProductRoute(APIRoute):
    """Tells `/ID/history` from an id that ends so: there the slash is percent-encoded."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        asked: bytes = scope.get("raw_path") or scope["path"].encode()
        if _part_of(asked) != _part_of(self.path.encode()):
            return Match.NONE, {}
        return super().matches(scope)


def _part_of(path: bytes) -> bytes:
    """What of a product the path asks for; empty: the product itself."""
    if not path.endswith(_PARTS):  # most are asked for whole
        return b""
    return next(part for part in _PARTS if path.endswith(part))


router = APIRouter(prefix="/v1/products", tags=["products"], route_class=ProductRoute)


class Node(Answer):
    """A node of the graph."""

    label: str = Field(description="what it is", examples=["Product"])
    id: str = Field(description="unique for its label", examples=[ID_EXAMPLE])
    name: str = Field(description="what to show", examples=["Acme Lantern 6 128GB black"])


class Edge(Answer):
    """A relationship; `source` and `target` are positions in `nodes`."""

    type: str = Field(examples=["MADE_BY"])
    source: int = Field(ge=0, examples=[0])
    target: int = Field(ge=0, examples=[1])


class Neighbourhood(Answer):
    """A part of the graph around one product."""

    nodes: list[Node] = Field(description="the product itself comes first")
    edges: list[Edge]
    truncated: bool = Field(description="whether `limit` left something out", examples=[False])


@router.get(
    "/{id:path}/neighbourhood",
    operation_id="getProductNeighbourhood",
    summary="What is around a product in the graph",
    response_description="The nodes and relationships around the product.",
    response_model=Neighbourhood,
    responses={**READS, **NOT_FOUND},
    dependencies=[READ],
)
async def get_neighbourhood(
    request: Request,
    id: ItemId,
    depth: Annotated[
        int,
        Query(
            ge=1,
            le=2,
            description="how many relationships away: 1 or 2",
            openapi_examples={"near": {"summary": "direct neighbours", "value": 1}},
        ),
    ] = 1,
    limit: Annotated[
        int,
        Query(
            ge=1,
            le=1_000,
            description="most nodes to answer",
            openapi_examples={"drawing": {"summary": "enough for a drawing", "value": 100}},
        ),
    ] = 100,
) -> Response:
    """Brand, category, model and values of the product, and with `depth=2` what shares them.

    Ready to be drawn: edges are positions in the list of nodes.
    """
    found = await wiring_of(request).products.neighbourhood(
        id, depth=2 if depth == 2 else 1, limit=limit
    )
    if found is None:
        raise ItemNotFound(id=id)
    return answer(found)


@router.get(
    "/{id:path}",
    operation_id="getProduct",
    summary="One product with its facts",
    response_description="The product.",
    response_model=Product,
    responses={
        **READS,
        **NOT_FOUND,
        304: {"description": "Still what the client has, by its `If-None-Match`."},
    },
    dependencies=[READ],
)
async def get_product(request: Request, id: ItemId) -> Response:
    """All that is known about a product, each fact with its origin, source and confidence.

    The answer carries an `ETag`; send it as `If-None-Match` to be told that nothing changed.
    """
    found = await wiring_of(request).products.get(id)
    if found is None:
        raise ItemNotFound(id=id)
    return cacheable_answer(found, request.headers)


FilterText = Annotated[
    str | None,
    Query(
        max_length=2_000,
        description=(
            "terms that must all hold: `brand:acme`, `display>=6.5in`, `price:100..300`, "
            "`-has:nfc`. Brands and categories go by their ids or names. Units are understood; "
            "errors point at the character. What no source lists any more is shown with "
            "`closed:yes` only."
        ),
        openapi_examples={
            "range": {"summary": "cheap and large", "value": "price:100..300 display>=6.5in"},
            "without": {"summary": "without a parameter", "value": "-has:nfc"},
            "closed": {"summary": "no longer listed", "value": "closed:yes"},
        },
    ),
]

BrandName = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        description="only this brand, by id or name",
        openapi_examples={"acme": {"summary": "a brand", "value": "acme"}},
    ),
]

CategoryName = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        description=(
            "only this category and what is below it, by id, by the names from the root with `/` "
            "or `>` between, or by its name alone: then all that are called so"
        ),
        openapi_examples={
            "phones": {"summary": "a category", "value": "electronics/phones"},
            "names": {"summary": "the same by its names", "value": "Electronics/Phones"},
        },
    ),
]

Kind = Annotated[
    Literal["product", "model"] | None,
    Query(
        description=(
            "`product`: what shops list; `model`: what those are instances of; "
            "unset: products, then models"
        ),
        openapi_examples={"offers": {"summary": "what shops list", "value": "product"}},
    ),
]


@router.get(
    "",
    operation_id="listProducts",
    summary="Products that match a filter",
    response_description="One page, in the order of ids.",
    response_model=ProductPage,
    responses={**READS, **LIST_REFUSED},
    dependencies=[READ],
)
async def list_products(
    request: Request,
    filter: FilterText = None,
    brand: BrandName = None,
    category: CategoryName = None,
    kind: Kind = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """One page of products. Go on with `next_cursor`, or with the `Link` of `rel="next"`.

    Pages follow the order of ids: nothing is shown twice or skipped while others write.
    """
    query = ProductQuery(filter=filter, brand=brand, category=category, kind=kind)
    page = await wiring_of(request).browsing.list_products(query, limit=limit, cursor=cursor)
    return page_answer(request, page)
