"""English nouns in the singular and in the plural."""

import pytest

from ml.grounding.plurals import number_forms, singular

NOUNS = (
    ("chair", "chairs"), ("battery", "batteries"), ("shelf", "shelves"), ("knife", "knives"),
    ("watch", "watches"), ("brush", "brushes"), ("box", "boxes"), ("glass", "glasses"),
    ("size", "sizes"), ("case", "cases"), ("shoe", "shoes"), ("lens", "lenses"), ("bus", "buses"),
    ("movie", "movies"), ("tie", "ties"), ("photo", "photos"), ("video", "videos"),
    ("radio", "radios"), ("tyre", "tyres"), ("mouse", "mice"), ("woman", "women"),
    ("glove", "gloves"), ("stove", "stoves"), ("sleeve", "sleeves"), ("cache", "caches"),
    ("toy", "toys"), ("scarf", "scarves"), ("canvas", "canvases"), ("menu", "menus"),
    ("tv", "tvs"), ("cd", "cds"),
)  # fmt: skip


@pytest.mark.parametrize(("one", "many"), NOUNS)
def test_a_noun_and_its_plural_are_one_word(one, many):
    assert singular(many) == one
    assert singular(one) == one


@pytest.mark.parametrize(("one", "many"), NOUNS)
def test_either_number_is_found_for_the_other(one, many):
    assert many in number_forms(one)
    assert one in number_forms(many)


@pytest.mark.parametrize(
    "word", ["gps", "glass", "bonus", "series", "thermos", "128gb", "手机", "x"]
)
def test_what_is_no_plural_stays(word):
    assert singular(word) == word


@pytest.mark.parametrize("word", ["gps", "128gb", "手机", "x", "café"])
def test_what_is_no_english_noun_has_no_other_number(word):
    assert number_forms(word) == ()
