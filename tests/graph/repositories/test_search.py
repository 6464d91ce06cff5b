"""Full-text candidates, alike in memory and in Neo4j; and what only Neo4j can show."""

from dataclasses import replace
from functools import partial

import pytest

from app.services.facets import FacetCounts
from graph.client import AsyncDatabase
from graph.filters import Filter, bind, parse
from graph.repositories.facets import Facets, Stated
from graph.repositories.names import known_names
from graph.repositories.search import MANY_TEXTS, Search
from graph.text.lucene import Words
from tests.conftest import empty
from tests.fake_searches import FakeFacets, FakeSearch
from tests.fakes import FakeGraph
from tests.graph.repositories.conftest import store
from tests.graph.repositories.stock import ITEMS, ONE, PARAMETERS, UNKNOWN

pytestmark = pytest.mark.anyio

N1, N2, S1, S2 = "north:1", "north:2", "south:1", ITEMS[-1].id


@pytest.fixture(scope="module")
def stocked(shared_database):
    """The catalog of `stock`, to be read only; what it is asked for first is in its index."""
    database, token = shared_database
    empty(database, token)
    store(database)
    database.run("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()")
    return database


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.neo4j)])
async def search(request, anyio_backend):
    if request.param == "fake":
        yield FakeSearch(FakeGraph(ITEMS, PARAMETERS))
        return
    connection = request.getfixturevalue("stocked").connection
    # Every filter is a query of its own: a busy machine takes seconds to plan each.
    async with AsyncDatabase(replace(connection, query_timeout_s=120.0)) as opened:
        yield Search(opened)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.neo4j)])
async def facets(request, anyio_backend):
    if request.param == "fake":
        yield FakeFacets(FakeGraph(ITEMS, PARAMETERS))
        return
    connection = request.getfixturevalue("stocked").connection
    async with AsyncDatabase(replace(connection, query_timeout_s=120.0)) as opened:
        yield Facets(opened)


async def found(
    search, *exact, like=(), forms=(), begun=(), expression="", kind="product", pool=100
):
    hits = await search.by_words(
        Words(exact, like, forms, begun),
        kind=kind,
        filter=bind(parse(expression), PARAMETERS),
        pool=pool,
        rows=100,
    )
    return [hit.summary.id for hit in hits]


async def test_codes_find_products_that_pass(search):
    for code in ("4006381333931", "A1"):
        for expression, expected in (("", [N1]), ("in_stock:no", [])):
            passing = bind(parse(expression), PARAMETERS)
            hits = await search.by_code(code, filter=passing, rows=5)
            assert [hit.summary.id for hit in hits] == expected
    assert await search.by_code("nothing", filter=parse(""), rows=5) == []


async def test_ids_find_products_beside_codes(search):
    for code, ids, expected in (("A1", ["no:1", N2], [N1, N2]), (None, [N2], [N2])):
        hits = await search.by_code(code, ids, filter=parse(""), rows=5)
        assert [hit.summary.id for hit in hits] == expected


async def test_what_passes_is_listed_by_id(search):
    for expression, expected in (("colour:black", [N1, N2]), ("nfc:yes", [N1, N2]), ("", None)):
        passing = bind(parse(expression), PARAMETERS)
        hits = await search.by_filter(kind="product", filter=passing, rows=10)
        ids = [hit.summary.id for hit in hits]
        assert ids == (expected or sorted([N1, N2, S1, S2]))
    assert hits[0].description == "The one."
    assert len(await search.by_filter(kind="product", filter=parse(""), rows=2)) == 2


@pytest.mark.parametrize("expression", ["", "colour:black"])
async def test_what_passes_is_listed_in_an_order_from_its_very_first(search, expression):
    passing = bind(parse(expression), PARAMETERS)
    listed = partial(search.by_filter, kind="product", filter=passing)
    for order in ("price", "-price", "newest"):
        whole = [hit.summary for hit in await listed(rows=10, order=order)]
        stocked = [one.in_stock is not False for one in whole]
        assert stocked == sorted(stocked, reverse=True)
        assert whole[0] == (await listed(rows=1, order=order))[0].summary
        prices = [one.price for one in whole if one.in_stock is not False and one.price is not None]
        if order != "newest":
            assert prices == sorted(prices, reverse=order == "-price")
    assert {one.id for one in whole} == {hit.summary.id for hit in await listed(rows=10)}


async def test_values_are_named_by_all_words_of_a_name(search):
    named = await search.values_named(["12", "gb"], most=5)

    assert (named.parameter, named.ids) == ("ram", ("ram=12GB",))
    for words in (["12", "unheard"], [], ["12 OR 8"], ["*"]):
        assert await search.values_named(words, most=5) is None


async def test_words_find_titles_descriptions_and_parts_of_chinese(search):
    assert await found(search, "acme", "black") == [N1, N2]
    assert await found(search, "one") == [N1]
    assert await found(search, "黑色") == [N2]
    assert await found(search, "unheardof") == []


@pytest.mark.parametrize("pool", [100, MANY_TEXTS])
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("price<600", [N1]),
        ("display>=6.5in", [N2]),
        ("-brand:acme", []),
        ("nfc:yes", [N1, N2]),  # as the model says
        ("nfc:yes display>=6.5in", [N2]),
        ("colour:colour=black", [N1, N2]),
    ],
)
async def test_filters_hold_for_what_is_found(search, expression, expected, pool):
    assert sorted(await found(search, "acme", expression=expression, pool=pool)) == expected


