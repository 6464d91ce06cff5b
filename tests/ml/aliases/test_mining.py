"""Names are learnt where a phrase stands in the place of a name, and nowhere else."""

import pytest

from graph.records import FactText, ItemText, Named
from ml.aliases.mining import learn_names
from ml.aliases.records import Entity, Role
from ml.aliases.trial import AliasConfig

COLOUR, FINISH = Role("value", "colour"), Role("value", "finish")
BRAND, MODEL, CATEGORY = Role("brand"), Role("model"), Role("category")

LAMPS = Entity(CATEGORY, "lamps", "Lamps", ("Lamps",))
TORCHES = Entity(CATEGORY, "torches", "Torches", ("Torches",))
LUMORA = Entity(BRAND, "lumora", "Lumora Industries", ("Lumora Industries",))
HALDEN = Entity(BRAND, "halden", "Halden", ("Halden",))
MODELS = [Entity(MODEL, f"m{n}", f"{name} {n}") for n, name in enumerate(("Orbit", "Vela") * 20)]
BLACK, WHITE, GREEN = (
    Entity(COLOUR, f"colour={name}", name) for name in ("black", "white", "green")
)
MATT = Entity(FINISH, "finish=matt", "matt")
GLOSS = Entity(FINISH, "finish=gloss", "gloss")
ENTITIES = [LAMPS, TORCHES, LUMORA, HALDEN, *MODELS, BLACK, WHITE, GREEN, MATT, GLOSS]


def item(title, *values, brand=None, model=None, category=LAMPS):
    named = {
        what: Named(one.id, one.name)
        for what, one in {"brand": brand, "model": model, "category": category}.items()
        if one
    }
    facts = tuple(
        FactText(one.role.parameter, one.role.parameter, one.id, one.name, None, None)
        for one in values
    )
    return ItemText("product", title, facts=facts, **named)


def lamps(written, colour, count=12, first=0):
    """Lamps of one colour, each of another model."""
    return [
        item(f"{model.name} desk lamp {written} 40W", colour, model=model)
        for model in MODELS[first : first + count]
    ]


def names_of(items, entities=ENTITIES, **config):
    learnt = learn_names(items, entities, AliasConfig(**config))
    return {(one.name, one.entity) for one in learnt.names}


def others():
    """What makes a shop: every colour by its own name."""
    return [*lamps("black", BLACK), *lamps("white", WHITE), *lamps("green", GREEN)]


def test_a_word_that_stands_where_the_colour_would_is_its_name():
    items = [*others(), *lamps("ebony", BLACK, first=12), *lamps("pearl", WHITE, first=20)]

    assert names_of(items) == {("ebony", BLACK.id), ("pearl", WHITE.id)}


def test_chinese_words_are_found_without_spaces():
    items = [*others(), *lamps("炭黑色款", BLACK, first=12), *lamps("米白款", WHITE, first=12)]
    more = [*lamps("炭黑色 国行", BLACK, first=20), *lamps("米白 国行", WHITE, first=20)]

    assert names_of([*items, *more]) == {("炭黑色", BLACK.id), ("米白", WHITE.id)}


def test_a_name_says_what_speaks_for_it():
    [name] = learn_names([*others(), *lamps("Ebony", BLACK, first=12)], ENTITIES).names

    assert (name.kind, name.parameter, name.entity_name) == ("value", "colour", "black")
    assert (name.support, name.families) == (12, 12)
    assert 0.75 < name.confidence < 0.76
    assert name.example == "Orbit 12 desk lamp Ebony 40W"


def test_a_word_that_stands_beside_the_known_name_as_often_is_none():
    together = lamps("black raven", BLACK, first=12)
    alone = lamps("raven", BLACK, count=6, first=24)

    assert names_of([*others(), *together, *alone]) == set()


def test_a_word_of_every_colour_is_no_name_of_one():
    items = [*others(), *lamps("ebony", BLACK, first=12), *lamps("ebony", GREEN, first=12)]

    assert names_of(items) == set()


def test_what_few_titles_say_is_not_learnt():
    rare = lamps("ebony", BLACK, count=3, first=12)

    assert names_of([*others(), *rare]) == set()
    assert names_of([*others(), *rare], min_support=2) == set()  # and it may be luck


def test_titles_that_say_the_same_count_once():
    repeated = lamps("ebony", BLACK, count=1, first=12) * 40

    assert names_of([*others(), *repeated]) == set()


def test_the_name_of_one_popular_model_is_no_colour():
    popular = [
        item(f"desk lamp Nocturne 40W no {chr(97 + n)}{n}", BLACK, model=MODELS[20])
        for n in range(20)
    ]

    assert names_of([*others(), *popular]) == {("Nocturne", MODELS[20].id)}


