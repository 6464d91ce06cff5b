"""What is an everyday word, and what a misspelt one."""

import pytest

from ml.text.everyday import everyday_words, in_other_spelling, is_common


@pytest.mark.parametrize("word", ["sofa", "chair", "strollers", "cannon"])
def test_words_that_people_say_are_everyday_ones(word):
    assert word in everyday_words()


@pytest.mark.parametrize(
    "word", ["stuhl", "bett", "konnen", "chaise", "fleur", "silla", "sedia", "stoel", "cadeira"]
)
def test_words_that_people_say_in_other_languages_are_too_without_their_accents(word):
    assert word in everyday_words()


@pytest.mark.parametrize("word", ["charco", "serpilliere", "cerbottana", "schnalle"])
def test_those_that_they_hardly_say_are_not(word):
    assert word not in everyday_words()


def test_a_word_may_be_everyday_and_yet_not_common():
    assert is_common("cheap")
    assert not is_common("lathe")
    assert not is_common("samsun")


@pytest.mark.parametrize("word", ["lanten", "samsun", "strolelr", "nokai"])
def test_words_with_typing_errors_are_not(word):
    assert word not in everyday_words()


@pytest.mark.parametrize(
    ("word", "other"), [("gray", "grey"), ("tyre", "tire"), ("duck", None), ("grey", "gray")]
)
def test_words_that_are_spelled_in_two_ways(word, other):
    assert in_other_spelling(word) == other
