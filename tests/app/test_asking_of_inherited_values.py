"""Products that say something themselves, and those that have it of their models."""

import pytest

from graph.records import Fact, Item, Named, StatedFact
from graph.repositories.facts import FactWriter
from graph.text import normalise_value
from tests.app.asked_graphs import filled
from tests.fakes import NOW
from tests.lamps import ACME, LAMPS, MODELS, PARAMETERS, lamp

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

AURORA_3, AURORA_5, GLOW = MODELS[:3]  # black and steel 900 g, black 1200 g, white 650 g
AURORA_4 = lamp("Aurora 4", ACME, year="2017")


def offer(sku, title, model, **cells):
    facts = (
        Fact(normalise_value(cell, PARAMETERS[field]), evidence=field)
        for field, cell in cells.items()
    )
    return Item(
        "product", f"shop:{sku}", title, "shop", sku, price=10.0 * int(sku), brand=ACME,
        categories=(LAMPS,), facts=tuple(facts),
        model=model and Named(model.id, model.title, model.names),
    )  # fmt: skip


OFFERS = (
    offer("1", "plain three", AURORA_3),
    offer("2", "repainted three", AURORA_3, finish="White"),
    offer("3", "plain five", AURORA_5),
    offer("4", "feathery glow", GLOW, weight="300 g"),
    offer("5", "stray black", None, finish="Black", weight="2 kg"),
    offer("6", "stray", None),
)


@pytest.fixture(scope="module")
def shop(shared_database):
    return filled(shared_database, (*MODELS[:3], AURORA_4), OFFERS, parameters=PARAMETERS)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Which offers are black?", ["plain five", "plain three", "stray black"]),
        ("Which offers are not black?", ["feathery glow", "repainted three"]),
        ("Which offers are not white?", ["plain five", "plain three", "stray black"]),
        ("Which offers are heavier than 1 kg?", ["plain five", "stray black"]),
        ("Which offers are lighter than 700 g?", ["feathery glow"]),
        ("Which offer is the heaviest?", ["stray black"]),
        ("Which two offers are the heaviest?", ["plain five", "stray black"]),
        ("Which black offer is the lightest?", ["plain three"]),
        ("Which two offers by Acme are the heaviest?", ["plain five", "stray black"]),
        ("Which offer by Acme is the lightest?", ["feathery glow"]),
        ("Which offers have the same finish as the plain five?", ["plain three", "stray black"]),
        ("Which offers are heavier than the plain three?", ["plain five", "stray black"]),
        ("Which offers are cheaper than the plain five?", ["plain three", "repainted three"]),
        ("How heavy is the plain five?", [1200.0]),
        ("What is the average weight of the plain three and the plain five?", [1050.0]),
        ("What is the average weight of the feathery glow and the plain five?", [750.0]),
        ("How heavy is the feathery glow?", [300.0]),
        ("What is the finish of the repainted three?", ["White"]),
        ("Which offers are lighter than the plain three?", ["feathery glow"]),
        ("Which offers have the same finish as the repainted three?", ["feathery glow"]),
        ("Is the repainted three heavier than 1 kg?", ["no"]),
        ("How many offers are not black?", [2]),
    ],
)
async def test_a_product_has_what_it_says_or_else_what_its_model_has(asking, question, answer):
    found = await asking.ask(question)

    assert not found.refused, found
    assert sorted(found.answer, key=str) == answer, found.understood


async def test_where_the_graph_is_silent_near_names_are_suggested_that_have_an_answer(asking):
    silent = await asking.ask("How heavy is the Aurora 4?")
    told = await asking.ask("How heavy is the Aurora 5?")

    assert (silent.answer, silent.refused) == ((), False)
    assert {one.question for one in silent.suggestions} == {
        "How heavy is the Acme Aurora 3?",
        "How heavy is the Acme Aurora 5?",
    }
    assert told.suggestions == ()


@pytest.mark.parametrize(
    ("question", "answer", "predicted", "ending"),
    [
        ("What is the finish of the Aurora 4?", ("White",), ("Finish",), "similar items have it.)"),
        ("Aurora 4的表面是什么？", ("White",), ("Finish",), "由相似产品推测。）"),
        ("Is the Aurora 4 white?", ("yes",), ("Finish",), "similar items have it.)"),
        ("From which year is the Aurora 4?", (2017.0,), (), "2017."),
        ("What is the finish of the Glow?", ("White",), (), "White."),
    ],
)
async def test_an_answer_says_what_of_it_nobody_states(
    asking, shop, question, answer, predicted, ending
):
    white = normalise_value("White", PARAMETERS["finish"])
    fact = StatedFact(AURORA_4.id, white, "predicted", "accepted", 0.99, "", "filling@1")
    FactWriter(shop).write([fact], run="fill-1", now=NOW, parameters=PARAMETERS)

    found = await asking.ask(question)

    assert (found.answer, found.predicted) == (answer, predicted), found
    assert found.text.endswith(ending), found.text
