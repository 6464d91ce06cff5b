"""Search: a query understood, looked for by words and vectors, put into order and explained."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal, assert_never

import msgspec

from app.errors import CursorInvalid
from app.services.browsing import ProductQuery
from app.services.embedding import model_of
from app.services.facets import Counted, ParameterCounts
from app.services.paging import read_cursor, write_cursor
from app.services.search_order import RULES, covered, in_order
from app.services.search_text import Asked, read_query
from app.services.understanding import shown
from graph.filters import Filter
from graph.records import ItemKind, ItemSummary, ItemText, Record
from graph.repositories.search import Hit
from ml.search.highlights import ranges
from ml.search.words import prepared

if TYPE_CHECKING:
    from app.services.browsing import Browsing
    from app.services.facets import FacetCounts
    from app.services.search_order import LoadedRanker
    from app.services.search_words import SearchWords
    from app.services.suggestions import Suggestion
    from app.services.threads import Threads
    from graph.repositories.search import Search
    from graph.repositories.similar import Similar
    from ml.predict import Predictor

Sort = Literal["relevance", "price", "-price", "newest"]

QUERY_CHARS = 500  # far more than anybody types; a text of a page is for /v1/similar
WINDOW = 200  # candidates of a query that are put into order, counted and paged through
# Of the index: how many are looked at for those that pass, and how many where too few do.
POOL, WIDE_POOL = 2_000, 50_000
FEW = 20
NEAREST = 30  # by vectors
LEAST_SIMILAR = 0.5  # cosine: there is always a nearest vector, however far
WEAK = 0.25  # of the best score by the index: what has less shares a common word at most
FACET_ITEMS = 10  # brands and categories that are counted out

NO_RANKER = "no search model has been promoted yet: the order is by rules"
NO_WORDS = "the query has nothing to look for but words that every text has"
RELAXED = "nothing passes what the query was understood to ask for; these have its words and price"


class SearchQuery(Record, frozen=True):
    """What is searched for; all of `filter` must hold."""

    q: str = ""
    filter: str | None = None
    sort: Sort = "relevance"
    kind: ItemKind = "product"
    understand: bool = True


class Understanding(Record, frozen=True):
    """What the query was taken for.

    Attributes:
        filters: in the grammar of `filter`; empty: none.
        rest: words that were not understood.
        corrected: the query with words as they were probably meant; None: all are known.
        relaxed: of the filters the price alone was used, since nothing passes all of them.
    """

    filters: str
    rest: str
    corrected: str | None
    relaxed: bool


class Highlights(Record, frozen=True):
    """Places of the query's words, each from and up to."""

    title: tuple[tuple[int, int], ...]
    description: tuple[tuple[int, int], ...]


class Why(Record, frozen=True):
    """Why a result is there."""

    matched: tuple[str, ...]  # words of the query that its title has
    missing: tuple[str, ...]
    filters: str  # understood, which it passes
    text_score: float  # of the full-text index
    similarity: float | None  # of vectors


class FoundItem(Record, frozen=True):
    """A result; of `score` the order alone means something."""

    item: ItemSummary
    description: str | None
    score: float
    highlights: Highlights
    why: Why


class Facets(Record, frozen=True):
    """Counts over all `found` results, not over the page."""

    brand: tuple[Counted, ...]
    category: tuple[Counted, ...]
    in_stock: tuple[Counted, ...]
    parameters: tuple[ParameterCounts, ...]


class SearchPage(Record, frozen=True):
    """One page of results; `found` is how many were put into order, at most WINDOW.

    `more` says that the catalog may have others beyond them; `notice` what is to be known.
    """

    items: tuple[FoundItem, ...]
    found: int
    more: bool
    understood: Understanding
    facets: Facets | None
    model: str
    notice: str | None
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class _Found:
    """Candidates of a query, and what was done to find them."""

    hits: Sequence[Hit]
    similarities: Mapping[str, float]
    relaxed: bool
    more: bool


