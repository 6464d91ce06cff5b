"""The plain baseline of the literature: two graph convolutions over edges without types."""

# N nodes of one type, A all nodes, D width

from __future__ import annotations

import msgspec
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch_geometric.data import HeteroData

from ml.models.adjacency import Adjacency, in_degree
from ml.models.base import NodeEncoder
from ml.models.inputs import InputConfig, InputSpec, NodeInputs


class GcnConfig(msgspec.Struct, frozen=True):
    """Shape of a `GcnEncoder`."""

    width: int = 128
    layers: int = 2
    dropout: float = 0.2
    inputs: InputConfig = InputConfig()


class GcnEncoder(NodeEncoder):
    """`H' = relu(D^-1/2 (A + I) D^-1/2 H W)`, the types of nodes and edges forgotten.

    Source: Kipf and Welling, "Semi-Supervised Classification with Graph Convolutional Networks",
    ICLR 2017, equation 2. The degrees are those of the graph it is given, so a sampled
    neighbourhood stands for itself.
    """

    def __init__(self, spec: InputSpec, config: GcnConfig | None = None) -> None:
        super().__init__()
        config = config or GcnConfig()
        self.width = config.width
        self.dropout = config.dropout
        self.inputs = NodeInputs(spec, config.width, config.inputs)
        self.layers = nn.ModuleList(
            nn.Linear(config.width, config.width) for _ in range(config.layers)
        )

    def forward(self, data: HeteroData) -> dict[str, Tensor]:
        x = self.inputs(data)
        if not x:
            return {}
        edge_index = _untyped(data, {label: len(x_ND) for label, x_ND in x.items()})
        x_AD = torch.cat(list(x.values()))
        edges = Adjacency(edge_index, sources=len(x_AD), targets=len(x_AD))
        root_A1 = (1 + in_degree(edge_index, len(x_AD))).rsqrt()[:, None]
        for layer in self.layers:
            scaled_AD = root_A1 * layer(x_AD)
            mixed_AD = root_A1 * (edges.sum(scaled_AD) + scaled_AD)
            last = layer is self.layers[-1]
            x_AD = mixed_AD if last else F.dropout(mixed_AD.relu(), self.dropout, self.training)
        return dict(zip(x, torch.split(x_AD, [len(x_ND) for x_ND in x.values()]), strict=True))


def _untyped(data: HeteroData, counts: dict[str, int]) -> Tensor:
    """All edges, each once in either direction, between nodes numbered through; int64 [2, E]."""
    first, total = {}, 0
    for label, count in counts.items():
        first[label] = total
        total += count
    ends = [torch.empty(2, 0, dtype=torch.long, device=_device(data))]
    for source, name, target in data.edge_types:
        shift = torch.tensor([[first[source]], [first[target]]], device=ends[0].device)
        there = data[source, name, target].edge_index + shift
        ends += [there, there.flip(0)]
    edge_index: Tensor = torch.unique(torch.cat(ends, dim=1), dim=1)
    return edge_index


def _device(data: HeteroData) -> torch.device:
    device: torch.device = data[data.node_types[0]].grams.device
    return device
