"""Items like another one, alike in memory and in Neo4j; and what only Neo4j can show."""

from dataclasses import replace

import pytest

from app.services.embedding import embed_all, model_of
from graph.client import AsyncDatabase
from graph.filters import bind, parse
from graph.records import ItemText, Named
from graph.repositories import sharing
from graph.repositories.similar import Similar
from graph.repositories.vectors import HOME, Serving
from tests.conftest import empty
from tests.fake_encoders import FakeSimilar, HashedWords
from tests.fakes import FakeGraph
from tests.graph.repositories.conftest import store
from tests.graph.repositories.stock import ITEMS, PARAMETERS
from tests.progress import silent

pytestmark = pytest.mark.anyio

ENCODER = HashedWords()
SERVING = Serving(HOME, model_of(ENCODER))
N1, N2, S1, S2 = "north:1", "north:2", "south:1", ITEMS[-1].id


@pytest.fixture(scope="module")
def embedded(shared_database):
    """The catalog of `stock` with vectors, to be read only."""
    database, token = shared_database
    empty(database, token)
    store(database)
    embed_all(database, ENCODER, silent)
    return database


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.neo4j)])
async def similar(request, anyio_backend):
    if request.param == "fake":
        yield FakeSimilar(FakeGraph(ITEMS, PARAMETERS), ENCODER)
        return
    async with AsyncDatabase(patient(request.getfixturevalue("embedded"))) as opened:
        yield Similar(opened)


@pytest.fixture
async def reading(database, anyio_backend):
    """An `AsyncDatabase` over the same empty graph as `database`."""
    async with AsyncDatabase(patient(database)) as opened:
        yield opened


def patient(database):
    """Every filter is a query of its own: a busy machine takes seconds to plan each."""
    return replace(database.connection, query_timeout_s=120.0)


def bound(expression):
    return bind(parse(expression), PARAMETERS)


async def near(similar, id=N1, expression="", kind="product", pool=100, rows=100):
    stored = await similar.stored(id)
    return await similar.nearest(
        stored.text,
        stored.vector,
        SERVING,
        kind=kind,
        filter=bound(expression),
        pool=pool,
        rows=rows,
    )


def ids(candidates):
    return [one.summary.id for one in candidates]


async def test_a_stored_item_comes_with_its_text_and_vector(similar):
    stored = await similar.stored(N1)

    assert stored.serving == SERVING
    assert stored.vector == pytest.approx(ENCODER.embed([stored.text])[0].tolist())
    assert {fact.value for fact in stored.text.facts} == {"colour=black", "ram=8GB"}
    assert {fact.value for fact in stored.text.inherited} == {"display=6.1in", "nfc=yes"}
    assert await similar.stored("nobody") is None


async def test_the_nearest_come_first_and_never_the_item_itself(similar):
    found = await near(similar)

    assert ids(found.candidates)[0] == N2
    assert set(ids(found.candidates)) == {N2, S1, S2}
    scores = [one.score for one in found.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert found.serving == SERVING


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("brand:acme", {N2}),
        ("brand:acme,bolt", {N2, S1}),
        ("brand:acme brand:bolt", set()),
        ("-brand:acme", {S1, S2}),
        ("category:electronics", {N2}),
        ("category:electronics category:tools", set()),
        ("category:nothing", set()),
        ("price:100..600", {S1}),
        ("price>100", {N2}),
        ("price<=650.5", {N2, S1}),
        ("-price>200", {S1, S2}),
        ("in_stock:no", {N2}),
        ("ram:12GB", {N2}),
        ("nfc:yes", {N2}),
        ("-has:nfc", {S2}),
        ("display>=6.5in brand:acme price>1 in_stock:no category:electronics", {N2}),
        ("source:south has:price", {S1}),
        ("closed:yes", set()),
        ("-closed:no", set()),
    ],
)
async def test_a_filter_holds_inside_the_index_and_behind_it(similar, expression, expected):
    by_vector = await near(similar, expression=expression)
    stored = await similar.stored(N1)
    by_facts = await similar.sharing(
        stored.text, kind="product", filter=bound(expression), rows=100
    )

    assert set(ids(by_vector.candidates)) == expected
    assert set(ids(by_facts)) <= expected


