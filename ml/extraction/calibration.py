"""Confidence that means something: out-of-fold scores mapped to the share that was right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from ml.evaluation.ties import ends_of_ties

_STEPS = 100
_EDGE = 1e-4


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt's scaling: confidence = sigmoid(slope * logit(score) + offset), strictly rising.

    Source: Platt, "Probabilistic Outputs for Support Vector Machines", 1999.
    """

    slope: float = 1.0
    offset: float = 0.0

    @classmethod
    def fitted(cls, score_X: np.ndarray, is_right_X: np.ndarray) -> Calibration:
        """By Newton's method; of too few or one-sided answers the scores are left as they are."""
        right = float(is_right_X.sum())
        if min(right, len(is_right_X) - right) < 10:
            return cls()
        inputs = np.stack((_logit(score_X), np.ones(len(score_X))), axis=1)
        weights = np.array([1.0, 0.0])
        for _ in range(_STEPS):
            p = expit(inputs @ weights)
            gradient = inputs.T @ (p - is_right_X) + 1e-3 * (weights - [1.0, 0.0])
            hessian = (inputs * (p * (1 - p))[:, None]).T @ inputs + 1e-3 * np.eye(2)
            step = np.linalg.solve(hessian, gradient)
            weights -= step
            if np.abs(step).max() < 1e-8:
                break
        return cls(max(float(weights[0]), 1e-3), float(weights[1]))

    def confidence(self, score_X: np.ndarray) -> np.ndarray:
        return np.asarray(expit(self.slope * _logit(score_X) + self.offset))


def expected_calibration_error(
    confidence_X: np.ndarray, is_right_X: np.ndarray, weight_X: np.ndarray, bins: int = 10
) -> float:
    """Mean distance between confidence and share of right answers over bins of equal width.

    Args:
        weight_X: how often each answer counts.

    Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, equation 3.
    """
    bin_X = np.minimum((confidence_X * bins).astype(int), bins - 1)
    gaps = np.bincount(bin_X, weight_X * (confidence_X - is_right_X), minlength=bins)
    return float(np.abs(gaps).sum() / max(float(weight_X.sum()), 1.0))


def best_threshold(confidence_X: np.ndarray, is_right_X: np.ndarray, values: int) -> float:
    """That with the highest F1, where `values` could have been found."""
    if not len(confidence_X):
        return 0.5
    order = np.argsort(-confidence_X, kind="stable")
    surest = confidence_X[order]
    right = np.cumsum(is_right_X[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + values)
    best = int(np.where(ends_of_ties(surest), f1, -1.0).argmax())
    below = surest[best + 1] if best + 1 < len(order) else 0.0
    return float((surest[best] + below) / 2)


def _logit(score_X: np.ndarray) -> np.ndarray:
    clipped = np.clip(score_X.astype(np.float64), _EDGE, 1 - _EDGE)
    logit: np.ndarray = np.log(clipped / (1 - clipped))
    return logit
