"""Texts as sparse vectors of terms that are weighed by rarity, each of unit length."""

# N texts, V terms, E terms of all texts

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Terms = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Rarity:
    """Terms, with the logarithm of how few texts have them.

    Source: Salton and Buckley, "Term-weighting approaches in automatic text retrieval", 1988.
    """

    ids: dict[str, int]
    weight_V: NDArray[np.float32]

    @classmethod
    def fit(cls, texts: Terms, *, at_least: int, most: int) -> Self:
        """Of the `most` frequent terms, those that `at_least` so many texts have."""
        counts = Counter(chain.from_iterable(map(set, texts)))
        frequent = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:most]
        kept = sorted(term for term, count in frequent if count >= at_least)
        count_V = np.array([counts[term] for term in kept], dtype=np.float32)
        weight_V = 1 + np.log((1 + len(texts)) / (1 + count_V))
        return cls({term: n for n, term in enumerate(kept)}, weight_V.astype(np.float32))

    def vectors(self, texts: Terms) -> csr_array:
        """Returns x_NV of unit length; zero where a text has no term that is known."""
        columns: list[int] = []
        counts: list[int] = []
        ends = [0]
        for text in texts:
            known = Counter(self.ids[term] for term in text if term in self.ids)
            columns += known.keys()
            counts += known.values()
            ends.append(len(columns))
        column_E, end_N = np.array(columns, dtype=np.int32), np.array(ends)
        value_E = (1 + np.log(np.array(counts, dtype=np.float32))) * self.weight_V[column_E]
        row_E = np.repeat(np.arange(len(texts)), np.diff(end_N))
        square_N = np.bincount(row_E, weights=value_E**2, minlength=len(texts))
        value_E = (value_E / np.sqrt(square_N)[row_E]).astype(np.float32)
        found = csr_array((value_E, column_E, end_N), shape=(len(texts), len(self.ids)))
        found.sort_indices()
        return found

    def unseen(self, terms: Iterable[str]) -> float:
        """Share in 0..1 of different terms that are not known; 1 where there is none at all."""
        different = set(terms)
        return 1 - sum(term in self.ids for term in different) / max(1, len(different))
