"""Contrastive: two views of one item's neighbourhood belong together, those of others do not."""

# S seeds, D width

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch_geometric.data import HeteroData

from ml.models.base import NodeEncoder
from ml.ranges import Count, Positive, Share
from ml.tasks.base import Outcome
from ml.tasks.masking import mask_facts
from ml.tasks.neighbourhoods import FanOuts, NeighbourhoodTask


@dataclass(frozen=True, slots=True)
class ContrastiveConfig:
    """How the views are made and compared.

    Attributes:
        hidden: share of an item's facts that each view lacks.
        temperature: of the softmax over the cosines.
        batch_items, fan_outs: as in the masked-parameter task; every other item of the batch is
            a negative.
    """

    hidden: Share = 0.5
    temperature: Positive = 0.1
    batch_items: Count = 256
    fan_outs: FanOuts = field(default_factory=FanOuts)


class Contrastive(NeighbourhoodTask):
    """NT-Xent between two views of each item that lack different facts.

    Source: Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations",
    ICML 2020, equation 1, with a graph's facts hidden instead of a picture's parts; only views of
    the other kind are negatives.

    Args:
        data: the whole graph, with features and edges in both directions.
        train, valid: positions of the items of each part, by label.
        width: D, of the encoder's vectors.
        config: how the views are made and compared.

    Raises:
        GraphTooSmall: no item to train on.
    """

    name: ClassVar[str] = "contrastive"
    monitored: ClassVar[str] = "accuracy"

    def __init__(
        self,
        data: HeteroData,
        *,
        train: Mapping[str, Tensor],
        valid: Mapping[str, Tensor],
        width: int,
        config: ContrastiveConfig | None = None,
    ) -> None:
        config = config or ContrastiveConfig()
        super().__init__(
            data,
            train=train,
            valid=valid,
            batch_items=config.batch_items,
            fan_outs=config.fan_outs,
        )
        self.config = config
        self.head = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, width))

    def forward(self, encoder: NodeEncoder, batch: HeteroData, generator: Generator) -> Outcome:
        logits_SS = self._logits(encoder, batch, generator)
        own_S = torch.arange(len(logits_SS), device=logits_SS.device)
        loss = (F.cross_entropy(logits_SS, own_S) + F.cross_entropy(logits_SS.T, own_S)) / 2
        return Outcome(loss, len(own_S))

    def evaluate(self, encoder: NodeEncoder, generator: Generator) -> dict[str, float]:
        """Share of the items whose other view is the nearest of the batch."""
        device = next(self.parameters()).device
        hits = asked = 0
        for batch in self._valid.in_order(generator):
            nearest_S = self._logits(encoder, batch.to(device), generator).argmax(1)
            hits += int((nearest_S == torch.arange(len(nearest_S), device=device)).sum())
            asked += len(nearest_S)
        return {"accuracy": hits / asked} if asked else {}

    def _logits(self, encoder: NodeEncoder, batch: HeteroData, generator: Generator) -> Tensor:
        one_SD, other_SD = (self._view(encoder, batch, generator) for _ in range(2))
        return one_SD @ other_SD.T / self.config.temperature

    def _view(self, encoder: NodeEncoder, batch: HeteroData, generator: Generator) -> Tensor:
        masked = mask_facts(batch, self.config.hidden, self.config.hidden, generator)
        x_ND = encoder(masked.shown)[batch.seed_type]
        return F.normalize(self.head(x_ND[: batch[batch.seed_type].batch_size]), dim=1)
