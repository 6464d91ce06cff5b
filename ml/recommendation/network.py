"""The sequence model: what is taken next, from the items taken so far and what is known of them."""

# B histories, L items of the longest, D width, N items, M new ones, H heads, K attributes

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ml.recommendation.sequences import ItemFacts


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """The shape of a network.

    Attributes:
        id_dropout: share of the items whose own vector is hidden in a step, so that their
            attributes have to carry them; what makes a brand-new item findable.
        last: how many of the last items are looked at.
    """

    width: int = 64
    layers: int = 2
    heads: int = 2
    dropout: float = 0.4
    id_dropout: float = 0.3
    last: int = 50


class SequenceNetwork(nn.Module):
    """Self-attention over a history; an item is its own vector and those of its attributes.

    The vector of an item is `id + sum(attributes) / sqrt(number of attributes)`, the same where it
    is taken and where it is asked about, so that an item that nobody has had is described by its
    attributes alone.

    Source: Kang & McAuley, "Self-Attentive Sequential Recommendation" (SASRec), ICDM 2018. Ours
    adds attributes and hidden ids, normalises before each layer, counts positions from the end,
    and scores against all items.
    """

    def __init__(self, facts: ItemFacts, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        for name, column in zip(
            ("attribute_F", "start_N", "scale_F"), _columns(facts), strict=True
        ):
            self.register_buffer(name, column, persistent=False)
        self.attribute_F: Tensor
        self.start_N: Tensor
        self.scale_F: Tensor
        self.id_ND = nn.Parameter(torch.randn(len(facts), config.width) * 0.02)
        self.attribute_KD = nn.Parameter(torch.randn(max(1, facts.attributes), config.width) * 0.02)
        self.bias_N = nn.Parameter(torch.zeros(len(facts)))
        self.position_LD = nn.Parameter(torch.randn(config.last, config.width) * 0.02)
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(_Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)

    def item_vectors(self, hidden_N: Tensor | None = None) -> Tensor:
        """`item_ND`; without their own vector for the items that `hidden_N` marks."""
        known_ND = self._described(self.attribute_F, self.start_N, self.scale_F)
        if hidden_N is None:
            return self.id_ND + known_ND
        return self.id_ND * (~hidden_N).unsqueeze(1) + known_ND

    def vectors_of_new(self, facts: ItemFacts) -> Tensor:
        """`item_MD` of items that it has no place for: their attributes carry them."""
        return self._described(*_columns(facts))

    def _described(self, attribute_F: Tensor, start_N: Tensor, scale_F: Tensor) -> Tensor:
        return functional.embedding_bag(
            attribute_F, self.attribute_KD, start_N, mode="sum", per_sample_weights=scale_F
        )

    def forward(self, item_ND: Tensor, history_BL: Tensor) -> Tensor:
        """What each place of a history points at, `state_BLD`.

        Args:
            item_ND: as `item_vectors` gives them.
            history_BL: positions of items, the last at the right; -1 where there is none.
        """
        length = history_BL.shape[1]
        is_item_BL = history_BL >= 0
        x_BLD = functional.embedding(history_BL.clamp(min=0), item_ND) * math.sqrt(
            self.config.width
        )
        x_BLD = self.dropout(x_BLD + self.position_LD[-length:]) * is_item_BL.unsqueeze(2)
        causal_LL = torch.ones(length, length, dtype=torch.bool, device=x_BLD.device).tril()
        itself_LL = torch.eye(length, dtype=torch.bool, device=x_BLD.device)
        sees_BLL = (causal_LL & is_item_BL.unsqueeze(1)) | itself_LL
        for block in self.blocks:
            x_BLD = block(x_BLD, sees_BLL)
        state_BLD: Tensor = self.norm(x_BLD)
        return state_BLD


def _columns(facts: ItemFacts) -> tuple[Tensor, Tensor, Tensor]:
    """Attributes, where those of each item begin, and what each counts for its item."""
    counts_N = torch.from_numpy(facts.start_N1).diff()
    scale_F = counts_N.clamp(min=1).float().rsqrt().repeat_interleave(counts_N)
    return torch.from_numpy(facts.attribute_F), torch.from_numpy(facts.start_N1[:-1]), scale_F


class _Block(nn.Module):
    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.first_norm, self.second_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.to_three = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x_BLD: Tensor, sees_BLL: Tensor) -> Tensor:
        batch, length, width = x_BLD.shape
        q, k, v = (
            part.view(batch, length, self.heads, -1).transpose(1, 2)
            for part in self.to_three(self.first_norm(x_BLD)).chunk(3, dim=2)
        )
        mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=sees_BLL.unsqueeze(1))
        x_BLD = x_BLD + self.dropout(self.out(mixed.transpose(1, 2).reshape(batch, length, width)))
        inner = self.dropout(functional.gelu(self.wide(self.second_norm(x_BLD))))
        out_BLD: Tensor = x_BLD + self.dropout(self.narrow(inner))
        return out_BLD
