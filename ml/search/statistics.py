"""How often words and parts of words stand in the texts that are searched."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Self

import msgspec

from ml.search.words import KEPT, folded, plain_words, split_words

K1, B = 1.2, 0.6  # of BM25: how soon a repeated word saturates, how much length counts

WORD_GRAMS = (2, 3, 4)  # characters, within a word and its ends
JOINED_GRAMS = (3, 4, 5)  # characters, of the text without spaces
_LEAST_TEXTS = 2  # a rarer gram weighs as much as one never seen


class Frequencies(msgspec.Struct, frozen=True):
    """In how many of `texts` texts something stands.

    Attributes:
        mean_length: of a text, in what is counted.
    """

    texts: int
    mean_length: float
    counts: Mapping[str, int]

    @classmethod
    def of(cls, texts: Iterable[Iterable[str]], least: int = 1) -> Self:
        counts: Counter[str] = Counter()
        number = length = 0
        for text in texts:
            parts = tuple(text)
            counts.update(set(parts))
            number += 1
            length += len(parts)
        kept = {part: count for part, count in counts.items() if count >= least}
        return cls(number, length / max(1, number) or 1.0, kept)

    def rarity(self, part: str) -> float:
        """BM25's inverse document frequency, above 0."""
        count = self.counts.get(part, 0)
        return math.log(1 + (self.texts - count + 0.5) / (count + 0.5))

    def smooth(self, part: str) -> float:
        """That of TF-IDF, 1 or more."""
        return 1 + math.log((1 + self.texts) / (1 + self.counts.get(part, 1)))


class Statistics(msgspec.Struct, frozen=True):
    """What scores of texts are made with, so that they need no index over all of them."""

    words: Frequencies
    grams: Frequencies
    joined: Frequencies

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        known = list(texts)
        return cls(
            words=Frequencies.of(map(split_words, known)),
            grams=Frequencies.of(map(word_grams, known), _LEAST_TEXTS),
            joined=Frequencies.of(map(joined_grams, known), _LEAST_TEXTS),
        )


@lru_cache(maxsize=KEPT)
def word_grams(text: str) -> tuple[str, ...]:
    """Character n-grams inside of words, ends marked by a space."""
    marked = [f" {word} " for word in folded(text).split()]
    return tuple(
        word[at : at + size]
        for word in marked
        for size in WORD_GRAMS
        for at in range(max(1, len(word) - size + 1))
    )


@lru_cache(maxsize=KEPT)
def joined_grams(text: str) -> tuple[str, ...]:
    """Character n-grams of letters and digits alone: `ki 1312` has those of `ki1312`."""
    joined = "".join(filter(str.isalnum, folded(text)))
    return tuple(
        joined[at : at + size]
        for size in JOINED_GRAMS
        for at in range(max(0, len(joined) - size + 1))
    )


def plain_frequencies(texts: Iterable[str]) -> Frequencies:
    return Frequencies.of(map(plain_words, texts))
