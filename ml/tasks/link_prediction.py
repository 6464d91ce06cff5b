"""Link prediction: tell the facts of an item that were hidden from made-up ones."""

# S seeds, M hidden facts, K negatives of each, V values in the batch, D width

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Generator, Tensor
from torch.nn import functional as F  # noqa: N812
from torch_geometric.data import HeteroData

from graph.schema import Label
from ml.models.base import NodeEncoder
from ml.models.decoders import DecoderName, decoder
from ml.ranges import Count, Share
from ml.tasks.base import Outcome
from ml.tasks.masking import Masked, facts_into, mask_facts
from ml.tasks.neighbourhoods import FanOuts, NeighbourhoodTask


@dataclass(frozen=True, slots=True)
class LinkPredictionConfig:
    """What is scored against what.

    Attributes:
        decoder: how two vectors and a relation become a score.
        hidden: share of an item's facts that is hidden.
        negatives: K, made-up values a fact.
        most_facts: M of a batch at most, drawn from the hidden ones.
        batch_items, fan_outs: as in the masked-parameter task.
    """

    decoder: DecoderName = "distmult"
    hidden: Share = 0.5
    negatives: Count = 16
    most_facts: Count = 2_048
    batch_items: Count = 256
    fan_outs: FanOuts = field(default_factory=FanOuts)


class LinkPrediction(NeighbourhoodTask):
    """Logistic loss of hidden facts and of corrupted ones that the graph does not state.

    The relation of a fact is its parameter. Negatives are values that occur in the batch; those
    that are facts of the item, hidden or not, are filtered out.

    Args:
        data: the whole graph, with features and edges in both directions.
        train, valid: positions of the items of each part, by label.
        relations: rows of the parameters' identities, the unknown one included.
        width: D, of the encoder's vectors.
        config: what is scored against what.

    Raises:
        GraphTooSmall: no item to train on.
    """

    name: ClassVar[str] = "link_prediction"
    monitored: ClassVar[str] = "mrr"

    def __init__(
        self,
        data: HeteroData,
        *,
        train: Mapping[str, Tensor],
        valid: Mapping[str, Tensor],
        relations: int,
        width: int,
        config: LinkPredictionConfig | None = None,
    ) -> None:
        config = config or LinkPredictionConfig()
        super().__init__(
            data,
            train=train,
            valid=valid,
            batch_items=config.batch_items,
            fan_outs=config.fan_outs,
        )
        self.config = config
        self.decoder = decoder(self.config.decoder, relations, width)

    def forward(self, encoder: NodeEncoder, batch: HeteroData, generator: Generator) -> Outcome:
        true_M, false_MK, usable_MK = self._scores(encoder, batch, generator)
        if not len(true_M):
            return Outcome(true_M.sum(), 0)
        loss = F.softplus(-true_M).mean() + F.softplus(false_MK)[usable_MK].sum() / max(
            int(usable_MK.sum()), 1
        )
        return Outcome(loss, len(true_M))

    def evaluate(self, encoder: NodeEncoder, generator: Generator) -> dict[str, float]:
        """Mean reciprocal rank of hidden facts among K filtered negatives, ties at mean rank."""
        device = next(self.parameters()).device
        total, asked = 0.0, 0
        for batch in self._valid.in_order(generator):
            true_M, false_MK, usable_MK = self._scores(encoder, batch.to(device), generator)
            above_M = ((false_MK > true_M[:, None]) & usable_MK).sum(1)
            level_M = ((false_MK == true_M[:, None]) & usable_MK).sum(1)
            total += float((1 / (1 + above_M + level_M / 2)).sum())
            asked += len(true_M)
        return {"mrr": total / asked} if asked else {}

    def _scores(
        self, encoder: NodeEncoder, batch: HeteroData, generator: Generator
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of the hidden facts [M], of their negatives [M, K], and which of these count."""
        masked = mask_facts(batch, self.config.hidden, self.config.hidden, generator)
        few_M = _draw(len(masked.item_M), self.config.most_facts, generator)
        item_M, value_M = masked.item_M[few_M], masked.value_M[few_M]
        x = encoder(_of_all_types(masked))
        values = batch[Label.VALUE]
        query_MD = self.decoder.translate(x[batch.seed_type][item_M], values.parameter[value_M])
        false_MK = _integers(values.num_nodes, (len(item_M), self.config.negatives), generator)
        false_MK = false_MK.to(item_M.device)
        query_MKD = query_MD[:, None].expand(*false_MK.shape, -1)
        logits_MK = self.decoder.compare(query_MKD, x[Label.VALUE][false_MK])
        logits_M = self.decoder.compare(query_MD, x[Label.VALUE][value_M])
        return logits_M, logits_MK, ~_stated(batch, item_M, false_MK)


def _of_all_types(masked: Masked) -> HeteroData:
    """Vectors of the values are wanted as well as those of the seeds."""
    shown = copy.copy(masked.shown)
    del shown["seed_type"]
    return shown


def _stated(batch: HeteroData, item_M: Tensor, value_MK: Tensor) -> Tensor:
    """Which pairs are facts, bool [M, K]."""
    edge_type = facts_into(batch)
    count = batch[Label.VALUE].num_nodes
    if edge_type not in batch.edge_types:
        return torch.zeros_like(value_MK, dtype=torch.bool)
    value_E, item_E = batch[edge_type].edge_index
    return torch.isin(item_M[:, None] * count + value_MK, item_E * count + value_E)


def _draw(count: int, most: int, generator: Generator) -> Tensor:
    drawn = torch.randperm(count, generator=generator, device=generator.device)
    return drawn[:most]


def _integers(below: int, shape: tuple[int, int], generator: Generator) -> Tensor:
    return torch.randint(max(below, 1), shape, generator=generator, device=generator.device)
