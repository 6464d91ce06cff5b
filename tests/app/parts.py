"""A wiring without a database, and the HTTP client of an application made from it."""

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

import httpx

from app.keys import KeyFile, Scope
from app.main import create_app
from app.services.browsing import Browsing
from app.services.writing import ProductWrites
from app.settings import Settings
from graph.records import (
    FactView,
    GraphEdge,
    GraphNode,
    GraphStats,
    ItemSummary,
    ItemView,
    Named,
    NamedView,
    Neighbourhood,
    ParameterView,
)

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
LOOPBACK = "http://127.0.0.1"


class MemoryStore:
    """Keeps items by id; a hash decides what is unchanged. `calls` is what each write was given."""

    def __init__(self):
        self.items = {}
        self.calls = []

    def write(self, items, *, parameters, run, now):
        self.calls.append(([item.id for item in items], sorted(parameters), run, now))
        return [self._store(item) for item in items]

    def delete(self, kind, id):
        return self.items.pop(id, None) is not None

    def _store(self, item):
        before, self.items[item.id] = self.items.get(item.id), item
        if before is None:
            return "created"
        return "unchanged" if before.content_hash == item.content_hash else "updated"


@dataclass(frozen=True)
class Page:
    items: tuple
    next: str | None


class MemoryProducts:
    """Reads what a MemoryStore keeps; `asked` is what the last page was asked for."""

    def __init__(self, store):
        self._store = store
        self.asked = None
        self.error = None

    async def get(self, id):
        if self.error:
            raise self.error
        item = self._store.items.get(id)
        return view(item) if item else None

    async def page(self, filter, *, kind, limit, after):
        self.asked = SimpleNamespace(filter=str(filter), kind=kind, limit=limit, after=after)
        ids = sorted(id for id in self._store.items if after is None or id > after[1])
        shown = tuple(summary(self._store.items[id]) for id in ids[:limit])
        return Page(shown, ("product", shown[-1].id) if len(ids) > limit else None)

    async def neighbourhood(self, id, *, depth, limit):
        if id not in self._store.items:
            return None
        nodes = (
            GraphNode(label="Product", id=id, name="x"),
            GraphNode(label="Brand", id="b", name="B"),
        )
        edges = (GraphEdge(type="MADE_BY", source=0, target=1),)
        return Neighbourhood(nodes=nodes, edges=edges, truncated=False)


class MemoryVocabulary:
    """Three brands and categories, two parameters."""

    async def brands(self, *, limit, after):
        names = [name for name in ("acme", "bolt", "zenith") if after is None or name > after]
        return [NamedView(id=name, name=name.title(), items=1) for name in names[:limit]]

    categories = brands

    async def parameters(self, *, limit, after):
        display = ParameterView(id="display", name="Display", kind="number", unit="in")
        nfc = ParameterView(id="nfc", name="NFC", kind="boolean")
        return [display, nfc]

    async def parameters_for_filters(self):
        shown = await self.parameters(limit=2, after=None)
        return {parameter.id: parameter for parameter in shown}


class MemoryStats:
    async def counts(self):
        return GraphStats(nodes={"Product": 1}, relationships={"MADE_BY": 1})


class Ready:
    """A readiness that says what the test says."""

    def __init__(self):
        self.error = None

    async def check(self):
        if self.error:
            raise self.error


def memory_wiring(home, **settings):
    """What `open_wiring` joins, with memory in the place of Neo4j."""
    chosen = Settings(home=home, access_log=False, **settings)
    store = MemoryStore()
    products, vocabulary = MemoryProducts(store), MemoryVocabulary()
    return SimpleNamespace(
        settings=chosen,
        keys=KeyFile(chosen.keys_path),
        store=store,
        products=products,
        stats=MemoryStats(),
        browsing=Browsing(products, vocabulary, page_items_max=chosen.page_items_max),
        writes=ProductWrites(
            store=lambda: store,
            parameters=vocabulary.parameters_for_filters,
            clock=lambda: NOW,
            threads=2,
        ),
        readiness=Ready(),
    )


@asynccontextmanager
async def serving(app, **options):
    """An HTTP client of `app` between its start and its end."""
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=LOOPBACK, **options) as client,
    ):
        yield client


@asynccontextmanager
async def serving_wiring(wiring, scope=Scope.ADMIN):
    """A client with a key of `scope`."""
    _, token = wiring.keys.create("test", scope, now=NOW)
    app = create_app(wiring=wiring)
    async with serving(app, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def view(item):
    """An item as a repository would read it."""
    facts = tuple(
        FactView(
            parameter=fact.value.parameter,
            name=fact.value.parameter,
            value=fact.value.id,
            text=fact.value.text,
            number=fact.value.number,
            unit=fact.value.unit,
            origin="catalog",
            status="accepted",
            confidence=1.0,
            source=item.source,
            evidence=fact.evidence,
            run="r",
            valid_from="2025-03-01T09:30:00Z",
        )
        for fact in item.facts
    )
    same = {
        name: getattr(item, name)
        for name in ItemView.__struct_fields__
        if name not in ("facts", "category", "first_seen", "last_seen")
    }
    seen = "2025-03-01T09:30:00Z"
    return ItemView(**same, category=item.categories, first_seen=seen, last_seen=seen, facts=facts)


def summary(item):
    """An item as a list would show it."""
    same = {
        name: getattr(item, name) for name in ItemSummary.__struct_fields__ if name != "category"
    }
    category: Named | None = item.categories[-1] if item.categories else None
    return ItemSummary(**same, category=category)
