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
        ("mark 8", [fact("Mark 8.0 (Deluxe)")], True),
        ("mark 8.0", [fact("Mark 8")], True),
        ("mark 8", [fact("Mark 8.05")], False),
        ("mark 8", [fact("Mark 8.0.1")], False),
        ("matte black", [fact("Black")], False),
        ("blue", [fact("Bluebell")], False),
        ("mint", [fact("Mist")], False),
        ("moisturising", [fact("Moisturizing cream")], True),
        ("7", [fact("7-10")], False),
        ("xl", [fact("XL/XXL")], True),
        ("xl", [fact("3XL")], False),
        ("3 xl", [fact("3XL slim")], True),
        ("8 gb", [fact("128 GB, 8 MP")], False),
        ("64gb", [fact("64 GB UFS")], True),
        ("s6", [fact("S6s")], False),
        ("mali-400", [fact("Mali-400MP2")], True),
        ("802.11 b/g", [fact("802.11 a/b/g")], True),
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


@pytest.mark.parametrize(
    ("cell", "known", "agrees"),
    [
        ("woven", "Non-Woven", False),
        ("waterproof", "not waterproof", False),
        ("battery", "without a battery", False),
        ("sugar", "no added sugar", False),
        ("sugar", "Sugar-free", False),
        ("zucker", "ohne Zucker", False),
        ("non woven", "Non-Woven fabric", True),
        ("sugar free", "Sugar Free, 0 calories", True),
        ("pure", "100% pure & non-toxic", True),
        ("dual sim", "Dual SIM (no dual stand-by)", True),
        ("打孔", "免打孔", False),
        ("糖", "无糖", False),
        ("防水", "不防水", False),
        ("电池", "不带电池", False),
        ("钢", "304不锈钢", True),
        ("不锈钢", "304不锈钢", True),
    ],
)
def test_what_a_value_denies_it_does_not_say(cell, known, agrees):
    assert Stated.of([fact(known)]).agrees(normalise_value(cell, COLOUR)) is agrees


@pytest.mark.parametrize(
    ("cell", "known", "agrees"),
    [
        ("绿色", "军绿色", True),
        ("金", "玫瑰金", True),
        ("聚酯纤维（涤纶）", "涤纶（聚酯纤维）", True),
        ("中裙", "中长裙", False),
        ("上光", "全遮光（90%以上）", False),
    ],
)
def test_chinese_that_stands_together_is_one_word(cell, known, agrees):
    assert Stated.of([fact(known)]).agrees(normalise_value(cell, COLOUR)) is agrees
