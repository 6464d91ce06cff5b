"""Words, numbers and signs of a cleaned text, with their places."""

# T tokens

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ml.extraction.cleaning import CleanText, IntArray, clean, lowered

# A network pads the texts of a batch to the longest; 200 tokens are more than any title has.
LONGEST_TOKENS = 200
_REMEMBERED_WORDS = 50_000
LONGEST_SPAN = 12  # tokens of a value; longer ones are 0.1 % and no more than whole sentences

_TOKEN = re.compile(
    r"[A-Za-z\u00c0-\u024f\u0370-\u1fff]+"  # letters of scripts that put spaces between words
    r"|\d+(?:[.,]\d+)*"
    r"|[^\sA-Za-z0-9\u00c0-\u024f\u0370-\u1fff]"  # a sign, or one Chinese character
)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class TokenText:
    """A cleaned text in tokens.

    Attributes:
        low: the cleaned text in lower case, as long as it.
        words: the tokens in lower case.
        starts_T, ends_T: their characters in the cleaned text.
    """

    clean: CleanText
    low: str
    words: tuple[str, ...]
    starts_T: IntArray
    ends_T: IntArray

    def covering(self, start: int, end: int) -> tuple[int, int]:
        """First and last token that the characters `[start, end)` touch; one touches at least."""
        first = int(np.searchsorted(self.ends_T, start, side="right"))
        last = int(np.searchsorted(self.starts_T, end, side="left")) - 1
        return first, last


def tokenise(text: str) -> TokenText:
    cleaned = clean(text)
    low = lowered(cleaned.text)
    places = [match.span() for match in _TOKEN.finditer(cleaned.text)][:LONGEST_TOKENS]
    bounds = np.array(places, dtype=np.int64).reshape(-1, 2)
    words = tuple(low[start:end] for start, end in places)
    return TokenText(cleaned, low, words, bounds[:, 0], bounds[:, 1])


def pattern_of(text: str) -> str:
    """Numbers become `#` where there are any; else the case of each word: `Aa`, `AA`, `a`."""
    if _DIGITS.search(text):
        return _DIGITS.sub("#", text.lower())
    return " ".join(map(_case, text.split()))


@lru_cache(maxsize=_REMEMBERED_WORDS)
def _case(word: str) -> str:
    if word.isupper():
        return "AA" if len(word) > 1 else "A"
    return "Aa" if word[:1].isupper() else "a" if word[:1].isalpha() else word[:1]
