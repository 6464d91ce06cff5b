"""What a text says is held against what the item has, whose values may say it in more words."""

import pytest

from graph.records import FactText, Parameter
from graph.text import normalise_value
from ml.grounding.stated import Stated

COLOUR = Parameter("colour", "Colour", "text")
POWER = Parameter("power", "Power", "number", "W")


def fact(cell, parameter=COLOUR):
    v = normalise_value(cell, parameter)
    return FactText(v.parameter, v.parameter, v.id, v.text, v.number, v.unit)


BLACKS = [fact("Jet Black"), fact("Matte Black")]


@pytest.mark.parametrize(
    ("cell", "known", "agrees"),
    [
        ("black", [fact("Black"), fact("Matte Black")], True),
        ("black", [fact("Matte Black")], True),
        ("green emerald", [fact("Emerald Green")], True),
        ("black", BLACKS, True),
        ("space grey", [fact("Space Gray")], True),
        ("grey", [fact("Space Gray")], True),
        ("red", [fact("Rod")], False),
        ("gold", [fact("Goldie")], False),
        ("black", [fact("Slack")], False),
        ("mark 12", [fact("Mark 13")], False),
        ("matte black", [fact("Black")], False),
        ("blue", [fact("Bluebell")], False),
        ("black", [fact("60 W", POWER)], None),
        ("black", [], None),
    ],
)
def test_a_value_agrees_with_one_that_says_it_in_more_words(cell, known, agrees):
    assert Stated.of(known).agrees(normalise_value(cell, COLOUR)) is agrees


def test_a_number_agrees_with_itself_alone():
    stated = Stated.of([fact("60 W", POWER)])

    assert stated.agrees(normalise_value("60 W", POWER)) is True
    assert stated.agrees(normalise_value("6 W", POWER)) is False


@pytest.mark.parametrize(
    ("known", "meant"),
    [
        ([fact("Gold"), fact("Matte Black")], "Matte Black"),
        (BLACKS, None),
        ([fact("Black"), fact("Matte Black")], None),
        ([fact("Gold")], None),
        ([], None),
    ],
)
def test_one_value_alone_is_meant_by_fewer_words(known, meant):
    found = Stated.of(known).meant_by(normalise_value("black", COLOUR))

    assert (found and found.text) == meant
