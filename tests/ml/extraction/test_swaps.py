"""Values in the place of others: the labels of the new text stand where its words do."""

import random

import pytest

from ml.extraction.labels import labels_of
from ml.extraction.lessons import Lesson
from ml.extraction.network_inputs import Question
from ml.extraction.records import LabelledText
from ml.extraction.swaps import Swaps


def lesson(text, **values):
    labels = labels_of(LabelledText(text, "lamps", values))
    spans = {parameter: labels.token_spans(parameter) for parameter in labels.spans}
    return Lesson(Question(labels.text, "lamps", tuple(values)), spans, labels.silent, frozenset())


def said(made):
    text = made.question.text
    return {
        parameter: [
            text.clean.text[text.starts_T[first] : text.ends_T[first + more]]
            for first, more in places
        ]
        for parameter, places in made.spans.items()
    }


LAMP = lesson("Okti lamp, red, 40W", Brand="Okti", Color="red", Power="40W", Size=None)
OTHERS = (
    lesson("Nord Wick lamp", Brand="Nord Wick"),
    lesson("lamp (deep sea-blue)", Color="deep sea-blue"),
    lesson("lamp 1,100 watts", Power="1,100 watts"),
)


def test_every_label_moves_with_its_words():
    swaps = Swaps.of([LAMP, *OTHERS])

    made = [swaps.swapped(LAMP, 1.0, random.Random(seed)) for seed in range(99)]

    texts = {x.question.text.clean.text for x in made}
    assert "Nord Wick lamp, deep sea-blue, 1,100 watts" in texts
    assert len(texts) == 8  # three parameters of two values each
    for one in made:
        values = said(one)
        assert f"{values['Brand'][0]} lamp, {values['Color'][0]}, {values['Power'][0]}" in texts
        assert (one.silent, one.question.parameters) == (LAMP.silent, LAMP.question.parameters)


def test_without_a_share_the_lesson_is_the_same():
    assert Swaps.of([LAMP, *OTHERS]).swapped(LAMP, 0.0, random.Random(0)) is LAMP


@pytest.mark.parametrize(
    "kept",
    [
        lesson("red lamp, red", Color="red"),
        lesson("dark red lamp", Color="dark red", Shade="dark"),
    ],
    ids=["stands twice", "says something else too"],
)
def test_a_value_that_cannot_be_told_alone_stays(kept):
    swaps = Swaps.of([kept, *OTHERS])

    assert swaps.swapped(kept, 1.0, random.Random(0)) is kept


def test_a_text_that_would_be_cut_into_other_words_stays():
    glued = lesson("lamp A5", Model="5")
    swaps = Swaps.of([glued, lesson("lamp Nova", Model="Nova")])

    texts = {swaps.swapped(glued, 1.0, random.Random(n)).question.text.low for n in range(9)}

    assert texts == {"lamp a5"}
