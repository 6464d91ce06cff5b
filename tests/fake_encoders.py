"""Encoders without training, and the items like another one in memory."""

import hashlib
import math
import re

import msgspec
import numpy as np

from app.services.embedding import model_of
from graph.filters import Filter
from graph.repositories.candidates import Candidate
from graph.repositories.candidates import model_of as model_id_of
from graph.repositories.item_texts import text_of
from graph.repositories.sharing import in_order, title_words
from graph.repositories.similar import Nearest, NearestToStored, StoredText
from graph.repositories.vectors import HOME, Serving
from tests.fake_products import FakeProducts

KINDS = ("product", "model")


class HashedWords:
    """A `Predictor`: each word is a direction, so that texts with the same words are alike."""

    def __init__(self, version="1", *, width=16, name="words"):
        self.name, self.version, self.width = name, version, width
        self.calls = []  # how many items each call was given

    def embed(self, items):
        self.calls.append(len(items))
        return np.array([self._vector(item) for item in items], np.float32)

    def _vector(self, item):
        facts = " ".join(fact.value for fact in (*item.facts, *item.inherited))
        words = re.findall(r"\w+", f"{item.title} {facts}".casefold())
        return np.sum([np.zeros(self.width), *map(self._direction, words)], axis=0)

    def _direction(self, word):
        digest = hashlib.blake2b(f"{self.version} {word}".encode(), digest_size=4).digest()
        return np.random.default_rng(int.from_bytes(digest)).standard_normal(self.width)


class FakeSimilar:
    """`Similar` over a FakeGraph whose items `predictor` has embedded, if there is one.

    `asked` is what each search was asked for; `serving_by_now` is what the next ones end with;
    `trips` are the calls that would go to the server.
    """

    def __init__(self, graph, predictor=None):
        self._graph = graph
        self.predictor = predictor
        self.asked, self.trips = [], []
        self.serving_by_now = []

    async def serving(self):
        return self._serving()

    def _serving(self):
        return Serving(HOME, model_of(self.predictor)) if self.predictor else None

    async def stored(self, id):
        self.trips.append("stored")
        return self._stored(id)

    def _stored(self, id):
        item = self._graph.find(id)
        if item is None:
            return None
        text = self._text(item)
        vector = tuple(self._vector(text)) if self.predictor else None
        return StoredText(text, self._serving(), vector)

    async def nearest(self, text, vector, serving, **asked):
        self.trips.append("nearest")
        return await self._nearest(text, vector, serving, **asked)

    async def _nearest(self, text, vector, serving, *, kind, filter, pool, rows):
        self.asked.append((pool, rows))
        scored = sorted(
            ((self._cosine(vector, self._vector(other)), other) for other in self._texts(kind)),
            key=lambda one: (-one[0], one[1].id),
        )[:pool]
        passing = await self._passing(filter, kind)
        found = [
            self._candidate(text, other, passing[other.id], score)
            for score, other in scored
            if other.id in passing and (other.kind, other.id) != (text.kind, text.id)
        ]
        lowest = scored[-1][0] if scored else 0.0
        by_now = self.serving_by_now.pop(0) if self.serving_by_now else serving
        return Nearest(found[:rows], len(scored), lowest, by_now)

    async def nearest_to_stored(self, id, serving, *, kind, **asked):
        self.trips.append("nearest_to_stored")
        stored = self._stored(id)
        if stored is None or stored.text.kind != kind or stored.serving != serving:
            return None
        nearest = await self._nearest(stored.text, stored.vector, serving, kind=kind, **asked)
        return NearestToStored(stored.text, nearest)

    async def sharing(self, text, *, kind, filter, rows):
        passing = await self._passing(filter, kind)
        texts = {(one.kind, one.id): one for each in KINDS for one in self._texts(each)}
        weights = {
            target: math.log1p(len(texts) / users)
            for target in _targets(text)
            if (users := sum(target in _targets(other) for other in texts.values()))
        }
        found = []
        for other in (texts[kind, id] for id in passing):
            shared = sum(weights.get(target, 0.0) for target in _targets(other))
            if shared and (other.kind, other.id) != (text.kind, text.id):
                score = shared / sum(weights.values())
                found.append(self._candidate(text, other, passing[other.id], score))
        return in_order(found, title_words(text))[:rows]

    async def _passing(self, filter, kind):
        open_only = Filter(tuple(term for term in filter.terms if term.field != "closed"))
        speaks = len(open_only.terms) < len(filter.terms)
        products = FakeProducts(self._graph)
        page = await products.page(open_only, kind=kind, limit=10_000, after=None)
        return {} if speaks else {one.id: one for one in page.items}

    def _candidate(self, text, other, summary, score):
        values = {fact.value for fact in (*text.facts, *text.inherited)}
        shared = sorted(values & {fact.value for fact in (*other.facts, *other.inherited)})
        return Candidate(summary, model_id_of(other), score, tuple((one, 1) for one in shared))

    def _text(self, item):
        text = text_of(item, self._graph.parameters)
        model = self._graph.model_of(item)
        stated = {fact.parameter for fact in text.facts}
        more = text_of(model, self._graph.parameters).facts if model else ()
        inherited = tuple(fact for fact in more if fact.parameter not in stated)
        return msgspec.structs.replace(text, id=item.id, inherited=inherited)

    def _texts(self, kind):
        return [self._text(item) for item in self._graph.ordered() if item.kind == kind]

    def _vector(self, text):
        return self.predictor.embed([text])[0].tolist()

    def _cosine(self, one, other):
        lengths = math.hypot(*one) * math.hypot(*other)
        dot = sum(a * b for a, b in zip(one, other, strict=True))
        return max(0.0, dot / lengths) if lengths else 0.0


def _targets(text):
    named = (text.brand, text.category)
    return (
        {fact.value for fact in (*text.facts, *text.inherited)}
        | {("named", at, one.id) for at, one in enumerate(named) if one}
        | ({("model", model_id_of(text))} - {("model", None)})
    )
