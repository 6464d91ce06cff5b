"""Probabilities of a network turned into how often it is right."""

# S spans

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

_FEW = 20  # spans: two numbers cannot be learnt from less
_PENALTY = 1.0  # on the distance from "as it is": keeps a tagger that is always right finite
_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """`sigmoid(slope * logit(p) + shift)`; as it comes, the probability stays what it is.

    Source: Platt, "Probabilistic Outputs for Support Vector Machines", 1999, over log-odds.
    """

    slope: float = 1.0
    shift: float = 0.0

    @classmethod
    def learn(cls, probabilities: Sequence[float], right: Sequence[bool]) -> Calibration:
        """By maximum likelihood on spans of titles that were not trained on."""
        if len(probabilities) < _FEW:
            return cls()
        logit_S = np.array([_logit(p) for p in probabilities])
        right_S = np.array(right, dtype=float)
        start_2 = np.array([1.0, 0.0])

        def loss(weight_2: NDArray[np.float64]) -> float:
            said_S = weight_2[0] * logit_S + weight_2[1]
            wrong = np.logaddexp(0.0, said_S) - right_S * said_S
            return float(wrong.sum() + _PENALTY * np.square(weight_2 - start_2).sum())

        return cls(*minimize(loss, start_2, method="BFGS").x.tolist())

    def __call__(self, probability: float) -> float:
        return 1 / (1 + math.exp(-(self.slope * _logit(probability) + self.shift)))


def _logit(probability: float) -> float:
    inside = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(inside / (1 - inside))
