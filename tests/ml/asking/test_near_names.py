"""Names that are nearly written like those of lamps."""

import pytest

from ml.asking.near_names import NearNames, likeness_of_part
from ml.asking.parser import understand
from ml.asking.plan import NotUnderstood
from tests.lamps import lexicon


@pytest.fixture(scope="module")
def lamps():
    return lexicon()


@pytest.fixture(scope="module")
def names(lamps):
    return NearNames(lamps)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("Glov", "Acme Glow"),
        ("Acme Gloww", "Acme Glow"),
        ("Aurrora 5", "Acme Aurora 5"),
        ("Aurora 15", "Acme Aurora 5"),  # numbers may be others, in a suggestion
        ("Bolt Nova 8", "Bolt Nova 7"),
        ("Akme", "Acme"),
        ("Edisson E27", "Edison E27"),
        ("wieght", "Weight"),
        ("Luminos flux", "Luminous flux"),
        ("艾可美", "Acme"),
        ("艾克", "Acme"),
        ("台登", "Table lamps"),
        ("灯罩直经", "Shade diameter"),
    ],
)
def test_the_nearest_name_comes_first(names, text, nearest):
    assert names.found(text, most=5)[0].name == nearest


@pytest.mark.parametrize(
    "text", ["", "rain", "tomorrow", "5", "x", "明天会下雨", "Zzyzx 9000", "a" * 900]
)
def test_nothing_is_near_what_is_no_name(names, text):
    assert names.found(text, most=5) == []


@pytest.mark.parametrize("text", ["boat", "grow", "shape", "socks", "bote"])
def test_an_everyday_word_is_no_misspelt_name(names, text):
    assert names.found(text, most=5) == []


def test_what_is_written_just_so_is_not_near_itself(names):
    assert "Acme Aurora 5" not in [one.name for one in names.found("Aurora 5", most=5)]


def test_only_the_kinds_that_are_asked_for_are_found(names):
    assert {one.kind for one in names.found("Acm Glow", most=9, kinds=("model",))} == {"model"}


def test_a_part_of_a_title_is_like_its_words():
    title = ("acme", "glow", "reading", "lamp", "brushed")

    assert likeness_of_part(("reding", "lamp"), title) > 0.8
    assert likeness_of_part(("reading", "limp"), title) == 0
    assert likeness_of_part(("reading", "chair"), title) == 0
    assert likeness_of_part(("5",), title) == likeness_of_part(("x",), ()) == 0


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("How heavy is the Glov?", ["Glov"]),
        ("How heavy is the Acme Glov 5 and is it dimmable?", ["Acme Glov 5", "Glov"]),
        ("Which lamps have the same socket as the Arroara 5?", ["Arroara 5", "Arroara"]),
        ("Aurora 7的重量是多少", ["Aurora 7", "Aurora"]),
        ("How heavy is the Bolt 77?", ["Bolt 77"]),
        ("爱可美的台灯有哪些", ["爱可美"]),
        ("爱的台灯有哪些", ["爱的", "爱"]),
    ],
)
def test_a_refusal_says_where_the_name_stands(lamps, question, places):
    found = understand(question, lamps)

    assert isinstance(found, NotUnderstood)
    assert [one.text for one in found.places] == places
    assert all(question[one.start : one.end] == one.text for one in found.places)


@pytest.mark.parametrize("question", ["How heavy is the Auroa 5?", "Which lamps are dimable?"])
def test_a_mended_word_is_told(lamps, question):
    found = understand(question, lamps)

    assert not isinstance(found, NotUnderstood)
    assert found.confidence < 1.0
    assert len(found.read) == 1


@pytest.mark.parametrize(
    "question", ["How heavy is the Auroa5?", "How heavy is the Aurora 6?", "lamps with Edson27"]
)
def test_a_word_with_digits_is_not_mended(lamps, question):
    assert isinstance(understand(question, lamps), NotUnderstood)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How heavy is the Glow Z11?", ("Z11",)),
        ("weather and Glow Z11", ("weather", "Z11")),
        ("华卫的重量是多少？", ("华卫",)),
    ],
)
def test_what_is_written_in_one_is_told_as_one(lamps, question, words):
    found = understand(question, lamps)

    assert isinstance(found, NotUnderstood)
    assert found.words == words
