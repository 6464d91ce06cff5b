"""Several predictors of facts to one whose confidence can be believed."""

# J predictors, M facts asked for, N items, C choices, P parameters

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ml.data.choices import Choices
from ml.models.choice_head import Segments

_STEPS = 150
_PULL = 0.02  # towards weights that all parameters share: some have a few dozen examples


class Mixture(nn.Module):
    """Weighted sum of log-probabilities, by parameter, made a distribution again.

    The weights are fitted to the likelihood of facts that none of the predictors was trained on.
    Their sum is free, so they are the temperature as well (Guo et al., "On Calibration of Modern
    Neural Networks", ICML 2017, section 4.2): predictors that agree are surer together than alone.
    """

    def __init__(self, choices: Choices, predictors: int) -> None:
        super().__init__()
        self.segments = Segments(choices)
        parameters = len(choices.parameters)
        self.shared = nn.Parameter(torch.full((predictors, 1), 1 / predictors))
        self.own = nn.Parameter(torch.zeros(predictors, parameters))

    def forward(self, predictions: Sequence[Tensor]) -> Tensor:
        """Log-probabilities [N, C] of the J predictions, each [N, C]."""
        weight_JC = (self.shared + self.own)[:, self.segments.parameter_of]
        return self.segments.log_softmax(
            torch.stack([w_C * x_NC for w_C, x_NC in zip(weight_JC, predictions, strict=True)]).sum(
                0
            )
        )

    def fit(self, predictions: Sequence[Tensor], item_M: Tensor, choice_M: Tensor) -> None:
        """Fits the weights to the facts asked for; `predictions` were made without them."""
        optimiser = torch.optim.Adam(self.parameters(), lr=0.02)
        for _ in range(_STEPS):
            optimiser.zero_grad()
            loss = -self(predictions)[item_M, choice_M].mean()
            (loss + _PULL * self.own.square().mean()).backward()
            optimiser.step()
