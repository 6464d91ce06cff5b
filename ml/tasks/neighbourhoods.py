"""Batches of items with what the graph says around them, the same for the same generator."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch_geometric.data import HeteroData
from torch_geometric.loader import NodeLoader

from graph.schema import Label, Relationship
from graph.snapshot import EdgeType
from ml.data.features import ITEMS
from ml.data.hetero import reverse_of
from ml.data.sampling import ALL, NeighbourSampler
from ml.errors import GraphTooSmall
from ml.models.base import NodeEncoder
from ml.ranges import Count, Depth
from ml.tasks.base import WHOLE, Shard, Task


@dataclass(frozen=True, slots=True)
class FanOuts:
    """How far and how wide an encoder looks: one hop for every layer it has.

    Attributes:
        hops: how many edges away.
        neighbours: in-neighbours kept of every node and edge type; of an item's own facts all are.
        pyg_lib: sample by pyg-lib where it can be imported; False always samples in pure torch.
    """

    hops: Depth = 1
    neighbours: Count = 8
    pyg_lib: bool = True

    def of(self, edge_types: list[EdgeType]) -> dict[EdgeType, list[int]]:
        facts = {reverse_of((label, Relationship.HAS_PARAMETER, Label.VALUE)) for label in ITEMS}
        return {
            type: [ALL if type in facts else self.neighbours] * self.hops for type in edge_types
        }


class Neighbourhoods:
    """The graph as a source of batches.

    A batch is a `HeteroData` with the items asked for first among the nodes of their type:
    `batch.seed_type` is that type, `batch[batch.seed_type].batch_size` says how many they are.
    """

    def __init__(self, data: HeteroData, fan_outs: FanOuts) -> None:
        self.data = data
        self.sampler = NeighbourSampler(
            data, fan_outs.of(data.edge_types), pyg_lib=fan_outs.pyg_lib
        )

    def around(self, label: str, item_N: Tensor, generator: Generator) -> HeteroData:
        self.sampler.generator = generator
        loader = NodeLoader(self.data, self.sampler, input_nodes=(label, item_N))
        batch = loader(torch.arange(len(item_N)))
        batch.seed_type = label
        return batch

    def batches_of(self, items: Mapping[str, Tensor], size: int) -> ItemBatches:
        return ItemBatches(self, {label: i for label, i in items.items() if len(i)}, size)


class ItemBatches:
    """Items of one part, `size` at a time, each batch of one label."""

    def __init__(self, around: Neighbourhoods, items: Mapping[str, Tensor], size: int) -> None:
        self._around = around
        self._items = items
        self._size = size

    def require(self) -> None:
        """Raises GraphTooSmall where there is no item."""
        if not self._items:
            raise GraphTooSmall(
                missing="no item in the training part", remedy="import more, or widen the filter"
            )

    def epoch(self, generator: Generator, shard: Shard = WHOLE) -> Iterator[HeteroData]:
        """Every item once, shuffled; of every `shard.of` batches this shard's."""
        batches = [
            (label, part)
            for label, item_N in self._items.items()
            for part in torch.split(item_N[_shuffled(len(item_N), generator)], self._size)
        ]
        rounds = math.ceil(len(batches) / shard.of)
        order = _shuffled(len(batches), generator).tolist()
        # The last round is filled up from the front, so that every shard has as many batches.
        for turn in range(rounds):
            label, item_N = batches[order[(turn * shard.of + shard.rank) % len(order)]]
            yield self._around.around(label, item_N, generator)

    def in_order(self, generator: Generator) -> Iterator[HeteroData]:
        for label, item_N in self._items.items():
            for part in torch.split(item_N, self._size):
                yield self._around.around(label, part, generator)


class NeighbourhoodTask(Task[NodeEncoder, HeteroData]):
    """A task whose examples are items of the training part, with what the graph says around them.

    Raises:
        GraphTooSmall: no item to train on.
    """

    def __init__(
        self,
        data: HeteroData,
        *,
        train: Mapping[str, Tensor],
        valid: Mapping[str, Tensor],
        batch_items: int,
        fan_outs: FanOuts,
    ) -> None:
        super().__init__()
        around = Neighbourhoods(data, fan_outs)
        self._train = around.batches_of(train, batch_items)
        self._valid = around.batches_of(valid, batch_items)
        self._train.require()

    def batches(self, generator: Generator, shard: Shard = WHOLE) -> Iterator[HeteroData]:
        return self._train.epoch(generator, shard)


def _shuffled(count: int, generator: Generator) -> Tensor:
    return torch.randperm(count, generator=generator, device=generator.device).cpu()
