"""What shoppers did, in memory: held to the same cases as Neo4j."""

from collections import Counter
from itertools import combinations

from graph.ingest.events import Refusal
from graph.repositories.behaviour import Stored
from graph.repositories.recommending import CHANCE, KnownItem, Offer, Speaks, Together
from tests.fake_products import FakeProducts


class FakeBehaviour:
    """Stores events over the items of a FakeGraph, and answers what may be recommended."""

    def __init__(self, graph):
        self._graph = graph
        self._products = FakeProducts(graph)
        self._events = {}

    def store(self, events):
        return Stored(tuple(self._store(event) for event in events))

    def _store(self, event):
        item = self._graph.items.get(("product", event.item))
        if item is None:
            return Refusal("item_unknown", "item", f"there is no product {event.item!r}")
        if self._graph.closed_at(item):
            return Refusal(
                "item_closed", "item", f"{event.item!r} is closed: no source lists it any more"
            )
        key = (event.shopper, event.kind, event.key)
        if key in self._events:
            return "known"
        self._events[key] = event
        return "stored"

    def delete(self, shopper):
        own = [key for key in self._events if key[0] == shopper]
        for key in own:
            del self._events[key]
        return len(own) or None

    def _bought(self):
        bought = {}
        for event in self._events.values():
            if event.kind == "bought":
                bought.setdefault(event.shopper, set()).add(event.item)
        return bought.values()

    def pairs(self):
        return Counter(pair for items in self._bought() for pair in combinations(sorted(items), 2))

    def buyers(self):
        return Counter(item for items in self._bought() for item in items)

    async def history(self, shopper):
        last = {}
        for event in self._events.values():
            if event.shopper == shopper:
                last[event.item] = max(event.at, last.get(event.item, event.at))
        return sorted(last, key=lambda item: (last[item], item))

    async def known(self, ids):
        found = [self._graph.items.get(("product", id)) for id in ids]
        return {
            item.id: KnownItem(
                item.id,
                item.title,
                item.brand and item.brand.id,
                item.categories[-1].id if item.categories else None,
            )
            for item in found
            if item
        }

    async def passing(self, ids, filter):
        page = await self._products.page(filter, kind="product", limit=1_000, after=None)
        return {one.id: one for one in page.items if one.id in ids and one.closed_at is None}

    async def _all_passing(self, filter, without):
        page = await self._products.page(filter, kind="product", limit=1_000, after=None)
        return [one for one in page.items if one.id not in without and one.closed_at is None]

    async def bought_with(self, ids, filter, rows):
        buyers, found = self.buyers(), []
        for one in await self._all_passing(filter, ids):
            together = self._together(one.id, ids)
            score = sum(
                pair.shoppers**2
                / (buyers[one.id] * buyers[pair.item]) ** 0.5
                / (pair.shoppers + CHANCE)
                for pair in together
            )
            if together:
                found.append(Offer(one, min(1.0, score / len(ids)), together))
        return sorted(found, key=lambda offer: (-offer.score, offer.summary.id))[:rows]

    def _together(self, item, others):
        pairs = self.pairs()
        found = [Together(one, pairs[tuple(sorted((item, one)))]) for one in set(others)]
        return tuple(
            sorted((one for one in found if one.shoppers), key=lambda o: (-o.shoppers, o.item))
        )

    async def popular(self, without, filter, rows):
        buyers = self.buyers()
        found = [one for one in await self._all_passing(filter, without) if buyers[one.id]]
        found = sorted(found, key=lambda one: (-buyers[one.id], one.id))[:rows]
        most = max((buyers[one.id] for one in found), default=1)
        return [Offer(one, buyers[one.id] / most, shoppers=buyers[one.id]) for one in found]

    async def newest(self, without, filter, rows):
        found = await self._all_passing(filter, without)
        return [Offer(one, since="2025-03-01T09:30:15Z") for one in found[:rows]]

    async def speaking_for(self, items, history):
        found = {}
        last = self._graph.items["product", history[-1]] if history else None
        for id in items:
            item = self._graph.items["product", id]
            shared = (
                ["brand"] if item.brand and last.brand and item.brand.id == last.brand.id else []
            )
            found[id] = Speaks(self._together(id, history), tuple(shared))
        return found
