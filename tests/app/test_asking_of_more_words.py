"""Questions about a value that some items state in more words, in a real Neo4j."""

import pytest

from graph.records import Fact, Item, Named, Parameter
from graph.text import normalise_value
from tests.app.asked_graphs import filled

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

LAMPS = Named("lamps", "Lamps", ("Lamps", "台灯"))
PARAMETERS = {
    "colour": Parameter("colour", "Colour", "text", None, ("Colour", "颜色")),
    "chip": Parameter("chip", "Chip", "text", None, ("Chip",)),
    "finish": Parameter("finish", "Finish", "text", None, ("Finish",)),
    "maker": Parameter("maker", "Brand", "text", None, ("Brand",)),
}


def lamp(title, colour=None, chip=None, maker=None, finish=None):
    cells = {"colour": colour, "chip": chip, "maker": maker, "finish": finish}
    facts = (
        Fact(normalise_value(cell, PARAMETERS[field]), evidence=field)
        for field, cell in cells.items()
        if cell
    )
    sku = title.split()[0].lower()
    return Item(
        "product", f"shop:{sku}", title, "shop", sku, categories=(LAMPS,), facts=tuple(facts)
    )


ITEMS = (
    lamp("Nova desk", "Black", "Volt 8", "Acme"),
    lamp("Vega desk", "Black", "Volt 8"),
    lamp("Rigel desk", "Matte Black", "Volt 8+", "Acme Bolt"),
    lamp("Lyra desk", "Grey", finish="Coated steel"),
    lamp("Orion desk", "Gray", finish="Brushed aluminium"),
    lamp("Cetus desk", "Space Gray", finish="Polished aluminium"),
    lamp("Naos desk", "红色", finish="Matte aluminum"),
    lamp("Deneb desk", "红色"),
    lamp("Indus desk", "粉红色"),
    lamp("Ara desk", "Non-black"),
)


@pytest.fixture(scope="module")
def shop(shared_database):
    return filled(shared_database, ITEMS, parameters=PARAMETERS)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Which lamps are black?", {"Nova", "Vega", "Rigel"}),
        ("Which lamps are matte black?", {"Rigel"}),
        ("Which lamps are grey?", {"Lyra", "Orion", "Cetus"}),
        ("Which lamps are gray?", {"Lyra", "Orion", "Cetus"}),
        ("哪些台灯是红色的", {"Naos", "Deneb", "Indus"}),
        ("Which lamps are not gray?",
         {"Nova", "Vega", "Rigel", "Naos", "Deneb", "Indus", "Ara"}),
        ("Which lamps have the chip Volt 8?", {"Nova", "Vega"}),
        ("Which lamps have an aluminium finish?", {"Orion", "Cetus", "Naos"}),
        ("Which lamps have an aluminum finish?", {"Orion", "Cetus", "Naos"}),
        ("Which lamps are by Acme?", {"Nova"}),
    ],
)  # fmt: skip
async def test_what_says_it_in_more_words_is_meant(asking, question, named):
    asked = await asking.ask(question)

    assert {str(one).split()[0] for one in asked.answer} == named, asked.text


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many lamps are black?", [3]),
        ("How many lamps are gray?", [3]),
        ("Is the Rigel desk black?", ["yes"]),
        ("Is the Rigel desk grey?", ["no"]),
        ("What colour is the Rigel desk?", ["Matte Black"]),
        ("Which colour is the most common?", ["Black", "红色"]),
        ("How many colours are there?", [8]),
    ],
)
async def test_counts_and_checks_follow_and_values_stay_what_is_stated(asking, question, answer):
    asked = await asking.ask(question)

    assert list(asked.answer) == answer, asked.text


async def test_what_was_understood_begins_with_the_word_that_was_asked(asking):
    asked = await asking.ask("Which lamps are black?")

    assert asked.understood is not None
    assert "Colour is Black, Matte Black" in asked.understood
    assert [one.name for one in asked.entities if one.kind == "value"] == ["Black"]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_shop_without_brands_numbers_and_prices_is_told_what_to_ask(asking, language):
    refused = await asking.ask("zorble quux", language=language)

    answers = [await asking.ask(example) for example in refused.can_ask]
    assert answers
    assert all(found.answer and not found.refused for found in answers), refused.can_ask
