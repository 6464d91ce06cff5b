"""What the sampler promises, held against neighbours counted by hand."""

import pytest
import torch
import torch_geometric.typing
from torch_geometric.data import HeteroData
from torch_geometric.loader import LinkLoader, NodeLoader
from torch_geometric.sampler import NegativeSampling, NodeSamplerInput

from ml.data.hetero import to_hetero, with_reverse
from ml.data.sampling import ALL, NeighbourSampler
from tests.ml.graphs import catalog

FACTS = ("Value", "rev_HAS_PARAMETER", "Product")


WITHOUT = pytest.mark.skipif(
    not torch_geometric.typing.WITH_PYG_LIB, reason="pyg-lib is not installed"
)


@pytest.fixture(params=[False, pytest.param(True, marks=WITHOUT)], ids=["torch", "pyg-lib"])
def sampler_of(request):
    """Makes a sampler that samples by one of the two."""

    def sampler_of(data, fan_outs, generator=None):
        sampler = NeighbourSampler(data, fan_outs, generator, pyg_lib=request.param)
        assert (sampler._compiled is not None) == (request.param and bool(data.edge_types))
        return sampler

    return sampler_of


def graph():
    return with_reverse(to_hetero(catalog()))


def generator(seed=3):
    return torch.Generator().manual_seed(seed)


def star(leaves=1_000):
    """One hub that many leaves point to."""
    data = HeteroData()
    data["leaf"].num_nodes = leaves
    data["hub"].num_nodes = 2
    data["leaf", "of", "hub"].edge_index = torch.stack(
        (torch.arange(leaves), torch.zeros(leaves, dtype=torch.long))
    )
    return data


def test_every_neighbour_is_there_when_all_are_asked_for(sampler_of):
    data = graph()
    loader = NodeLoader(
        data, sampler_of(data, [ALL]), input_nodes=("Product", torch.tensor([5, 0]))
    )

    batch = loader(torch.arange(2))

    source, target = data[FACTS].edge_index
    expected = {
        (v, p) for v, p in zip(source.tolist(), target.tolist(), strict=True) if p in (0, 5)
    }
    row, col = batch[FACTS].edge_index
    found = zip(batch["Value"].n_id[row].tolist(), batch["Product"].n_id[col].tolist(), strict=True)
    assert set(found) == expected
    assert batch["Product"].n_id.tolist()[:2] == [5, 0]


def test_sampled_edges_are_edges_of_the_graph(sampler_of):
    data = graph()
    loader = NodeLoader(
        data,
        sampler_of(data, [3, 2], generator()),
        input_nodes=("Product", torch.arange(10)),
        batch_size=4,
    )

    for batch in loader:
        for edge_type in data.edge_types:
            ends = data[edge_type].edge_index[:, batch[edge_type].e_id]
            row, col = batch[edge_type].edge_index
            assert torch.equal(ends[0], batch[edge_type[0]].n_id[row])
            assert torch.equal(ends[1], batch[edge_type[2]].n_id[col])


def test_a_hub_gives_as_many_different_neighbours_as_were_asked_for(sampler_of):
    sampler = sampler_of(star(), [16], generator())

    out = sampler.sample_from_nodes(NodeSamplerInput(None, torch.tensor([0, 1]), None, "hub"))

    assert len(out.node["leaf"]) == 16
    assert len(out.node["leaf"].unique()) == 16
    assert out.col["leaf", "of", "hub"].tolist() == [0] * 16


def test_every_neighbour_of_a_hub_is_drawn_as_often(sampler_of):
    sampler = sampler_of(star(leaves=20), [5], generator())
    seeds = NodeSamplerInput(None, torch.tensor([0]), None, "hub")

    drawn = torch.cat([sampler.sample_from_nodes(seeds).node["leaf"] for _ in range(2_000)])

    # 500 each are expected, with a standard deviation of 19.
    assert torch.bincount(drawn, minlength=20).float().sub(500).abs().max() < 100


def test_the_same_generator_samples_the_same_graph(sampler_of):
    data = graph()
    seeds = NodeSamplerInput(None, torch.arange(6), None, "Product")

    once, again = (sampler_of(data, [2, 2], generator()).sample_from_nodes(seeds) for _ in range(2))

    assert all(torch.equal(once.node[label], again.node[label]) for label in once.node)
    assert all(torch.equal(once.edge[type], again.edge[type]) for type in once.edge)


def test_workers_of_a_loader_draw_anew_in_every_epoch_and_the_same_after_one_seed(sampler_of):
    data = star()

    def epochs():
        torch.manual_seed(7)
        loader = NodeLoader(
            data,
            sampler_of(data, [16], generator()),
            input_nodes=("hub", torch.tensor([0])),
            num_workers=1,
        )
        return [next(iter(loader))["leaf"].n_id.tolist() for _ in range(2)]

    once, again = epochs(), epochs()

    assert once[0] != once[1]
    assert once == again


def test_edges_come_in_order_of_their_targets(sampler_of):
    data = graph()
    sampler = sampler_of(data, [2, 2], generator())

    out = sampler.sample_from_nodes(NodeSamplerInput(None, torch.tensor([7, 3]), None, "Product"))

    assert all(bool((col[1:] >= col[:-1]).all()) for col in out.col.values())


@pytest.mark.parametrize("amount", [None, 2])
def test_links_come_with_both_their_neighbourhoods(sampler_of, amount):
    data = graph()
    edge_type = ("Product", "MADE_BY", "Brand")
    loader = LinkLoader(
        data,
        sampler_of(data, [4], generator()),
        edge_label_index=(edge_type, data[edge_type].edge_index),
        neg_sampling=None if amount is None else NegativeSampling("binary", amount),
        batch_size=8,
    )

    batch = next(iter(loader))

    product, brand = batch[edge_type].edge_label_index[:, :8]
    ends = torch.stack((batch["Product"].n_id[product], batch["Brand"].n_id[brand]))
    assert torch.equal(ends, data[edge_type].edge_index[:, :8])
    assert batch[edge_type].edge_label_index.shape[1] == 8 * (1 + (amount or 0))


def test_a_graph_without_edges_gives_its_seeds(sampler_of):
    data = to_hetero(catalog(products=0))

    out = sampler_of(data, [4]).sample_from_nodes(
        NodeSamplerInput(None, torch.tensor([2]), None, "Brand")
    )

    assert out.node["Brand"].tolist() == [2]


def test_torchs_own_generator_is_left_as_it_was(sampler_of):
    sampler = sampler_of(star(), [16], generator())
    torch.manual_seed(7)
    before = torch.get_rng_state()

    sampler.sample_from_nodes(NodeSamplerInput(None, torch.tensor([0]), None, "hub"))

    assert torch.equal(torch.get_rng_state(), before)
