"""The review over facts that models propose: the fake one, or the real one in Neo4j."""

from contextlib import asynccontextmanager
from functools import partial
from types import SimpleNamespace

import pytest

from graph.client import AsyncDatabase
from graph.repositories.review import Review, decide
from tests.fake_reviews import FakeReview
from tests.graph.repositories.stated import PARAMETERS, load, state

FAKE_AND_REAL = ("fake", pytest.param("real", marks=pytest.mark.neo4j))


@asynccontextmanager
async def review_over(request, stock, facts):
    """Its lists, and `decide` about what they hold; `request` is of one of `FAKE_AND_REAL`."""
    if request.param == "fake":
        yield FakeReview(stock, facts, PARAMETERS, run="read-1")
        return
    database = request.getfixturevalue("database")
    fill(database, stock, facts)
    async with AsyncDatabase(database.connection) as opened:
        review = Review(opened)
        yield SimpleNamespace(
            proposals=review.proposals,
            decided=review.decided,
            one=review.one,
            decide=partial(decide, database),
        )


def fill(database, stock, facts):
    """Items with what catalogs say of them, and the facts that a model states."""
    for sku, title, source, stated in stock:
        load(database, sku, title, source=source, facts=stated)
    state(database, *facts)
