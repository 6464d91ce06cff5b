"""Vectors of items: what their text says beside what the graph says of them."""

# N nodes of one type, T width of the text's vectors, G width of the graph's

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional
from torch_geometric.data import HeteroData

from ml.data.features import ITEMS
from ml.models.base import NodeEncoder
from ml.text.encoder import TextEncoder


class ItemEncoder(NodeEncoder):
    """Two vectors of unit length side by side, weighed so that their cosines add up.

    The cosine of two items is `text_share` times that of their texts plus the rest times that of
    what the graph knows of them. An item of which one side knows nothing is judged by the other.

    Args:
        text: reads `tokens`.
        graph: reads everything else.
        text_share: in 0..1.
    """

    def __init__(self, text: TextEncoder, graph: NodeEncoder, text_share: float) -> None:
        super().__init__()
        self.text = text
        self.graph = graph
        self.text_share = text_share
        self.width = text.width + graph.width

    def forward(self, data: HeteroData) -> dict[str, Tensor]:
        """`{node type: x_ND}` of products and models, D = T + G."""
        graph = self.graph(data)
        text = self.text(data)
        return {label: self._joined(text[label], graph[label]) for label in ITEMS if label in text}

    def _joined(self, text_NT: Tensor, graph_NG: Tensor) -> Tensor:
        text_NT = functional.normalize(text_NT.float(), dim=1) * self.text_share**0.5
        graph_NG = functional.normalize(graph_NG.float(), dim=1) * (1 - self.text_share) ** 0.5
        return torch.cat((text_NT, graph_NG), dim=1)