@pytest.mark.parametrize("expression", ["", "category:electronics price>1", "nfc:yes brand:acme"])
async def test_what_is_near_to_a_stored_item_is_found_in_one_trip_as_in_two(similar, expression):
    asked = {"kind": "product", "filter": bound(expression), "pool": 10, "rows": 2}

    found = await similar.nearest_to_stored(N1, SERVING, **asked)

    stored = await similar.stored(N1)
    assert found.text == stored.text
    assert found.nearest == await similar.nearest(stored.text, stored.vector, SERVING, **asked)


async def test_nothing_is_near_to_what_is_not_stored_or_has_no_such_vector(similar):
    asked = {"filter": bound(""), "pool": 10, "rows": 2}
    other = Serving(HOME, model_of(HashedWords("2")))

    assert await similar.nearest_to_stored("nobody", SERVING, kind="product", **asked) is None
    assert await similar.nearest_to_stored(N1, SERVING, kind="model", **asked) is None
    assert await similar.nearest_to_stored(N1, other, kind="product", **asked) is None


async def test_a_pool_that_was_too_small_says_so(similar):
    small = await near(similar, expression="ram:99GB", pool=2)
    whole = await near(similar, expression="ram:99GB", pool=10)

    assert (small.candidates, small.pool) == ([], 2)
    assert (whole.candidates, whole.pool) == ([], 4)
    assert small.lowest >= whole.lowest


async def test_models_are_like_models_and_their_products(similar):
    models = await near(similar, "acme-one", kind="model")
    products = await near(similar, "acme-one", kind="product")

    assert ids(models.candidates) == ["bolt-x"]
    assert set(ids(products.candidates)) == {N1, N2, S1, S2}
    assert products.candidates[0].model_id == "acme-one"


async def test_what_is_shared_counts_what_the_model_says(similar):
    found = await near(similar)

    shared = {one.summary.id: {value for value, _ in one.shared} for one in found.candidates}

    # north:2 states another display than its model, and has nfc from it.
    assert shared == {N2: {"colour=black", "nfc=yes"}, S1: set(), S2: set()}


async def test_without_vectors_the_rarest_shared_facts_count_most(similar):
    stored = await similar.stored(N1)

    found = await similar.sharing(stored.text, kind="product", filter=bound(""), rows=10)

    assert ids(found) == [N2]
    assert 0 < found[0].score < 1


async def test_a_model_shares_with_its_products(similar):
    stored = await similar.stored("acme-one")

    found = await similar.sharing(stored.text, kind="product", filter=bound(""), rows=10)

    assert ids(found) == [N1, N2]


async def test_an_item_of_which_nothing_is_known_shares_nothing(similar):
    text = ItemText(kind="product", title="Acme One")

    assert await similar.sharing(text, kind="product", filter=bound(""), rows=10) == []


# What only a real Neo4j can show


