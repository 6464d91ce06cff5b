"""Questions over models of lamps, offers for them, and kettles that are only ever offered."""

import pytest

from graph.records import Fact, Item, Named, Parameter
from graph.text import normalise_value
from tests.app.asked_graphs import filled
from tests.lamps import ACME, LAMPS, MODELS
from tests.lamps import PARAMETERS as OF_LAMPS

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

UMBER, OCHRE = Named("umber", "Umber", ("Umber",)), Named("ochre", "Ochre", ("Ochre",))
KETTLES = Named("kettles", "Kettles", ("Kettles", "水壶"))
PARAMETERS = OF_LAMPS | {
    one.id: one
    for one in (
        Parameter("lid", "Lid", "text", None, ("Lid", "盖子")),
        Parameter("pressure", "Pressure", "number", "bar", ("Pressure",)),
        # A second parameter of the same name, which the models do not have.
        Parameter("colour", "Finish", "text", None, ("Finish",)),
        Parameter("shop", "Shop", "text", None, ("Shop", "店铺")),
    )
}


def offer(sku, title, brand, category, price, currency, *, model=None, **cells):
    facts = (
        Fact(normalise_value(cell, PARAMETERS[field]), evidence=field)
        for field, cell in cells.items()
    )
    return Item(
        "product", f"shop:{sku}", title, "shop", sku, price=price, currency=currency,
        in_stock=True, brand=brand, categories=(category,), facts=tuple(facts),
        model=model and Named(model.id, model.title, model.names),
    )  # fmt: skip


PRODUCTS = (
    offer("1", "Aurora 3 desk light", ACME, LAMPS, 30.0, "EUR", model=MODELS[0], shop="Quay"),
    offer("2", "Aurora 5 desk light", ACME, LAMPS, 80.0, "EUR", model=MODELS[1], shop="Quay"),
    offer("3", "Aurora 5 from abroad", ACME, LAMPS, 20.0, "USD", model=MODELS[1], shop="Pier"),
    offer("4", "Whistle", UMBER, KETTLES, 50.0, "EUR", lid="Steel", pressure="9 bar", colour="Red"),
    offer("5", "Spout", UMBER, KETTLES, 40.0, "EUR", lid="Glass", pressure="15 bar", colour="Red"),
    offer("6", "Steamer", OCHRE, KETTLES, 90.0, "EUR", lid="Glass", colour="Red"),
    offer("7", "Drum", OCHRE, KETTLES, 900.0, "CNY", lid="Glass", colour="Red"),
)


