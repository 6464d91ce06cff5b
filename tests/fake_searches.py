"""`Search` over a graph in memory: words counted, held to the same cases as Neo4j."""

import re
from collections import Counter

from app.services.searching import sorted_by
from graph.filters import Filter
from graph.repositories.facets import Alike, Stated, ValueOf
from graph.repositories.names import NamedItems
from graph.repositories.search import Hit, NamedValues
from tests.fake_products import FakeProducts
from tests.fakes import NOW_TEXT

STOP = {"the", "of", "and"}


class FakeSearch:
    """`asked` is what each search for words was asked for."""

    def __init__(self, graph):
        self._graph = graph
        self.asked = []

    async def by_words(self, words, *, kind, filter, pool, rows):
        self.asked.append(words)
        return self._ranked(words, kind, await self._passing(filter, kind))[:rows]

    async def by_words_unsaid(self, words, *, kind, filter, unsaid, pool):
        products, found = FakeProducts(self._graph), []
        for one in await self._passing(filter, kind) if unsaid.terms else []:
            item = self._graph.items[kind, one.id]
            lacking = [term for term in unsaid.terms if not products.passes(item, term)]
            if lacking and not any(products.says_itself(item, term.field) for term in lacking):
                found.append(one)
        return self._ranked(words, kind, found)[:pool]

    def _ranked(self, words, kind, summaries):
        hits = [
            self._hit(summary, score)
            for summary in summaries
            if (score := self._score(words, kind, summary.id))
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.summary.id))

    async def by_filter(self, *, kind, filter, rows, order=None):
        hits = [(self._hit(one, 0.0), 0.0) for one in await self._passing(filter, kind)]
        return (
            [hit for hit, _ in sorted_by(hits, order)[:rows]]
            if order
            else [hit for hit, _ in hits[:rows]]
        )

    async def by_code(self, code, ids=(), *, filter, rows):
        items = {item.id: item for item in self._items("product")}
        return [
            self._hit(one, 0.0)
            for one in await self._passing(filter, "product")
            if one.id in ids or (code and code in (items[one.id].gtin, items[one.id].mpn))
        ][:rows]

    async def values_named(self, words, *, most):
        named = {}
        for item in self._graph.ordered():
            for value in (fact.value for fact in item.facts):
                if set(words) <= set(_words(value.text)):
                    named.setdefault(value.parameter, {})[value.id] = None
        best = max(named.items(), key=lambda one: len(one[1]), default=None) if words else None
        return best and NamedValues(best[0], tuple(best[1])[:most])

    async def by_ids(self, ids, *, kind):
        found = {one.id: one for one in await self._passing(Filter(), kind)}
        return [self._hit(found[id], 0.0) for id in ids if id in found]

    async def known_words(self, words, *, kind, filter):
        passing = {one.id for one in await self._passing(filter, kind)}
        items = [item for item in self._items(kind) if item.id in passing]
        texts = {word for item in items for word in _words(self._text(item))}
        return frozenset(word for word in words if word in texts)

    def names(self):
        """As `known_names`."""
        brands = Counter(item.brand for item in self._graph.items.values() if item.brand)
        values = Counter(fact.value for item in self._graph.items.values() for fact in item.facts)
        models = [item for item in self._graph.items.values() if item.kind == "model"]
        return [
            *(NamedItems("brand", b.id, b.name, b.names, items) for b, items in brands.items()),
            *(NamedItems("model", m.id, m.title, m.names, 1) for m in models),
            *(
                NamedItems("value", v.id, v.text, (), items, v.parameter)
                for v, items in values.items()
                if self._graph.parameters[v.parameter].kind == "text"
            ),
        ]

    async def _passing(self, filter, kind):
        page = await FakeProducts(self._graph).page(filter, kind=kind, limit=10_000, after=None)
        return [one for one in page.items if one.closed_at is None]

    def _items(self, kind):
        return [item for item in self._graph.ordered() if item.kind == kind]

    def _text(self, item):
        own = item.names if item.kind == "model" else (item.description or "",)
        return " ".join((item.title, *own))

    def _score(self, words, kind, id):
        text = Counter(_words(self._text(self._graph.items[kind, id])))
        exact = sum(text[word.lower()] > 0 for word in set(words.exact))
        like = sum(0.3 for w in words.like if any(_is_near(w, t) for t in text))
        forms = sum(0.5 for word in set(words.forms) if text[word.lower()])
        begun = sum(
            3.0 for w in set(words.begun) if w.isalnum() and any(t.startswith(w) for t in text)
        )
        return float(exact + like + forms + begun)

    def _hit(self, summary, score):
        item = self._graph.items[summary.kind, summary.id]
        return Hit(summary, item.description, NOW_TEXT, score)


class FakeFacets:
    """`Facets` over a graph in memory; `asked` is of which items the values were fetched."""

    def __init__(self, graph):
        self._graph = graph
        self.asked = []

    async def stated(self, ids, *, kind):
        own, alike = Counter(), Counter()
        for item in self._items(ids, kind):
            values = _values(item)
            own.update(values)
            if item.model:
                alike[(item.model.id,), frozenset(one.parameter for one in values)] += 1
        return Stated(
            tuple(own.items()), tuple(Alike(*group, items) for group, items in alike.items())
        )

    async def of_items(self, ids, *, kind):
        self.asked += ids
        return {item.id: tuple(_values(item)) for item in self._items(ids, kind)}

    async def names(self, ids):
        return {id: self._graph.parameters[id].name for id in ids if id in self._graph.parameters}

    def _items(self, ids, kind):
        return [one for one in self._graph.ordered() if one.kind == kind and one.id in ids]


def _values(item):
    values = {fact.value for fact in item.facts}
    return {ValueOf(value.id, value.text, value.parameter) for value in values}


def _words(text):
    """As the analyzer cjk: Chinese in pairs."""
    for run in re.findall(r"[^\W_]+", text.casefold()):
        if run not in STOP:
            yield run
    for run in re.findall(r"[一-鿿]{2,}", text):
        yield from (run[at : at + 2] for at in range(len(run) - 1))


def _is_near(one, other):
    """One letter more, less or other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return one == other
    longer, shorter = sorted((one, other), key=len, reverse=True)
    at = next((n for n, (a, b) in enumerate(zip(longer, shorter, strict=False)) if a != b), -1)
    rest = shorter[at + (len(longer) == len(shorter)) :]
    return at < 0 or longer[at + 1 :] == rest
