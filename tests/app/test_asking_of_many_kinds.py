"""Questions about a shop of many kinds of things, in a real Neo4j."""

import pytest

from app.services.asking_lexicon import load_lexicon
from graph.records import Fact, Item, Named, Parameter
from graph.text import normalise_value
from tests.app.asked_graphs import filled

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

ACME, BOLT = Named("acme", "Acme", ("Acme",)), Named("bolt", "Bolt", ("Bolt",))
FURNITURE = Named("furniture", "Furniture", ("Furniture",))
CHAIRS = Named("furniture/chairs", "Chairs", ("Chairs", "椅子"))
SHELVES = Named("furniture/shelves", "Shelves", ("Shelves",))
PHONES = Named("phones", "Phones", ("Phones", "手机"))
PARAMETERS = {"colour": Parameter("colour", "Colour", "text", None, ("Colour", "颜色"))}


def offer(sku, title, brand, price, *categories, **cells):
    facts = (
        Fact(normalise_value(cell, PARAMETERS[field]), evidence=field)
        for field, cell in cells.items()
    )
    return Item(
        "product", f"shop:{sku}", title, "shop", sku, price=price, currency="EUR", brand=brand,
        categories=categories, facts=tuple(facts),
    )  # fmt: skip


PRODUCTS = (
    offer("1", "Acme Coral armchair", ACME, 90.0, FURNITURE, CHAIRS, colour="Red"),
    offer("2", "Acme Ember armchair", ACME, 70.0, FURNITURE, CHAIRS, colour="Blue"),
    offer("3", "Bolt Tarn stool", BOLT, 40.0, FURNITURE, CHAIRS, colour="Red"),
    offer("4", "Acme Fell rack", ACME, 120.0, FURNITURE, SHELVES, colour="Oak"),
    offer("5", "Bolt Moor handset", BOLT, 300.0, PHONES, colour="Red"),
    offer("6", "Bolt Vale handset", BOLT, 500.0, PHONES, colour="Red"),
)


@pytest.fixture(scope="module")
def shop(shared_database):
    return filled(shared_database, PRODUCTS, parameters=PARAMETERS)


@pytest.mark.parametrize(
    ("question", "answer", "items"),
    [
        ("Which category has the most products?", ["Chairs"], [3]),
        ("哪个类别的商品最多？", ["Chairs"], [3]),
        ("Which category has the fewest products?", ["Shelves"], [1]),
        ("In which category does Bolt have the most products?", ["Phones"], [2]),
        ("How many products does each category have?", ["Chairs", "Phones", "Shelves"], [3, 2, 1]),
        ("Which categories of furniture are there?", ["Chairs", "Shelves"], [3, 1]),
        ("Which brand has the most phones?", ["Bolt"], [2]),
        ("哪个品牌的手机最多？", ["Bolt"], [2]),
        ("Which brand has the most categories?", ["Acme", "Bolt"], [2, 2]),
        ("Which colour is the most common among chairs?", ["Red"], [2]),
    ],
)
async def test_neo4j_counts_items_of_groups(asking, question, answer, items):
    asked = await asking.ask(question)

    assert list(asked.answer) == answer, asked.text
    assert [row["items"] for row in asked.rows] == items
    assert asked.cypher is not None


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many categories are there?", [3]),
        ("What category is the Bolt Tarn stool in?", ["Chairs"]),
        ("Bolt Tarn stool属于哪个类别", ["Chairs"]),
        ("What is in the same category as the Bolt Tarn stool?",
         ["Acme Coral armchair", "Acme Ember armchair"]),
        ("the cheapest product in the same category as the Bolt Tarn stool",
         ["Acme Ember armchair"]),
        ("average price per category", ["Phones", "Shelves", "Chairs"]),
    ],
)  # fmt: skip
async def test_neo4j_knows_categories_of_products(asking, question, answer):
    asked = await asking.ask(question)

    assert list(asked.answer) == answer, asked.text


async def test_neo4j_tells_what_items_of_a_category_state(shop):
    lexicon = load_lexicon(shop)

    colour = frozenset({"colour"})
    assert lexicon.stated_in == {one.id: colour for one in (FURNITURE, CHAIRS, SHELVES, PHONES)}
