"""Heterogeneous attention: every node weighs its neighbours, by the type of the edge."""

# N nodes of one type, D width

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch_geometric.data import HeteroData
from torch_geometric.nn import HGTConv

from graph.snapshot import EdgeType
from ml.models.base import NodeEncoder
from ml.models.inputs import InputConfig, InputSpec, NodeInputs


class AttentionConfig(msgspec.Struct, frozen=True):
    """Shape of an `AttentionEncoder`; `width` is a multiple of `heads`."""

    width: int = 128
    heads: int = 4
    layers: int = 1
    dropout: float = 0.2
    inputs: InputConfig = InputConfig()


class AttentionEncoder(NodeEncoder):
    """Heterogeneous graph transformer layers, as PyG has them, over our inputs.

    Source: Hu et al., "Heterogeneous Graph Transformer", WWW 2020, section 3. As in the relational
    encoder no table has a row of a product or model.

    Args:
        spec: sizes of what is looked up, from the featurizer.
        node_types: the labels of the graphs it is given.
        edge_types: the relations it reads, reverse ones included; others are passed by.
        config: the shape.

    Raises:
        ValueError: the width is no multiple of the heads.
    """

    def __init__(
        self,
        spec: InputSpec,
        node_types: Iterable[str],
        edge_types: Iterable[EdgeType],
        config: AttentionConfig | None = None,
    ) -> None:
        super().__init__()
        config = config or AttentionConfig()
        if config.width % config.heads:
            raise ValueError(f"width {config.width} is no multiple of {config.heads} heads")
        self.width = config.width
        self.dropout = config.dropout
        self.inputs = NodeInputs(spec, config.width, config.inputs)
        self._edge_types = sorted(edge_types)
        metadata = (sorted(node_types), self._edge_types)
        self.layers = nn.ModuleList(
            HGTConv(config.width, config.width, metadata, config.heads)
            for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(config.width)

    def forward(self, data: HeteroData) -> dict[str, Tensor]:
        x = self.inputs(data)
        edges = {
            type: data[type].edge_index for type in self._edge_types if type in data.edge_types
        }
        for layer in self.layers:
            heard = layer(x, edges) if edges else {}
            x = {
                label: x_ND + F.dropout(heard_ND, self.dropout, self.training)
                if (heard_ND := heard.get(label)) is not None
                else x_ND
                for label, x_ND in x.items()
            }
        return {label: self.norm(x_ND) for label, x_ND in x.items()}
