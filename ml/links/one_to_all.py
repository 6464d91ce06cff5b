"""Softmax cross-entropy of queries against every entity, with as few passes over it as possible."""

# B queries, N entities, D width, P true tails of the batch's queries

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def grouped_cross_entropy(
    query_BD: Tensor,
    entity_ND: Tensor,
    row_P: Tensor,
    tail_P: Tensor,
    count_B: Tensor,
    *,
    product_dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Sum over the P true tails of `-log softmax(query @ entity.T)[tail]`, a scalar.

    The textbook computes every triple of a query on its own. The P triples of B queries share their
    rows of logits, and `sum over tails = count * logsumexp - sum of the tails' logits`: the same
    number for B rows in the place of P. The rows are turned into the gradient where they stand.

    Args:
        row_P: which query each tail belongs to; every query has at least one.
        count_B: tails of each query.
        product_dtype: of the matrix products; sums and parameters stay in float32.

    Source: the loss is that of Lacroix et al., "Canonical Tensor Decomposition for Knowledge Base
    Completion", ICML 2018, equation 7 (one direction; give reciprocal relations for the other).
    """
    loss: Tensor = _GroupedCrossEntropy.apply(
        query_BD, entity_ND, row_P, tail_P, count_B, product_dtype
    )
    return loss


class _GroupedCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401 - what torch hands over has no type
        query_BD: Tensor,
        entity_ND: Tensor,
        row_P: Tensor,
        tail_P: Tensor,
        count_B: Tensor,
        product_dtype: torch.dtype,
    ) -> Tensor:
        query_BD, entity_ND = query_BD.to(product_dtype), entity_ND.to(product_dtype)
        logits_BN = (query_BD @ entity_ND.T).float()
        positive_sum = logits_BN[row_P, tail_P].sum()
        top_B1 = logits_BN.amax(dim=1, keepdim=True)
        total_B1 = logits_BN.sub_(top_B1).exp_().sum(dim=1, keepdim=True)
        count_B1 = count_B.unsqueeze(1).float()
        loss = (count_B1 * (total_B1.log() + top_B1)).sum() - positive_sum
        gradient_BN = logits_BN.mul_(count_B1 / total_B1)
        gradient_BN[row_P, tail_P] -= 1  # tails of one query are distinct
        ctx.save_for_backward(query_BD, entity_ND, gradient_BN)
        return loss

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_loss: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        query_BD, entity_ND, gradient_BN = ctx.saved_tensors
        gradient_BN = gradient_BN.to(query_BD.dtype)
        grad_query_BD = (gradient_BN @ entity_ND).float() * grad_loss
        grad_entity_ND = None
        if ctx.needs_input_grad[1]:
            grad_entity_ND = (gradient_BN.T @ query_BD).float() * grad_loss
        return grad_query_BD, grad_entity_ND, None, None, None, None
