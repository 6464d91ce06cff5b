"""The grouped loss is the textbook's, and so are its gradients."""

import torch
from torch.nn import functional as F  # noqa: N812

from ml.links.one_to_all import grouped_cross_entropy

ROW = torch.tensor([0, 0, 1, 2, 3, 3, 3])
TAIL = torch.tensor([1, 4, 2, 0, 5, 7, 8])


def inputs():
    generator = torch.Generator().manual_seed(0)
    query_BD = torch.randn(4, 6, generator=generator, requires_grad=True)
    entity_ND = torch.randn(9, 6, generator=generator, requires_grad=True)
    return query_BD, entity_ND


def grouped(query_BD, entity_ND, dtype=torch.float32):
    return grouped_cross_entropy(
        query_BD, entity_ND, ROW, TAIL, torch.bincount(ROW), product_dtype=dtype
    )


def test_loss_and_gradients_are_those_of_triples_one_by_one():
    query_BD, entity_ND = inputs()
    textbook = F.cross_entropy((query_BD @ entity_ND.T)[ROW], TAIL, reduction="sum")
    expected = torch.autograd.grad(textbook, (query_BD, entity_ND))

    loss = grouped(query_BD, entity_ND)
    found = torch.autograd.grad(2 * loss, (query_BD, entity_ND))

    torch.testing.assert_close(loss, textbook)
    for mine, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(mine, 2 * theirs)


def test_a_confident_mistake_is_finite_and_keeps_its_gradient():
    query_BD, entity_ND = (tensor.detach().mul(300).requires_grad_() for tensor in inputs())

    loss = grouped(query_BD, entity_ND)
    (gradient_BD,) = torch.autograd.grad(loss, query_BD)

    assert loss.isfinite()
    assert gradient_BD.isfinite().all()
    assert gradient_BD.any(dim=1).sum() >= 3


def test_products_in_bfloat16_come_close():
    query_BD, entity_ND = inputs()

    exact, rough = grouped(query_BD, entity_ND), grouped(query_BD, entity_ND, torch.bfloat16)

    assert rough.dtype == torch.float32
    torch.testing.assert_close(rough, exact, rtol=0.02, atol=0.0)
