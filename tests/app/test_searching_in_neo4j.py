"""Searches of a shop of many kinds of things, in a real Neo4j."""

import pytest

from app.services.searching import SearchQuery
from app.settings import Settings
from app.wiring import assemble
from graph.client import AsyncDatabase
from graph.records import Fact, Item, Named, Parameter
from graph.text import normalise_value
from tests.app.asked_graphs import filled

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

SITWELL = Named("sitwell", "Sitwell", ("Sitwell",))
CHAIRS = Named("office-chairs", "Office chairs", ("Office chairs", "办公椅"))
COVERS = Named("covers", "Covers", ("Covers",))
BIKES = Named("city-bikes", "City bikes", ("City bikes",))
SHELVES = Named("shelves", "Shelves", ("Shelves",))
BENCHES = Named("benches", "Benches", ("Benches",))
KETTLES = Named("kettles", "Kettles", ("Kettles",))
LIGHTS = Named("lights", "Lights", ("Lights",))
PARAMETERS = {"colour": Parameter("colour", "Colour", "text", None, ("Colour",))}


def offer(sku, title, *categories, **cells):
    facts = (
        Fact(normalise_value(cell, PARAMETERS[field]), evidence=field)
        for field, cell in cells.items()
    )
    return Item(
        "product", f"shop:{sku}", title, "shop", sku, price=50.0, currency="EUR",
        brand=SITWELL, categories=categories, facts=tuple(facts),
    )  # fmt: skip


PRODUCTS = (
    offer("coral", "Coral", CHAIRS, colour="black"),
    offer("words", "Office chair, black", CHAIRS),
    offer("bare", "Black office chair"),
    offer("white", "Office chair, white and not black", CHAIRS, colour="white"),
    offer("handy", "Handy office chair"),
    offer("knife", "Handy knife", COVERS),
    offer("cover", "Cover for an office chair", COVERS, colour="black"),
    offer("bike", "Velora city bike", BIKES),
    offer("bikes", "Two bikes for the city", BIKES),
    offer("shelf", "Oak shelf", SHELVES),
    offer("rare", "Copper kettles", KETTLES),
    offer("stray", "Black bench", COVERS),
    offer("bench", "Moor", BENCHES),
    offer("stool", "Stool for the office", CHAIRS),
    offer("lantern", "Paper lantern", LIGHTS),
    offer("lanterns", "Two lanterns", LIGHTS, colour="red"),
    *(offer(f"kettle-{number}", f"Steel kettle {number}", KETTLES) for number in range(40)),
)


@pytest.fixture(scope="module")
def shop(shared_database):
    database = filled(shared_database, PRODUCTS, parameters=PARAMETERS)
    database.run("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()")
    return database


@pytest.fixture
async def found(shop, tmp_path):
    async with AsyncDatabase(shop.connection) as reading:
        searching = assemble(Settings(home=tmp_path), reading, shop).searching

        async def find(text, *, understand=True, filter=None):
            query = SearchQuery(text, understand=understand, filter=filter)
            return await searching.search(query, limit=100, cursor=None)

        yield find


def ids(page):
    return [one.item.id.removeprefix("shop:") for one in page.items]


@pytest.mark.parametrize(
    ("query", "ids_"),
    [("bikes", {"bike", "bikes"}), ("bike", {"bike", "bikes"}), ("oak shelves", {"shelf"})],
)
async def test_neo4j_has_nouns_in_either_number(found, query, ids_):
    page = await found(query, understand=False)

    assert set(ids(page)) == ids_
    assert all(one.why.missing == () for one in page.items)
    assert all(one.highlights.title for one in page.items)


@pytest.mark.parametrize("query", ["kettle", "kettles"])
async def test_a_rare_form_of_a_word_in_neo4j_hides_none_of_the_others(found, query):
    assert len(ids(await found(query, understand=False))) == 41


@pytest.mark.parametrize("query", ["office chair", "office chairs", "black office chair"])
async def test_a_category_is_searched_for_in_either_number(found, query):
    page = await found(query)

    assert {"coral", "words"} <= set(ids(page))
    assert "cover" not in ids(page)
    assert "category:office-chairs" in page.understood.filters


