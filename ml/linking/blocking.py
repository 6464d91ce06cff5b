"""The few models that a title may name: BM25 over words, fused with character TF-IDF."""

# Q titles, M models, V terms, K candidates

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.linking.catalogue import Catalogue, Entry
from ml.linking.title import Title
from ml.linking.words import number_pairs_of, pairs_of

SATURATION, LENGTH_PENALTY = 1.2, 0.5  # BM25's k1 and b; names are short, so b is below the usual
GRAMS = (2, 3, 4)
RANK_OFFSET = 10.0  # of rank fusion; small, since only the first ranks matter here

BATCH = 256  # titles searched at once: their scores are a dense row of the catalogue each
NUMBER_RANK = 5  # a model number found counts as that rank in one search
SHARED_NUMBER = 10  # models; more of them share the number of a chip or a screen

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The best models of one title, the best first.

    Attributes:
        position_K: in the catalogue.
        word_K, gram_K: scores of the two searches.
    """

    position_K: NDArray[np.int64]
    word_K: Floats
    gram_K: Floats

    def first(self, limit: int) -> Candidates:
        return Candidates(self.position_K[:limit], self.word_K[:limit], self.gram_K[:limit])

    def without(self, position: int) -> Candidates:
        """As if a model were not in the catalogue."""
        keep_K = self.position_K != position
        return Candidates(self.position_K[keep_K], self.word_K[keep_K], self.gram_K[keep_K])


class Blocking:
    """Both indexes over one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._words = _Index([_name_terms(e) for e in catalogue.entries], _bm25)
        self._grams = _Index([_grams_of(e.brand + e.names[0]) for e in catalogue.entries], _cosine)

    def search(self, titles: Sequence[Title], limit: int) -> list[Candidates]:
        """The `limit` best of each title, fewer where nothing else has anything in common."""
        said = [(*title.words, *pairs_of(title.words)) for title in titles]
        word_QM = self._words.scores(said)
        gram_QM = self._grams.scores([_grams_of(title.words) for title in titles], normalise=True)
        return [
            _best(word_M, gram_M, self._by_number(title), limit)
            for title, word_M, gram_M in zip(titles, word_QM, gram_QM, strict=True)
        ]

    def _by_number(self, title: Title) -> list[int]:
        """Models that a model number leads to, unless it leads everywhere."""
        found = [self._catalogue.with_stem.get(stem, []) for stem in sorted(title.stems)]
        return [
            position
            for positions in found
            if len(positions) <= SHARED_NUMBER
            for position in positions
        ]


def search_all(blocking: Blocking, titles: Sequence[Title], limit: int) -> Iterator[Candidates]:
    """In parts, so that memory stays flat."""
    for first in range(0, len(titles), BATCH):
        yield from blocking.search(titles[first : first + BATCH], limit)


def _best(word_M: Floats, gram_M: Floats, by_number: Sequence[int], limit: int) -> Candidates:
    """Reciprocal rank fusion of what each search finds."""
    depth = min(2 * limit, len(word_M))
    fused = dict.fromkeys(by_number, 1 / (RANK_OFFSET + NUMBER_RANK))
    for score_M in (word_M, gram_M):
        top_K = np.argpartition(-score_M, depth - 1)[:depth]
        top_K = top_K[np.lexsort((top_K, -score_M[top_K]))]
        for rank, position in enumerate(top_K.tolist()):
            if score_M[position] > 0:
                fused[position] = fused.get(position, 0.0) + 1 / (RANK_OFFSET + rank)
    best = sorted(fused, key=lambda position: (-fused[position], position))[:limit]
    position_K = np.array(best, dtype=np.int64)
    return Candidates(position_K, word_M[position_K], gram_M[position_K])


class _Index:
    """Weighted terms of every model."""

    def __init__(
        self,
        documents: Sequence[Sequence[str]],
        weigh: Callable[[sparse.csr_matrix], sparse.csr_matrix],
    ) -> None:
        self._column: dict[str, int] = {}
        for terms in documents:
            for term in terms:
                self._column.setdefault(term, len(self._column))
        count_MV = self._counted(documents)
        present_V = np.bincount(count_MV.indices, minlength=len(self._column))
        total = len(documents)
        self._rarity_V = np.log1p((total - present_V + 0.5) / (present_V + 0.5)).astype(np.float32)
        weight_MV = weigh(count_MV).multiply(self._rarity_V).tocsr()
        if weigh is _cosine:
            weight_MV = _normalised(weight_MV)
        self._weight_VM = weight_MV.T.tocsr()

    def scores(self, queries: Sequence[Iterable[str]], *, normalise: bool = False) -> Floats:
        count_QV = self._counted(queries)
        if normalise:
            count_QV = _normalised(_cosine(count_QV).multiply(self._rarity_V).tocsr())
        else:
            count_QV.data[:] = 1.0
        dense: Floats = (count_QV @ self._weight_VM).toarray()
        return dense

    def _counted(self, documents: Sequence[Iterable[str]]) -> sparse.csr_matrix:
        data: list[float] = []
        columns: list[int] = []
        starts = [0]
        for terms in documents:
            counts = Counter(c for t in terms if (c := self._column.get(t)) is not None)
            columns += counts.keys()
            data += counts.values()
            starts.append(len(columns))
        shape = (len(documents), len(self._column))
        parts = (
            np.array(data, np.float32),
            np.array(columns, np.int32),
            np.array(starts, np.int32),
        )
        return sparse.csr_matrix(parts, shape=shape)


def _bm25(count_MV: sparse.csr_matrix) -> sparse.csr_matrix:
    """Robertson & Zaragoza, "The Probabilistic Relevance Framework", 2009, equation 3.15."""
    length_M = np.asarray(count_MV.sum(axis=1)).ravel()
    relative_M = length_M / max(1e-9, float(length_M.mean()) if len(length_M) else 1.0)
    penalty_M = SATURATION * (1 - LENGTH_PENALTY + LENGTH_PENALTY * relative_M)
    weighted = count_MV.astype(np.float32)
    penalty = np.repeat(penalty_M, np.diff(count_MV.indptr))
    weighted.data = (weighted.data * (SATURATION + 1) / (weighted.data + penalty)).astype(
        np.float32
    )
    return weighted


def _cosine(count_MV: sparse.csr_matrix) -> sparse.csr_matrix:
    weighted = count_MV.astype(np.float32)
    weighted.data = 1 + np.log(weighted.data)
    return weighted


def _normalised(weight_MV: sparse.csr_matrix) -> sparse.csr_matrix:
    norm_M = np.sqrt(np.asarray(weight_MV.multiply(weight_MV).sum(axis=1)).ravel())
    norm_M[norm_M == 0] = 1.0
    return sparse.diags(1 / norm_M).dot(weight_MV).astype(np.float32).tocsr()


def _name_terms(entry: Entry) -> list[str]:
    terms = [*entry.brand, *pairs_of(entry.brand)]
    for name in entry.names:
        terms += (*name, *number_pairs_of(entry.brand[-1:] + name))
    return terms


def _grams_of(words: Sequence[str]) -> list[str]:
    text = f" {' '.join(words)} "
    return [text[i : i + n] for n in GRAMS for i in range(len(text) - n + 1)]
