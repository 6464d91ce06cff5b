"""How much of what belongs to a text is found among its nearest."""
# N texts, Q of them asked with, K nearest

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

_QUERIES = 256  # at a time: 5 MB of scores for 5,000 texts


def recall_at(
    scores: Callable[[Tensor], Tensor], things_N: Tensor, among: int = 10
) -> tuple[Tensor, Tensor]:
    """Asks with every text that is not alone for the others of its thing.

    Args:
        scores: for positions [Q] of texts their scores_QN, higher is nearer; what a text scores
            with itself does not matter.
        things_N: int64, what each is a text of.
        among: how many of the nearest count.

    Returns:
        positions_Q of the texts that were asked with, and for each the share of the others that was
        found, of `among` of them where there are more.
    """
    _, thing_N, counts = torch.unique(things_N, return_inverse=True, return_counts=True)
    others_N = counts[thing_N] - 1
    asked = others_N.nonzero().flatten()
    shares = [torch.empty(0)]
    for rows in torch.split(asked, _QUERIES) if len(asked) else ():
        scores_QN = scores(rows).clone()
        scores_QN[torch.arange(len(rows)), rows] = -math.inf
        nearest_QK = scores_QN.topk(min(among, len(things_N) - 1)).indices
        found_Q = (things_N[nearest_QK] == things_N[rows][:, None]).sum(1)
        shares.append(found_Q / others_N[rows].clamp(max=among))
    return asked, torch.cat(shares)


def recall_of_vectors(x_ND: Tensor, things_N: Tensor, among: int = 10) -> tuple[Tensor, Tensor]:
    """`recall_at` by the cosine of vectors x_ND."""
    unit_ND = torch.nn.functional.normalize(x_ND.float().cpu(), dim=-1)
    return recall_at(lambda rows: unit_ND[rows] @ unit_ND.T, things_N, among)