def test_a_word_of_the_models_name_is_no_name_of_its_maker():
    lines = [
        *(
            item(f"{one.name} lamp", brand=LUMORA, model=one)
            for one in MODELS
            if "Orbit" in one.name
        ),
        *(
            item(f"{one.name} lamp", brand=HALDEN, model=one)
            for one in MODELS
            if "Vela" in one.name
        ),
    ]

    assert names_of(lines) == set()


def test_a_maker_has_the_name_that_titles_give_it():
    items = [
        *(item(f"LI {one.name} lamp", brand=LUMORA, model=one) for one in MODELS[:20:2]),
        *(item(f"Lumora Industries {one.name}", brand=LUMORA, model=one) for one in MODELS[20::2]),
        *(item(f"Halden {one.name} lamp", brand=HALDEN, model=one) for one in MODELS[1::2]),
    ]

    assert names_of(items) == {("LI", LUMORA.id)}


def test_a_second_name_behind_a_slash_is_not_held_against_it():
    both = [item(f"Halden/哈登 {one.name}", brand=HALDEN, model=one) for one in MODELS[1:20:2]]
    alone = [item(f"哈登 {one.name}", brand=HALDEN, model=one) for one in MODELS[21::2]]
    rest = [item(f"Lumora Industries {one.name}", brand=LUMORA, model=one) for one in MODELS[::2]]

    assert names_of([*both, *alone, *rest]) == {("哈登", HALDEN.id)}


def test_what_follows_from_the_maker_is_no_name_of_a_value():
    """All of Halden's lamps are matt, and its titles say so much about its warranty."""
    halden = [
        item(f"Halden {one.name} lamp lifetime warranty", MATT, brand=HALDEN, model=one)
        for one in MODELS[:20]
    ]
    lumora = [
        item(f"Lumora Industries {one.name} lamp", value, brand=LUMORA, model=one)
        for one, value in zip(MODELS[20:], [MATT, GLOSS] * 10, strict=True)
    ]

    assert names_of([*halden, *lumora]) == set()


def test_a_phrase_that_is_as_good_a_name_of_two_things_is_none_and_counted():
    items = [
        *(item(f"{one.name} lamp ebony", BLACK, MATT, model=one) for one in MODELS[:20]),
        *(item(f"{one.name} lamp pearl", WHITE, GLOSS, model=one) for one in MODELS[20:]),
    ]

    learnt = learn_names(items, ENTITIES)

    assert learnt.names == ()
    assert learnt.dropped["of several"] == 4


def test_the_name_of_another_colour_is_not_taken_from_it():
    wrong = lamps("white", BLACK, count=30)

    learnt = learn_names([*lamps("black", BLACK), *lamps("green", GREEN), *wrong], ENTITIES)

    assert learnt.names == ()
    assert learnt.dropped["name of another"]


def test_numbers_and_quantities_are_no_names():
    items = [*others(), *lamps("7421", BLACK, first=12), *lamps("85 cm", WHITE, first=12)]

    assert names_of(items) == set()


def test_a_model_has_the_short_name_that_titles_give_it():
    grand = Entity(MODEL, "halden-grand-orbit-9", "Grand Orbit 9")
    items = [
        *(item(f"Halden GO9 lamp {word}", brand=HALDEN, model=grand) for word in "abcdefgh"),
        *(item(f"Halden {one.name} lamp", brand=HALDEN, model=one) for one in MODELS),
    ]

    assert names_of(items, [*ENTITIES, grand]) == {("GO9", grand.id)}


def test_a_models_name_without_its_maker_is_known_already():
    grand = Entity(MODEL, "grand", "Halden Grand")
    items = [
        *(item(f"Grand lamp {word}", brand=HALDEN, model=grand) for word in "abcdefgh"),
        *(item(f"Halden {one.name} lamp", brand=HALDEN, model=one) for one in MODELS),
    ]

    assert names_of(items, [*ENTITIES, grand]) == set()


def test_a_category_has_the_word_that_its_titles_share():
    items = [
        *(item(f"{one.name} flashlight", model=one, category=TORCHES) for one in MODELS[:20]),
        *(item(f"{one.name} Lamps", model=one) for one in MODELS[20:]),
    ]

    assert names_of(items) == {("flashlight", TORCHES.id)}


@pytest.mark.parametrize("items", [[], [item("Orbit 1", category=None)]])
def test_nothing_is_learnt_from_nothing(items):
    learnt = learn_names(items, ENTITIES)

    assert (learnt.names, learnt.texts, learnt.dropped) == ((), 0, {})


def test_the_order_of_the_items_does_not_matter():
    items = [*others(), *lamps("ebony", BLACK, first=12), *lamps("炭黑色 款", BLACK, first=26)]

    forwards = learn_names(items, ENTITIES).names
    backwards = learn_names(items[::-1], ENTITIES[::-1]).names
    assert [(one.name, one.entity, one.support) for one in forwards] == [
        (one.name, one.entity, one.support) for one in backwards
    ]
