"""Vectors in a real Neo4j: whose they are, what is missing, and how one set follows another."""

import math

import pytest

from graph.errors import VectorsSuperseded, VectorUnusable
from graph.records import EncoderModel
from graph.repositories.vectors import BESIDE, HOME, Serving, Vectors
from tests.graph.repositories.conftest import store

pytestmark = pytest.mark.neo4j

ONE = EncoderModel("words", "1", 3)
TWO = EncoderModel("words", "2", 4)
VECTOR = {ONE: [1.0, 0.0, 0.5], TWO: [0.0, 1.0, 0.0, 0.5]}

STORED = """
MATCH (n:Product|Model) WHERE n.{slot} IS NOT NULL
RETURN n.id AS id, n.{slot}_model AS model, size(n.{slot}) AS width ORDER BY id
"""


@pytest.fixture
def vectors(database):
    store(database)
    return Vectors(database)


def fill(vectors, slot, model):
    vectors.occupy(slot, model)
    for page in vectors.stale(slot, model, 2):
        vectors.write(slot, model, [(stale, VECTOR[model]) for stale in page])


def found(database, slot):
    return [(row["id"], row["model"]) for row in database.read(STORED.format(slot=slot))]


def stale_ids(vectors, slot, model):
    return [stale.text.id for page in vectors.stale(slot, model, 2) for stale in page]


def test_at_first_nothing_serves_and_everything_is_missing(vectors):
    assert vectors.serving() is None
    assert vectors.count_stale(HOME, ONE) == 6
    assert len(set(stale_ids(vectors, HOME, ONE))) == 6


def test_an_item_is_read_with_its_facts_and_those_of_its_model(vectors):
    texts = {stale.text.id: stale.text for page in vectors.stale(HOME, ONE, 9) for stale in page}

    text = texts["north:1"]

    assert (text.kind, text.title, text.description) == (
        "product",
        "Acme One 8GB black",
        "The one.",
    )
    assert (text.brand.id, text.category.id, text.model.id) == (
        "acme",
        "electronics/phones/smart",
        "acme-one",
    )
    assert [fact.value for fact in text.facts] == ["colour=black", "ram=8GB"]
    assert [fact.value for fact in text.inherited] == ["display=6.1in", "nfc=yes"]
    assert texts["acme-one"].kind == "model"
    assert texts["acme-one"].names == ("Acme One", "One")


def test_what_was_written_is_not_missing_until_the_item_changes(vectors, database):
    fill(vectors, HOME, ONE)
    assert stale_ids(vectors, HOME, ONE) == []

    database.write("MATCH (n:Product {id: 'north:1'}) SET n.content_hash = 'other'")
    database.write("MATCH (n:Model {id: 'acme-one'}) SET n.content_hashes = ['specs=other']")

    assert stale_ids(vectors, HOME, ONE) == ["north:1", "acme-one"]
    among = vectors.stale_among(["north:1", "north:2", "no"], HOME, ONE)
    assert [stale.text.id for stale in among] == ["north:1"]


def test_a_closed_item_gets_no_vector_and_loses_the_one_it_had(vectors, database):
    fill(vectors, HOME, ONE)
    database.write("MATCH (n:Product {id: 'north:1'}) SET n.closed_at = datetime()")

    vectors.sweep(HOME, ONE)

    assert "north:1" not in dict(found(database, HOME))
    assert "north:1" not in stale_ids(vectors, HOME, ONE)


def test_one_set_follows_another_and_both_are_never_served(vectors, database):
    fill(vectors, HOME, ONE)
    vectors.switch(HOME, ONE)
    fill(vectors, BESIDE, TWO)
    assert vectors.serving() == Serving(HOME, ONE)

    vectors.switch(BESIDE, TWO)
    assert vectors.serving() == Serving(BESIDE, TWO)

    vectors.occupy(HOME, TWO)
    vectors.copy_home(TWO)
    vectors.sweep(HOME, TWO)
    vectors.switch(HOME, TWO)
    vectors.vacate(BESIDE)

    assert vectors.serving() == Serving(HOME, TWO)
    assert {model for _, model in found(database, HOME)} == {"words@2"}
    assert len(found(database, HOME)) == 6
    assert found(database, BESIDE) == []
    assert vectors.count_stale(HOME, TWO) == 0


def test_what_a_run_that_was_given_up_left_is_swept(vectors, database):
    fill(vectors, BESIDE, ONE)
    database.write("MATCH (n:Product {id: 'north:1'}) SET n.closed_at = datetime()")
    fill(vectors, BESIDE, TWO)

    vectors.sweep(BESIDE, TWO)

    assert {model for _, model in found(database, BESIDE)} == {"words@2"}


def test_no_other_model_may_write_into_what_serves(vectors):
    fill(vectors, HOME, ONE)
    vectors.switch(HOME, ONE)
    (page, *_) = list(vectors.stale(HOME, TWO, 9))

    with pytest.raises(VectorsSuperseded, match="words@2"):
        vectors.occupy(HOME, TWO)
    with pytest.raises(VectorsSuperseded):
        vectors.write(HOME, TWO, [(page[0], VECTOR[TWO])])
    with pytest.raises(VectorsSuperseded):
        vectors.switch(HOME, TWO)

    assert vectors.serving() == Serving(HOME, ONE)


def test_an_item_that_was_deleted_meanwhile_is_passed_over(vectors, database):
    vectors.occupy(HOME, ONE)
    (page, *_) = list(vectors.stale(HOME, ONE, 1))
    database.write("MATCH (n:Product {id: $id}) DETACH DELETE n", id=page[0].text.id)

    vectors.write(HOME, ONE, [(page[0], VECTOR[ONE])])

    assert found(database, HOME) == []


@pytest.mark.parametrize(
    ("vector", "reason"),
    [
        ([1.0, 2.0], "has 2 numbers, not 3"),
        ([1.0, math.nan, 0.0], "not finite"),
        ([1.0, math.inf, 0.0], "not finite"),
    ],
)
def test_a_vector_that_no_index_takes_is_refused_with_its_batch(vectors, database, vector, reason):
    vectors.occupy(HOME, ONE)
    (page, *_) = list(vectors.stale(HOME, ONE, 2))

    with pytest.raises(VectorUnusable, match=reason):
        vectors.write(HOME, ONE, [(page[0], VECTOR[ONE]), (page[1], vector)])

    assert found(database, HOME) == []


def test_an_item_of_which_nothing_is_known_has_no_vector_and_is_done(vectors, database):
    vectors.occupy(HOME, ONE)
    (page, *_) = list(vectors.stale(HOME, ONE, 1))

    vectors.write(HOME, ONE, [(page[0], [0.0, 0.0, 0.0])])

    assert found(database, HOME) == []
    assert page[0].text.id not in stale_ids(vectors, HOME, ONE)
