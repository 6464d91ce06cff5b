"""The same catalog twice: in memory and in a real Neo4j."""

from types import SimpleNamespace

import pytest

from graph.client import AsyncDatabase
from graph.repositories.items import ItemWriter
from graph.repositories.products import Products
from graph.repositories.stats import Stats
from graph.repositories.vocabulary import Vocabulary
from tests.fakes import NOW, RUN, FakeGraph, FakeProducts, FakeStats, FakeVocabulary
from tests.graph.repositories.stock import ITEMS, PARAMETERS


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.neo4j)])
async def reads(request, anyio_backend):
    """`products`, `vocabulary` and `stats` over the catalog of `stock`."""
    if request.param == "fake":
        graph = FakeGraph(ITEMS, PARAMETERS)
        yield SimpleNamespace(
            products=FakeProducts(graph), vocabulary=FakeVocabulary(graph), stats=FakeStats(graph)
        )
        return
    database = request.getfixturevalue("database")
    store(database)
    async with AsyncDatabase(database.connection) as opened:
        yield SimpleNamespace(
            products=Products(opened), vocabulary=Vocabulary(opened), stats=Stats(opened)
        )


def store(database):
    writer = ItemWriter(database)
    batches = {}
    for item in ITEMS:
        batches.setdefault((item.kind, item.source), []).append(item)
    for items in batches.values():
        writer.write(items, parameters=PARAMETERS, run=RUN, now=NOW)
