"""Filtered ranks of test triples, in both directions, under any scorer."""

# B queries of a batch, N candidates, T triples

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from ml.evaluation.ranking import filtered_ranks
from ml.links.queries import TAIL, Queries, both_directions

BATCH_QUERIES = 256


class Scorer(Protocol):
    def scores(self, head_B: Tensor, relation_B: Tensor) -> Tensor:
        """`scores_BN` of every entity as the tail; relations as `both_directions` numbers them."""
        ...


class StrangersLast:
    """A scorer for which what it knows nothing of is no likelier than all that it knows.

    A vector of zeros would score 0, and so stand before true tails whose score is below that.

    Args:
        scorer: scores entities of all ids.
        known: ids from there on are strangers.
    """

    def __init__(self, scorer: Scorer, known: int) -> None:
        self._scorer = scorer
        self._known = known

    def scores(self, head_B: Tensor, relation_B: Tensor) -> Tensor:
        scores_BN = self._scorer.scores(head_B, relation_B)
        known_BK, stranger_BS = scores_BN.tensor_split([self._known], dim=1)
        lowest_B1 = known_BK.amin(dim=1, keepdim=True)
        return torch.cat((known_BK, lowest_B1.expand_as(stranger_BS)), dim=1)


@torch.no_grad()
def rank_triples(
    scorer: Scorer,
    triple_T3: Tensor,
    known: Queries,
    *,
    device: torch.device | str = "cpu",
) -> Tensor:
    """Rank of the tail for `(head, relation, ?)` and of the head for `(?, relation, tail)`.

    Every distinct query is scored once, however many triples ask it.

    Args:
        known: all true triples in both directions, `triple_T3` among them.
        device: where the scorer computes.

    Returns:
        `rank_T2`, float64: of the tail, of the head.
    """
    directed_2T3 = both_directions(triple_T3)
    query_Q2, of_2T = torch.unique(directed_2T3[:, :2], dim=0, return_inverse=True)
    order_2T = of_2T.argsort(stable=True)
    ends_Q = torch.bincount(of_2T).cumsum(0)
    rank_2T = torch.empty(len(directed_2T3), dtype=torch.float64)
    first = 0
    for start in range(0, len(query_Q2), BATCH_QUERIES):
        head_B, relation_B = query_Q2[start : start + BATCH_QUERIES].T
        end = int(ends_Q[start + len(head_B) - 1])
        asked_P = order_2T[first:end]
        first = end
        scores_BN = scorer.scores(head_B.to(device), relation_B.to(device)).float()
        true = known.batch(known.find(head_B, relation_B), device)
        row_P, answer_P = of_2T[asked_P] - start, directed_2T3[asked_P, TAIL]
        ranks = filtered_ranks(
            scores_BN, row_P.to(device), answer_P.to(device), (true.row_P, true.tail_P)
        )
        rank_2T[asked_P] = ranks.cpu()
    return rank_2T.view(2, -1).T
