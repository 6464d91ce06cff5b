"""Texts that can be searched, and the candidates that a query has among them."""

# D texts, K candidates

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ml.search.matrices import Bm25, Cosine, Scores
from ml.search.statistics import Statistics, joined_grams, word_grams
from ml.search.words import split_words

BEST_OF_EACH = 30  # candidates of every scorer


@dataclass(frozen=True, slots=True)
class Candidates:
    """Texts that a query may mean, with what every scorer says of them.

    Attributes:
        place_K: their positions in the pool.
        scores: by scorer, float32 [K].
    """

    place_K: NDArray[np.int64]
    scores: Mapping[str, Scores]


@dataclass(frozen=True)
class Pool:
    """Texts with the scorers over them.

    Attributes:
        encoded: scores by an encoder, by query: float32 [D]; empty where there is none.
    """

    texts: Sequence[str]
    bm25: Bm25
    grams: Cosine
    joined: Cosine
    encoded: Mapping[str, Scores] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        statistics: Statistics,
        encoded: Mapping[str, Scores] | None = None,
    ) -> Pool:
        return cls(
            texts,
            bm25=Bm25(texts, split_words, statistics.words),
            grams=Cosine(texts, word_grams, statistics.grams),
            joined=Cosine(texts, joined_grams, statistics.joined),
            encoded=encoded or {},
        )

    def scores(self, query: str) -> dict[str, Scores]:
        """By every scorer, float32 [D]."""
        found = {
            "bm25": self.bm25.scores(query),
            "grams": self.grams.scores(query),
            "joined": self.joined.scores(query),
        }
        if query in self.encoded:
            found["encoder"] = self.encoded[query]
        return found

    def candidates(self, query: str) -> Candidates:
        """The best of each scorer, in the order of the pool; none where no word is shared."""
        scores = self.scores(query)
        best = [
            place
            for score_D in scores.values()
            for place in top(score_D, BEST_OF_EACH)
            if score_D[place] > 0
        ]
        place_K = np.array(sorted(set(best)), dtype=np.int64)
        return Candidates(place_K, {name: score_D[place_K] for name, score_D in scores.items()})

    def likeness(self, place_K: NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosine of every two candidates, [K, K]."""
        x_KV = self.grams.x_DV[place_K]
        alike_KK: NDArray[np.float32] = (x_KV @ x_KV.T).toarray()
        return alike_KK


def top(score_D: Scores, count: int) -> list[int]:
    """Positions of the highest scores, the best first; of equal ones the first in the pool."""
    if len(score_D) > count:
        at_least = np.partition(score_D, len(score_D) - count)[len(score_D) - count]
        places = np.flatnonzero(score_D >= at_least)
    else:
        places = np.arange(len(score_D))
    order = np.argsort(-score_D[places], kind="stable")[:count]
    found: list[int] = places[order].tolist()
    return found