@pytest.mark.parametrize("pool", [100, MANY_TEXTS])
async def test_filters_hold_for_models(search, pool):
    assert await found(search, "acme", expression="ram>8GB", kind="model", pool=pool) == []
    assert await found(search, "acme", expression="nfc:yes", kind="model", pool=pool) == [ONE.id]


@pytest.mark.parametrize(
    ("unsaid", "expected"),
    [
        ("colour:colour=black", []),
        ("brand:bolt", []),
        ("display:6.7in", [N1]),  # its model has another
        ("nfc:yes", []),  # as their model says
        ("nfc:no", [N1, N2]),  # they do not say so themselves
        ("mpn:A1", [N2]),
        ("mpn:A1 brand:acme", [N2]),
        ("mpn:A1 language:en", []),
        ("", []),
    ],
)
async def test_what_says_nothing_of_a_term_is_found(search, unsaid, expected):
    hits = await search.by_words_unsaid(
        Words(("acme",)),
        kind="product",
        filter=Filter(),
        unsaid=bind(parse(unsaid), PARAMETERS),
        pool=100,
    )

    assert [hit.summary.id for hit in hits] == expected


async def test_a_longer_word_is_found_by_its_beginning(search):
    assert await found(search, "acm") == []
    assert sorted(await found(search, begun=("acm",))) == [N1, N2]
    assert await found(search, begun=("cme", "a*", "")) == []


async def test_one_letter_off_is_found_by_likeness(search):
    assert await found(search, "acne") == []
    assert sorted(await found(search, like=("acne",))) == [N1, N2]


async def test_another_form_of_a_word_is_found_and_counts_less(search):
    assert await found(search, "one", forms=("acme",)) == [N1, N2]
    assert await found(search, "北", forms=("acme", "one")) == [N1, N2]


async def test_models_are_found_by_any_of_their_names(search):
    assert await found(search, "bolt", kind="model") == ["bolt-x"]
    assert await found(search, "black", kind="model") == []


async def test_no_word_is_an_operator_or_a_command(search):
    for text in ("*", "a OR b", "title:acme", "')", "AND", '"', "\\", ""):
        await found(search, text, like=(text,))
    assert await found(search, "acme", "OR", "NOT") == [N1, N2]


async def test_everything_that_passes_comes_by_its_filter_alone(search):
    passing = bind(parse("in_stock:yes"), PARAMETERS)

    hits = await search.by_filter(kind="product", filter=passing, rows=10)

    assert [(hit.summary.id, hit.score) for hit in hits] == [(N1, 0.0)]
    assert hits[0].description == "The one."


async def test_items_come_by_their_ids(search):
    hits = await search.by_ids([S2, "nobody", N1], kind="product")

    assert {hit.summary.id for hit in hits} == {S2, N1}


async def test_words_of_texts_are_known(search):
    known = partial(search.known_words, kind="product")
    assert await known(["acme", "acne", "a*"], filter=Filter()) == {"acme"}
    assert await known([], filter=Filter()) == frozenset()


async def test_words_of_texts_are_known_of_what_passes(search):
    for expression, words in (("source:north", {"one"}), ("source:south", {"name"})):
        passing = bind(parse(expression), PARAMETERS)
        assert await search.known_words(["one", "name"], kind="product", filter=passing) == words


async def test_values_of_items_come_counted_and_those_of_their_models_by_name(facets):
    stated = await facets.stated([N1, N2, S1, "nobody"], kind="product")

    own = {value.id: items for value, items in stated.own}
    assert own == {
        "colour=black": 2,
        "display=6.7in": 1,
        "nfc=no": 1,
        "ram=12GB": 1,
        "ram=8GB": 1,
    }
    assert {(one.models, one.stated, one.items) for one in stated.alike} == {
        ((ONE.id,), frozenset({"ram", "colour"}), 1),
        ((ONE.id,), frozenset({"ram", "colour", "display"}), 1),
        ((UNKNOWN.id,), frozenset({"nfc"}), 1),
    }


async def test_what_nobody_has_is_nothing(facets):
    assert await facets.stated([], kind="product") == Stated((), ())
    assert await facets.of_items(["nobody"], kind="model") == {}
    assert await facets.names(["nobody"]) == {}


async def test_values_of_models_come_with_their_texts_and_parameters_with_their_names(facets):
    found = await facets.of_items([ONE.id], kind="model")

    assert {(v.id, v.text, v.parameter) for v in found[ONE.id]} == {
        ("display=6.1in", "6.1 in", "display"),
        ("nfc=yes", "yes", "nfc"),
        ("ram=8GB", "8 GB", "ram"),
    }
    assert await facets.names(["ram"]) == {"ram": "RAM"}


async def test_values_are_counted_with_what_the_model_adds(facets):
    counts = await FacetCounts(facets).over([N1, N2, S1], kind="product")

    assert {one.id: [(v.id, v.items) for v in one.values] for one in counts} == {
        "nfc": [("nfc=yes", 2), ("nfc=no", 1)],
        "colour": [("colour=black", 2)],
        "ram": [("ram=12GB", 1), ("ram=8GB", 1)],
        "display": [("display=6.1in", 1), ("display=6.7in", 1)],
    }
    assert counts[0].id == "nfc"


@pytest.mark.neo4j
def test_names_come_with_the_items_behind_them(stocked):
    names = {(one.kind, one.id): one for one in known_names(stocked)}

    assert names["brand", "acme"].items == 3
    assert set(names["brand", "acme"].names) == {"Acme", "ACME Inc."}
    assert names["model", "acme-one"].items == 3
    assert names["category", "electronics"].items == 3
    assert names["value", "colour=black"].items == 2
    assert ("value", "ram=8GB") not in names
