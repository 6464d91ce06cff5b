"""Neighbourhoods of seeds as small graphs: a sampler for PyG's `NodeLoader` and `LinkLoader`."""

# N nodes, E edges, F nodes of a frontier, K fan-out

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch_geometric.typing
from torch import Generator, Tensor
from torch.utils.data import get_worker_info
from torch_geometric.data import HeteroData
from torch_geometric.sampler import (
    BaseSampler,
    EdgeSamplerInput,
    HeteroSamplerOutput,
    NegativeSampling,
    NodeSamplerInput,
)
from torch_geometric.sampler.neighbor_sampler import edge_sample

from graph.snapshot import EdgeType

ALL = -1


@dataclass(frozen=True, slots=True)
class _Incoming:
    """Edges of one type grouped by their target: those of i are `starts[i]..starts[i + 1] - 1`."""

    starts: Tensor  # int64 [N + 1]
    sources: Tensor  # int64 [E]
    ids: Tensor  # int64 [E], positions in `edge_index`

    @classmethod
    def of(cls, edge_index: Tensor, targets: int) -> _Incoming:
        source_E, target_E = edge_index
        order_E = target_E.argsort(stable=True)
        start_N1 = torch.zeros(targets + 1, dtype=torch.long)
        torch.cumsum(torch.bincount(target_E, minlength=targets), 0, out=start_N1[1:])
        return cls(start_N1, source_E[order_E], order_E)

    def picked(self, target_F: Tensor, fan_out: int, generator: Generator) -> tuple[Tensor, Tensor]:
        """Positions in the grouped edges, and for each the position in `target_F`, ascending."""
        begin_F = self.starts[target_F]
        degree_F = self.starts[target_F + 1] - begin_F
        if fan_out == ALL:
            return _ranges(begin_F, degree_F)
        many_F = degree_F > fan_out
        few_E, few_target_E = _ranges(begin_F, torch.where(many_F, 0, degree_F))
        chosen_FK = begin_F[many_F, None] + _distinct(degree_F[many_F], fan_out, generator)
        many_target_E = many_F.nonzero().flatten().repeat_interleave(fan_out)
        target_E, order_E = torch.cat((few_target_E, many_target_E)).sort(stable=True)
        return torch.cat((few_E, chosen_FK.flatten()))[order_E], target_E


