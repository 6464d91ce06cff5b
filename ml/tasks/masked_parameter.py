"""Masked parameter: hide facts of an item, and name their values from what is left."""

# N nodes of the items' type in the sample, S seeds, M hidden facts, C choices, D width

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from torch import Generator, Tensor
from torch_geometric.data import HeteroData

from graph.schema import Label
from ml.data.choices import Choices
from ml.models.base import NodeEncoder
from ml.models.choice_head import ChoiceHead
from ml.ranges import Count, Share
from ml.tasks.base import Outcome
from ml.tasks.masking import mask_facts
from ml.tasks.neighbourhoods import FanOuts, NeighbourhoodTask


@dataclass(frozen=True, slots=True)
class MaskedParameterConfig:
    """How much is hidden.

    Attributes:
        fewest, most: bounds of the share of an item's facts that is hidden; every item's own is
            drawn between them, so that the encoder learns to make do with little and to use much.
        batch_items: items in a batch.
        fan_outs: the neighbourhood of an item that the encoder sees.
    """

    fewest: Share = 0.2
    most: Share = 0.8
    batch_items: Count = 256
    fan_outs: FanOuts = field(default_factory=FanOuts)


class MaskedParameter(NeighbourhoodTask):
    """Softmax cross-entropy of every hidden fact over the choices of its parameter.

    Args:
        data: the whole graph, with features and edges in both directions.
        choices: what can be answered.
        choice_V: the choice of every value of the graph, from `choices.of_values`.
        train, valid: positions of the items of each part, by label.
        width: D, of the encoder's vectors.
        config: how much is hidden.

    Raises:
        GraphTooSmall: no item to train on.
    """

    name: ClassVar[str] = "masked_parameter"
    monitored: ClassVar[str] = "accuracy"

    def __init__(
        self,
        data: HeteroData,
        choices: Choices,
        choice_V: Tensor,
        *,
        train: Mapping[str, Tensor],
        valid: Mapping[str, Tensor],
        width: int,
        config: MaskedParameterConfig | None = None,
    ) -> None:
        config = config or MaskedParameterConfig()
        data = copy.copy(data)
        data[Label.VALUE].choice = choice_V
        super().__init__(
            data,
            train=train,
            valid=valid,
            batch_items=config.batch_items,
            fan_outs=config.fan_outs,
        )
        self.config = config
        self.head = ChoiceHead(choices, width)

    def forward(self, encoder: NodeEncoder, batch: HeteroData, generator: Generator) -> Outcome:
        scores_SC, item_M, choice_M = self._answers(encoder, batch, generator)
        if not len(choice_M):
            return Outcome(scores_SC.sum() * 0, 0)
        loss = -scores_SC[item_M, choice_M].mean()
        hits_M = self.head.segments.hits(scores_SC, item_M, choice_M)
        return Outcome(loss, len(choice_M), {"accuracy": hits_M.float().mean().item()})

    def evaluate(self, encoder: NodeEncoder, generator: Generator) -> dict[str, float]:
        """Share of the hidden facts whose value is named, the parameter being given."""
        hits = asked = 0
        device = self.head.linear.weight.device
        for batch in self._valid.in_order(generator):
            scores_SC, item_M, choice_M = self._answers(encoder, batch.to(device), generator)
            hits += int(self.head.segments.hits(scores_SC, item_M, choice_M).sum())
            asked += len(choice_M)
        return {"accuracy": hits / asked} if asked else {}

    def _answers(
        self, encoder: NodeEncoder, batch: HeteroData, generator: Generator
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Log-probabilities of all choices for the seeds, and the hidden facts to be named."""
        masked = mask_facts(batch, self.config.fewest, self.config.most, generator)
        choice_M = batch[Label.VALUE].choice[masked.value_M]
        answerable_M = choice_M >= 0
        x_ND = encoder(masked.shown)[batch.seed_type]
        scores_SC = self.head(x_ND[: batch[batch.seed_type].batch_size])
        return scores_SC, masked.item_M[answerable_M], choice_M[answerable_M]