@pytest.fixture(scope="module")
def shop(shared_database):
    return filled(shared_database, MODELS, PRODUCTS, parameters=PARAMETERS)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many lamps does Acme have?", [3]),  # models
        ("Which lamp is the heaviest?", ["Bolt Nova 12"]),
        ("How many offers are there?", [7]),
        ("How many products does Acme have?", [3]),
        ("有多少报价？", [7]),
        ("How many Acme offers are there?", [3]),
        ("How many Acme products are there?", [3]),
        ("How many Bolt products are there?", [0]),
        ("Which Acme offers are the heaviest?", ["Aurora 5 desk light", "Aurora 5 from abroad"]),
        ("Which lamps that Acme offers are the heaviest?", ["Acme Aurora 5"]),
        ("Which lamps Acme offers are the heaviest?", ["Acme Aurora 5"]),
        ("How many models are there?", [5]),
        ("How many kettles does Umber have?", [2]),
        ("How many models does Umber have?", [0]),
        ("Umber有多少款水壶？", [2]),
        ("Which Umber kettle is the cheapest?", ["Spout"]),
        ("Which kettles have a glass lid?", ["Drum", "Spout", "Steamer"]),
        ("What is the highest pressure?", [15.0]),
        ("Which item has a steel lid?", ["Whistle"]),
        ("Which lids are there?", ["Glass", "Steel"]),
        ("How many brands are there?", [4]),
        ("Which brands are there?", ["Acme", "Bolt", "Ochre", "Umber"]),
        ("Are there kettles by Ochre?", ["yes"]),
        ("Are there kettles by Acme?", ["no"]),
        ("Which brand offers dimmable lamps?", ["Acme", "Bolt"]),
        ("Does the Aurora 3 cost less than 20 EUR?", [30.0]),
        ("Is the Aurora 3 in stock?", ["yes"]),
        ("Is the Glow in stock?", ["no"]),
        ("Which lamps cost less than 50 EUR?", ["Aurora 3 desk light"]),
        ("Which lamps cost less than 50 dollars?", ["Aurora 5 from abroad"]),
        ("lamps under €50", ["Aurora 3 desk light"]),
        ("lamps under 50$", ["Aurora 5 from abroad"]),
        ("lamps under £50", []),
        ("lamps cheaper than 50 pounds", []),
        ("lamps lighter than 1.5 pounds", ["Acme Glow"]),
        ("价格低于1000元的水壶", ["Drum"]),
        ("1000块以下的水壶", ["Drum"]),
        ("50欧元以下的水壶有哪些", ["Spout", "Whistle"]),
        ("kettles between 45 and 95 euros", ["Steamer", "Whistle"]),
        ("Which kettle is the cheapest in EUR?", ["Spout"]),
        ("Which kettle is the second cheapest in euros?", ["Whistle"]),
        ("Which lamp is the cheapest?", ["Aurora 3 desk light", "Aurora 5 from abroad"]),
        ("What is the average price of lamps?", [55.0, 20.0]),
        ("What is the average price of lamps in euros?", [55.0]),
        ("Which brand is the cheapest on average?", ["Umber"]),
        ("Which shop sells the Aurora 5?", ["Pier", "Quay"]),
        ("哪家店有Aurora 3？", ["Quay"]),
        ("Which store has the Aurora 5 in stock?", ["Pier", "Quay"]),
        ("In which shops is the Aurora 5 sold out?", []),
        ("Which shop has the cheapest Aurora 5 in EUR?", ["Quay"]),
        ("哪家店铺的台灯最多？", ["Quay"]),
        ("哪家店的Aurora 5最便宜", ["Pier", "Quay"]),  # in USD, and in EUR
        ("Does Pier sell the Aurora 5?", ["yes"]),
        ("Does Pier sell the Aurora 3?", ["unknown"]),
    ],
)
async def test_a_question_is_answered_of_models_or_of_products(asking, question, answer):
    found = await asking.ask(question)

    assert not found.refused, found
    assert sorted(found.answer, key=str) == sorted(answer, key=str), found


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What is the average price of lamps?", "55 (EUR, 2), 20 (USD, 1)."),
        ("What is the average price of lamps in euros?", "55 EUR."),
        ("What is the price of the Aurora 3?", "30 EUR."),
        (
            "Which lamp is the cheapest?",
            "Acme Aurora 3 desk light (30 EUR), Acme Aurora 5 from abroad (20 USD).",
        ),
    ],
)
async def test_a_price_is_said_with_its_currency(asking, question, text):
    assert (await asking.ask(question)).text == text


@pytest.mark.parametrize(
    "question",
    ["Does the Aurora 3 have a lid?", "Aurora 3有盖子吗？", "Is the Glow without a lid?"],
)
async def test_silence_is_no_answer(asking, question):
    assert (await asking.ask(question)).answer == ("unknown",)


async def test_a_following_question_keeps_to_the_currency_that_it_names(asking):
    first = await asking.ask("Which lamps cost less than 100 EUR?")
    second = await asking.ask("And under 50 dollars?", session=first.session)

    assert (first.total, second.answer) == (2, ("Aurora 5 from abroad",))


async def test_products_that_nobody_spoke_of_are_said_to_be_asked(asking):
    of_products = await asking.ask("Which item has a steel lid?")
    of_models = await asking.ask("Which lamps are black?")

    assert "products" in of_products.understood
    assert "products" not in of_models.understood


async def test_a_price_has_a_chinese_name_in_chinese(asking):
    found = await asking.ask("最便宜的水壶是哪个？")

    assert "价格最低" in found.understood, found


@pytest.mark.parametrize(
    "question",
    [
        "How heavy is the Aurora 3 in dollars?",
        "lamps with three dollars",
    ],
)
async def test_a_currency_without_a_price_is_refused(asking, question):
    assert (await asking.ask(question)).refused


@pytest.mark.parametrize("question", ["Will it rain tomorrow?", "明天会下雨吗？"])
async def test_all_that_can_be_asked_is_answered(asking, question):
    refused = await asking.ask(question)

    found = [await asking.ask(example) for example in refused.can_ask]

    assert len(found) > 3
    assert [one for one in found if one.refused or not one.answer or one.answer == (0,)] == []
