"""Products called by their titles, parts of them and their numbers, where there are no models."""

import pytest

from graph.records import Fact, Item, Named, Parameter
from graph.text import normalise_value
from tests.app.asked_graphs import filled

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

UMBER, OCHRE = Named("umber", "Umber", ("Umber",)), Named("ochre", "Ochre", ("Ochre", "赭石"))
KETTLES = Named("kettles", "Kettles", ("Kettles", "水壶"))
PARAMETERS = {
    one.id: one
    for one in (
        Parameter("weight", "Weight", "number", "g", ("Weight", "重量")),
        Parameter("colour", "Colour", "text", None, ("Colour", "颜色")),
        Parameter("lid", "Lid", "text", None, ("Lid", "盖子")),
    )
}
GTIN, SHARED_GTIN = "4006381333931", "5012345678900"


def offer(sku, title, brand, price, *, gtin=None, mpn=None, **cells):
    facts = (
        Fact(normalise_value(cell, PARAMETERS[field]), evidence=field)
        for field, cell in cells.items()
    )
    return Item(
        "product", f"shop:{sku}", title, "shop", sku, price=price, currency="EUR", brand=brand,
        categories=(KETTLES,), facts=tuple(facts), gtin=gtin and f"0{gtin}", mpn=mpn,
    )  # fmt: skip


PRODUCTS = (
    offer("k-1001", "Umber Whistler XQ-310 1.7L Cordless Jug, Brushed (2024) *SALE*", UMBER, 50.0,
          gtin=GTIN, mpn="UWX310-B", weight="900 g", colour="Silver", lid="Steel"),
    offer("k-1002", "Umber Whistler XQ-320 1.7L Cordless Jug, Brushed (2024)", UMBER, 60.0,
          gtin=SHARED_GTIN, weight="950 g", colour="Black", lid="Steel"),
    offer("k-1003", "NEW!! Ochre Spout gooseneck pour-over 600ml matte", OCHRE, 40.0,
          gtin=SHARED_GTIN, weight="600 g", colour="White", lid="Glass"),
    offer("k-1004", "Ochre Spout", OCHRE, 30.0, weight="500 g", colour="White", lid="Steel"),
    offer("k-1005", "赭石手冲细口壶温控款", OCHRE, 70.0, weight="700 g", colour="Black"),
    offer("k-1006", "Pot", OCHRE, 70.0, weight="700 g"),
    offer("k-1008", "Ochre Trivet cast iron", OCHRE, 95.0, weight="800 g"),
    offer("k-1009", "Ochre Trivet Cast Iron", OCHRE, 96.0, weight="810 g"),
    offer("k-1007", "Umber lidless set of 3 for the stove in oak", UMBER, 90.0, weight="3 kg"),
)  # fmt: skip


@pytest.fixture(scope="module")
def shop(shared_database):
    return filled(shared_database, PRODUCTS, parameters=PARAMETERS)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        # whole titles, with all that stands in them
        ("How much is the Umber Whistler XQ-310 1.7L Cordless Jug, Brushed (2024) *SALE*?", [50.0]),
        ("What colour is NEW!! Ochre Spout gooseneck pour-over 600ml matte?", ["White"]),
        ("How heavy is the Ochre Spout?", [500.0]),
        ("How much is the Umber lidless set of 3 for the stove in oak?", [90.0]),
        ("How heavy is the lidless set of 3 for the stove?", [3000.0]),
        ("赭石手冲细口壶温控款多少钱？", [70.0]),
        ("赭石手冲细口壶温控款是什么颜色的", ["Black"]),
        # parts that one product alone has
        ("How heavy is the Whistler XQ-310?", [900.0]),
        ("what colour is the gooseneck pour-over", ["White"]),
        ("How much is the ochre gooseneck?", [40.0]),
        ("手冲细口壶的重量是多少", [700.0]),
        # ids and numbers
        ("How much is shop:k-1001?", [50.0]),
        ("what colour is k-1002", ["Black"]),
        (f"How heavy is {GTIN}?", [900.0]),
        ("How heavy is UWX310-B?", [900.0]),
        ("uwx310-b多少钱", [50.0]),
        (f"weight of GTIN {GTIN}", [900.0]),
        ("货号k-1002的颜色是什么", ["Black"]),
        ("whistler xq-310", "XQ-310"),
        # held against others
        ("Which kettles have the same lid as the Whistler XQ-310?", "XQ-320|Ochre Spout"),
        ("Which kettles are lighter than the gooseneck pour-over?", "Ochre Spout"),
        ("Which kettles are cheaper than the gooseneck pour-over?", "Ochre Spout"),
        ("Which is heavier, the Whistler XQ-310 or the Whistler XQ-320?", "XQ-320"),
        ("Is the Whistler XQ-310 black?", ["no"]),
        ("Is the Pot black?", ["unknown"]),
    ],
)
async def test_a_product_is_asked_about_by_what_names_it(asking, question, answer):
    found = await asking.ask(question)

    assert not found.refused, found
    if isinstance(answer, str):
        parts = sorted(answer.split("|"))
        given = sorted(map(str, found.answer))
        assert len(given) == len(parts)
        assert all(any(part in one for one in given) for part in parts), given
    else:
        assert list(found.answer) == answer


