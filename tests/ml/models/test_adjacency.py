"""Sums over neighbours, forward and back."""

import torch

from ml.models.adjacency import Adjacency, by_root_of_degree


def edges():
    return torch.tensor([[0, 2, 1, 2, 2], [1, 0, 1, 1, 1]])


def by_hand(x_SD, edge_index, targets):
    total_TD = torch.zeros(targets, x_SD.shape[1])
    return total_TD.index_add(0, edge_index[1], x_SD[edge_index[0]])


def test_it_sums_like_gather_and_scatter():
    x_SD = torch.randn(3, 4, generator=torch.Generator().manual_seed(0))

    total_TD = Adjacency(edges(), sources=3, targets=2).sum(x_SD)

    torch.testing.assert_close(total_TD, by_hand(x_SD, edges(), 2))


def test_its_gradient_is_that_of_gather_and_scatter():
    x_SD = torch.randn(3, 4, requires_grad=True, generator=torch.Generator().manual_seed(0))
    weight_TD = torch.randn(2, 4, generator=torch.Generator().manual_seed(1))

    (ours,) = torch.autograd.grad(
        (Adjacency(edges(), sources=3, targets=2).sum(x_SD) * weight_TD).sum(), x_SD
    )
    (expected,) = torch.autograd.grad((by_hand(x_SD, edges(), 2) * weight_TD).sum(), x_SD)

    torch.testing.assert_close(ours, expected)


def test_weights_count_forward_and_back():
    x_SD = torch.randn(3, 4, requires_grad=True, generator=torch.Generator().manual_seed(0))
    weight_E = torch.tensor([1.0, 2.0, -1.0, 0.5, 3.0])
    edge_index = edges()

    total_TD = Adjacency(edge_index, sources=3, targets=2, weight_E=weight_E).sum(x_SD)

    messages_ED = x_SD[edge_index[0]] * weight_E[:, None]
    expected_TD = torch.zeros(2, 4).index_add(0, edge_index[1], messages_ED)
    torch.testing.assert_close(total_TD, expected_TD)
    seen = torch.arange(8.0).reshape(2, 4)
    (ours,) = torch.autograd.grad((total_TD * seen).sum(), x_SD)
    (by_scatter,) = torch.autograd.grad((expected_TD * seen).sum(), x_SD)
    torch.testing.assert_close(ours, by_scatter)


def test_nodes_without_edges_hear_nothing():
    nothing = torch.empty(2, 0, dtype=torch.long)

    total_TD = Adjacency(nothing, sources=3, targets=2).sum(torch.ones(3, 4))

    assert total_TD.tolist() == [[0] * 4] * 2


def test_an_edge_index_is_sorted_once():
    edge_index = edges()

    once, again = (by_root_of_degree(edge_index, sources=3, targets=2) for _ in range(2))

    assert once is again


def test_the_same_edges_among_more_nodes_are_another_matrix():
    edge_index = edges()

    by_root_of_degree(edge_index, sources=3, targets=2)

    total_TD = by_root_of_degree(edge_index, sources=5, targets=4).sum(torch.ones(5, 1))
    assert total_TD.shape == (4, 1)


def test_by_root_of_degree_each_source_counts_less_the_more_there_are():
    edge_index, x_SD = edges(), torch.tensor([[1.0], [10.0], [100.0]])

    total_TD = by_root_of_degree(edge_index, sources=3, targets=3).sum(x_SD)

    torch.testing.assert_close(total_TD, torch.tensor([[100.0], [211 / 2], [0.0]]))