class NeighbourSampler(BaseSampler):  # type: ignore[misc]
    """Up to K in-neighbours of every node and edge type, hop by hop, without replacement.

    By pyg-lib where it can be imported, and otherwise in pure torch: pyg-lib, which
    `NeighborLoader` cannot do without, is on no package index. Both keep the same promises. The
    seeds, all different, come first among the nodes of their type, and edges in order of their
    targets. The same generator gives the same sample, though not the same one by both.

    Args:
        data: the graph to sample from; its tensors are on the processor.
        fan_outs: K of every hop, `ALL` for every neighbour; or a list of them for each edge type.
        generator: where every draw comes from. Each worker of a loader (`num_workers`) draws from a
            copy, whose seed is made of this one's and of the worker's.
        pyg_lib: False samples in pure torch, whatever is installed.
    """

    def __init__(
        self,
        data: HeteroData,
        fan_outs: Sequence[int] | Mapping[EdgeType, Sequence[int]],
        generator: Generator | None = None,
        *,
        pyg_lib: bool = True,
    ) -> None:
        self.generator = generator or torch.Generator()
        self._worker_seed: int | None = None
        self._num_nodes: dict[str, int] = {
            label: data[label].num_nodes for label in data.node_types
        }
        if not isinstance(fan_outs, Mapping):
            fan_outs = dict.fromkeys(data.edge_types, fan_outs)
        self._fan_outs = {type: tuple(hops) for type, hops in fan_outs.items()}
        self._hops = max((len(hops) for hops in self._fan_outs.values()), default=0)
        self._incoming = {
            type: _Incoming.of(data[type].edge_index, self._num_nodes[type[2]])
            for type in data.edge_types
        }
        # Where a node of the graph stands in the sample; all -1 between two calls.
        self._places = {
            label: torch.full((count,), -1, dtype=torch.long)
            for label, count in self._num_nodes.items()
        }
        self._compiled = (
            _Compiled(list(self._num_nodes), self._incoming, self._fan_outs, self._hops)
            # pyg-lib looks at the first edge type without asking whether there is one.
            if pyg_lib and torch_geometric.typing.WITH_PYG_LIB and self._incoming
            else None
        )

    def sample_from_nodes(self, index: NodeSamplerInput, **_: object) -> HeteroSamplerOutput:
        """The graph around the seeds `index.node` of type `index.input_type`, each once."""
        out = self._sample({str(index.input_type): index.node})
        out.metadata = (index.input_id, index.time)
        return out

    def sample_from_edges(
        self, index: EdgeSamplerInput, neg_sampling: NegativeSampling | None = None
    ) -> HeteroSamplerOutput:
        """The graph around both ends of the seed edges.

        PyG draws the negatives of `neg_sampling` itself, from torch's global generator.
        """
        return edge_sample(
            index,
            lambda seeds, _: self._sample(seeds),
            self._num_nodes,
            disjoint=False,
            neg_sampling=neg_sampling,
        )

    def _sample(self, seeds: Mapping[str, Tensor]) -> HeteroSamplerOutput:
        self._seed_in_worker()
        if self._compiled is not None:
            return self._compiled.sample(seeds, self.generator)
        sample = _Sample(self._places)
        try:
            for label, node_N in seeds.items():
                sample.add(label, node_N)
            for hop in range(self._hops):
                self._grow(sample, hop)
        finally:
            sample.forget()
        return sample.output(list(self._incoming))

    def _seed_in_worker(self) -> None:
        """Copies with one seed would draw the same in all workers, and again in every epoch."""
        worker = get_worker_info()
        if worker is not None and worker.seed != self._worker_seed:
            self._worker_seed = worker.seed
            self.generator.manual_seed((self.generator.initial_seed() + worker.seed) % 2**63)

    def _grow(self, sample: _Sample, hop: int) -> None:
        frontier = sample.next_frontier()
        for edge_type, incoming in self._incoming.items():
            source, _, target = edge_type
            fan_outs = self._fan_outs.get(edge_type, ())
            if hop >= len(fan_outs) or not len(frontier.get(target, ())):
                continue
            position_E, at_E = incoming.picked(frontier[target], fan_outs[hop], self.generator)
            node_E = incoming.sources[position_E]
            sample.add(source, node_E)
            sample.connect(edge_type, node_E, frontier[target][at_E], incoming.ids[position_E])


class _Compiled:
    """The same by pyg-lib's `hetero_neighbor_sample`."""

    def __init__(
        self,
        labels: list[str],
        incoming: Mapping[EdgeType, _Incoming],
        fan_outs: Mapping[EdgeType, Sequence[int]],
        hops: int,
    ) -> None:
        self._labels = labels
        self._incoming = {"__".join(type): (type, edges) for type, edges in incoming.items()}
        self._fan_outs = {}
        for name, (type, _) in self._incoming.items():
            own = list(fan_outs.get(type, ()))
            self._fan_outs[name] = own + [0] * (hops - len(own))

    def sample(self, seeds: Mapping[str, Tensor], generator: Generator) -> HeteroSamplerOutput:
        with _drawn_from(generator):
            row, col, node, edge, *_ = torch.ops.pyg.hetero_neighbor_sample(
                self._labels,
                [type for type, _ in self._incoming.values()],
                {name: edges.starts for name, (_, edges) in self._incoming.items()},
                {name: edges.sources for name, (_, edges) in self._incoming.items()},
                {label: node_N.contiguous() for label, node_N in seeds.items()},
                self._fan_outs,
                csc=True,
                replace=False,
                directed=True,
                disjoint=False,
                temporal_strategy="uniform",
                return_edge_id=True,
            )
        order = {name: col_E.argsort(stable=True) for name, col_E in col.items()}
        types = self._incoming.items()
        return HeteroSamplerOutput(
            node={label: node_N for label, node_N in node.items() if len(node_N) or label in seeds},
            row={type: row[name][order[name]] for name, (type, _) in types},
            col={type: col[name][order[name]] for name, (type, _) in types},
            edge={type: edges.ids[edge[name][order[name]]] for name, (type, edges) in types},
        )


