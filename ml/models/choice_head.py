"""Vectors of items to scores of what each parameter's value could be."""

# N items, D width, C choices, P parameters, M facts asked for

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from ml.data.choices import Choices


class ChoiceHead(nn.Module):
    """One linear layer over all choices; a softmax runs over those of one parameter.

    Args:
        choices: what can be answered.
        width: D, of the vectors.
    """

    def __init__(self, choices: Choices, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, len(choices))
        self.segments = Segments(choices)

    def forward(self, x_ND: Tensor) -> Tensor:
        """Logarithms of the probability of every choice within its parameter, [N, C]."""
        return self.segments.log_softmax(self.linear(x_ND))


class Segments(nn.Module):
    """The columns of a [N, C] matrix, those of one parameter side by side."""

    parameter_of: Tensor  # int64 [C]
    firsts: Tensor  # int64 [P], the first choice of each parameter

    def __init__(self, choices: Choices) -> None:
        super().__init__()
        sizes_P = choices.sizes
        self._sizes = sizes_P.tolist()
        self.register_buffer("parameter_of", choices.parameter_of, persistent=False)
        self.register_buffer("firsts", sizes_P.cumsum(0) - sizes_P, persistent=False)

    def log_softmax(self, logits_NC: Tensor) -> Tensor:
        """Within each parameter. One split, one cat: gathering by fact costs ten times as much."""
        parts = torch.split(logits_NC, self._sizes, dim=1)
        return torch.cat([F.log_softmax(part, dim=1) for part in parts], dim=1)

    def best(self, scores_NC: Tensor) -> Tensor:
        """The choice with the highest score of every item and parameter, int64 [N, P]."""
        parts = torch.split(scores_NC, self._sizes, dim=1)
        return torch.stack([part.argmax(dim=1) for part in parts], dim=1) + self.firsts

    def hits(self, scores_NC: Tensor, item_M: Tensor, choice_M: Tensor) -> Tensor:
        """Which of the facts asked for has the highest score, bool [M]."""
        return self.best(scores_NC)[item_M, self.parameter_of[choice_M]] == choice_M
