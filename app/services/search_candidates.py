"""Candidates of a search: by words and vectors, by what was understood, by a code."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from app.services.embedding import model_of
from app.services.search_order import says_all
from graph.filters import Filter, Has, OneOf, Term
from graph.records import ItemKind, ItemText
from graph.repositories.search import Hit
from graph.text.lucene import Words
from graph.text.units import find_unit
from ml.search.forms import all_forms

if TYPE_CHECKING:
    from app.services.search_text import Asked
    from app.services.threads import Threads
    from graph.repositories.search import Search
    from graph.repositories.similar import Similar
    from ml.predict import Predictor

WINDOW = 200  # candidates of a query that are put into order, counted and paged through
# Of the index: how many are looked at for those that pass, and how many where too few do.
POOL, WIDE_POOL = 2_000, 50_000
FEW = 20
UNSAID_POOL = 100  # the same, of those that have all words: by the index they are among the first
RARE = 5  # texts; where fewer have the words, facts may be what has them
VALUES = 50  # that the words of a query name in part
NEAREST = 30  # by vectors
LEAST_SIMILAR = 0.5  # cosine: there is always a nearest vector, however far
WEAK = 0.25  # of the best score by the index: what has less shares a common word at most
STRONG = 0.5  # the same, where a price decides who is first, and not how well it fits

OFFERED = frozenset({"price", "currency", "in_stock"})
KIND = ("category", "brand")  # a kettle of another colour is nearer than another red thing
FOUND_MAX = WINDOW + NEAREST + FEW  # by words, by vectors, by a code


@dataclass(frozen=True, slots=True)
class Found:
    """Candidates of a query, and what was done to find them.

    Attributes:
        similarities: of the vectors, by id, where they found something.
        more: whether there may be others.
        exact: ids of those whose code or id is the query.
        stating: ids of those whose facts have its words; `named` is what these pass.
        used: what of that which was understood they pass; `left_out` are the fields of the rest.
        unsaid: ids of those that have all its words, and say nothing of a part of what is used.
        left: words that no filter stands for; empty: nothing was understood of what is wanted.
        whole: ids of those that have all the words to which a value gave way.
        missing: words that nothing which passes `used` has.
    """

    hits: Sequence[Hit]
    similarities: Mapping[str, float]
    more: bool
    exact: frozenset[str] = frozenset()
    stating: frozenset[str] = frozenset()
    named: Filter = field(default_factory=Filter)
    used: Filter = field(default_factory=Filter)
    left_out: frozenset[str] = frozenset()
    unsaid: frozenset[str] = frozenset()
    left: str = ""
    whole: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()

    def passed_by(self, id: str) -> Filter:
        """What one of them passes by what the query was understood to say."""
        if id in self.unsaid:
            return _but(self.used, _said_in_words(self.used))
        return self.used.and_(self.named) if id in self.stating else self.used

    @property
    def is_of_kind(self) -> bool:
        """Whether they are of the category or the brand that was understood."""
        return any(term.field in KIND for term in self.used.terms)

    def fit_to_sort(self, asked: Asked) -> Sequence[Hit]:
        """Those that fit well enough to be first for their price: by all words, if any do."""
        if asked.is_empty or asked.is_understood:
            return self.hits
        least = STRONG * max((hit.score for hit in self.hits), default=0.0)
        good = {hit.summary.id for hit in self.hits if hit.score >= least}
        whole = {hit.summary.id for hit in self.hits if _has_all(hit, asked.text)}
        kept = (whole or self.whole or good) | self.exact | self.stating
        return [hit for hit in self.hits if hit.summary.id in kept]


class _Texts:
    """Texts with words of one query; the index is asked once for each filter."""

    def __init__(self, search: Search, asked: Asked, kind: ItemKind) -> None:
        self._search = search
        self._asked = asked
        self._kind = kind
        self._known: dict[Filter, list[Hit]] = {}

    async def passing(self, filter: Filter) -> list[Hit]:
        if filter not in self._known:
            self._known[filter] = await self._passing(filter)
        return self._known[filter]

    async def _passing(self, filter: Filter) -> list[Hit]:
        look_for = partial(
            self._search.by_words, self._asked.words, kind=self._kind, filter=filter, rows=WINDOW
        )
        hits = await look_for(pool=POOL)
        if len(hits) < FEW and filter.terms:
            hits = await look_for(pool=WIDE_POOL)
        least = WEAK * max((hit.score for hit in hits), default=0.0)
        # A rare form of a word scores higher than the word itself.
        return [hit for hit in hits if hit.score >= least or _has_all(hit, self._asked.text)]


class Candidates:
    """Looks for what may answer a query, in all ways at once."""

    def __init__(
        self,
        search: Search,
        similar: Similar,
        *,
        predictor: Callable[[], Predictor | None],
        threads: Threads,
    ) -> None:
        self._search = search
        self._similar = similar
        self._predictor = predictor
        self._threads = threads

    async def found(self, asked: Asked, wanted: Filter, kind: ItemKind) -> Found:
        """By all that was understood; where nothing passes it, by ever less.

        Limits of a price hold always, unless nothing at all has one; about how much is no limit.
        """
        understood = _unsaid(asked, wanted)
        found = await self._found(asked, understood, wanted, kind)
        limits = _only(understood, "price", "currency")
        may_go = limits.terms and not found.hits
        if may_go and (asked.is_near_price or not await self._has_prices(kind)):
            others = await self._found(asked, _but(understood, limits), wanted, kind)
            if others.hits:
                found = replace(others, left_out=others.left_out | _fields(limits))
        if asked.unwanted:
            found = replace(found, hits=[hit for hit in found.hits if not _is_unwanted(hit, asked)])
        return replace(found, missing=await self._missing(asked, found, wanted, kind))

    async def _missing(
        self, asked: Asked, found: Found, wanted: Filter, kind: ItemKind
    ) -> tuple[str, ...]:
        """Words that no filter stands for, and that are in no text of what passes."""
        if found.exact or found.stating:
            return ()
        forms = {
            word: all_forms(word)
            for word in asked.open_words
            if _is_of_text(word) and not any(_says(hit, word) for hit in found.hits)
        }
        if not forms:
            return ()
        known = await self._search.known_words(
            list(chain(*forms.values())), kind=kind, filter=wanted.and_(found.used)
        )
        return tuple(word for word, either in forms.items() if known.isdisjoint(either))

    async def _has_prices(self, kind: ItemKind) -> bool:
        priced = Filter((Term("price", Has()),))
        return bool(await self._search.by_filter(kind=kind, filter=priced, rows=1))

    async def _found(
        self, asked: Asked, understood: Filter, wanted: Filter, kind: ItemKind
    ) -> Found:
        texts = _Texts(self._search, asked, kind)
        for used in _ever_less(understood):
            may_lack = _said_in_words(used)
            found = await self._candidates(asked, wanted.and_(used), kind, may_lack, texts)
            found = await self._with_named_values(asked, found, wanted.and_(used), kind)
            left_out = _fields(understood) - _fields(used)
            left = _left(asked, left_out) if _says_what(used) else ""
            gave_way = left_out & _values(understood) and not _says_what(used)
            whole = _whole(asked, found.hits) if gave_way else frozenset()
            found = replace(found, used=used, left_out=left_out, left=left, whole=whole)
            passing = len(found.hits) > len(found.unsaid)
            if passing and not await self._hides(asked, found, wanted, kind, texts):
                return found
        hits: list[Hit] = []
        if _says_what(understood) and not asked.is_empty:  # no text has any of the words
            hits = await self._by_filter(asked, wanted.and_(understood), kind, rows=WINDOW)
        return Found(hits, {}, more=len(hits) == WINDOW, used=understood)

    async def _hides(
        self, asked: Asked, found: Found, wanted: Filter, kind: ItemKind, texts: _Texts
    ) -> bool:
        """Whether texts with all the words lack what is stated of others, which lack the words.

        `red kettle` are no other red things, where of kettles nobody states a colour. A brand or a
        category is kept where it is only unsaid of those texts: they are found beside the others.
        """
        said = [hit for hit in found.hits if hit.summary.id not in found.unsaid]
        if not found.left or found.stating or found.exact:
            return False
        if any(_has_all(hit, found.left) for hit in said):
            return False
        others = await texts.passing(wanted.and_(_of_price(found.used)))
        beside = frozenset() if _values(found.used) else found.unsaid
        if any(_has_all(hit, asked.text) for hit in others if hit.summary.id not in beside):
            return True
        return await self._gives_way(asked, said, found.used, wanted, kind)

    async def _gives_way(
        self, asked: Asked, said: Sequence[Hit], used: Filter, wanted: Filter, kind: ItemKind
    ) -> bool:
        """Whether a value is stated of other kinds of things than have the words beside it.

        `red dress` asks for no phones, which are red, where no dress is; but `phone 8gb` for what
        has 8 GB, though other phones say that they are some: category and brand are kept.
        """
        if not _values(used) or any(_says(hit, word) for hit in said for word in asked.open_words):
            return False
        words, forms = asked.open_words, chain(*map(all_forms, asked.open_words))
        others = await self._search.by_words(
            Words(words, forms=tuple(forms)),
            kind=kind,
            filter=wanted.and_(_only(used, *KIND, "price")),
            pool=POOL,
            rows=FEW,
        )
        having = _categories(others) - {None}
        return bool(having) and _categories(said).isdisjoint({*having, None})

    async def _candidates(
        self, asked: Asked, filter: Filter, kind: ItemKind, may_lack: Filter, texts: _Texts
    ) -> Found:
        if asked.is_empty:
            # Nothing to compare with: all that passes the filter, if the query says no more.
            rows = WINDOW + 1 if filter.terms or not asked.text.strip() else 0
            hits = await self._by_filter(asked, filter, kind, rows=rows) if rows else []
            return Found(hits[:WINDOW], {}, more=len(hits) > WINDOW)
        exact, hits, unsaid, passing, similarities = await asyncio.gather(
            self._by_code(asked, filter, kind),
            texts.passing(filter),
            self._unsaid(asked, filter, kind, may_lack),
            self._passing(asked, filter, kind),
            self._by_vectors(asked, filter, kind),
        )
        more = max(len(hits), len(passing)) >= WINDOW
        # In an order the first of all that pass count, whether their texts have the words or not.
        first, others = (passing, hits) if asked.order else (hits, passing)
        hits = _joined(exact, _joined(_joined(first, others), unsaid)[:WINDOW])
        known = {hit.summary.id for hit in hits}
        only = [id for id in similarities if id not in known]
        if only:
            hits = [*hits, *await self._search.by_ids(only, kind=kind)]
        return Found(
            hits,
            similarities,
            more,
            frozenset(hit.summary.id for hit in exact),
            unsaid=frozenset(hit.summary.id for hit in unsaid) & known,
        )

    async def _passing(self, asked: Asked, filter: Filter, kind: ItemKind) -> list[Hit]:
        """Where the filter says all that the query does: titles need not say what facts do."""
        if not asked.is_understood or not _says_what(filter):
            return []
        return await self._by_filter(asked, filter, kind, rows=WINDOW)

    async def _by_filter(
        self, asked: Asked, filter: Filter, kind: ItemKind, *, rows: int
    ) -> list[Hit]:
        return await self._search.by_filter(kind=kind, filter=filter, rows=rows, order=asked.order)

    async def _with_named_values(
        self, asked: Asked, found: Found, filter: Filter, kind: ItemKind
    ) -> Found:
        """With items whose facts have words that hardly any text has: `snapdragon 855`."""
        words = asked.open_words
        texts = sum(hit.score > 0 for hit in found.hits)  # vectors always find something
        if texts >= RARE or not any(word.isalpha() for word in words):
            return found
        values = await self._search.values_named(words, most=VALUES)
        if values is None:
            return found
        named = Filter((Term(values.parameter, OneOf(values.ids)),))
        having = await self._search.by_filter(kind=kind, filter=filter.and_(named), rows=WINDOW)
        return replace(
            found,
            hits=_joined(found.hits, having)[:FOUND_MAX],
            more=len(having) == WINDOW,
            stating=frozenset(hit.summary.id for hit in having),
            named=named,
        )

    async def _by_code(self, asked: Asked, filter: Filter, kind: ItemKind) -> list[Hit]:
        if kind != "product" or not (asked.code or asked.ids):
            return []
        return await self._search.by_code(asked.code, asked.ids, filter=filter, rows=FEW)

    async def _unsaid(
        self, asked: Asked, filter: Filter, kind: ItemKind, may_lack: Filter
    ) -> list[Hit]:
        """Texts with every word of the query that say nothing of a part of what it asks for."""
        hits = await self._search.by_words_unsaid(
            asked.words, kind=kind, filter=_but(filter, may_lack), unsaid=may_lack, pool=UNSAID_POOL
        )
        return [hit for hit in hits if _has_all(hit, asked.text)]

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


def _has_all(hit: Hit, text: str) -> bool:
    return says_all(_text(hit), text)


def _says(hit: Hit, word: str) -> bool:
    """In its text, or by the name of its brand or category."""
    named = (one.name for one in (hit.summary.brand, hit.summary.category) if one)
    return says_all(" ".join((_text(hit), *named)), word)


def _text(hit: Hit) -> str:
    return f"{hit.summary.title} {hit.description or ''}"


def _is_of_text(word: str) -> bool:
    """A number may be written otherwise, and of a unit or one sign the index knows nothing."""
    return len(word) > 1 and word.isalpha() and find_unit(word) is None


def _whole(asked: Asked, hits: Sequence[Hit]) -> frozenset[str]:
    words = " ".join(asked.open_words)
    return frozenset(hit.summary.id for hit in hits if words and _has_all(hit, words))


def _categories(hits: Sequence[Hit]) -> set[str | None]:
    return {hit.summary.category.id if hit.summary.category else None for hit in hits}


def _is_unwanted(hit: Hit, asked: Asked) -> bool:
    """Its text has a word that is not to be there, and does not say `not` itself: a name may."""
    text = _text(hit).lower()
    return any(says_all(text, word) and f"not {word}" not in text for word in asked.unwanted)


def _fields(filter: Filter) -> frozenset[str]:
    return frozenset(term.field for term in filter.terms)


def _values(filter: Filter) -> frozenset[str]:
    """Fields that are parameters."""
    return _fields(filter).difference(KIND, OFFERED)


def _unsaid(asked: Asked, wanted: Filter) -> Filter:
    """What was understood of fields that the caller's own filter says nothing of."""
    said = _fields(wanted)
    return Filter(tuple(term for term in asked.filter.terms if term.field not in said))