class Searching:
    """Answers searches and completions."""

    def __init__(
        self,
        search: Search,
        similar: Similar,
        browsing: Browsing,
        *,
        facets: FacetCounts,
        words: Callable[[], SearchWords],
        ranker: Callable[[], LoadedRanker | None],
        predictor: Callable[[], Predictor | None],
        threads: Threads,
    ) -> None:
        self._search = search
        self._similar = similar
        self._browsing = browsing
        self._facets = facets
        self._words = words
        self._ranker = ranker
        self._predictor = predictor
        self._threads = threads

    async def search(
        self, query: SearchQuery, *, limit: int, cursor: str | None, facets: bool = True
    ) -> SearchPage:
        """One page of results.

        Raises:
            FilterInvalid: points at the character.
            CursorInvalid: it is none of this query.
            DatabaseError: Neo4j failed.
        """
        list_name = "search" + msgspec.json.encode(query).decode()
        first = _place(cursor, list_name) if cursor else 0
        wanted = await self._browsing.bound(ProductQuery(filter=query.filter))
        asked = await self._asked(query)
        found = await self._found(asked, wanted, query.kind)
        loaded = self._ranker()
        order, counted = await asyncio.gather(  # what is counted does not depend on the order
            self._threads.run(
                partial(in_order, asked.text, found.hits, found.similarities, loaded)
            ),
            self._counted(found, query.kind, wanted=facets),
        )
        order = sorted_by(order, query.sort)
        shown_hits = order[first : first + limit]
        filters = "" if found.relaxed else shown(_unsaid(asked, wanted), asked.texts)
        following = first + limit
        return SearchPage(
            items=tuple(
                _item(asked, hit, score, found.similarities, filters) for hit, score in shown_hits
            ),
            found=len(order),
            more=found.more,
            understood=Understanding(
                filters=shown(asked.filter, asked.texts),
                rest=asked.rest,
                corrected=asked.corrected,
                relaxed=found.relaxed,
            ),
            facets=_facets(order, counted) if facets else None,
            model=loaded.name if loaded else RULES,
            notice=_notice(asked, found, loaded),
            next_cursor=(
                write_cursor(str(following), of=list_name) if following < len(order) else None
            ),
        )

    async def suggest(self, typed: str, *, limit: int) -> tuple[Suggestion, ...]:
        """Names that begin with what was typed, from memory."""
        return await self._threads.run(lambda: self._words().suggester.suggest(typed, limit=limit))

    async def _asked(self, query: SearchQuery) -> Asked:
        """The query as it is looked for, with words corrected that no text has."""

        def read(wrong: Mapping[str, str] | None = None) -> Asked:
            # The words as well: the first search of all waits until they were loaded.
            return read_query(
                query.q, words=self._words(), understood=query.understand, wrong=wrong
            )

        asked = await self._threads.run(read)
        if not asked.corrections:
            return asked
        known = await self._search.known_words(list(asked.corrections), kind=query.kind)
        wrong = {old: new for old, new in asked.corrections.items() if old not in known}
        return await self._threads.run(partial(read, wrong)) if wrong else asked

    async def _counted(
        self, found: _Found, kind: ItemKind, *, wanted: bool
    ) -> tuple[ParameterCounts, ...]:
        ids = [hit.summary.id for hit in found.hits]
        return await self._facets.over(ids, kind=kind) if wanted and ids else ()

    async def _found(self, asked: Asked, wanted: Filter, kind: ItemKind) -> _Found:
        understood = _unsaid(asked, wanted)
        found = await self._candidates(asked, wanted.and_(understood), kind)
        prices = Filter(tuple(term for term in understood.terms if term.field == "price"))
        if found.hits or understood == prices:
            return found
        wider = await self._candidates(asked, wanted.and_(prices), kind)
        return replace(wider, relaxed=bool(wider.hits))

    async def _candidates(self, asked: Asked, filter: Filter, kind: ItemKind) -> _Found:
        if asked.is_empty:
            # Nothing to compare with: all that passes the filter, if the query says no more.
            rows = WINDOW + 1 if filter.terms or not asked.query.strip() else 0
            hits = await self._search.by_filter(kind=kind, filter=filter, rows=rows) if rows else []
            return _Found(hits[:WINDOW], {}, relaxed=False, more=len(hits) > WINDOW)
        hits, similarities = await asyncio.gather(
            self._by_words(asked, filter, kind), self._by_vectors(asked, filter, kind)
        )
        more = len(hits) >= WINDOW
        known = {hit.summary.id for hit in hits}
        only = [id for id in similarities if id not in known]
        if only:
            hits = [*hits, *await self._search.by_ids(only, kind=kind)]
        return _Found(hits, similarities, relaxed=False, more=more)

    async def _by_words(self, asked: Asked, filter: Filter, kind: ItemKind) -> list[Hit]:
        hits = await self._search.by_words(
            asked.words, kind=kind, filter=filter, pool=POOL, rows=WINDOW
        )
        if len(hits) < FEW and filter.terms:
            hits = await self._search.by_words(
                asked.words, kind=kind, filter=filter, pool=WIDE_POOL, rows=WINDOW
            )
        best = max((hit.score for hit in hits), default=0.0)
        return [hit for hit in hits if hit.score >= WEAK * best]

    async def _by_vectors(self, asked: Asked, filter: Filter, kind: ItemKind) -> dict[str, float]:
        """Similarities of the nearest by id; none where no model of ours serves and is loaded."""
        predictor = self._predictor()
        if predictor is None:
            return {}
        serving = await self._similar.serving()
        if serving is None or model_of(predictor) != serving.model:
            return {}
        text = ItemText(kind, asked.text)
        vector = (await self._threads.run(partial(predictor.embed, [text])))[0].tolist()
        length = math.hypot(*vector)
        if not length or not math.isfinite(length):
            return {}
        nearest = await self._similar.nearest(
            text, vector, serving, kind=kind, filter=filter, pool=4 * NEAREST, rows=NEAREST
        )
        if nearest.serving != serving:  # switched meanwhile: some may be missing
            return {}
        return {
            one.summary.id: one.score for one in nearest.candidates if one.score >= LEAST_SIMILAR
        }


