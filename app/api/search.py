"""GET /v1/search and /v1/suggest: what somebody types, found and completed."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import READ
from app.api.answers import answer, page_answer
from app.api.contract import LIST_REFUSED, READS, Cursor, wiring_of
from app.api.models import CURSOR_EXAMPLE, Answer, ProductSummary
from app.api.problems import problems
from app.api.products import FilterText
from app.services.searching import QUERY_CHARS, SearchQuery
from app.services.sort_words import Sort

router = APIRouter(prefix="/v1", tags=["search"])

_REFUSED = problems(
    (400, "filter_invalid", "filter, character 21: expected one of : = != < <= > >= after 'brand'"),
    (400, "cursor_invalid", "this is no cursor of ours; start again without a cursor"),
)
Place = Annotated[list[int], Field(min_length=2, max_length=2)]
_PLACES = "places of the query's words, each as [from, up to] in characters"


class Highlights(Answer):
    """What to mark."""

    title: list[Place] = Field(description=_PLACES, examples=[[[0, 4]]])
    description: list[Place] = Field(description=_PLACES, examples=[[]])


class Why(Answer):
    """Why a result is there."""

    matched: list[str] = Field(
        description="words of the query that its title has, cut between letters and digits",
        examples=[["acme", "128", "gb"]],
    )
    missing: list[str] = Field(description="those it has not", examples=[[]])
    filters: str = Field(
        description="what the query was understood to ask for, and the result passes",
        examples=["brand:acme storage:128GB"],
    )
    text_score: float = Field(
        description="of the full-text index; 0: found by vectors", examples=[3.1]
    )
    similarity: float | None = Field(
        description="cosine of query and product by the trained model; null: not among its nearest",
        examples=[0.71],
    )


class FoundItem(Answer):
    """A result."""

    item: ProductSummary
    description: str | None = Field(
        description="its first 600 characters", examples=["A bright lantern."]
    )
    score: float = Field(description="only the order means something", examples=[0.049])
    highlights: Highlights
    why: Why


class Understanding(Answer):
    """What the query was taken for."""

    filters: str = Field(
        description="in the grammar of `filter`, to be shown, changed and sent back",
        examples=["price<=300 brand:acme storage:128GB"],
    )
    rest: str = Field(description="what is no filter", examples=["lantern"])
    corrected: str | None = Field(
        description="the query as it was probably meant; null: as it was typed",
        examples=["acme lantern 128gb under 300"],
    )
    did_you_mean: str | None = Field(
        description="brands and categories in the place of everyday words that nothing found has "
        "and that are nearly those; not looked for; null: not all missing words are",
        examples=["canon lens 50mm"],
    )
    relaxed: bool = Field(
        description="nothing passes all of the filters, so some were left out; `notice` says more",
        examples=[False],
    )
    sort: Sort | None = Field(
        description="the order that it asks for (`newest`: what came into the graph last); null: "
        "none, or `sort` was given",
        examples=["price"],
    )


class Counted(Answer):
    """How many results have something."""

    id: str = Field(description="to filter by", examples=["acme"])
    name: str = Field(description="to show", examples=["Acme"])
    items: int = Field(ge=1, examples=[12])


class ParameterCounts(Answer):
    """Values of one parameter."""

    id: str = Field(examples=["storage"])
    name: str = Field(examples=["Storage"])
    values: list[Counted]


class Facets(Answer):
    """Counts over the `found` results, not over the page alone, nor over the whole catalog."""

    brand: list[Counted] = Field(description="at most 10")
    category: list[Counted] = Field(description="the most specific one of each; at most 10")
    in_stock: list[Counted] = Field(description="`yes` and `no`; what says neither is left out")
    parameters: list[ParameterCounts] = Field(
        description=(
            "the 6 parameters that are stated most, with 10 values at most; an item with two "
            "values counts for both, and has what its model has where it says nothing itself"
        )
    )


class SearchPage(Answer):
    """One page of results."""

    items: list[FoundItem]
    found: int = Field(description="results that were put into order; at most 230", examples=[12])
    more: bool = Field(description="the catalog may have others, which are worse", examples=[False])
    understood: Understanding
    facets: Facets | None = Field(description="null: not asked for")
    model: str = Field(description="`rules`, or the trained model", examples=["search@1"])
    notice: str | None = Field(description="what is to be known of this answer", examples=[None])
    next_cursor: str | None = Field(
        description="ask with it for the next page; null: this is the last one",
        examples=[CURSOR_EXAMPLE],
    )


class Suggestion(Answer):
    """A completion."""

    text: str = Field(description="the name", examples=["Acme Lantern"])
    query: str = Field(
        description="what to search for when it is chosen: the name behind the words before it",
        examples=["red Acme Lantern"],
    )
    kind: Literal["brand", "model", "category", "value"] = Field(examples=["model"])
    id: str = Field(examples=["acme-lantern"])
    parameter: str | None = Field(description="of a value: id of its parameter", examples=[None])
    items: int = Field(description="how many items have it; a model counts itself", examples=[12])
    highlight: Place = Field(description="the part that was typed, or meant", examples=[[0, 3]])


class Suggestions(Answer):
    """Completions, the best first."""

    items: list[Suggestion]


@router.get(
    "/search",
    operation_id="searchProducts",
    summary="Find products by what somebody types",
    response_description="One page of results, the best first.",
    response_model=SearchPage,
    responses={**READS, **LIST_REFUSED, **_REFUSED},
    dependencies=[READ],
)
async def search(
    request: Request,
    q: Annotated[
        str,
        Query(
            max_length=QUERY_CHARS,
            description=(
                "what somebody typed, in any language. Brands, categories, values and prices in it "
                "become filters. Empty: all that passes `filter`"
            ),
            openapi_examples={"usual": {"summary": "a query", "value": "acme 128gb under 300"}},
        ),
    ] = "",
    filter: FilterText = None,
    sort: Annotated[
        Sort | None,
        Query(
            description=(
                "the order of the results that were found; what is out of stock comes last in any. "
                "`newest`: what came into the graph last, of whatever year it is. "
                "Not given: what `q` asks for, `cheapest` or `newest`, or else by relevance"
            ),
            openapi_examples={"cheap": {"summary": "the cheapest first", "value": "price"}},
        ),
    ] = None,
    kind: Annotated[
        Literal["product", "model"],
        Query(
            description="`product`: what shops list; `model`: what those are instances of",
            openapi_examples={"offers": {"summary": "what shops list", "value": "product"}},
        ),
    ] = "product",
    understand: Annotated[
        bool,
        Query(
            description="false: no word of the query becomes a filter",
            openapi_examples={"usual": {"summary": "understand it", "value": True}},
        ),
    ] = True,
    facets: Annotated[
        bool,
        Query(
            description="false: do not count, which is quicker",
            openapi_examples={"usual": {"summary": "count", "value": True}},
        ),
    ] = True,
    limit: Annotated[
        int,
        Query(
            ge=1,
            le=100,
            description="most results of a page",
            openapi_examples={"usual": {"summary": "the usual size", "value": 20}},
        ),
    ] = 20,
    cursor: Cursor = None,
) -> Response:
    """Full text and vectors, merged, and ordered by a model that has learnt from judgements.

    Misspelt words are read as the names they are near to. Nothing of a query is syntax: it cannot
    break, and needs no escaping.
    """
    query = SearchQuery(q=q, filter=filter, sort=sort, kind=kind, understand=understand)
    page = await wiring_of(request).searching.search(
        query, limit=limit, cursor=cursor, facets=facets
    )
    return page_answer(request, page)


@router.get(
    "/suggest",
    operation_id="suggestNames",
    summary="Complete what somebody types",
    response_description="Names that begin so, or were probably meant; the best first.",
    response_model=Suggestions,
    responses=READS,
    dependencies=[READ],
)
async def suggest(
    request: Request,
    q: Annotated[
        str,
        Query(
            max_length=QUERY_CHARS,
            description=(
                "the beginning of a name or of a word in it, without regard to case, width and "
                "accents; Chinese may begin at any character. Words before it, and typing errors, "
                "are passed over where no name begins so"
            ),
            openapi_examples={"usual": {"summary": "three letters", "value": "acm"}},
        ),
    ],
    limit: Annotated[
        int,
        Query(
            ge=1,
            le=50,
            description="most completions",
            openapi_examples={"usual": {"summary": "a list to choose from", "value": 8}},
        ),
    ] = 8,
) -> Response:
    """Brands, models, categories and values out of memory; new names appear within a minute."""
    found = await wiring_of(request).searching.suggest(q, limit=limit)
    return answer({"items": found})
