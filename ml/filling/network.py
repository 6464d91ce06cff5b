"""A network from the facts and the title that are known to those that are not."""

# N items, P parameters, C choices, D width

from __future__ import annotations

import math

import msgspec
import torch
from torch import Tensor, nn

from ml.data.choices import Choices
from ml.filling.items import ItemFacts
from ml.models.choice_head import Segments


class FactNetworkConfig(msgspec.Struct, frozen=True):
    """Shape of a `FactNetwork`.

    Attributes:
        width: D, of the hidden vectors.
        blocks: residual blocks.
        dropout: share of the hidden numbers dropped in training.
        title_dropout, gram_dropout: shares of titles, and of their n-grams, hidden in training: a
            network that always sees them learns the training items by heart.
    """

    width: int = 192
    blocks: int = 2
    dropout: float = 0.1
    title_dropout: float = 0.4
    gram_dropout: float = 0.5


class FactNetwork(nn.Module):
    """Wide and deep: one linear layer over facts and n-grams, and residual blocks beside it.

    The deep part begins with the sum of the vectors of the known values over the root of their
    number, which is what one hop of message passing over the graph of facts computes.
    """

    def __init__(
        self, choices: Choices, buckets: int, config: FactNetworkConfig | None = None
    ) -> None:
        super().__init__()
        self.config = config = config or FactNetworkConfig()
        self.segments = Segments(choices)
        self.facts = _bag(len(choices) + 1, config.width, 0.3)
        self.grams = _bag(buckets, config.width, 0.3)
        self.wide_facts = _bag(len(choices) + 1, len(choices), 0.0)
        self.blocks = nn.ModuleList(_block(config) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, len(choices))

    def forward(self, items: ItemFacts) -> Tensor:
        """Log-probabilities of every choice within its parameter, [N, C]."""
        row_NP = items.choice_NP + 1
        root_N1 = (row_NP > 0).sum(1, keepdim=True).clamp_min(1).float().rsqrt()
        weights_NG = self._titles(items.weights_NG)
        x_ND = self.facts(row_NP, per_sample_weights=root_N1.expand(row_NP.shape))
        x_ND = x_ND + self.grams(items.grams_NG, per_sample_weights=weights_NG)
        for block in self.blocks:
            x_ND = x_ND + block(x_ND)
        wide_NC = self.wide_facts(row_NP, per_sample_weights=root_N1.expand(row_NP.shape))
        return self.segments.log_softmax(self.head(self.norm(x_ND)) + wide_NC)

    def _titles(self, weights_NG: Tensor) -> Tensor:
        if not self.training:
            return weights_NG
        title_N1 = torch.rand_like(weights_NG[:, :1]) >= self.config.title_dropout
        gram_NG = torch.rand_like(weights_NG) >= self.config.gram_dropout
        kept_NG: Tensor = weights_NG * title_N1 * gram_NG
        return kept_NG / math.sqrt(1 - self.config.gram_dropout)


def _bag(rows: int, width: int, std: float) -> nn.EmbeddingBag:
    bag = nn.EmbeddingBag(rows, width, mode="sum", padding_idx=0)
    nn.init.normal_(bag.weight, std=std)
    return bag


def _block(config: FactNetworkConfig) -> nn.Sequential:
    return nn.Sequential(
        nn.LayerNorm(config.width),
        nn.Linear(config.width, 2 * config.width),
        nn.GELU(),
        nn.Dropout(config.dropout),
        nn.Linear(2 * config.width, config.width),
        nn.Dropout(config.dropout),
    )
