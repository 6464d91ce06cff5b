"""Log-odds of a model as probabilities that hold, by Platt's method."""

# P pairs, B bins

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

BINS = 10


@dataclass(frozen=True, slots=True)
class Calibration:
    """`probability = sigmoid(slope * log-odds + shift)`.

    Two numbers, because isotonic steps would make many different pairs equally likely, which a
    ranking of candidates cannot use. Fit it on log-odds of pairs that the model has not seen.

    Source: Platt, "Probabilistic outputs for support vector machines", 1999, with its targets.
    """

    slope: float = 1.0
    shift: float = 0.0

    @classmethod
    def fit(cls, log_odds_P: NDArray[np.float64], same_P: NDArray[np.bool_]) -> Self:
        positives, negatives = same_P.sum(), (~same_P).sum()
        # Platt's targets: never quite 0 or 1, so that separable labels give a finite slope.
        target_P = np.where(same_P, (positives + 1) / (positives + 2), 1 / (negatives + 2))

        def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            logit_P = parameters[0] * log_odds_P + parameters[1]
            error_P = _sigmoid(logit_P) - target_P
            value = np.logaddexp(0, logit_P).mean() - (target_P * logit_P).mean()
            return float(value), np.array([(error_P * log_odds_P).mean(), error_P.mean()])

        bounds = [(1e-3, None), (None, None)]  # a slope below 0 would turn the order around
        found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds).x
        return cls(float(found[0]), float(found[1]))

    def __call__(self, log_odds_P: NDArray[np.float64]) -> NDArray[np.float64]:
        return _sigmoid(self.slope * log_odds_P + self.shift)


def calibration_error(score_P: NDArray[np.float64], same_P: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins of equal width, in 0..1."""
    bin_P = np.minimum((score_P * BINS).astype(int), BINS - 1)
    gap_B = np.bincount(bin_P, weights=score_P - same_P, minlength=BINS)
    return float(np.abs(gap_B).sum() / len(score_P))


def _sigmoid(x_P: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(x_P, -50, 50)))
    return found
