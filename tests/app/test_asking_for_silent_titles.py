"""Products whose whole titles have a word that says nothing in questions: `Colora Fell`."""

import pytest

from graph.records import Fact, Item, Named, Parameter
from graph.text import normalise_value
from tests.app.asked_graphs import filled

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

PARAMETERS = {"colour": Parameter("colour", "Colour", "text", None, ("Colour", "颜色"))}
COLORA = Named("colora", "Colora", ("Colora",))
PAINTS = Named("paints", "Paints", ("Paints", "油漆"))


def offer(sku, title, price, **cells):
    facts = (
        Fact(normalise_value(cell, PARAMETERS[field]), evidence=field)
        for field, cell in cells.items()
    )
    return Item(
        "product", f"shop:{sku}", title, "shop", sku, price=price, currency="EUR", brand=COLORA,
        categories=(PAINTS,), facts=tuple(facts),
    )  # fmt: skip


# More of one maker than a look-up gives back.
PRODUCTS = (
    offer("20", "Colora Fell", 21.0, colour="Sage"),
    offer("21", "Colora One", 22.0, colour="Ochre"),
    offer("22", "Colora Show", 23.0, colour="White"),
    *(offer(f"3{number}", f"Colora {number}", 9.0) for number in range(30)),
)


@pytest.fixture(scope="module")
def shop(shared_database):
    return filled(shared_database, PRODUCTS, parameters=PARAMETERS)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How much is the Colora Fell?", [21.0]),
        ("colora fell price", [21.0]),
        ("Colora Fell多少钱", [21.0]),
        ("What colour is Colora Fell?", ["Sage"]),
        ("Which is cheaper, the Colora Fell or the Colora One?", ["Colora Fell"]),
        ("How much is the Colora One?", [22.0]),
        ("What colour is the Colora Show?", ["White"]),
    ],
)
async def test_neo4j_finds_a_whole_title_with_a_word_that_says_nothing(asking, question, answer):
    asked = await asking.ask(question)

    assert list(asked.answer) == answer, asked.text


@pytest.mark.parametrize(
    "question", ["Which paints does Colora show?", "Does Colora show any white paints?"]
)
async def test_words_that_say_nothing_name_nothing_where_they_are_no_title(asking, question):
    asked = await asking.ask(question)

    assert not any(one.kind == "product" for one in asked.entities)