async def test_what_was_asked_about_is_said(asking):
    found = await asking.ask("How heavy is the Whistler XQ-310?")

    assert "XQ-310 1.7L" in found.understood
    assert [(one.kind, one.id, one.text) for one in found.entities] == [
        ("product", "shop:k-1001", "Whistler XQ-310")
    ]


@pytest.mark.parametrize(
    "question",
    [
        "How heavy is the Whistler Cordless Jug?",
        f"How heavy is {SHARED_GTIN}?",
        f"How heavy is EAN {SHARED_GTIN}?",
    ],
)
async def test_of_several_none_is_guessed(asking, question):
    found = await asking.ask(question)

    assert (found.refused, found.reason) == (True, "ambiguous")
    assert len(found.suggestions) == 2
    for one in found.suggestions:
        assert one.name in found.text
        assert (await asking.ask(one.question)).answer


@pytest.mark.parametrize(("question", "product"), [("xyzzy?", "product"), ("茶叶？", "产品")])
async def test_where_there_are_no_models_products_are_proposed_to_be_asked_for(
    asking, question, product
):
    refused = await asking.ask(question)

    assert any(product in example for example in refused.can_ask)
    assert not any("model" in example for example in refused.can_ask)
    answers = [await asking.ask(example) for example in refused.can_ask]
    assert len(answers) == 3
    assert all(one.answer and not one.refused for one in answers)


async def test_offers_of_one_title_are_told_apart_by_their_ids(asking):
    found = await asking.ask("How heavy is the Ochre Trivet?")

    assert (found.refused, found.reason) == (True, "ambiguous")
    assert {one.id for one in found.suggestions} == {"shop:k-1008", "shop:k-1009"}
    assert all(f"({one.id})" in found.text for one in found.suggestions)
    answers = [(await asking.ask(one.question)).answer for one in found.suggestions]
    assert sorted(answers) == [(800.0,), (810.0,)]


@pytest.mark.parametrize(
    "question",
    [
        "How heavy is the Whistler XQ-330?",  # another number
        "How heavy is the Whistler XQ-310 7?",
        "How heavy is the Ochre 600?",  # which stands elsewhere in the title
        "手冲600的重量是多少",
        "How heavy is the 5 Cordless Jug?",
        "How heavy is the Umber gooseneck pour-over?",  # another maker
        "How heavy is shop:k-9999?",
        "How heavy is the cordless?",  # a word is no name
        "Which kettles are cordless?",
        "Show me cordless jugs",
        "Will the pot boil tomorrow?",
    ],
)
async def test_what_names_no_product_is_refused(asking, question):
    assert (await asking.ask(question)).refused


async def test_a_product_is_gone_on_about(asking):
    first = await asking.ask("How heavy is the Whistler XQ-310?")
    second = await asking.ask("What colour is it?", session=first.session)
    third = await asking.ask("and the ochre gooseneck?", session=second.session)

    assert (second.answer, third.answer) == (("Silver",), ("White",))


async def test_of_the_cheapest_products_one_is_asked_for(asking):
    first = await asking.ask("Which kettle is the cheapest?")
    second = await asking.ask("How heavy is it?", session=first.session)

    assert (first.answer, second.answer) == (("Ochre Spout",), (500.0,))


@pytest.mark.parametrize(
    ("question", "nearest"),
    [
        ("How heavy is the Whisler XQ-310?", "shop:k-1001"),
        ("How heavy is the Whistler XQ-330?", "shop:k-1002"),
        ("How much is the Ocre Spout?", "shop:k-1004"),
        ("赭石手充细口壶多少钱", "shop:k-1005"),
        ("kettles by Umbr", "umber"),
        ("kettles with a stel lid", "lid=steel"),
        ("赭时的水壶有哪些", "ochre"),
        ("水壶有什么颜泽", "colour"),
    ],
)
async def test_a_refusal_suggests_the_nearest_names(asking, question, nearest):
    found = await asking.ask(question)

    assert found.refused
    assert found.suggestions[0].id == nearest
    assert found.suggestions[0].name in found.text
    for one in found.suggestions:
        assert question[one.start : one.end] == one.text
        if one.question:
            assert (await asking.ask(one.question)).answer


async def test_a_number_is_never_read_as_another(asking):
    found = await asking.ask("How heavy is the Whistler XQ-330?")

    assert found.refused
    assert {one.id for one in found.suggestions} == {"shop:k-1001", "shop:k-1002"}


async def test_what_is_no_name_suggests_nothing(asking):
    found = await asking.ask("Will it rain tomorrow?")

    assert (found.refused, found.suggestions) == (True, ())


async def test_a_mended_word_is_said_with_the_answer(asking):
    found = await asking.ask("Which kettels are black?")

    assert found.corrected == "Which kettle are black?"
    assert found.text.startswith("Reading 'kettels' as 'kettle': ")
    assert found.confidence < 1
