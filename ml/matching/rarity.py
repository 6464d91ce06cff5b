"""How much a word tells: its inverse document frequency among known items."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ml.matching.prepared import PreparedText


@dataclass(frozen=True, slots=True)
class Rarity:
    """Words never seen weigh as much as those seen once.

    Attributes:
        weights: by word.
        unseen: of any other word.
    """

    weights: Mapping[str, float]
    unseen: float = 1.0

    @classmethod
    def of(cls, texts: Iterable[PreparedText]) -> Rarity:
        counts: Counter[str] = Counter()
        total = 0
        for text in texts:
            counts.update(text.word_set)
            total += 1
        weights = {word: math.log((1 + total) / count) for word, count in counts.items()}
        return cls(weights, unseen=math.log(1 + total) or 1.0)

    def __call__(self, word: str) -> float:
        return self.weights.get(word, self.unseen)

    def total(self, words: Iterable[str]) -> float:
        return math.fsum(map(self, words))  # the order of a set does not matter to it
