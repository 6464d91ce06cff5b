"""Similar items with score and reasons: by vectors, or by facts until a model has written some."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec.structs import replace

from app.errors import ItemNotFound
from app.services.browsing import ProductQuery
from app.services.embedding import model_of
from graph.filters import Filter, OneOf, Term
from graph.ingest.items import ItemDraft, build_item, declare_parameters
from graph.ingest.linking import BrandNames
from graph.records import (
    EncoderModel,
    ItemKind,
    ItemText,
    Reasons,
    Record,
    SharedFact,
    SimilarItem,
)
from graph.repositories import candidates
from graph.repositories.item_texts import text_of
from graph.repositories.selection import kinds_of
from graph.repositories.similar import NearestToStored
from ml.errors import EncoderMismatch, EncoderMissing, EncoderUnusable

if TYPE_CHECKING:
    from app.services.browsing import Browsing
    from app.services.threads import Threads
    from graph.records import Named, Parameter
    from graph.repositories.candidates import Candidate
    from graph.repositories.similar import Nearest, Similar
    from graph.repositories.vectors import Serving
    from ml.predict import Predictor

Method = Literal["vectors", "shared_facts"]


class Near(Protocol):
    """A search that can be made wider; None: what it should be near to is not there."""

    async def __call__(self, *, pool: int, rows: int) -> NearestToStored | None: ...


# The first search takes this many more than are asked for, because some will not pass; each
# further one so many times as many, until enough pass or no more are left.
SPARE = 8
WIDENING = 4
# By shared facts: how many candidates are compared in full.
COMPARED = 200
REASONS_MAX = 10
# Vectors that are switched under a search make it start again; they are switched twice per model.
ATTEMPTS = 3

NO_VECTORS = "no model has written vectors yet"
NOT_EMBEDDED = "this item has no vector yet"
NO_ENCODER = "no model is loaded that could embed this item"
OTHER_ENCODER = "the model that is loaded is not the one whose vectors serve"
SWITCHED = "the vectors of another model are being switched to"

PER_GROUP = 2


class Wanted(Record, frozen=True):
    """Which similar items are wanted: at most `limit`, of `threshold` (0 to 1) or more alike."""

    limit: int = 10
    threshold: float = 0.0
    filter: str | None = None
    in_stock: bool | None = None
    diversify_by: Literal["brand"] | None = None
    per_group: int = PER_GROUP

    def chosen(self, found: Iterable[Candidate]) -> list[Candidate]:
        """The first `limit` of the most alike, no more of one brand than wanted."""
        shown: list[Candidate] = []
        taken: Counter[str] = Counter()
        for one in found:
            if one.score < self.threshold or len(shown) == self.limit:
                break
            brand = one.summary.brand
            if self.diversify_by == "brand" and brand is not None:
                taken[brand.id] += 1
                if taken[brand.id] > self.per_group:
                    continue
            shown.append(one)
        return shown


class Likeness(Record, frozen=True):
    """Similar items, the most alike first; `notice`: why not by vectors, or why none is found."""

    method: Method
    model: EncoderModel | None
    notice: str | None
    items: tuple[SimilarItem, ...]


class Embedded(Record, frozen=True):
    """Vectors in the order of what was asked for."""

    model: EncoderModel
    vectors: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class _Search:
    """What one request comes to."""

    text: ItemText
    kind: ItemKind
    filter: Filter
    wanted: Wanted


class Similarity:
    """Finds what is like an item, stored or not.

    `predictor` is the one that is loaded by now, if any; it embeds what has no vector.
    """

    def __init__(
        self,
        similar: Similar,
        browsing: Browsing,
        *,
        parameters: Callable[[], Awaitable[Mapping[str, Parameter]]],
        brands: Callable[[], Awaitable[Iterable[Named]]],
        predictor: Callable[[], Predictor | None],
        threads: Threads,
    ) -> None:
        self._similar = similar
        self._browsing = browsing
        self._parameters = parameters
        self._brands = brands
        self._predictor = predictor
        self._threads = threads
        # A guess, which every search checks: with it a stored item takes one round trip.
        self._served_last: Serving | None = None

    async def to_stored(self, id: str, wanted: Wanted) -> Likeness:
        """What is like the product or model of this id.

        Raises:
            ItemNotFound: there is none.
            FilterInvalid: points at the character.
        """
        bound = await self._bound(wanted)
        found = await self._in_one_trip(id, bound, wanted)
        return await self._told(found or await self._step_by_step(id, bound, wanted), bound)

    async def _in_one_trip(self, id: str, bound: Filter, wanted: Wanted) -> Likeness | None:
        """One query, if the vectors that served last still do. None: that cannot be said so."""
        serving, kind = self._served_last, _likely_kind(id)
        if serving is None or kind != _kind_asked(bound, kind):
            return None
        near = partial(self._similar.nearest_to_stored, id, serving, kind=kind, filter=bound)
        return await self._widened(near, serving, wanted)

    async def _step_by_step(self, id: str, bound: Filter, wanted: Wanted) -> Likeness:
        search: _Search | None = None
        for _ in range(ATTEMPTS):
            stored = await self._similar.stored(id)
            if stored is None:
                raise ItemNotFound(id=id)
            search = _searched(stored.text, bound, wanted)
            if stored.serving is None:
                return await self._by_facts(search, NO_VECTORS)
            vector = stored.vector or await self._vector(stored.text, stored.serving.model)
            if not vector:
                return await self._by_facts(search, NOT_EMBEDDED)
            found = await self._by_vector(search, vector, stored.serving)
            if found is not None:
                return found
        assert search is not None
        return await self._by_facts(search, SWITCHED)

    async def to_text(self, text: ItemText, wanted: Wanted) -> Likeness:
        """What is like an item that is not stored.

        Raises:
            EncoderMissing: there is nothing but a title, and no model to read it.
            EncoderMismatch: the same, with a model whose vectors are not those that serve.
            FilterInvalid: points at the character.
        """
        search = _searched(text, await self._bound(wanted), wanted)
        return await self._told(await self._like(search), search.filter)

    async def _like(self, search: _Search) -> Likeness:
        text = search.text
        for _ in range(ATTEMPTS):
            serving = await self._similar.serving()
            if serving is None:
                return await self._by_facts_or(search, NO_VECTORS, EncoderMissing())
            vector = await self._vector(text, serving.model)
            if vector is None:
                return await self._by_facts_or(search, *self._lacking(serving.model))
            if not vector:
                return await self._by_facts(search, NOT_EMBEDDED)
            found = await self._by_vector(search, vector, serving)
            if found is not None:
                return found
        return await self._by_facts(search, SWITCHED)

    async def embed(self, texts: Sequence[ItemText]) -> Embedded:
        """Vectors of items that are not stored.

        Raises:
            EncoderMissing: no model is loaded.
        """
        predictor = self._predictor()
        if predictor is None:
            raise EncoderMissing
        found = await self._threads.run(partial(predictor.embed, texts))
        return Embedded(model_of(predictor), tuple(tuple(vector.tolist()) for vector in found))

    async def text_of(self, draft: ItemDraft) -> ItemText:
        """A draft with its values normalised as if it were stored.

        Raises:
            DraftInvalid: names the field that means nothing.
        """
        known = await self._parameters()
        parameters = {**known, **declare_parameters(draft, known)}
        item = build_item(draft, parameters, BrandNames(await self._brands()))
        return text_of(item, parameters)

    async def _bound(self, wanted: Wanted) -> Filter:
        bound = await self._browsing.bound(ProductQuery(filter=wanted.filter))
        if wanted.in_stock is None:
            return bound
        answer = "yes" if wanted.in_stock else "no"
        return bound.and_(Filter((Term("in_stock", OneOf((answer,))),)))

    async def _told(self, found: Likeness, bound: Filter) -> Likeness:
        """With what the filter asks for that the graph has no name for, where it found nothing."""
        unknown = None if found.items else await self._browsing.not_known(bound)
        return replace(found, notice=unknown) if unknown else found

    async def _vector(self, text: ItemText, serving: EncoderModel) -> tuple[float, ...] | None:
        """The vector of an item; empty: it has no direction. None: the wrong model is loaded."""
        predictor = self._predictor()
        if predictor is None or model_of(predictor) != serving:
            return None
        found = (await self._threads.run(partial(predictor.embed, [text])))[0].tolist()
        length = math.hypot(*found)
        return tuple(found) if length and math.isfinite(length) else ()

    async def _by_vector(
        self, search: _Search, vector: Sequence[float], serving: Serving
    ) -> Likeness | None:
        """None: the vectors were switched meanwhile."""

        async def near(*, pool: int, rows: int) -> NearestToStored:
            nearest = await self._similar.nearest(
                search.text,
                vector,
                serving,
                kind=search.kind,
                filter=search.filter,
                pool=pool,
                rows=rows,
            )
            return NearestToStored(search.text, nearest)

        return await self._widened(near, serving, search.wanted)

    async def _widened(self, near: Near, serving: Serving, wanted: Wanted) -> Likeness | None:
        """The answer of the first search that is wide enough. None: of no search at all."""
        pool = wanted.limit + SPARE
        rows = pool if wanted.diversify_by else wanted.limit
        while True:
            found = await near(pool=pool, rows=rows)
            if found is None:
                return None
            self._served_last = found.nearest.serving
            if found.nearest.serving != serving:
                return None
            shown = wanted.chosen(found.nearest.candidates)
            if len(shown) == wanted.limit or _exhausted(found.nearest, pool, rows, wanted):
                return Likeness("vectors", serving.model, None, _items(found.text, shown))
            if len(found.nearest.candidates) == rows:
                rows *= WIDENING  # enough pass, but too many of one brand
            pool *= WIDENING

    async def _by_facts_or(
        self, search: _Search, notice: str, refusal: EncoderUnusable
    ) -> Likeness:
        """By facts, or refused where there is nothing but a text."""
        text = search.text
        if not (text.facts or text.brand or text.category or text.model):
            raise refusal
        return await self._by_facts(search, notice)

    async def _by_facts(self, search: _Search, notice: str) -> Likeness:
        rows = COMPARED + search.wanted.limit * WIDENING
        found = await self._similar.sharing(
            search.text, kind=search.kind, filter=search.filter, rows=rows
        )
        return Likeness(
            "shared_facts", None, notice, _items(search.text, search.wanted.chosen(found))
        )

    def _lacking(self, serving: EncoderModel) -> tuple[str, EncoderUnusable]:
        """Why an item cannot be embedded, for an answer without vectors, and for none."""
        predictor = self._predictor()
        if predictor is None:
            return NO_ENCODER, EncoderMissing()
        return OTHER_ENCODER, EncoderMismatch(loaded=model_of(predictor), serving=serving)


def _searched(text: ItemText, bound: Filter, wanted: Wanted) -> _Search:
    return _Search(text, _kind_asked(bound, text.kind), bound, wanted)


def _likely_kind(id: str) -> ItemKind:
    """A product's id has a colon behind its source, a model's is a slug."""
    return "product" if ":" in id else "model"


def _kind_asked(bound: Filter, own: ItemKind) -> ItemKind:
    """The kind of what is found: that of the item asked about, unless the filter names another."""
    kinds = kinds_of(bound, None)
    return own if own in kinds or not kinds else kinds[0]


def _exhausted(nearest: Nearest, pool: int, rows: int, wanted: Wanted) -> bool:
    """Whether a wider search would bring nothing: all were seen, or the rest is too unlike."""
    all_seen = nearest.pool < pool and len(nearest.candidates) < rows
    return all_seen or nearest.lowest < wanted.threshold


def _items(text: ItemText, shown: Iterable[Candidate]) -> tuple[SimilarItem, ...]:
    facts = {fact.value: fact for fact in (*text.facts, *text.inherited)}
    return tuple(
        SimilarItem(
            one.summary,
            one.score,
            Reasons(
                same_brand=_same(one.summary.brand, text.brand),
                same_category=_same(one.summary.category, text.category),
                same_model=one.model_id is not None and one.model_id == candidates.model_of(text),
                facts=tuple(
                    SharedFact(fact.parameter, fact.name, fact.value, fact.text)
                    for value, _ in sorted(one.shared, key=lambda shared: (shared[1], shared[0]))
                    for fact in (facts[value],)
                )[:REASONS_MAX],
            ),
        )
        for one in shown
    )


def _same(one: Named | None, other: Named | None) -> bool:
    return one is not None and other is not None and one.id == other.id
