"""Texts by the words in them, to score a query against all of them at once."""

# D texts, V parts (words or n-grams)

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ml.search.statistics import K1, B, Frequencies

Scores = NDArray[np.float32]
Parts = Callable[[str], Iterable[str]]
Weigh = Callable[[Sequence[str]], dict[str, float]]


class Matrix:
    """Weights of parts by text; the score of a query is the sum over what both have."""

    def __init__(self, texts: Sequence[str], parts: Parts, weigh: Weigh) -> None:
        self._parts = parts
        self._column: dict[str, int] = {}
        rows: list[dict[str, float]] = [weigh(tuple(parts(text))) for text in texts]
        starts, columns, weights = [0], [], []
        for row in rows:
            for part, weight in row.items():
                columns.append(self._column.setdefault(part, len(self._column)))
                weights.append(weight)
            starts.append(len(columns))
        shape = (len(rows), len(self._column))
        values = np.array(weights, dtype=np.float32)
        self.x_DV = csr_array((values, np.array(columns, np.int32), np.array(starts)), shape=shape)
        self._by_part = self.x_DV.T.tocsr()

    def scores(self, weights: dict[str, float]) -> Scores:
        """Float32 [D], for a query's parts with their weights."""
        known = {self._column[p]: w for p, w in weights.items() if p in self._column}
        score_D = np.zeros(self.x_DV.shape[0], dtype=np.float32)
        by_part = self._by_part
        for column, weight in known.items():
            at = slice(by_part.indptr[column], by_part.indptr[column + 1])
            score_D[by_part.indices[at]] += weight * by_part.data[at]
        return score_D


class Bm25:
    """BM25 over some texts.

    Source: Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
    """

    def __init__(self, texts: Sequence[str], parts: Parts, frequencies: Frequencies) -> None:
        self._parts, self._frequencies = parts, frequencies
        self._matrix = Matrix(texts, parts, self._weigh)

    def scores(self, query: str) -> Scores:
        """Float32 [D]."""
        return self._matrix.scores(dict.fromkeys(self._parts(query), 1.0))

    def _weigh(self, parts: Sequence[str]) -> dict[str, float]:
        length = 1 - B + B * len(parts) / self._frequencies.mean_length
        return {
            part: self._frequencies.rarity(part) * count * (K1 + 1) / (count + K1 * length)
            for part, count in Counter(parts).items()
        }


class Cosine:
    """TF-IDF cosine over some texts."""

    def __init__(self, texts: Sequence[str], parts: Parts, frequencies: Frequencies) -> None:
        self._parts, self._frequencies = parts, frequencies
        self._matrix = Matrix(texts, parts, self._weigh)

    @property
    def x_DV(self) -> csr_array:  # noqa: N802 - a tensor carries its shape
        """Rows of length 1."""
        return self._matrix.x_DV

    def scores(self, query: str) -> Scores:
        """Float32 [D] in 0..1."""
        return self._matrix.scores(self._weigh(tuple(self._parts(query))))

    def _weigh(self, parts: Sequence[str]) -> dict[str, float]:
        raw = {p: n * self._frequencies.smooth(p) for p, n in Counter(parts).items()}
        length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
        return {part: weight / length for part, weight in raw.items()}
