"""Triples grouped into queries."""

import torch

from ml.links.queries import Queries, both_directions

TRIPLES = torch.tensor([[2, 0, 1], [0, 1, 2], [2, 0, 0], [2, 0, 1], [0, 0, 3]])


def test_every_triple_is_asked_in_both_directions():
    assert both_directions(torch.tensor([[5, 3, 6]])).tolist() == [[5, 6, 6], [6, 7, 5]]


def test_a_query_has_all_of_its_tails_once():
    queries = Queries.of(TRIPLES)

    batch = queries.batch(torch.tensor([2, 0]))

    assert (queries.head_Q.tolist(), queries.relation_Q.tolist()) == ([0, 0, 2], [0, 1, 0])
    assert (batch.head_B.tolist(), batch.relation_B.tolist()) == ([2, 0], [0, 0])
    assert (batch.row_P.tolist(), batch.tail_P.tolist()) == ([0, 0, 1], [0, 1, 3])
    assert batch.count_B.tolist() == [2, 1]


def test_queries_are_found_by_head_and_relation():
    queries = Queries.of(TRIPLES)

    assert queries.find(torch.tensor([2, 0]), torch.tensor([0, 1])).tolist() == [2, 1]


def test_an_epoch_has_every_query_once_in_the_generators_order():
    queries = Queries.of(TRIPLES)

    def epoch(seed):
        parts = list(queries.shuffled(2, torch.Generator().manual_seed(seed)))
        assert [len(part) for part in parts] == [2, 1]
        return torch.cat(parts).tolist()

    assert sorted(epoch(0)) == [0, 1, 2]
    assert epoch(0) == epoch(0)
