"""Our encoder against PyG's SAGEConv on `edge_index`, and edges a second of the sampler.

    python -m benchmarks.training [--nodes 200000] [--edges 1000000] [--width 128] [--epochs 5]

An epoch is one whole-graph forward and backward pass and one step of Adam, with one and with two
layers of either kind; they take turns, and the median counts. Both get the same first vectors, and
give gradients back to them, for what makes vectors of features is trained as well. Two kinds of
nodes, edges in both directions, as the facts of a catalog are.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.data import HeteroData
from torch_geometric.loader import NodeLoader
from torch_geometric.nn import HeteroConv, SAGEConv

from ml.data.hetero import with_reverse
from ml.data.sampling import NeighbourSampler
from ml.models.relational import RelationalLayer

FACTS = ("Product", "HAS_PARAMETER", "Value")
SEED = 0

Vectors = dict[str, Tensor]  # of the nodes of every type
Forward = Callable[[Vectors], Vectors]


def made_up(nodes: int, edges: int, width: int) -> tuple[HeteroData, Vectors]:
    """Products with facts; a tenth of the nodes are values, some in far more facts than others."""
    generator = torch.Generator().manual_seed(SEED)
    values = nodes // 10
    data = HeteroData()
    data["Product"].num_nodes = nodes - values
    data["Value"].num_nodes = values
    product_E = torch.randint(nodes - values, (edges // 2,), generator=generator).sort().values
    skewed_E = torch.rand(edges // 2, generator=generator, dtype=torch.float64).square()
    data[FACTS].edge_index = torch.stack((product_E, (skewed_E * values).long()))
    x = {
        label: torch.randn(data[label].num_nodes, width, generator=generator, requires_grad=True)
        for label in data.node_types
    }
    return with_reverse(data), x


def of_ours(data: HeteroData, width: int, layers: int) -> tuple[nn.Module, Forward]:
    stack = nn.ModuleList(
        RelationalLayer(list(data.edge_types), width, dropout=0.0) for _ in range(layers)
    )

    def forward(x: Vectors) -> Vectors:
        for layer in stack:
            x = layer(x, data, list(x))
        return x

    return stack, forward


def of_sage(data: HeteroData, width: int, layers: int) -> tuple[nn.Module, Forward]:
    edges = {type: data[type].edge_index for type in data.edge_types}
    stack = nn.ModuleList(
        HeteroConv({type: SAGEConv(width, width) for type in edges}, aggr="sum")
        for _ in range(layers)
    )

    def forward(x: Vectors) -> Vectors:
        for layer in stack:
            heard = layer(x, edges)
            last = layer is stack[-1]
            x = heard if last else {label: x_ND.relu() for label, x_ND in heard.items()}
        return x

    return stack, forward


def epoch(module: nn.Module, forward: Forward, x: Vectors) -> Callable[[], float]:
    optimiser = torch.optim.Adam(module.parameters())

    def seconds() -> float:
        began = time.perf_counter()
        for tensor in (*module.parameters(), *x.values()):
            tensor.grad = None
        loss = torch.stack([x_ND.square().mean() for x_ND in forward(x).values()]).sum()
        torch.autograd.backward(loss)
        optimiser.step()
        return time.perf_counter() - began

    return seconds


def sampled_per_second(data: HeteroData, fan_outs: list[int], batch: int, batches: int) -> float:
    sampler = NeighbourSampler(data, fan_outs, torch.Generator().manual_seed(SEED))
    loader = NodeLoader(
        data, sampler, input_nodes=("Product", torch.arange(batch * batches)), batch_size=batch
    )
    began = time.perf_counter()
    edges = 0
    for sampled in loader:
        edges += sum(int(sampled[type].num_edges) for type in data.edge_types)
    return edges / (time.perf_counter() - began)


def compared(data: HeteroData, x: Vectors, layers: int, epochs: int) -> dict[str, float]:
    width = next(iter(x.values())).shape[1]
    turns = {
        "ours": epoch(*of_ours(data, width, layers), x),
        "sage": epoch(*of_sage(data, width, layers), x),
    }
    taken: dict[str, list[float]] = {name: [] for name in turns}
    for turn in range(1 + epochs):
        for name, seconds in turns.items():
            spent = seconds()
            if turn:  # the first makes caches
                taken[name].append(spent)
    ours, sage = (statistics.median(times) for times in taken.values())
    return {"ours_s": ours, "sage_s": sage, "ratio": ours / sage}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=200_000)
    parser.add_argument("--edges", type=int, default=1_000_000, help="both directions together")
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    data, x = made_up(options.nodes, options.edges, options.width)
    told: dict[str, object] = {
        f"layers_{layers}": compared(data, x, layers, options.epochs) for layers in (1, 2)
    }
    told["sampled_edges_per_second"] = sampled_per_second(data, [8, 8], 512, 20)
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
