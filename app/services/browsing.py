"""Lists page by page: products by filter, their history, their conflicts, the vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, assert_never

import anyio.to_thread
import msgspec

from app.errors import CursorInvalid, ItemNotFound
from app.services.paging import read_cursor, read_time_cursor, write_cursor
from graph.filter_names import asked, not_known, with_ids
from graph.filters import RESERVED, Filter, OneOf, Term, bind, parse
from graph.records import (
    Conflict,
    HistoryEvent,
    ItemKind,
    ItemSummary,
    Named,
    NamedView,
    ParameterView,
    Record,
)

if TYPE_CHECKING:
    from graph.repositories.conflicts import Conflicts
    from graph.repositories.history import History
    from graph.repositories.products import Products
    from graph.repositories.vocabulary import Vocabulary

R = TypeVar("R", bound=Record)
N = TypeVar("N", NamedView, ParameterView)
Family = Literal["brands", "categories", "parameters"]


class ProductQuery(Record, frozen=True):
    """Which products a list shows; all that is given must hold."""

    filter: str | None = None
    brand: str | None = None
    category: str | None = None
    kind: ItemKind | None = None


class ConflictQuery(Record, frozen=True):
    """Which conflicts a list shows; all that is given must hold."""

    parameter: str | None = None
    source: str | None = None
    kind: ItemKind | None = None


@dataclass(frozen=True, slots=True)
class ListPage(Generic[R]):
    """One page of a list, the cursor of the next one, and what is to be known of it."""

    items: Sequence[R]
    next_cursor: str | None
    notice: str | None = None


class Browsing:
    """Reads lists and keeps their cursors honest."""

    def __init__(
        self,
        products: Products,
        vocabulary: Vocabulary,
        *,
        history: History,
        conflicts: Conflicts,
        page_items_max: int,
    ) -> None:
        self._products = products
        self._vocabulary = vocabulary
        self._history = history
        self._conflicts = conflicts
        self._page_items_max = page_items_max

    async def list_products(
        self, query: ProductQuery, *, limit: int, cursor: str | None
    ) -> ListPage[ItemSummary]:
        """Raises `FilterInvalid` and `CursorInvalid`."""
        list_name = msgspec.json.encode(query).decode()
        wanted = await self.bound(query)
        page = await self._products.page(
            wanted,
            kind=query.kind,
            limit=min(limit, self._page_items_max),
            after=_product_key(cursor, list_name) if cursor else None,
        )
        following = write_cursor(*page.next, of=list_name) if page.next else None
        own = [field for field, name in _own_terms(query) if name is not None]
        notice = None if page.items or cursor else await self.not_known(wanted, own)
        return ListPage(page.items, following, notice)

    async def list_history(
        self, id: str, *, parameter: str | None, limit: int, cursor: str | None
    ) -> ListPage[HistoryEvent]:
        """Raises `ItemNotFound` and `CursorInvalid`."""
        list_name = msgspec.json.encode(["history", id, parameter]).decode()
        page = await self._history.page(
            id,
            parameter=parameter,
            limit=min(limit, self._page_items_max),
            after=read_time_cursor(cursor, of=list_name) if cursor else None,
        )
        if page is None:
            raise ItemNotFound(id=id)
        following = write_cursor(*page.next, of=list_name) if page.next else None
        some = page.events or cursor
        notice = None if some else await not_there(self._vocabulary, parameter=parameter)
        return ListPage(page.events, following, notice)

    async def list_conflicts(
        self, query: ConflictQuery, *, limit: int, cursor: str | None
    ) -> ListPage[Conflict]:
        """Raises `CursorInvalid`."""
        list_name = "conflicts" + msgspec.json.encode(query).decode()
        page = await self._conflicts.page(
            parameter=query.parameter,
            source=query.source and query.source.casefold(),
            kind=query.kind,
            limit=min(limit, self._page_items_max),
            after=_conflict_key(cursor, list_name) if cursor else None,
        )
        following = write_cursor(*page.next, of=list_name) if page.next else None
        some = page.conflicts or cursor
        asked = {"parameter": query.parameter, "source": query.source}
        notice = None if some else await not_there(self._vocabulary, **asked)
        return ListPage(page.conflicts, following, notice)

    async def list_vocabulary(
        self, family: Family, *, limit: int, cursor: str | None
    ) -> ListPage[NamedView] | ListPage[ParameterView]:
        """Raises `CursorInvalid`."""
        after = read_cursor(cursor, of=family)[0] if cursor else None
        limit = min(limit, self._page_items_max)
        # One more than is shown tells whether there is another page.
        match family:
            case "brands":
                brands = await self._vocabulary.brands(limit=limit + 1, after=after)
                return _page(brands, limit, family)
            case "categories":
                categories = await self._vocabulary.categories(limit=limit + 1, after=after)
                return _page(categories, limit, family)
            case "parameters":
                parameters = await self._vocabulary.parameters(limit=limit + 1, after=after)
                return _page(parameters, limit, family)
        assert_never(family)

    async def bound(self, query: ProductQuery) -> Filter:
        """The filter of a list, ready for a query. Raises `FilterInvalid`."""
        wanted = parse(query.filter or "")
        for field, name in _own_terms(query):
            if name is not None:
                wanted = wanted.and_(Filter((Term(field, OneOf((name,))),)))
        fields = {term.field for term in wanted.terms}
        # What stands on the item is found by its name; the rest has to be looked up.
        known = await self._vocabulary.parameters_for_filters() if fields - RESERVED else {}
        bound = bind(wanted, known)
        categories = asked(bound, "category")
        return with_ids(
            bound,
            brands=await self._vocabulary.known_brands() if asked(bound, "brand") else (),
            categories=await self._vocabulary.known_categories(categories) if categories else (),
        )

    async def not_known(self, wanted: Filter, own: Sequence[str] = ()) -> str | None:
        """What a bound filter asks for that the graph has no name for, and what may be meant.

        `own`: the parameters of the request that its last terms are.
        """
        of_filter = len(wanted.terms) - len(own)
        places = [""] * of_filter + [f"`{name}`" for name in own]
        for term, place in zip(wanted.terms, places, strict=True):
            if isinstance(term.condition, OneOf) and not term.negated:
                ids = term.condition.values
                if (known := await self._known(term.field, ids)) is None:
                    continue
                # Comparing with every brand of a large graph takes longer than others should wait.
                told = partial(not_known, term.field, ids, known, place=place)
                said = await anyio.to_thread.run_sync(told)
                if said:
                    return said
        return None

    async def _known(self, field: str, ids: Sequence[str]) -> Sequence[Named] | None:
        """Among which to look for ids; None: all of these are known, or fields of no names."""
        match field:
            case "brand":
                return await self._vocabulary.known_brands()
            case "category":
                return await self._vocabulary.known_categories(ids) or None
            case "model":
                return await self._vocabulary.known_models(ids)
            case "source":
                return await self._vocabulary.known_sources()
            case _ if field in RESERVED:
                return None
            case _:
                return await self._vocabulary.known_values(field, ids)


def _own_terms(query: ProductQuery) -> tuple[tuple[str, str | None], ...]:
    """Fields of a filter that a list has parameters of its own for."""
    return ("brand", query.brand), ("category", query.category)


async def not_there(
    vocabulary: Vocabulary, *, parameter: str | None = None, source: str | None = None
) -> str | None:
    """What a list is narrowed to, by its ids, that the graph has no name for, and what is near."""
    if parameter is not None:
        parameters = await vocabulary.parameters_for_filters()
        # The id is what the list takes: it is what has to be named.
        known = [Named(one.id, one.id, (one.name, *one.names)) for one in parameters.values()]
        if said := not_known("parameter", [parameter], known, place="`parameter`"):
            return said
    if source is not None and (sources := await vocabulary.known_sources()) is not None:
        return not_known("source", [source.casefold()], sources, place="`source`")
    return None


def _product_key(cursor: str, list_name: str) -> tuple[ItemKind, str]:
    match read_cursor(cursor, of=list_name):
        case ("product" | "model" as kind, id):
            return kind, id
        case _:
            raise CursorInvalid(reason="this is no cursor of ours")


def _conflict_key(cursor: str, list_name: str) -> tuple[ItemKind, str, str]:
    match read_cursor(cursor, of=list_name):
        case ("product" | "model" as kind, id, parameter):
            return kind, id, parameter
        case _:
            raise CursorInvalid(reason="this is no cursor of ours")


def _page(found: Sequence[N], limit: int, family: Family) -> ListPage[N]:
    shown = found[:limit]
    more = len(found) > limit
    return ListPage(shown, write_cursor(shown[-1].id, of=family) if more else None)
