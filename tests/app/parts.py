"""A wiring without a database, and the HTTP client of an application made from it."""

import asyncio
import socket
import threading
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace

import httpx
import uvicorn

from app.keys import KeyFile, Scope
from app.main import create_app
from app.services.asking import Asking
from app.services.behaviour import Behaviour
from app.services.browsing import Browsing, not_there
from app.services.categorizing import Categorizing
from app.services.extracting import Extracting
from app.services.facets import FacetCounts
from app.services.importing import ImportSpec
from app.services.intake import Intake
from app.services.matching import Matching
from app.services.models import Models, registry_of
from app.services.querying import Querying
from app.services.recommending import Recommending
from app.services.reviewing import Reviewing
from app.services.search_words import SearchWords
from app.services.searching import Searching
from app.services.similarity import Similarity
from app.services.threads import Threads
from app.services.uploads import Uploads
from app.services.writing import ProductWrites
from app.settings import Settings
from graph.errors import DatabaseUnavailable
from graph.records import Parameter, StatedFact
from graph.repositories.asked_products import AskedProducts
from graph.text import normalise_value
from tests.app.fake_jobs import FakeJobs
from tests.app.fake_questions import FakeAskable
from tests.fake_behaviour import FakeBehaviour
from tests.fake_conflicts import FakeConflicts
from tests.fake_encoders import FakeSimilar, HashedWords
from tests.fake_history import FakeHistory
from tests.fake_products import FakeProducts
from tests.fake_reviews import FakeReview
from tests.fake_searches import FakeFacets, FakeSearch
from tests.fake_vocabulary import FakeStats, FakeVocabulary
from tests.fakes import Changes, FakeGraph, grounder_of, items_near
from tests.lamps import lexicon

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
LOOPBACK = "http://127.0.0.1"
# The smallest mapping of products.
MAPPING = """version = 1
target = "product"
id = { column = "sku" }

[fields.title]
column = "title"
"""


KNOWN = {
    "display": Parameter(id="display", name="Display", kind="number", unit="in"),
    "nfc": Parameter(id="nfc", name="NFC", kind="boolean"),
}
# What waits for review: SKU, title, source and catalog facts of products, and what is proposed.
STOCK = (
    ("10027", "6.1 in lantern", "acme", {}),
    ("10028", "Large lantern", "acme", {"display": "7 in"}),
    ("1", "Lantern with NFC", "barn", {}),
)
PROPOSED = tuple(
    StatedFact(
        item=item,
        value=normalise_value(cell, KNOWN[parameter]),
        origin="extracted",
        status="proposed",
        confidence=confidence,
        evidence=evidence,
        model="extraction@3",
    )
    for item, parameter, cell, confidence, evidence in (
        ("acme:10027", "display", "6.1 in", 0.55, "title:0-6"),
        ("acme:10028", "display", "6.7 in", 0.8, ""),
        ("barn:1", "nfc", "yes", 0.4, "title:13-16"),
    )
)


class MemoryStore:
    """Writes into a FakeGraph; `calls` is what each write was given."""

    def __init__(self):
        self.changes = Changes()  # a test adds what an import cannot say
        self.graph = FakeGraph([], {})
        self.calls = []
        self._items = {}
        self._parameters = dict(KNOWN)
        self._rebuild()

    def write(self, items, *, parameters, run, now):
        self.calls.append(([item.id for item in items], sorted(parameters), run, now))
        self._parameters |= parameters
        outcomes = [self._store(item) for item in items]
        self._rebuild()
        return outcomes

    def delete(self, kind, id):
        found = self._items.pop((kind, id), None)
        self._rebuild()
        return found is not None

    def _store(self, item):
        key = (item.kind, item.id)
        before, self._items[key] = self._items.get(key), item
        if before is None:
            return "created"
        return "unchanged" if before.content_hash == item.content_hash else "updated"

    def _rebuild(self):
        """In place: the fakes that read hold on to the graph."""
        self.graph.__init__(list(self._items.values()), self._parameters, self.changes)
        self.graph.parameters |= self._parameters


class WatchedProducts(FakeProducts):
    """`asked` is what the last page was asked for; `error` is raised where there is one."""

    asked = None
    error = None

    async def get(self, id):
        if self.error:
            raise self.error
        return await super().get(id)

    async def page(self, filter, *, kind, limit, after):
        self.asked = SimpleNamespace(filter=str(filter), kind=kind, limit=limit, after=after)
        return await super().page(filter, kind=kind, limit=limit, after=after)


class WatchedUpkeep:
    """`written` is what was to be embedded after each write."""

    def __init__(self):
        self.written = []

    async def after_write(self, ids):
        self.written.append(list(ids))


class NoAnswers:
    """Queries of questions without a database: there is nothing in memory that runs Cypher."""

    def __init__(self):
        self.products = AskedProducts(self)

    async def read(self, query, parameters):
        raise DatabaseUnavailable(uri="bolt://127.0.0.1", reason="refused")

    async def rows(self, query, *, timeout_s):
        raise DatabaseUnavailable(uri="bolt://127.0.0.1", reason="refused")


