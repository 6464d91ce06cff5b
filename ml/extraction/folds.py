"""Parts of the training texts that never see each other."""

# N texts

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.extraction.cleaning import IntArray
from ml.extraction.labels import Labels

SMALL_FOLDS = 10  # statistics leave out a tenth; single texts would tell what they say


@dataclass(frozen=True, slots=True)
class Folds:
    """Attributes: `fold_N` of the models, `small_N` of the statistics inside of them."""

    fold_N: IntArray
    small_N: IntArray

    @classmethod
    def of(cls, labels: Sequence[Labels], folds: int, seed: int) -> Folds:
        """Texts of the same words are in the same fold."""
        groups: dict[tuple[str, ...], int] = {}
        group_N = np.array([groups.setdefault(x.text.words, len(groups)) for x in labels], np.int64)
        order = list(range(len(groups)))
        random.Random(seed).shuffle(order)
        place_G = np.array(order, np.int64)
        small_G = (place_G // folds) % SMALL_FOLDS
        return cls(place_G[group_N] % folds, small_G[group_N])
