"""Orders of graded answers: normalised discounted cumulative gain."""

# K answers in order, G gains

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

AMONG = 10


def ndcg(gain_K: Sequence[float], all_gains: Iterable[float], among: int = AMONG) -> float:
    """What an order of answers is worth beside the best one, in 0..1; 0 where nothing has a gain.

    Args:
        gain_K: of the answers as they were given.
        all_gains: of every right answer there is, found or not.

    Source: Järvelin & Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002; gains
    count as they are, not as powers of two.
    """
    best = _discounted(sorted(all_gains, reverse=True)[:among])
    return _discounted(gain_K[:among]) / best if best else 0.0


def _discounted(gain_K: Sequence[float]) -> float:
    return math.fsum(gain / math.log2(place + 2) for place, gain in enumerate(gain_K))
