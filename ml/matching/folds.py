"""Folds of labelled pairs, each with its share of the matches."""

# P pairs

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def stratified_folds(same_P: NDArray[np.bool_], folds: int, seed: int) -> NDArray[np.int64]:
    """The fold of every pair; the same for the same seed."""
    fold_P = np.zeros(len(same_P), dtype=np.int64)
    generator = np.random.default_rng(seed)
    for label in (True, False):
        places = generator.permutation(np.flatnonzero(same_P == label))
        fold_P[places] = np.arange(len(places)) % folds
    return fold_P
