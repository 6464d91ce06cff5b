"""What is an everyday word of English, and what a misspelt one."""

import pytest

from ml.text.everyday import everyday_words, in_other_spelling


@pytest.mark.parametrize("word", ["sofa", "chair", "strollers", "cannon"])
def test_words_that_people_say_are_everyday_ones(word):
    assert word in everyday_words()


@pytest.mark.parametrize("word", ["lanten", "samsun", "strolelr", "nokai"])
def test_words_with_typing_errors_are_not(word):
    assert word not in everyday_words()


@pytest.mark.parametrize(
    ("word", "other"), [("gray", "grey"), ("tyre", "tire"), ("duck", None), ("grey", "gray")]
)
def test_words_that_are_spelled_in_two_ways(word, other):
    assert in_other_spelling(word) == other
