"""The graph encoder of choice: relation-aware, and able to encode what it has never seen."""

# N nodes of one type, S sources, T targets, D width

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from torch import Tensor, nn
from torch_geometric.data import HeteroData

from graph.snapshot import EdgeType
from ml.models.adjacency import by_root_of_degree
from ml.models.base import NodeEncoder
from ml.models.inputs import InputConfig, InputSpec, NodeInputs
from ml.ranges import Depth, Share, Width


class RelationalConfig(msgspec.Struct, frozen=True):
    """Shape of a `RelationalEncoder`.

    Attributes:
        width: D, numbers in a vector.
        layers: how many edges away a node can look.
        dropout: share of the numbers hidden between the layers in training.
        inputs: how much of the features is hidden in training.
    """

    width: Width = 128
    layers: Depth = 1
    dropout: Share = 0.2
    inputs: InputConfig = InputConfig()


class RelationalEncoder(NodeEncoder):
    """Vectors of nodes from their own features and, by relation, from their neighbours'.

    A layer computes `h' = h + F(h + sum_r W_r sum_{j in N_r(i)} h_j / sqrt |N_r(i)|)`, where F
    normalises and has one hidden layer. The relational matrices are those of R-GCN (Schlichtkrull
    et al., "Modeling Relational Data with Graph Convolutional Networks", ESWC 2018, equation 2);
    the root instead of the mean keeps how much is known of a node. No table has a row of a product
    or model, so one that was posted a second ago has a vector without training.

    Args:
        spec: sizes of what is looked up, from the featurizer.
        edge_types: the relations to read, reverse ones included, as `data.edge_types` gives them;
            others are passed by.
        config: the shape.
    """

    def __init__(
        self,
        spec: InputSpec,
        edge_types: Iterable[EdgeType],
        config: RelationalConfig | None = None,
    ) -> None:
        super().__init__()
        config = config or RelationalConfig()
        self.width = config.width
        self.inputs = NodeInputs(spec, config.width, config.inputs)
        edge_types = sorted(edge_types)
        self.layers = nn.ModuleList(
            RelationalLayer(edge_types, config.width, config.dropout) for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(config.width)

    def forward(self, data: HeteroData) -> dict[str, Tensor]:
        x = self.inputs(data)
        for layer in self.layers:
            # Around seeds, only they have all their neighbours in the end.
            last = layer is self.layers[-1] and "seed_type" in data
            x = layer(x, data, [data.seed_type] if last else list(x))
        return {label: self.norm(x_ND) for label, x_ND in x.items()}


class RelationalLayer(nn.Module):
    """One layer of a `RelationalEncoder`."""

    def __init__(self, edge_types: list[EdgeType], width: int, dropout: float) -> None:
        super().__init__()
        self.relations = nn.ModuleDict(
            {_key(edge_type): nn.Linear(width, width, bias=False) for edge_type in edge_types}
        )
        targets = sorted({target for _, _, target in edge_types})
        self.blocks = nn.ModuleDict({label: _block(width, dropout) for label in targets})

    def forward(
        self, x: dict[str, Tensor], data: HeteroData, labels: list[str]
    ) -> dict[str, Tensor]:
        """The next vectors of the nodes of `labels`."""
        heard = {label: x[label] for label in labels}
        for edge_type in data.edge_types:
            source, _, target = edge_type
            if target in heard and _key(edge_type) in self.relations:
                message_TD = self._message(edge_type, x[source], x[target], data)
                heard[target] = heard[target] + message_TD
        return {
            label: x[label] + self.blocks[label](heard_ND) if label in self.blocks else heard_ND
            for label, heard_ND in heard.items()
        }

    def _message(self, edge_type: EdgeType, x_SD: Tensor, x_TD: Tensor, data: HeteroData) -> Tensor:
        edge_index = data[edge_type].edge_index
        edges = by_root_of_degree(edge_index, sources=len(x_SD), targets=len(x_TD))
        relation = self.relations[_key(edge_type)]
        # Sum and matrix commute; the cheaper order multiplies on the side with fewer nodes.
        message_TD: Tensor = (
            edges.sum(relation(x_SD)) if len(x_SD) < len(x_TD) else relation(edges.sum(x_SD))
        )
        return message_TD


def _block(width: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(
        nn.LayerNorm(width),
        nn.Linear(width, width),  # twice as wide it names no more facts (LAB.md)
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(width, width),
        nn.Dropout(dropout),
    )


def _key(edge_type: EdgeType) -> str:
    return "__".join(edge_type)
