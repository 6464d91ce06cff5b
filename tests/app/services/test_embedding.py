"""Vectors into a real Neo4j: one model after another, stopped at any point, read all the while."""

import pytest

from app.services.embedding import (
    VectorUpkeep,
    embed_all,
    embed_missing,
    embed_products,
    model_of,
)
from app.services.threads import Threads
from graph.errors import VectorUnusable
from graph.filters import Filter
from graph.repositories import vectors as repository
from graph.repositories.similar import Similar
from graph.repositories.vectors import BESIDE, HOME, Serving, Vectors
from tests.fake_encoders import HashedWords
from tests.graph.repositories.conftest import store
from tests.progress import silent

pytestmark = pytest.mark.neo4j

ONE, TWO = HashedWords("1"), HashedWords("2", width=8)
WHOSE = """
MATCH (n:Product|Model) RETURN n.id AS id, n.embedding_model AS model, size(n.embedding) AS width,
  n.next_embedding IS NOT NULL AS beside ORDER BY id
"""
# What a search may see: the vectors of the property that serves, under the name of its model.
SERVED = """
MATCH (e:Embedding) WHERE e.serves
MATCH (n:Product|Model)
WITH e, CASE e.id WHEN 'embedding' THEN n.embedding_model ELSE n.next_embedding_model END AS model
WHERE model = e.model + '@' + e.version
RETURN model, count(*) AS items
"""


@pytest.fixture
def stocked(database, monkeypatch):
    store(database)
    monkeypatch.setattr("app.services.embedding.BATCH_ITEMS", 2)
    monkeypatch.setattr(repository, "PAGE_ITEMS", 2)
    return database


def whose(database):
    rows = database.read(WHOSE)
    assert not any(row["beside"] for row in rows)
    return {(row["model"], row["width"]) for row in rows}


def test_all_items_get_vectors_and_then_they_serve(stocked):
    seen = []

    written = embed_all(stocked, ONE, lambda done, whole: seen.append((done, whole)))

    assert written == 6
    assert seen == [(0, 6), (2, 6), (4, 6), (6, 6)]
    assert Vectors(stocked).serving() == Serving(HOME, model_of(ONE))
    assert whose(stocked) == {("words@1", 16)}


def test_an_empty_graph_has_no_vectors(database):
    assert embed_all(database, ONE, silent) == 0
    assert Vectors(database).serving() == Serving(HOME, model_of(ONE))


def test_a_second_run_writes_nothing(stocked):
    embed_all(stocked, ONE, silent)

    assert embed_all(stocked, ONE, silent) == 0
    assert embed_missing(stocked, ONE, silent) == 0


def test_another_model_takes_over_though_its_vectors_have_another_width(stocked):
    embed_all(stocked, ONE, silent)

    assert embed_all(stocked, TWO, silent) == 6

    assert Vectors(stocked).serving() == Serving(HOME, model_of(TWO))
    assert whose(stocked) == {("words@2", 8)}


class Stopped(Exception):
    """What a killed process would not even raise."""


class Watched:
    """A database that stops before its n-th write, and says after each what readers see."""

    def __init__(self, database, writes):
        self._database = database
        self._left = writes
        self.served = []

    def read(self, *arguments, **more):
        return self._database.read(*arguments, **more)

    def write(self, *arguments, **more):
        if self._left == 0:
            raise Stopped
        self._left -= 1
        rows = self._database.write(*arguments, **more)
        self.served.append([(row["model"], row["items"]) for row in self.read(SERVED)])
        return rows


def test_readers_see_one_whole_model_at_any_time_and_a_stopped_run_goes_on(stocked):
    embed_all(stocked, ONE, silent)
    served, stops = [], 0
    while True:
        # Each run gets two writes further than the one before, and starts anew.
        watched = Watched(stocked, 2 * (stops + 1))
        try:
            embed_all(watched, TWO, silent)
        except Stopped:
            stops += 1
            served += watched.served
        else:
            break
    served += watched.served

    assert stops > 3
    assert {tuple(one) for one in served} == {(("words@1", 6),), (("words@2", 6),)}
    assert whose(stocked) == {("words@2", 8)}
    assert Vectors(stocked).serving() == Serving(HOME, model_of(TWO))


