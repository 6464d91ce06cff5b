"""Facts of a batch's items, hidden from the encoder in both directions."""

# S seeds, E edges, M hidden facts

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch_geometric.data import HeteroData

from graph.schema import Label, Relationship
from graph.snapshot import EdgeType
from ml.data.hetero import reverse_of


@dataclass(frozen=True, slots=True)
class Masked:
    """A batch without some facts of its seeds.

    Attributes:
        shown: the batch without them.
        item_M, value_M: the ends of the hidden facts, positions in the batch.
    """

    shown: HeteroData
    item_M: Tensor
    value_M: Tensor


def facts_into(batch: HeteroData) -> EdgeType:
    """The edge type by which the seeds of a batch hear of their facts."""
    return reverse_of((batch.seed_type, Relationship.HAS_PARAMETER, Label.VALUE))


def mask_facts(batch: HeteroData, fewest: float, most: float, generator: Generator) -> Masked:
    """Hides of every seed a share of its facts, drawn between the bounds."""
    edge_type = facts_into(batch)
    if edge_type not in batch.edge_types:
        nothing = torch.empty(0, dtype=torch.long, device=batch[batch.seed_type].grams.device)
        return Masked(batch, nothing, nothing)
    value_E, item_E = batch[edge_type].edge_index
    seeds = batch[batch.seed_type].batch_size
    hidden_E = _drawn(item_E, seeds, fewest, most, generator)
    shown = without_edges(batch, edge_type, hidden_E)
    there = _forth(edge_type)
    if there in batch.edge_types:
        told_E = torch.isin(batch[there].e_id, batch[edge_type].e_id[hidden_E])
        shown = without_edges(shown, there, told_E)
    return Masked(shown, item_E[hidden_E], value_E[hidden_E])


def _forth(edge_type: EdgeType) -> EdgeType:
    source, _, target = edge_type
    return target, Relationship.HAS_PARAMETER, source


def without_edges(data: HeteroData, edge_type: EdgeType, drop_E: Tensor) -> HeteroData:
    """A copy of the graph that lacks some edges of one type; everything else is shared."""
    kept = copy.copy(data)
    kept[edge_type].edge_index = data[edge_type].edge_index[:, ~drop_E]
    return kept


def _drawn(item_E: Tensor, seeds: int, fewest: float, most: float, generator: Generator) -> Tensor:
    draws = torch.rand(seeds + len(item_E), generator=generator, device=generator.device)
    share_S, draw_E = torch.split(draws.to(item_E.device), [seeds, len(item_E)])
    share_E = (fewest + (most - fewest) * share_S)[item_E.clamp(max=max(seeds - 1, 0))]
    drawn_E: Tensor = (item_E < seeds) & (draw_E < share_E)
    return drawn_E