async def test_texts_with_every_word_are_found_where_nothing_is_stated(found):
    page = await found("black office chair")

    assert set(ids(page)) == {"coral", "words", "bare"}
    assert not page.understood.relaxed
    said = {one.item.id: one.why.filters for one in page.items}
    assert said["shop:words"] == said["shop:bare"] == ""


async def test_a_category_in_front_of_another_noun_is_not_meant(found):
    page = await found("office chair cover")

    assert ids(page)[0] == "cover"
    assert page.understood.filters == "category:covers"


async def test_where_nothing_passes_all_things_of_the_category_are_found(found):
    page = await found("black kettle")

    assert len(ids(page)) == 41
    assert page.understood.relaxed
    assert "of its category" in page.notice
    assert {one.why.filters for one in page.items} == {"category:kettles"}


async def test_a_category_hides_no_text_that_has_all_the_words(found):
    page = await found("black bench")

    assert ids(page)[0] == "stray"
    assert page.understood.relaxed


async def test_a_category_is_kept_beside_a_text_with_all_the_words_of_which_none_is_said(found):
    page = await found("handy office chair")

    assert ids(page)[0] == "handy"
    assert {"words", "white"} < set(ids(page))
    assert "knife" not in ids(page)
    assert not page.understood.relaxed


@pytest.mark.parametrize("query", ["white lantern", "cheapest white lanterns"])
async def test_a_value_that_only_other_kinds_state_gives_way_to_a_noun_of_texts(found, query):
    page = await found(query)

    assert set(ids(page)[:2]) == {"lantern", "lanterns"}
    assert "white" not in ids(page)[:2]
    assert page.understood.relaxed
    assert "has the other words" in page.notice


async def test_a_value_is_kept_where_it_is_stated_of_the_kind_that_has_the_noun(found):
    page = await found("white stool")

    assert ids(page) == ["white"]
    assert not page.understood.relaxed
    assert page.notice == "nothing like this has 'stool' in its text"


async def test_a_category_gives_way_to_no_noun_of_other_texts(found):
    page = await found("lantern kettles")

    assert {one.item.category.id for one in page.items} == {"kettles"}
    assert page.notice == "nothing like this has 'lantern' in its text"


@pytest.mark.parametrize("query", ["white strollers", "cheapest white stroller", "stroller 雨伞"])
async def test_words_that_no_text_has_are_told(found, query):
    page = await found(query)

    assert ids(page) == ["white"] * ("white" in query)
    assert "stroller" in page.notice
    assert "in its text" in page.notice
    assert ("雨伞" in page.notice) == ("雨伞" in query)


@pytest.mark.parametrize("query", ["white chairs", "oak shelf 99", "sitwell kettles 2 kg", "coral"])
async def test_words_that_some_text_or_name_has_are_not_told(found, query):
    assert "in its text" not in (await found(query)).notice


@pytest.mark.parametrize(
    ("filter", "meant"),
    [
        ("brand:sitwel", "Sitwell"),
        ("category:kettels", "Kettles"),
        ("colour:blak", "black"),
    ],
)
async def test_names_of_a_filter_that_neo4j_has_not_are_told_with_those_near(found, filter, meant):
    page = await found("", filter=filter)

    assert not page.items
    assert page.notice.endswith(f"did you mean {meant}?")


@pytest.mark.parametrize("filter", ["source:nowhere", "model:nothing"])
async def test_sources_and_models_of_a_filter_that_neo4j_has_not_are_told(found, filter):
    page = await found("", filter=filter)

    field, _, name = filter.partition(":")
    assert page.notice == f"nothing is called '{name}' as {field} of `filter`"


@pytest.mark.parametrize("filter", ["colour:white category:covers", "price<1"])
async def test_a_filter_of_known_names_is_right_where_nothing_passes_it(found, filter):
    page = await found("", filter=filter)

    assert not page.items
    assert "called" not in page.notice
