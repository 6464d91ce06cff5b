"""Search: a query understood, looked for by words and vectors, put into order and explained."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, assert_never

import msgspec

from app.errors import CursorInvalid
from app.services.browsing import ProductQuery
from app.services.facets import Counted, ParameterCounts
from app.services.paging import read_cursor, write_cursor
from app.services.search_candidates import FOUND_MAX, Candidates
from app.services.search_order import RULES, in_order, says_all
from app.services.search_text import Asked, read_query, with_accents_in
from app.services.sort_words import Sort
from app.services.understanding import shown
from graph.filters import Filter
from graph.records import ItemKind, ItemSummary, Record
from graph.repositories.search import Hit
from ml.search.highlights import ranges
from ml.search.words import prepared

if TYPE_CHECKING:
    from app.services.browsing import Browsing
    from app.services.facets import FacetCounts
    from app.services.search_candidates import Found
    from app.services.search_order import LoadedRanker
    from app.services.search_words import SearchWords
    from app.services.suggestions import Suggestion
    from app.services.threads import Threads
    from graph.repositories.search import Search
    from graph.repositories.similar import Similar
    from ml.predict import Predictor

QUERY_CHARS = 500  # far more than anybody types; a text of a page is for /v1/similar
FACET_ITEMS = 10  # brands and categories that are counted out

NO_RANKER = "no search model serves yet: the order is by rules"
NO_WORDS = "the query has nothing to look for but words that every text has"
RELAXED = (
    "nothing that passes what the query was understood to ask for has the other words; "
    "these have its words and price"
)
OF_KIND = (
    "nothing passes all that the query was understood to ask for; these are of its category or "
    "brand, and of its price"
)
MISSING = "nothing like this has {} in its text"
DID_YOU_MEAN = "did you mean {!r}?"
NO_PRICES = "nothing has a price, so that what the query says of one was left out"
NO_NEAR_PRICE = "nothing like this has about this price: these have others, or none"
ANY_CURRENCY = "nothing found has a price in this currency: prices are compared as bare numbers"
MIXED = "prices are in {} and are compared as bare numbers; a filter on `currency` keeps one"


class SearchQuery(Record, frozen=True):
    """What is searched for; all of `filter` must hold, and `sort` beats what `q` asks for."""

    q: str = ""
    filter: str | None = None
    sort: Sort | None = None
    kind: ItemKind = "product"
    understand: bool = True


class Understanding(Record, frozen=True):
    """What the query was taken for.

    Attributes:
        filters: in the grammar of `filter`; empty: none.
        rest: words that were not understood.
        corrected: the query with words as they were probably meant; None: all are known.
        did_you_mean: the query with brands and categories in the place of everyday words that
            nothing found has and that are nearly those; None: not all that it lacks are.
        relaxed: not all of the filters were used, since nothing passes them.
        sort: the order that the query asks for; None: none, or another one was asked for beside it.
    """

    filters: str
    rest: str
    corrected: str | None
    did_you_mean: str | None
    relaxed: bool
    sort: Sort | None


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
        self._candidates = Candidates(search, similar, predictor=predictor, threads=threads)
        self._browsing = browsing
        self._facets = facets
        self._words = words
        self._ranker = ranker
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
        sort = query.sort or asked.sort or "relevance"
        found = await self._candidates.found(replace(asked, sort=sort), wanted, query.kind)
        loaded = self._ranker()
        hits = found.hits if sort == "relevance" else found.fit_to_sort(asked)
        order, counted = await asyncio.gather(  # what is counted does not depend on the order
            self._threads.run(
                partial(
                    in_order,
                    asked.text,
                    hits,
                    found.similarities,
                    loaded,
                    left=found.left,
                    stating=found.stating | found.whole,
                )
            ),
            self._counted(hits, query.kind, wanted=facets),
        )
        order = sorted(order, key=lambda pair: pair[0].summary.id not in found.exact)
        order = sorted_by(order, sort)
        near = asked.nearly(found.missing)
        unknown = None if order else await self._browsing.not_known(wanted)
        shown_hits = order[first : first + limit]
        following = first + limit
        return SearchPage(
            items=tuple(_item(asked, found, hit, score) for hit, score in shown_hits),
            found=len(order),
            more=found.more,
            understood=Understanding(
                filters=shown(asked.filter, asked.texts),
                rest=asked.rest,
                corrected=asked.corrected,
                did_you_mean=near,
                relaxed=bool(found.left_out - {"currency"}),
                sort=None if query.sort else asked.sort,
            ),
            facets=_facets(order, counted) if facets else None,
            model=loaded.name if loaded else RULES,
            notice=unknown or _notice(asked, near, loaded, found, sort),
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
        if not asked.doubtful:
            return asked
        written = with_accents_in(query.q)  # the index has words as titles write them
        known = await self._search.known_words(
            [*asked.doubtful, *written.values()], kind=query.kind, filter=Filter()
        )
        wrong = asked.meant({*known, *(word for word in written if written[word] in known)})
        return await self._threads.run(partial(read, wrong)) if wrong else asked

    async def _counted(
        self, hits: Sequence[Hit], kind: ItemKind, *, wanted: bool
    ) -> tuple[ParameterCounts, ...]:
        ids = [hit.summary.id for hit in hits]
        return await self._facets.over(ids, kind=kind) if wanted and ids else ()


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


def _item(asked: Asked, found: Found, hit: Hit, score: float) -> FoundItem:
    words = tuple(dict.fromkeys(prepared(asked.text).words))
    matched = tuple(word for word in words if says_all(hit.summary.title, word))
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
            filters=shown(found.passed_by(hit.summary.id), asked.texts),
            text_score=hit.score,
            similarity=found.similarities.get(hit.summary.id),
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


def _notice(
    asked: Asked, near: str | None, loaded: LoadedRanker | None, found: Found, sort: Sort
) -> str | None:
    left_out = found.left_out
    said = [MISSING.format(" or ".join(map(repr, found.missing)))] if found.missing else []
    if near is not None:
        said.append(DID_YOU_MEAN.format(near))
    if "price" in left_out:
        said.append(NO_NEAR_PRICE if asked.is_near_price else NO_PRICES)
    elif left_out == {"currency"}:
        said.append(ANY_CURRENCY)
    elif left_out and not said:
        said.append(OF_KIND if found.is_of_kind else RELAXED)
    if sort in ("price", "-price"):
        currencies = sorted({one for hit in found.hits if (one := hit.summary.currency)})
        said += [MIXED.format(", ".join(currencies))] if len(currencies) > 1 else []
    if said:
        return "; ".join(said)
    if asked.is_empty and asked.text.strip() and not asked.filter.terms:
        return NO_WORDS
    return None if loaded else NO_RANKER


def _place(cursor: str, list_name: str) -> int:
    match read_cursor(cursor, of=list_name):
        case (place,) if place.isascii() and place.isdigit() and int(place) < FOUND_MAX:
            return int(place)
        case _:
            raise CursorInvalid(reason="this is no cursor of ours")