@pytest.mark.neo4j
async def test_a_value_that_everybody_has_is_not_followed_to_its_end(
    database, reading, monkeypatch
):
    monkeypatch.setattr(sharing, "STEPS_MAX", 20)
    database.write(
        """
        CREATE (p:Parameter {id: 'colour', name: 'Colour', names: ['Colour'], kind: 'text'})
        CREATE (black:Value:Entity {id: 'colour=black', parameter: 'colour', text: 'Black'})
        CREATE (teal:Value:Entity {id: 'colour=teal', parameter: 'colour', text: 'Teal'})
        CREATE (black)-[:VALUE_OF]->(p) CREATE (teal)-[:VALUE_OF]->(p)
        CREATE (n:Product {id: 'shop:rare', title: 'Rare'})
        CREATE (n)-[:HAS_PARAMETER {status: 'accepted'}]->(black)
        CREATE (n)-[:HAS_PARAMETER {status: 'accepted'}]->(teal)
        WITH black
        UNWIND range(1, $many) AS number
        CREATE (:Product {id: 'shop:' + number, title: 'Many'})
               -[:HAS_PARAMETER {status: 'accepted'}]->(black)
        """,
        many=30,
    )
    similar = Similar(reading)
    black, teal = (
        ItemText(kind="product", title="x", facts=(fact,))
        for stored in [await similar.stored("shop:rare")]
        for fact in stored.text.facts
    )
    both = ItemText(kind="product", title="x", facts=(*black.facts, *teal.facts))

    few = await similar.sharing(both, kind="product", filter=bound(""), rows=50)
    many = await similar.sharing(black, kind="product", filter=bound(""), rows=50)

    assert ids(few) == ["shop:rare"]
    assert few[0].score == 1.0
    assert 19 <= len(many) <= 20


@pytest.mark.neo4j
async def test_of_those_that_share_as_much_the_first_are_called_alike(database, reading):
    database.write(
        """
        CREATE (acme:Brand:Entity {id: 'acme', name: 'Acme', names: ['Acme']})
        WITH acme
        UNWIND [['1', 'Acme E4G black'], ['2', 'ACME e4 dual'], ['3', 'Acme E1, white'],
                ['4', 'Acme E1 dual']] AS one
        CREATE (:Product {id: 'shop:' + one[0], title: one[1], brand_id: 'acme'})
               -[:MADE_BY {status: 'accepted', origin: 'catalog'}]->(acme)
        """
    )
    text = ItemText("product", "acme e1 white 16gb", brand=Named("acme", "Acme", ("Acme",)))

    for rows in (4, 2):
        found = await Similar(reading).sharing(text, kind="product", filter=bound(""), rows=rows)
        assert ids(found) == ["shop:3", "shop:4", "shop:1", "shop:2"][:rows]


@pytest.mark.neo4j
async def test_rejected_facts_are_not_shared(database, reading):
    store(database)
    database.write("MATCH (:Product)-[r:HAS_PARAMETER|MADE_BY]->() SET r.status = 'rejected'")
    similar = Similar(reading)

    stored = await similar.stored(N1)
    found = await similar.sharing(stored.text, kind="product", filter=bound(""), rows=10)

    assert (stored.text.facts, stored.text.brand) == ((), None)
    assert "colour=black" not in {value for one in found for value, _ in one.shared}
    assert not any(one.summary.brand for one in found)


@pytest.mark.neo4j
async def test_vectors_of_two_widths_never_meet(database, reading):
    store(database)
    embed_all(database, ENCODER, silent)
    database.write("MATCH (n:Product {id: $id}) SET n.embedding = [1.0, 0.0, 2.0]", id=N2)

    found = await near(Similar(reading))

    assert N2 not in ids(found.candidates)


@pytest.mark.neo4j
async def test_a_vector_of_another_model_is_passed_over(database, reading):
    store(database)
    embed_all(database, ENCODER, silent)
    database.write("MATCH (n:Product {id: $id}) SET n.embedding_model = 'words@0'", id=N2)
    similar = Similar(reading)

    assert N2 not in ids((await near(similar)).candidates)
    assert (await similar.stored(N2)).vector is None


@pytest.mark.neo4j
async def test_what_a_client_writes_stays_out_of_the_query(embedded):
    async with AsyncDatabase(patient(embedded)) as opened:
        text = ItemText(
            kind="product", title="'}) DETACH DELETE n //", brand=Named("'\"`$x", "x", ())
        )
        similar = Similar(opened)
        await similar.sharing(text, kind="product", filter=bound('brand:"\'}) //"'), rows=5)
        found = await similar.nearest(
            text,
            [1.0] * ENCODER.width,
            SERVING,
            kind="product",
            filter=bound('brand:"\'}) //" ram:"1 GB"'),
            pool=5,
            rows=5,
        )

    assert found.candidates == []