def test_a_run_that_is_stopped_on_the_way_home_is_brought_home_by_any_other(stocked):
    embed_all(stocked, ONE, silent)
    vectors = Vectors(stocked)
    vectors.occupy(BESIDE, model_of(TWO))
    for page in vectors.stale(BESIDE, model_of(TWO), 9):
        found = TWO.embed([stale.text for stale in page])
        vectors.write(BESIDE, model_of(TWO), list(zip(page, found.tolist(), strict=True)))
    vectors.switch(BESIDE, model_of(TWO))

    three = HashedWords("3")
    embed_all(stocked, three, silent)

    assert vectors.serving() == Serving(HOME, model_of(three))
    assert whose(stocked) == {("words@3", 16)}


def test_what_is_stored_later_gets_its_vector_without_training(stocked):
    embed_all(stocked, ONE, silent)
    stocked.write(
        "CREATE (:Product {id: 'shop:new', title: 'Acme new', content_hash: 'n'}) "
        "WITH 1 AS one MATCH (n:Product {id: 'north:1'}) SET n.content_hash = 'changed'"
    )

    assert embed_products(stocked, ONE, ["shop:new", "north:2", "shop:none"]) == 1
    assert embed_missing(stocked, ONE, silent) == 1
    assert whose(stocked) == {("words@1", 16)}


def test_a_model_that_does_not_serve_fills_nothing(stocked):
    assert embed_missing(stocked, ONE, silent) == 0
    embed_all(stocked, ONE, silent)
    stocked.write("MATCH (n:Product {id: 'north:1'}) SET n.content_hash = 'changed'")

    assert embed_missing(stocked, TWO, silent) == 0
    assert embed_products(stocked, TWO, ["north:1"]) == 0
    assert whose(stocked) == {("words@1", 16)}


def test_a_model_that_lies_about_its_width_leaves_the_old_one_serving(stocked):
    embed_all(stocked, ONE, silent)
    liar = HashedWords("2", width=8)
    liar.embed = ONE.embed

    with pytest.raises(VectorUnusable, match="has 16 numbers, not 8"):
        embed_all(stocked, liar, silent)

    assert Vectors(stocked).serving() == Serving(HOME, model_of(ONE))
    assert {row["model"] for row in stocked.read(SERVED)} == {"words@1"}


@pytest.mark.anyio
async def test_a_product_posted_a_second_ago_is_found_by_others(stocked, async_database):
    embed_all(stocked, ONE, silent)
    upkeep = VectorUpkeep(stocked, predictor=lambda: ONE, threads=Threads(1))
    stocked.write("CREATE (:Product {id: 'shop:new', title: 'Acme One 8GB', content_hash: 'n'})")

    await upkeep.after_write(["shop:new"])

    similar = Similar(async_database)
    stored = await similar.stored("north:1")
    found = await similar.nearest(
        stored.text,
        stored.vector,
        stored.serving,
        kind="product",
        filter=Filter(),
        pool=9,
        rows=9,
    )
    assert "shop:new" in [one.summary.id for one in found.candidates]


@pytest.mark.anyio
async def test_a_vector_that_cannot_be_written_now_is_left_for_later(stocked):
    embed_all(stocked, ONE, silent)
    stocked.write("MATCH (n:Product {id: 'north:1'}) SET n.content_hash = 'changed'")
    broken = HashedWords("1")
    broken.embed = TWO.embed

    await VectorUpkeep(stocked, predictor=lambda: broken, threads=Threads(1)).after_write(
        ["north:1"]
    )
    await VectorUpkeep(stocked, predictor=lambda: None, threads=Threads(1)).after_write(["north:1"])

    assert embed_missing(stocked, ONE, silent) == 1
