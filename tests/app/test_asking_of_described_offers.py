"""Questions by the names of models of which only offers say anything, in a real Neo4j."""

import pytest

from graph.records import Fact, Item, Named, Parameter
from graph.text import model_id, normalise_value
from tests.app.asked_graphs import filled

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

ACME, BOLT = Named("acme", "Acme", ("Acme",)), Named("bolt", "Bolt", ("Bolt",))
GAMES, PAINTS = Named("games", "Games", ("Games", "游戏")), Named("paints", "Paints", ("Paints",))
PARAMETERS = {
    "author": Parameter("author", "Author", "text", None, ("Author", "作者")),
    "weight": Parameter("weight", "Weight", "number", "g", ("Weight", "重量")),
}


def offer(sku, title, brand, model, *, price=20.0, category=GAMES, **cells):
    facts = (
        Fact(normalise_value(cell, PARAMETERS[field]), evidence=field)
        for field, cell in cells.items()
    )
    named = model and Named(model_id(brand.name, model), model, (model,))
    return Item(
        "product", f"shop:{sku}", title, "shop", sku, price=price, currency="EUR", brand=brand,
        categories=(category,), facts=tuple(facts), model=named,
    )  # fmt: skip


PRODUCTS = (
    offer("1", "Harbour, English", ACME, "Harbour", author="Ada Brandt", weight="900 g"),
    offer("2", "Harbour, German", ACME, "Harbour", price=19.0, author="Ada Brandt"),
    offer("3", "Lagoon box", BOLT, "Lagoon", price=35.0, author="Ada Brandt", weight="1200 g"),
    offer("4", "Meadow box", BOLT, "Meadow", author="Jon Weir", weight="700 g"),
    offer("5", "Red 17", BOLT, None, category=PAINTS, weight="30 g"),
)


@pytest.fixture(scope="module")
def shop(shared_database):
    return filled(shared_database, PRODUCTS, parameters=PARAMETERS)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Which games have the same author as Lagoon?", ["Harbour, English", "Harbour, German"]),
        ("和Lagoon同作者的游戏", ["Harbour, English", "Harbour, German"]),
        ("Which games are heavier than Harbour?", ["Lagoon box"]),
        ("Is Harbour heavier than Meadow?", ["yes"]),
        ("Is Harbour heavier than Lagoon?", ["no"]),
        ("How much heavier is Lagoon than Harbour?", [300.0]),
        ("games similar to Lagoon", ["Harbour, English", "Harbour, German"]),
        ("Who is the author of Harbour?", ["Ada Brandt"]),
        ("Harbour的作者是谁？", ["Ada Brandt"]),
        ("Who makes Harbour?", ["Acme"]),
        ("What is the author of Harbour?", ["Ada Brandt"]),
        ("How much does Harbour cost?", [19.0]),
    ],
)
async def test_a_model_of_which_nothing_is_known_is_known_by_its_offers(asking, question, answer):
    assert list((await asking.ask(question)).answer) == answer


async def test_what_is_known_of_two_is_what_their_offers_say(asking):
    found = await asking.ask("Compare Lagoon and Meadow")

    assert [row["Author"] for row in found.rows] == ["Ada Brandt", "Jon Weir"]
    assert "Lagoon box" in found.understood


async def test_what_follows_is_asked_of_the_same_offers(asking):
    first = await asking.ask("Compare Lagoon and Meadow")
    then = await asking.ask("How heavy are they?", session=first.session)

    assert list(then.answer) == [1200.0, 700.0]


async def test_models_that_are_asked_for_as_such_are_meant(asking):
    assert list((await asking.ask("Which models have the same author as Lagoon?")).answer) == []
