"""Labels are found where the text says them."""

from ml.extraction.labels import labels_of, says_all
from ml.extraction.records import LabelledText


def spans(text, value):
    labels = labels_of(LabelledText(text, "lamps", {"Kind": value}))
    return [labels.text.clean.text[slice(*span)] for span in labels.spans.get("Kind", ())]


def test_every_place_that_says_a_value_counts():
    assert spans("lamp for a lamp", "lamp") == ["lamp", "lamp"]


def test_whole_words_go_before_parts_of_words():
    labels = labels_of(LabelledText("printed print", "", {"Look": "print"}))

    assert labels.spans["Look"] == ((8, 13),)


def test_a_part_of_a_word_counts_where_there_is_nothing_else():
    labels = labels_of(LabelledText("Striped lamp", "", {"Look": "Stripe"}))

    assert labels.spans["Look"] == ((0, 6),)
    assert labels.token_spans("Look") == ((0, 0),)


def test_what_the_text_does_not_say_is_no_label():
    assert spans("red lamp", "blue") == []
    assert spans("red lamp", "  ") == []


def test_labels_that_never_say_nothing_name_all_that_a_text_says():
    some = LabelledText("a", "", {"Kind": "a"})

    assert says_all([some])
    assert not says_all([some, LabelledText("b", "", {"Kind": None})])