class Ready:
    """A readiness that says what the test says."""

    def __init__(self):
        self.error = None
        self.degraded = {}

    async def check(self):
        if self.error:
            raise self.error
        return self.degraded


def memory_wiring(home, *, jobs_of=lambda settings: FakeJobs(settings.home), **settings):
    """What `open_wiring` joins, with memory in the place of Neo4j, and of the jobs' database."""
    chosen = Settings(home=home, access_log=False, **settings)
    store, jobs = MemoryStore(), jobs_of(chosen)
    products, vocabulary = WatchedProducts(store.graph), FakeVocabulary(store.graph)
    browsing = Browsing(
        products,
        vocabulary,
        history=FakeHistory(store.graph),
        conflicts=FakeConflicts(store.graph),
        page_items_max=chosen.page_items_max,
    )
    similar = FakeSimilar(store.graph, HashedWords())
    similarity = Similarity(
        similar,
        browsing,
        parameters=vocabulary.parameters_for_filters,
        brands=vocabulary.known_brands,
        predictor=lambda: similar.predictor,
        threads=Threads(2),
    )
    search = FakeSearch(store.graph)
    behaviour = FakeBehaviour(store.graph)
    review = FakeReview(STOCK, PROPOSED, KNOWN, run="build-1")
    return SimpleNamespace(
        settings=chosen,
        keys=KeyFile(chosen.keys_path),
        store=store,
        products=products,
        stats=FakeStats(store.graph),
        browsing=browsing,
        similar=similar,  # a test takes its encoder away
        similarity=similarity,
        searching=Searching(
            search,
            similar,
            browsing,
            facets=FacetCounts(FakeFacets(store.graph)),
            words=lambda: SearchWords.of(grounder_of(store.graph), search.names(), ["shop"]),
            ranker=lambda: None,
            predictor=lambda: similar.predictor,
            threads=Threads(2),
        ),
        behaviour=Behaviour(
            behaviour.store, behaviour.delete, clock=lambda: NOW, threads=Threads(2)
        ),
        recommending=Recommending(
            behaviour,
            bound=browsing.bound,
            not_known=browsing.not_known,
            similar=similarity.to_stored,
            model=lambda: None,
            threads=Threads(2),
        ),
        extracting=Extracting(lambda: grounder_of(store.graph), Threads(2)),
        asking=Asking(NoAnswers(), lexicon, Threads(2)),
        matching=Matching(products.get, lambda: None, Threads(2)),
        categorizing=Categorizing(
            products.get, lambda: None, lambda: items_near(store.graph), Threads(2)
        ),
        querying=Querying(FakeAskable()),
        upkeep=WatchedUpkeep(),
        writes=ProductWrites(
            store=lambda: store,
            parameters=vocabulary.parameters_for_filters,
            brands=vocabulary.known_brands,
            clock=lambda: NOW,
            threads=2,
        ),
        review=review,
        reviewing=Reviewing(
            review,
            review.decide,
            parameters=vocabulary.parameters_for_filters,
            not_there=partial(not_there, vocabulary),
            clock=lambda: NOW,
            threads=Threads(2),
            page_items_max=chosen.page_items_max,
        ),
        readiness=Ready(),
        jobs=jobs,
        intake=Intake(jobs, chosen, clock=lambda: NOW),
        uploads=Uploads(home),
        models=Models(registry_of(chosen)),
        threads=Threads(4),
    )


def make_mapping(wiring, name, text=MAPPING):
    """A mapping that can be asked for by name."""
    folder = wiring.settings.mappings_path
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.toml").write_text(text)


def make_job(wiring, id, *, rejects=None, source="acme", **fields):
    """A job of an uploaded file, as a worker would leave it with these fields."""
    folder = wiring.jobs.folder(id)
    folder.mkdir(parents=True)
    (folder / "dump.csv").write_text("sku,title\n1,Lamp\n")
    if rejects is not None:
        (folder / "rejects.ndjson").write_bytes(rejects)
    spec = ImportSpec(
        path=str(folder / "dump.csv"),
        file="lamps.csv",
        source=source,
        mapping=MAPPING,
        mapping_name="lamps",
        owned=True,
    )
    wiring.jobs.submit(spec, run=id)
    return wiring.jobs.change(id, **fields)


@asynccontextmanager
async def serving(app, **options):
    """An HTTP client of `app` between its start and its end."""
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=LOOPBACK, **options) as client,
    ):
        yield client


@contextmanager
def listening(app):
    """Address of `app` behind a real socket, in an event loop of its own."""
    stop = threading.Event()
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on"))

    async def serve(listener):
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await asyncio.to_thread(stop.wait)
        server.should_exit = True
        await serving

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: asyncio.run(serve(listener)))
        thread.start()
        try:
            # The socket listens already: the first request waits until the service runs.
            yield listener.getsockname()
        finally:
            stop.set()
            thread.join()


@asynccontextmanager
async def serving_wiring(wiring, scope=Scope.ADMIN):
    """A client with a key of `scope`."""
    _, token = wiring.keys.create("test", scope, now=NOW)
    app = create_app(wiring=wiring)
    async with serving(app, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client
