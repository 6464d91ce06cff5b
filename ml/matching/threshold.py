"""The score from which on two items count as the same."""

# P pairs

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 60  # the best threshold of one sample jumps by luck; the median of these does not


def best_threshold(
    score_P: NDArray[np.float64], same_P: NDArray[np.bool_], *, seed: int = 0
) -> float:
    """The median over bootstraps of the threshold with the best F1; one positive is needed."""
    generator = np.random.default_rng(seed)
    found = []
    for _ in range(RESAMPLES):
        drawn_P = generator.integers(0, len(score_P), len(score_P))
        if same_P[drawn_P].any():
            found.append(_best(score_P[drawn_P], same_P[drawn_P]))
    return float(np.median(found)) if found else _best(score_P, same_P)


def _best(score_P: NDArray[np.float64], same_P: NDArray[np.bool_]) -> float:
    """Halfway between the last score above the cut and the first below."""
    order_P = np.argsort(-score_P, kind="stable")
    sorted_P = score_P[order_P]
    hits_P = np.cumsum(same_P[order_P])
    f1_P = 2 * hits_P / (np.arange(1, len(order_P) + 1) + same_P.sum())
    is_border_P = np.append(sorted_P[:-1] != sorted_P[1:], True)
    best = int(np.argmax(np.where(is_border_P, f1_P, -1.0)))
    below = sorted_P[best + 1] if best + 1 < len(sorted_P) else sorted_P[best]
    return float((sorted_P[best] + below) / 2)
