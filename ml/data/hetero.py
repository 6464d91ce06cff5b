"""Snapshot to HeteroData: nodes as counts, edges as positions."""

# E edges of one type

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import torch
from torch import Tensor
from torch_geometric.data import HeteroData

from graph.snapshot import EdgeType, Snapshot
from ml.data.hetero_file import read_hetero

REVERSED = "rev_"


def load_hetero(source: Path | Snapshot) -> HeteroData:
    """The graph of a snapshot, of its folder, or of a file that `write_hetero` wrote.

    Raises:
        SnapshotInvalid: the folder is no snapshot of this version.
        HeteroFileInvalid: the file is none of ours.
    """
    if isinstance(source, Snapshot):
        return to_hetero(source)
    if source.is_file():
        return read_hetero(source)
    return to_hetero(Snapshot.read(source))


def to_hetero(snapshot: Snapshot) -> HeteroData:
    """`num_nodes` by label and `edge_index`, int64 [2, E], by edge type.

    Position i is row i of `snapshot.nodes[label]`, which has the ids. Parallel edges, two sources
    that say the same, are one: otherwise what is held out would still stand in the graph.
    """
    data = HeteroData()
    for label, table in snapshot.nodes.items():
        data[label].num_nodes = table.num_rows
    for type, table in snapshot.edges.items():
        data[type].edge_index = edge_index(table)
    return data


def edge_index(edges: pa.Table) -> Tensor:
    """The distinct ends of sorted edges, int64 [2, E]."""
    source_E, target_E = edges["source"].to_numpy(), edges["target"].to_numpy()
    first_E = _first_of_parallel(source_E, target_E)
    ends_2E = np.empty((2, int(first_E.sum())), dtype=np.int64)
    np.compress(first_E, source_E, out=ends_2E[0])
    np.compress(first_E, target_E, out=ends_2E[1])
    return torch.from_numpy(ends_2E)


def with_reverse(data: HeteroData) -> HeteroData:
    """A copy that shares its tensors and has every edge type the other way round as well.

    `("Value", "rev_HAS_PARAMETER", "Product")` for `("Product", "HAS_PARAMETER", "Value")`.
    """
    both = HeteroData()
    for label in data.node_types:
        both[label].update(data[label])
    for type in data.edge_types:
        both[type].update(data[type])
        source, name, target = type
        both[reverse_of((source, name, target))].edge_index = data[type].edge_index.flip(0)
    return both


def reverse_of(type: EdgeType) -> EdgeType:
    source, name, target = type
    return target, REVERSED + name, source


def _first_of_parallel(
    source_E: npt.NDArray[np.int64], target_E: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    first_E = np.ones(len(source_E), dtype=bool)
    np.not_equal(source_E[1:], source_E[:-1], out=first_E[1:])
    first_E[1:] |= target_E[1:] != target_E[:-1]
    return first_E
