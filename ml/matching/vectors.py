"""Items as sparse vectors of weighed words or of weighed letter triples, each of unit length."""

# N items, V terms

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ml.matching.prepared import PreparedText

GRAM_CHARS = 400

Terms = Callable[[PreparedText], Iterable[str]]


def words_of(text: PreparedText) -> Iterable[str]:
    """Words and model numbers; of a split one (`kx tg1032`) also the neighbours joined."""
    yield from text.word_set
    yield from text.codes
    for first, second in zip(text.words, text.words[1:], strict=False):
        if first[-1:].isdecimal() != second[:1].isdecimal():
            yield first + second


def grams_of(text: PreparedText) -> Iterable[str]:
    """Runs of three characters of every word, with its borders."""
    for word in text.text[:GRAM_CHARS].split():
        edged = f" {word} "
        for start in range(len(edged) - 2):
            yield edged[start : start + 3]


@dataclass(frozen=True, slots=True)
class Vectors:
    """TF-IDF with terms counted once; terms never seen while learning are left out."""

    terms: Terms
    ids: Mapping[str, int]
    weight_V: NDArray[np.float32]

    @classmethod
    def fit(cls, texts: Sequence[PreparedText], terms: Terms) -> Self:
        counts: dict[str, int] = {}
        for text in texts:
            for term in sorted(set(terms(text))):
                counts[term] = counts.get(term, 0) + 1
        count_V = np.fromiter(counts.values(), np.float32, len(counts))
        weight_V = np.log((1 + len(texts)) / count_V).astype(np.float32)
        return cls(terms, {term: n for n, term in enumerate(counts)}, weight_V)

    def __call__(self, texts: Sequence[PreparedText]) -> csr_array:
        """Returns x_NV."""
        columns: list[int] = []
        ends = [0]
        for text in texts:
            found = {self.ids[term] for term in self.terms(text) if term in self.ids}
            columns += sorted(found)
            ends.append(len(columns))
        column_E = np.array(columns, dtype=np.int32)
        row_E = np.repeat(np.arange(len(texts)), np.diff(ends))
        weight_E = self.weight_V[column_E]
        square_N = np.bincount(row_E, weights=weight_E**2, minlength=len(texts))
        value_E = (weight_E / np.sqrt(square_N)[row_E]).astype(np.float32)
        shape = (len(texts), len(self.ids))
        return csr_array((value_E, column_E, np.array(ends)), shape=shape)