def _left(asked: Asked, left_out: frozenset[str]) -> str:
    """Words that titles have to have: what was understood and is left out is words again."""
    return asked.text if left_out - OFFERED else " ".join(asked.open_words)


def _says_what(understood: Filter) -> bool:
    """Whether it says what is wanted, and not only for how much or what not."""
    return any(term.field not in OFFERED and not term.negated for term in understood.terms)


def _said_in_words(understood: Filter) -> Filter:
    """Names that a text may say as well; comparisons and what is not wanted are no words of it."""
    return Filter(
        tuple(
            term
            for term in understood.terms
            if isinstance(term.condition, OneOf) and not term.negated and term.field not in OFFERED
        )
    )


def _but(filter: Filter, other: Filter) -> Filter:
    return Filter(tuple(term for term in filter.terms if term not in other.terms))


def _of_price(understood: Filter) -> Filter:
    return _only(understood, "price")


def _only(understood: Filter, *fields: str) -> Filter:
    return Filter(tuple(term for term in understood.terms if term.field in fields))


def _ever_less(understood: Filter) -> Iterator[Filter]:
    """All terms, all but the currency, and ever fewer of what a thing is, with the price."""
    tried: list[Filter] = []
    in_any = Filter(tuple(term for term in understood.terms if term.field != "currency"))
    kind, category = _only(understood, *KIND, "price"), _only(understood, "category", "price")
    for used in (understood, in_any, kind, category, _of_price(understood)):
        if used not in tried:
            tried.append(used)
            yield used


def _joined(first: Sequence[Hit], then: Sequence[Hit]) -> list[Hit]:
    """Those of the second that the first lacks behind it."""
    known = {hit.summary.id for hit in first}
    return [*first, *(hit for hit in then if hit.summary.id not in known)]
