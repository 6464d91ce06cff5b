"""Matching by words: cosine of word counts weighed by rarity, peer and partner of vectors."""
# D documents, P postings

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Self

import numpy as np
import numpy.typing as npt

from ml.text.segmentation import words

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class WordWeights:
    """How much a word tells: its inverse document frequency, smoothed, in nats.

    Attributes:
        documents: how many texts the weights were counted in.
        frequency: in how many of them a word stands.
    """

    documents: int
    frequency: Mapping[str, int]

    @classmethod
    def fit(cls, texts: Iterable[str]) -> Self:
        frequency: Counter[str] = Counter()
        documents = 0
        for text in texts:
            frequency.update(set(words(text)))
            documents += 1
        return cls(documents, dict(frequency))

    def of(self, text: str) -> dict[str, float]:
        """Weights of the words of a text, as a vector of unit length; a new word weighs most."""
        raw = {
            word: count * (1 + math.log((1 + self.documents) / (1 + self.frequency.get(word, 0))))
            for word, count in Counter(words(text)).items()
        }
        length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
        return {word: weight / length for word, weight in raw.items()}


class WordIndex:
    """Documents by word, to compare a text with all of them at once."""

    def __init__(self, documents: Sequence[str], weights: WordWeights) -> None:
        self.weights = weights
        self.size = len(documents)
        vectors = [weights.of(document) for document in documents]
        self._column: dict[str, int] = {}
        for word in chain.from_iterable(vectors):
            self._column.setdefault(word, len(self._column))
        columns_P = np.fromiter((self._column[w] for v in vectors for w in v), np.int64)
        rows_P = np.repeat(np.arange(len(vectors)), [len(vector) for vector in vectors])
        weights_P = np.fromiter((weight for v in vectors for weight in v.values()), np.float32)
        order = np.argsort(columns_P, kind="stable")
        self._rows_P, self._weights_P = rows_P[order], weights_P[order]
        self._starts = np.searchsorted(columns_P[order], np.arange(len(self._column) + 1))

    def scores(self, text: str) -> FloatArray:
        """Cosine in 0..1 of a text and every document, float32 [D]."""
        scores_D = np.zeros(self.size, dtype=np.float32)
        for word, weight in self.weights.of(text).items():
            column = self._column.get(word)
            if column is not None:
                postings = slice(self._starts[column], self._starts[column + 1])
                scores_D[self._rows_P[postings]] += weight * self._weights_P[postings]
        return scores_D
