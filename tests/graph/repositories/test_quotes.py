"""Where the evidence of a fact stands, also after its text has changed."""

import pytest

from graph.repositories.quotes import Evidence, moved, read_evidence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title:12-17", Evidence("title", 12, 17)),
        ("description:0-1", Evidence("description", 0, 1)),
        ("", None),
        ("Screen size", None),
        ("brand:0-3", None),
        ("title:5-5", None),
        ("title:7-5", None),
        ("title:-1-5", None),
        ("title:1-5 ", None),
        ("title:٣-٥", None),
        ("title:1-99999999999", None),
    ],
)
def test_only_a_place_in_a_text_is_read(text, expected):
    assert read_evidence(text) == expected


@pytest.mark.parametrize(
    ("quote", "text", "start"),
    [
        ("red", "red lamp", 0),
        ("red", "a red lamp, red", 12),  # the nearest
        ("red", "covered lamp", None),
        ("red", "reddish", None),
        ("8", "8GB", 0),
        ("8", "18 GB", None),
        ("GB", "8GB", 1),
        ("红色", "新款红色台灯", 2),
        ("red", None, None),
        ("a.c", "abc", None),
        ("aa", "aaa", None),
    ],
)
def test_a_quote_is_found_again_as_a_word_of_its_own(quote, text, start):
    found = moved(Evidence("title", 9, 9 + len(quote)), quote, text)

    assert found == (None if start is None else Evidence("title", start, start + len(quote)))