@contextmanager
def _drawn_from(generator: Generator) -> Iterator[None]:
    """What draws from torch's global generator then draws from a seed of `generator`.

    On one thread: pyg-lib's threads share what they draw from, and come to it in any order.
    """
    seed = int(torch.randint(2**62, (), generator=generator))
    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=()):
        torch.default_generator.manual_seed(seed)
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)


class _Sample:
    """The nodes and edges sampled so far."""

    def __init__(self, places: dict[str, Tensor]) -> None:
        self._places = places
        self._nodes: dict[str, list[Tensor]] = {}
        self._counts: dict[str, int] = {}
        self._seen = 0
        self._new: dict[str, list[Tensor]] = {}
        self._edges: dict[EdgeType, list[tuple[Tensor, Tensor, Tensor]]] = {}
        self._hops: list[dict[str, int]] = []

    def add(self, label: str, node_E: Tensor) -> None:
        """Takes in what is not yet there, in the order of the graph (seeds: as given)."""
        places_N = self._places[label]
        unseen_N = node_E[places_N[node_E] < 0]
        if self._hops:
            unseen_N = torch.unique(unseen_N)
        first = self._counts.get(label, 0)
        places_N[unseen_N] = torch.arange(first, first + len(unseen_N))
        self._counts[label] = first + len(unseen_N)
        self._nodes.setdefault(label, []).append(unseen_N)
        self._new.setdefault(label, []).append(unseen_N)

    def next_frontier(self) -> dict[str, Tensor]:
        """What was added since it was last asked for."""
        frontier = {label: torch.cat(nodes) for label, nodes in self._new.items()}
        self._hops.append({label: len(node_N) for label, node_N in frontier.items()})
        self._new = {}
        return frontier

    def connect(
        self, edge_type: EdgeType, source_E: Tensor, target_E: Tensor, id_E: Tensor
    ) -> None:
        source, _, target = edge_type
        ends = self._places[source][source_E], self._places[target][target_E], id_E
        self._edges.setdefault(edge_type, []).append(ends)

    def forget(self) -> None:
        for label, nodes in self._nodes.items():
            for node_N in nodes:
                self._places[label][node_N] = -1

    def output(self, edge_types: list[EdgeType]) -> HeteroSamplerOutput:
        none = (torch.empty(0, dtype=torch.long),) * 3
        edges = {
            type: tuple(
                torch.cat(part) for part in zip(none, *self._edges.get(type, ()), strict=True)
            )
            for type in edge_types
        }
        return HeteroSamplerOutput(
            node={label: torch.cat(nodes) for label, nodes in self._nodes.items()},
            row={type: row_E for type, (row_E, _, _) in edges.items()},
            col={type: col_E for type, (_, col_E, _) in edges.items()},
            edge={type: id_E for type, (_, _, id_E) in edges.items()},
        )


def _ranges(begin_F: Tensor, length_F: Tensor) -> tuple[Tensor, Tensor]:
    """`begin_F[i] + 0 .. length_F[i] - 1` of every i, and i of each."""
    owner_E = torch.repeat_interleave(length_F)
    ahead_F = length_F.cumsum(0) - length_F
    return torch.arange(len(owner_E)) - ahead_F[owner_E] + begin_F[owner_E], owner_E


def _distinct(degree_F: Tensor, count: int, generator: Generator) -> Tensor:
    """`count` different numbers below each `degree_F` (larger than `count`): int64 [F, K].

    Floyd's algorithm, one column a step: draw below d - K + k + 1, and take d - K + k where
    the draw was drawn before (Bentley and Floyd, "A Sample of Brilliance", CACM 1987).
    """
    chosen_FK = torch.empty(len(degree_F), count, dtype=torch.long)
    draw_FK = torch.rand(len(degree_F), count, generator=generator, dtype=torch.float64)
    for column in range(count):
        last_F = degree_F - count + column
        drawn_F = (draw_FK[:, column] * (last_F + 1)).long()
        taken_F = (chosen_FK[:, :column] == drawn_F[:, None]).any(1)
        chosen_FK[:, column] = torch.where(taken_F, last_F, drawn_F)
    return chosen_FK
