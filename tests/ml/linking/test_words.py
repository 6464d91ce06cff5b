"""Titles and names as words."""

import pytest

from ml.linking.words import quantity_of, stems_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Galaxy S9+", ("galaxy", "s9", "plus")),
        ("64 GB Black", ("64gb", "black")),
        ("Note9", ("note", "9")),
        ("P8lite", ("p8", "lite")),
        ("DTEK50smart", ("dtek", "50", "smart")),
        ("三星galaxy手机", ("三星", "galaxy", "手机")),
        ("２５６ＧＢ", ("256gb",)),
        ("2 in 1", ("2", "in", "1")),
        ("5,5 inch", ("5.5inch",)),
        ("ZC554KL", ("zc554kl",)),
    ],
)
def test_the_same_name_written_otherwise_has_the_same_words(text, words):
    assert words_of(text) == words


def test_equal_sizes_in_two_units_are_equal():
    dimension, size = quantity_of("15.49cm")

    assert quantity_of("6.1in") == (dimension, pytest.approx(size, rel=0.01))


@pytest.mark.parametrize("text", ["SM-G955F", "sm g955fzka", "smg955f"])
def test_a_model_number_is_known_by_its_stem(text):
    assert "smg955" in stems_of(words_of(text))


@pytest.mark.parametrize("text", ["64GB", "black", "2019", "5.5"])
def test_sizes_and_plain_numbers_are_no_model_numbers(text):
    assert stems_of(words_of(text)) == frozenset()
