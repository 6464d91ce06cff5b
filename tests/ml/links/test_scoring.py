"""Ranks of test triples, asked in both directions."""

import torch

from ml.links.queries import Queries, both_directions
from ml.links.scoring import StrangersLast, rank_triples

ENTITIES = 5


class ByTable:
    """Scores out of a table by (head, directed relation)."""

    def __init__(self, rows):
        self.rows = rows
        self.asked = 0

    def scores(self, head_B, relation_B):
        self.asked += len(head_B)
        keys = zip(head_B.tolist(), relation_B.tolist(), strict=True)
        return torch.tensor([self.rows[key] for key in keys])


def test_tail_and_head_have_a_rank_each_and_known_triples_are_left_out():
    known = torch.tensor([[0, 0, 1], [0, 0, 2], [3, 0, 2]])
    scorer = ByTable(
        {
            (0, 0): [0.0, 0.9, 0.8, 0.85, 0.1],  # ahead of 2: 1, which is true as well, and 3
            (2, 1): [0.5, 0.6, 0.7, 0.9, 0.1],  # ahead of 0: 1, 2, and 3, which is true as well
        }
    )

    rank_T2 = rank_triples(scorer, known[1:2], Queries.of(both_directions(known)))

    assert rank_T2.tolist() == [[2, 3]]


def test_ranks_come_back_in_the_order_of_the_triples_and_a_query_is_scored_once():
    test_T3 = torch.tensor([[1, 0, 4], [0, 0, 2], [1, 0, 0], [1, 0, 4]])
    row = [0.5, 0.4, 0.3, 0.2, 0.1]
    scorer = ByTable({(head, relation): row for head in range(ENTITIES) for relation in (0, 1)})

    rank_T2 = rank_triples(scorer, test_T3, Queries.of(both_directions(test_T3)))

    assert rank_T2[:, 0].tolist() == [4, 3, 1, 4]
    assert rank_T2[:, 1].tolist() == [2, 1, 2, 2]
    assert scorer.asked == 2 + 3


def test_a_scorer_without_an_opinion_gets_the_middle():
    test_T3 = torch.tensor([[0, 0, 1], [2, 0, 3]])
    scorer = ByTable(
        {(head, relation): [0.0] * ENTITIES for head in range(ENTITIES) for relation in (0, 1)}
    )

    rank_T2 = rank_triples(scorer, test_T3, Queries.of(both_directions(test_T3)))

    assert rank_T2.tolist() == [[3, 3], [3, 3]]


def test_strangers_stand_beside_the_last_however_low_the_others_score():
    test_T3 = torch.tensor([[0, 0, 1], [0, 0, 4]])
    known = torch.cat((test_T3, torch.tensor([[0, 0, 0]])))
    scorer = ByTable(
        {
            (0, 0): [-1.0, -2.0, -3.0, 0.0, 0.0],
            (1, 1): [-1.0, -2.0, -3.0, 0.0, 0.0],
            (4, 1): [0.0, 0.0, 0.0, 0.0, 0.0],
        }
    )

    ranks = rank_triples(StrangersLast(scorer, 3), test_T3, Queries.of(both_directions(known)))

    assert ranks.tolist() == [[1, 1], [2, 3]]
