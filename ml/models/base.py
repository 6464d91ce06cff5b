"""What every encoder of a graph's nodes is: a `HeteroData` in, a vector per node out."""
# N nodes of one type, D width

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor, nn
from torch_geometric.data import HeteroData


class NodeEncoder(nn.Module, ABC):
    """Gives every node of a graph a vector, also a node that was not there in training.

    Attributes:
        width: D, how many numbers a vector has.
    """

    width: int

    @abstractmethod
    def forward(self, data: HeteroData) -> dict[str, Tensor]:
        """Returns `{node type: x_ND}`, float, a row per node in the order of `data`."""