def sorted_by(order: Sequence[tuple[Hit, float]], sort: Sort) -> list[tuple[Hit, float]]:
    """In any order, what is out of stock comes last; then what lacks what is sorted by."""
    return sorted(order, key=lambda pair: (pair[0].summary.in_stock is False, *_key(pair[0], sort)))


def _key(hit: Hit, sort: Sort) -> tuple[object, ...]:
    price = hit.summary.price
    match sort:
        case "relevance":
            return ()
        case "price":
            return (price is None, price or 0.0)
        case "-price":
            return (price is None, -(price or 0.0))
        case "newest":
            return (hit.first_seen is None, _backwards(hit.first_seen or ""))
        case _:
            assert_never(sort)


def _backwards(time: str) -> tuple[int, ...]:
    return tuple(-ord(sign) for sign in time)


def _unsaid(asked: Asked, wanted: Filter) -> Filter:
    """What was understood of fields that the caller's own filter says nothing of."""
    said = {term.field for term in wanted.terms}
    return Filter(tuple(term for term in asked.filter.terms if term.field not in said))


def _item(
    asked: Asked, hit: Hit, score: float, similarities: Mapping[str, float], filters: str
) -> FoundItem:
    words = tuple(dict.fromkeys(prepared(asked.text).words))
    matched = tuple(word for word in words if covered(word, hit.summary.title) == 1)
    return FoundItem(
        item=hit.summary,
        description=hit.description,
        score=score,
        highlights=Highlights(
            title=ranges(hit.summary.title, asked.text),
            description=ranges(hit.description or "", asked.text),
        ),
        why=Why(
            matched=matched,
            missing=tuple(word for word in words if word not in matched),
            filters=filters,
            text_score=hit.score,
            similarity=similarities.get(hit.summary.id),
        ),
    )


def _facets(order: Sequence[tuple[Hit, float]], parameters: tuple[ParameterCounts, ...]) -> Facets:
    items = [hit.summary for hit, _ in order]
    stock = Counter(item.in_stock for item in items)
    return Facets(
        brand=_counted((item.brand.id, item.brand.name) for item in items if item.brand),
        category=_counted((one.category.id, one.category.name) for one in items if one.category),
        in_stock=tuple(
            Counted(name, name, stock[answer])
            for name, answer in (("yes", True), ("no", False))
            if stock[answer]
        ),
        parameters=parameters,
    )


def _counted(found: Iterable[tuple[str, str]]) -> tuple[Counted, ...]:
    counts = Counter(found)
    best = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:FACET_ITEMS]
    return tuple(Counted(id, name, items) for (id, name), items in best)


def _notice(asked: Asked, found: _Found, loaded: LoadedRanker | None) -> str | None:
    if found.relaxed:
        return RELAXED
    if asked.is_empty and asked.query.strip() and not asked.filter.terms:
        return NO_WORDS
    return None if loaded else NO_RANKER


def _place(cursor: str, list_name: str) -> int:
    match read_cursor(cursor, of=list_name):
        case (place,) if place.isascii() and place.isdigit() and int(place) < WINDOW + NEAREST:
            return int(place)
        case _:
            raise CursorInvalid(reason="this is no cursor of ours")
