"""Feature reconstruction: an item whose text is hidden, made again from its neighbourhood."""

# N nodes of the items' type, S seeds, M seeds without text, G n-grams, R numbers of a sketch

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch_geometric.data import HeteroData

from ml.models.base import NodeEncoder
from ml.ranges import Count, Positive, Share, Width
from ml.tasks.base import Outcome
from ml.tasks.neighbourhoods import FanOuts, NeighbourhoodTask

_SKETCH_SEED = 20_260  # the sketch is part of the task's definition, not of a run


@dataclass(frozen=True, slots=True)
class ReconstructionConfig:
    """What is hidden and how it is compared.

    Attributes:
        hidden: share of the items whose text is hidden.
        sketch: R, numbers that stand for the n-grams of a text.
        sharpness: exponent of the error; above 1 what is nearly right counts for less.
        batch_items, fan_outs: as in the masked-parameter task.
    """

    hidden: Share = 0.5
    sketch: Width = 128
    sharpness: Positive = 2.0
    batch_items: Count = 256
    fan_outs: FanOuts = field(default_factory=FanOuts)


class Reconstruction(NeighbourhoodTask):
    """Scaled cosine error of the hidden text, `(1 - cos(sketch, decoded)) ^ sharpness`.

    Source: Hou et al., "GraphMAE: Self-Supervised Masked Graph Autoencoders", KDD 2022, equation 4.
    Ours compares random sketches of the hashed n-grams (Achlioptas, "Database-friendly Random
    Projections", 2003), whose cosines are near those of the texts.

    Args:
        data: the whole graph, with features and edges in both directions.
        train, valid: positions of the items of each part, by label.
        buckets: of the n-grams.
        width: D, of the encoder's vectors.
        config: what is hidden and how it is compared.

    Raises:
        GraphTooSmall: no item to train on.
    """

    name: ClassVar[str] = "reconstruction"
    monitored: ClassVar[str] = "cosine"
    sketch: Tensor

    def __init__(
        self,
        data: HeteroData,
        *,
        train: Mapping[str, Tensor],
        valid: Mapping[str, Tensor],
        buckets: int,
        width: int,
        config: ReconstructionConfig | None = None,
    ) -> None:
        config = config or ReconstructionConfig()
        super().__init__(
            data,
            train=train,
            valid=valid,
            batch_items=config.batch_items,
            fan_outs=config.fan_outs,
        )
        self.config = config
        self.head = nn.Linear(width, self.config.sketch)
        signs = torch.randint(
            0,
            2,
            (buckets, self.config.sketch),
            generator=torch.Generator().manual_seed(_SKETCH_SEED),
        )
        self.register_buffer("sketch", signs * 2.0 - 1, persistent=False)

    def forward(self, encoder: NodeEncoder, batch: HeteroData, generator: Generator) -> Outcome:
        cosine_M = self._cosines(encoder, batch, generator)
        if not len(cosine_M):
            return Outcome(cosine_M.sum(), 0)
        # A cosine that rounding takes above 1 would have no root.
        loss = (1 - cosine_M).clamp_min(0).pow(self.config.sharpness).mean()
        return Outcome(loss, len(cosine_M), {"cosine": cosine_M.mean().item()})

    def evaluate(self, encoder: NodeEncoder, generator: Generator) -> dict[str, float]:
        """Mean cosine of the hidden texts' sketches and what was decoded."""
        device = next(self.parameters()).device
        found = [
            self._cosines(encoder, batch.to(device), generator)
            for batch in self._valid.in_order(generator)
        ]
        cosine_M = torch.cat(found) if found else torch.empty(0)
        return {"cosine": cosine_M.mean().item()} if len(cosine_M) else {}

    def _cosines(self, encoder: NodeEncoder, batch: HeteroData, generator: Generator) -> Tensor:
        nodes = batch[batch.seed_type]
        if not nodes.grams.shape[1]:  # no item of this type has a text
            return torch.empty(0, device=nodes.grams.device)
        draw_S = torch.rand(nodes.batch_size, generator=generator, device=generator.device)
        hidden_M = (draw_S < self.config.hidden).nonzero().flatten().to(nodes.grams.device)
        shown = copy.copy(batch)
        shown[batch.seed_type].gram_weights = nodes.gram_weights.index_fill(0, hidden_M, 0.0)
        x_ND = encoder(shown)[batch.seed_type]
        sketch_MR = F.embedding_bag(
            nodes.grams[hidden_M],
            self.sketch,
            mode="sum",
            per_sample_weights=nodes.gram_weights[hidden_M],
        )
        return F.cosine_similarity(self.head(x_ND[hidden_M]), sketch_MR, dim=1)
