"""Cleaning changes how a text reads and never loses where it came from."""

import pytest

from ml.extraction.cleaning import LONGEST_CHARACTERS, clean, lowered


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("Men&#39;s &amp; Boys", "Men's & Boys"),
        ("２５６ＧＢ　黑色", "256GB 黑色"),
        ("tab\there\x00", "tab here "),
        ("no &nonsense; &", "no &nonsense; &"),
        ("Élan Straße", "Élan Straße"),
        ("", ""),
    ],
)
def test_a_text_is_made_plain_and_keeps_its_case(raw, plain):
    assert clean(raw).text == plain


def test_a_span_of_the_plain_text_leads_back_to_the_original():
    raw = "Size &lt;5&gt; ＸＬ lamp"
    cleaned = clean(raw)
    at = cleaned.text.index("<5>")

    start, end = cleaned.original_span(at, at + 3)

    assert raw[start:end] == "&lt;5&gt;"
    wide = cleaned.text.index("XL")
    assert raw[slice(*cleaned.original_span(wide, wide + 2))] == "ＸＬ"


def test_only_the_beginning_of_a_huge_text_is_read():
    assert len(clean("ab " * 500_000).text) == LONGEST_CHARACTERS


@pytest.mark.parametrize("text", ["İstanbul ẞ", "ΑΒΓ", "ab"])
def test_lower_case_is_as_long_as_the_text(text):
    assert len(lowered(text)) == len(text)
