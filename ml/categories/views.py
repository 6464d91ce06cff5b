"""What of a text is compared: its words, its meaning, or both, as blocks of features."""

# N texts, V terms, H width

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self, assert_never

from scipy.sparse import csr_array

from ml.categories.meaning import Meaning
from ml.categories.regression import Block
from ml.categories.terms import grams_of, words_of
from ml.categories.weights import Rarity

View = Literal["words", "meaning", "both"]

MANY_TEXTS = 2_000  # from here on what stands in one text alone is left out: 2/3 of all runs
WEIGHTS_MAX = 20_000_000  # of terms by categories: 80 MB


@dataclass(frozen=True, slots=True)
class Views:
    """Blocks of features in a fixed order.

    Attributes:
        meaning: None where only words count.
    """

    view: View
    words: Rarity
    grams: Rarity
    meaning: Meaning | None

    @classmethod
    def fit(
        cls, texts: Sequence[str], view: View, meaning: Meaning | None, *, categories: int
    ) -> Self:
        most = WEIGHTS_MAX // max(1, categories)
        at_least = 1 if len(texts) < MANY_TEXTS else 2
        return cls(
            view,
            Rarity.fit([words_of(text) for text in texts], at_least=1, most=most),
            Rarity.fit([grams_of(text) for text in texts], at_least=at_least, most=most),
            None if view == "words" else meaning,
        )

    def blocks(self, texts: Sequence[str]) -> list[Block]:
        match self.view:
            case "words":
                return [self.word_vectors(texts), self._gram_vectors(texts)]
            case "meaning":
                return [self._meanings(texts)]
            case "both":
                return [
                    self.word_vectors(texts),
                    self._gram_vectors(texts),
                    self._meanings(texts),
                ]
            case _:
                assert_never(self.view)

    def word_vectors(self, texts: Sequence[str]) -> csr_array:
        return self.words.vectors([words_of(text) for text in texts])

    def _gram_vectors(self, texts: Sequence[str]) -> csr_array:
        return self.grams.vectors([grams_of(text) for text in texts])

    def _meanings(self, texts: Sequence[str]) -> Block:
        assert self.meaning is not None
        return self.meaning.vectors(texts)
