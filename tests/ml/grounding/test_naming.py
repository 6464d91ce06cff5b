"""A name that a text means has its place there."""

import pytest

from ml.grounding.naming import place_of


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("New Acme Nova 7 64GB black", "Nova 7", "Nova 7"),
        ("acme NOVA7 64gb", "Nova 7", "NOVA7"),
        ("Nova case for the Acme Nova 7 Plus", "Acme Nova 7 Plus", "Acme Nova 7 Plus"),
        ("Acme Nova (2018) 7", "Acme Nova 7", "Acme Nova (2018) 7"),
        ("全新 雅美 星河7 手机", "雅美 星河7", "雅美 星河7"),
        ("nova 7, unlocked", "Acme Nova 7", "nova 7"),
    ],
)
def test_the_words_that_say_most_of_it_are_its_place(text, name, said):
    start, end = place_of(text, name)

    assert text[start:end] == said


@pytest.mark.parametrize("text", ["", "64GB black", "Acme phone", "📱📱"])
def test_a_text_that_says_less_than_half_of_a_name_has_no_place_for_it(text):
    assert place_of(text, "Acme Nova 7 Plus Edition") is None
