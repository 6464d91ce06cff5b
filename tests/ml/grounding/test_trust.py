"""How far a reading is trusted follows from items whose facts are known."""

import pytest

from graph.records import FactText, ItemText, Named, Parameter, ValueView
from graph.text import normalise_value
from ml.grounding.lexicon import Lexicon, named_in
from ml.grounding.reading import read
from ml.grounding.stated import Stated
from ml.grounding.trust import PRIOR, Trust

COLOUR = Parameter("colour", "Colour", "text")
HEIGHT = Parameter("height", "Height", "number", "cm")


def value(cell, parameter):
    return normalise_value(cell, parameter)


@pytest.fixture(scope="module")
def lexicon():
    cells = [("green", COLOUR), ("brass", COLOUR), ("30 cm", HEIGHT), ("60 cm", HEIGHT)]
    values = [value(*cell) for cell in cells]
    views = [ValueView(v.id, v.parameter, v.text, v.number, v.unit, items=5) for v in values]
    return Lexicon.of([COLOUR, HEIGHT], views)


def item(title, *facts):
    return ItemText(
        kind="product",
        title=title,
        facts=tuple(
            FactText(v.parameter, v.parameter, v.id, v.text, v.number, v.unit) for v in facts
        ),
    )


def test_nothing_known_is_a_careful_guess(lexicon):
    reading = read("lamp 30 cm", lexicon)[0]

    assert Trust().confidence(reading) == pytest.approx(PRIOR * reading.share)


def test_what_facts_confirm_is_trusted_and_what_they_contradict_is_not(lexicon):
    green, brass, tall = value("green", COLOUR), value("brass", COLOUR), value("30 cm", HEIGHT)
    items = [item("lamp 30 cm, brass", tall, green)] * 20

    trust = Trust.learnt(items, lexicon)

    height, colour = read("lamp 30 cm, brass", lexicon)
    assert trust.confidence(height) > 0.9
    assert trust.confidence(colour) < 0.3
    assert colour.value == brass


def test_what_facts_say_in_more_words_is_confirmed():
    cells = ("green", "dark green")
    values = [value(cell, COLOUR) for cell in cells]
    known = Lexicon.of([COLOUR], [ValueView(v.id, v.parameter, v.text, items=5) for v in values])

    trust = Trust.learnt([item("lamp, green", values[1])] * 20, known)

    assert trust.confidence(read("lamp, green", known)[0]) > 0.9


def test_a_parameter_of_which_nothing_is_known_says_nothing(lexicon):
    trust = Trust.learnt([item("lamp 30 cm")] * 20, lexicon)

    assert trust.counts == {}


def test_a_new_value_is_trusted_as_others_of_its_parameter_are(lexicon):
    tall = value("30 cm", HEIGHT)
    trust = Trust.learnt([item("lamp 30 cm", tall)] * 50, lexicon)

    new, known = (read(f"lamp {cell}", lexicon)[0] for cell in ("60 cm", "30 cm"))
    assert PRIOR < trust.confidence(new) <= trust.confidence(known)


@pytest.mark.parametrize(("true", "trusted"), [(True, True), (False, False)])
@pytest.mark.parametrize("kind", ["text", "number"])
def test_a_new_number_is_trusted_as_those_that_one_item_alone_has(kind, true, trusted):
    contents = Parameter("contents", "Contents", kind, None if kind == "text" else "oz")
    values = [value(f"{number} oz", contents) for number in range(10, 40)]
    views = [ValueView(v.id, v.parameter, v.text, v.number, v.unit, items=1) for v in values]
    known = Lexicon.of([contents], views)
    said = values if true else values[::-1]
    items = [item(f"Tea {one.text}", own) for one, own in zip(values, said, strict=True)]

    trust = Trust.learnt(items, known)

    (reading,) = read("Tea 45 oz", known)
    assert (trust.confidence(reading) > 0.85) == trusted


def test_the_model_speaks_for_or_against_a_reading(lexicon):
    text = "lamp 30 cm"
    known = [
        Stated.by(item("lamp", *facts))
        for facts in ([value("60 cm", HEIGHT)], [], [value("30 cm", HEIGHT)])
    ]

    confidences = [Trust().confidence(read(text, lexicon, expected=one)[0]) for one in known]
    assert confidences == sorted(confidences)
    assert len(set(confidences)) == 3


ALL, MILLER = Named("all", "All"), Named("miller", "Miller")


def brand_trust(*titles):
    """How far the brand that the last title names is trusted, after those before it."""
    brands = Lexicon.of([], [], brands=[ALL, MILLER])
    items = [ItemText(kind="product", title=title, brand=brand) for title, brand in titles[:-1]]
    found = named_in(titles[-1], brands.brands)
    return Trust.learnt(items, brands).of_name("brand", found, titles[-1])


def test_a_brand_whose_name_is_a_word_in_titles_of_other_makers_is_not_trusted_there():
    titles = [("All Lamp", ALL)] * 5 + [("Miller lamp, all brass", MILLER)] * 20

    assert brand_trust(*titles, "lamp, all green") < 0.5
    assert brand_trust(*titles, "All lamp") > 0.9
    assert brand_trust(*titles, "lamp by Miller") > 0.8
