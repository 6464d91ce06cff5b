"""The same catalog twice: in memory and in a real Neo4j."""

from types import SimpleNamespace

import neo4j
import pytest

from graph.client import AsyncDatabase
from graph.repositories.conflicts import Conflicts
from graph.repositories.history import History
from graph.repositories.items import ItemWriter
from graph.repositories.products import Products
from graph.repositories.stats import Stats
from graph.repositories.vocabulary import Vocabulary
from tests.conftest import empty
from tests.fake_conflicts import FakeConflicts
from tests.fake_history import FakeHistory
from tests.fake_products import FakeProducts
from tests.fake_vocabulary import FakeStats, FakeVocabulary
from tests.fakes import NOW, RUN, FakeGraph
from tests.graph.repositories import changes
from tests.graph.repositories.stock import ITEMS, PARAMETERS


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.neo4j)])
async def reads(request, anyio_backend):
    """`products`, `vocabulary` and `stats` over the catalog of `stock`, to be read only."""
    if request.param == "fake":
        graph = FakeGraph(ITEMS, PARAMETERS)
        yield SimpleNamespace(
            products=FakeProducts(graph), vocabulary=FakeVocabulary(graph), stats=FakeStats(graph)
        )
        return
    async with AsyncDatabase(request.getfixturevalue("stocked").connection) as opened:
        yield SimpleNamespace(
            products=Products(opened), vocabulary=Vocabulary(opened), stats=Stats(opened)
        )


@pytest.fixture(scope="module")
def stocked(shared_database):
    """The graph with the catalog of `stock`; a test that writes belongs into another module."""
    database, token = shared_database
    empty(database, token)
    store(database)
    return database


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.neo4j)])
async def changed(request, anyio_backend):
    """`products`, `history` and `conflicts` over the catalog of `changes`, to be read only.

    `settled(sources)` is the same with an order among the catalogs.
    """
    if request.param == "fake":
        graph = FakeGraph(changes.ITEMS, PARAMETERS, changes.CHANGES)
        yield _readers(graph, FakeProducts, FakeHistory, FakeConflicts)
        return
    async with AsyncDatabase(request.getfixturevalue("changed_stock").connection) as opened:
        yield _readers(opened, Products, History, Conflicts)


def _readers(behind, products, history, conflicts):
    def settled(sources):
        return SimpleNamespace(
            products=products(behind, sources),
            history=history(behind),
            conflicts=conflicts(behind, sources),
        )

    return SimpleNamespace(settled=settled, **vars(settled(())))


@pytest.fixture(scope="module")
def changed_stock(shared_database):
    """The graph with the catalog of `changes`; for modules that use no other graph."""
    database, token = shared_database
    empty(database, token)
    store(database, changes.ITEMS)
    changes.change(database)
    return database


def store(database, items=ITEMS, *, parameters=PARAMETERS):
    writer = ItemWriter(database)
    batches = {}
    for item in items:
        batches.setdefault((item.kind, item.source), []).append(item)
    for batch in batches.values():
        writer.write(batch, parameters=parameters, run=RUN, now=NOW)


def plan(connection, query, parameters=None):
    """The names of all operators in the plan of a query, made for the graph as it is now.

    A plan that was made for another test's graph would be taken again.
    """
    address, login = connection.uri, (connection.username, connection.password)
    with (
        neo4j.GraphDatabase.driver(address, auth=login) as driver,
        driver.session(notifications_min_severity="OFF") as session,
    ):
        root = session.run(f"EXPLAIN CYPHER replan=force {query}", parameters).consume().plan
    pending, names = [root], set()
    while pending:
        operator = pending.pop()
        names.add(operator["operatorType"].partition("@")[0])
        pending += operator.get("children", ())
    return names
