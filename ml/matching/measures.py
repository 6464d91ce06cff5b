"""Precision, recall and F1 of decisions about pairs, with their intervals."""

# P pairs, S resamples

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.evaluation.report import Measured

RESAMPLES = 1_000


def by_pair(decided_P: NDArray[np.bool_], same_P: NDArray[np.bool_]) -> NDArray[np.float64]:
    """What each pair adds above and below in F1, [P, 2]."""
    all_P = decided_P.astype(np.float64) + same_P
    return np.stack([2.0 * (decided_P & same_P), all_P], axis=1)


@dataclass(frozen=True, slots=True)
class Counts:
    """Right matches, wrong matches, missed matches."""

    hits: int
    wrong: int
    missed: int

    @classmethod
    def of(cls, decided_P: NDArray[np.bool_], same_P: NDArray[np.bool_]) -> Self:
        hits = int((decided_P & same_P).sum())
        return cls(hits, int(decided_P.sum()) - hits, int(same_P.sum()) - hits)


def shares(counts: Counts) -> dict[str, float]:
    """By the metric's name; without any decision for a match precision is 0."""
    hits = counts.hits
    return {
        "f1": 2 * hits / max(1, 2 * hits + counts.wrong + counts.missed),
        "precision": hits / max(1, hits + counts.wrong),
        "recall": hits / max(1, hits + counts.missed),
    }


def pair_measures(
    decided_P: NDArray[np.bool_], same_P: NDArray[np.bool_], seed: int
) -> dict[str, Measured]:
    """F1 is no mean over pairs, so whole sets of pairs are drawn again with replacement.

    A set is known by its counts, so those are drawn, and not each pair by itself.
    """
    counts = Counts.of(decided_P, same_P)
    total = len(same_P)
    kinds = np.array([counts.hits, counts.wrong, counts.missed])
    chances = np.append(kinds, total - kinds.sum()) / total
    drawn_S4 = np.random.default_rng(seed).multinomial(total, chances, size=RESAMPLES)
    resampled = [shares(Counts(*drawn[:3])) for drawn in drawn_S4.tolist()]
    found = {}
    for name, value in shares(counts).items():
        samples = np.array([sample[name] for sample in resampled])
        found[name] = Measured.of_resampled(value, samples)
    return found
