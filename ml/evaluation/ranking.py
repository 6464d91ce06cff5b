"""Where the true answers stand among all candidates, and what that is worth."""

# B queries, N candidates, P true answers whose rank is asked for, K known answers

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

HITS = (1, 3, 10)
ROWS_AT_A_TIME = 256  # of P x N comparisons: a few MB, so that they stay in the cache


def filtered_ranks(
    scores_BN: Tensor, row_P: Tensor, answer_P: Tensor, known: tuple[Tensor, Tensor]
) -> Tensor:
    """Rank of each true answer among the candidates that are not known to be true as well.

    Ties stand at their mean rank, so that a scorer that gives all candidates the same number gets
    the middle. The best rank is 1.

    Args:
        scores_BN: more is better; the known answers are overwritten.
        row_P: the query of each answer.
        known: `row_K` and `answer_K`, all true answers, those asked for among them.

    Returns:
        `rank_P`, float64.

    Raises:
        ValueError: a true answer's score is no finite number; every comparison with it would be
            false, and its rank the best.

    Source: filtered setting: Bordes et al., "Translating Embeddings for Modeling Multi-relational
    Data", NIPS 2013, section 4.1; ties: Berrendorf et al., "On the Ambiguity of Rank-Based
    Evaluation", 2020 (realistic rank).
    """
    score_P1 = scores_BN[row_P, answer_P].unsqueeze(1)
    if not (score_P1.isfinite().all() and not scores_BN.isnan().any()):
        raise ValueError("scores must be finite numbers")
    scores_BN[known] = -torch.inf
    ranks = []
    for first in range(0, len(row_P), ROWS_AT_A_TIME):
        part = slice(first, first + ROWS_AT_A_TIME)
        others = scores_BN[row_P[part]]
        greater, equal = others > score_P1[part], others == score_P1[part]
        ranks.append(1 + greater.sum(dim=1).double() + equal.sum(dim=1).double() / 2)
    return torch.cat(ranks) if ranks else torch.zeros(0, dtype=torch.float64)


def rank_measures(rank_P: Tensor) -> Mapping[str, Tensor]:
    """What each rank is worth: `mrr`, `hits@1`, `hits@3`, `hits@10`, each `P` numbers in 0..1."""
    hits = {f"hits@{k}": (rank_P <= k).double() for k in HITS}
    return {"mrr": rank_P.reciprocal(), **hits}
