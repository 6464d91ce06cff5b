"""Searches for a value that some items have in more words, in a real Neo4j."""

import pytest

from app.services.searching import SearchQuery
from app.settings import Settings
from app.wiring import assemble
from graph.client import AsyncDatabase
from graph.records import Fact, Item, Named, Parameter
from graph.text import normalise_value
from tests.app.asked_graphs import filled

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

COLOUR = Parameter("colour", "Colour", "text", None, ("Colour",))
MIRA = Named("mira", "Mira")
OTHERS = {"teal", "brazen", "listed", "glossy", "dull", "red", "pink", "unlike"}


def stating(colour):
    return (Fact(normalise_value(colour, COLOUR), evidence="colour"),)


def lamp(sku, title, colour=None, model=None):
    facts = stating(colour) if colour else ()
    return Item("product", f"shop:{sku}", title, "shop", sku, model=model, facts=facts)


@pytest.fixture
async def found(shared_database, tmp_path):
    models = [Item("model", "mira", "Mira", "maker", "mira", facts=stating("teal"))]
    lamps = [
        lamp("plain", "Nova lamp", "black"),
        lamp("matte", "Vega lamp", "Matte Black"),
        lamp("space", "Orion lamp", "Space Gray"),
        lamp("grey", "Lyra lamp", "grey"),
        lamp("brass", "Rigel lamp", "brass"),
        lamp("teal", "Mira lamp", model=MIRA),
        lamp("brazen", "Mira lamp, brass", model=MIRA),
        lamp("listed", "Mira lamp", "brass", model=MIRA),
        lamp("glossy", "Cetus lamp", "glossy"),
        lamp("dull", "Ara lamp", "non-glossy"),
        lamp("red", "Naos lamp", "红色"),
        lamp("pink", "Deneb lamp", "粉红色"),
        lamp("unlike", "Indus lamp", "不红色"),
    ]
    database = filled(shared_database, models, lamps, parameters={"colour": COLOUR})
    database.run("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()")
    async with AsyncDatabase(database.connection) as reading:
        searching = assemble(Settings(home=tmp_path), reading, database).searching

        async def find(text):
            return await searching.search(SearchQuery(text), limit=100, cursor=None)

        yield find


@pytest.mark.parametrize(
    ("query", "understood", "ids"),
    [
        ("black lamp", "colour:black", {"plain", "matte"}),
        ("matte black lamp", 'colour:"matte black"', {"matte"}),
        ("grey lamp", "colour:grey", {"grey", "space"}),
        ("lamp not black", "-colour:black", {"space", "grey", "brass"} | OTHERS),
        ("black or teal lamp", "colour:black,teal", {"plain", "matte", "teal", "brazen"}),
        ("glossy lamp", "colour:glossy", {"glossy"}),
        ("红色 lamp", "colour:红色", {"red", "pink"}),
    ],
)
async def test_what_says_it_in_more_words_passes_and_the_filter_stays_short(
    found, query, understood, ids
):
    page = await found(query)

    assert {one.item.id.removeprefix("shop:") for one in page.items} == ids
    assert page.understood.filters == understood
    assert {one.why.filters for one in page.items} == {understood}
    assert not page.understood.relaxed


async def test_a_title_says_more_of_its_product_than_its_model_does(found):
    page = await found("brass mira lamp")

    assert {one.item.id for one in page.items} == {"shop:brazen", "shop:listed"}
    assert not page.understood.relaxed
