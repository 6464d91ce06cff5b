"""Texts as words, cut at borders of letters and digits, and as runs of characters in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from ml.text.segmentation import words

TEXT_CHARS = 2_000  # what a thing is stands early; the rest of a megabyte only costs time
WORD_CHARS = 60  # of a longer run without spaces no more grams are taken
GRAMS = (2, 3, 4)


def words_of(text: str) -> Sequence[str]:
    """In small letters; of Chinese every two neighbouring characters."""
    return words(text[:TEXT_CHARS])


def grams_of(text: str) -> list[str]:
    """Runs of 2, 3 and 4 characters of every word, which begins and ends with a space."""
    folded = unicodedata.normalize("NFKC", text[:TEXT_CHARS]).casefold()
    return [gram for word in folded.split() for gram in _grams(word[:WORD_CHARS])]


@lru_cache(maxsize=65_536)
def _grams(word: str) -> tuple[str, ...]:
    edged = f" {word} "
    return tuple(
        edged[start : start + size]
        for size in GRAMS
        for start in range(max(1, len(edged) - size + 1))
    )
