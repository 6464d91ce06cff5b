"""Probabilities of a network turned into how often it is right."""

# S spans

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

_STEPS = 100  # two numbers stand still after about 20
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
        logit_S = torch.tensor([_logit(p) for p in probabilities], dtype=torch.float64)
        right_S = torch.tensor(right, dtype=torch.float64)
        start_2 = torch.tensor([1.0, 0.0], dtype=torch.float64)
        weight_2 = start_2.clone().requires_grad_()
        optimiser = torch.optim.LBFGS([weight_2], max_iter=_STEPS, line_search_fn="strong_wolfe")

        def loss() -> Tensor:
            optimiser.zero_grad()
            said_S = weight_2[0] * logit_S + weight_2[1]
            wrong = functional.binary_cross_entropy_with_logits(said_S, right_S, reduction="sum")
            total = wrong + _PENALTY * (weight_2 - start_2).square().sum()
            torch.autograd.backward(total)
            return total

        optimiser.step(loss)
        return cls(*weight_2.tolist())

    def __call__(self, probability: float) -> float:
        return 1 / (1 + math.exp(-(self.slope * _logit(probability) + self.shift)))


def _logit(probability: float) -> float:
    inside = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(inside / (1 - inside))
