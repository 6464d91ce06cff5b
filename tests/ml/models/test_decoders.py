"""Decoders: one interface, and the formula of each paper."""

import pytest
import torch

from ml.models.decoders import Bilinear, ComplEx, DistMult, RotatE, decoder

RELATIONS, WIDTH = 3, 8
NAMES = ("distmult", "complex", "rotate")


@pytest.fixture(params=NAMES)
def scorer(request):
    torch.manual_seed(0)
    return decoder(request.param, RELATIONS, WIDTH)


@pytest.fixture
def edges():
    generator = torch.Generator().manual_seed(1)
    head_BD = torch.randn(5, WIDTH, generator=generator)
    tail_BD = torch.randn(5, WIDTH, generator=generator)
    return head_BD, torch.tensor([0, 1, 2, 0, 1]), tail_BD


def as_complex(x_BD):
    real, imaginary = x_BD.chunk(2, dim=-1)
    return torch.complex(real, imaginary)


def test_candidates_score_as_they_do_one_by_one(scorer, edges):
    head_BD, relation_B, tail_BD = edges

    logits_BC = scorer.scores(head_BD, relation_B, tail_BD)

    torch.testing.assert_close(logits_BC.diagonal(), scorer(head_BD, relation_B, tail_BD))


def test_every_parameter_and_both_ends_get_a_gradient(scorer, edges):
    head_BD, relation_B, tail_BD = (
        end.requires_grad_() if end.is_floating_point() else end for end in edges
    )

    scorer(head_BD, relation_B, tail_BD).square().sum().backward()

    for tensor in (head_BD, tail_BD, *scorer.parameters()):
        assert tensor.grad is not None
        assert tensor.grad.isfinite().all()
        assert tensor.grad.any(dim=-1).all()


def test_complex_is_the_real_part_of_the_trilinear_product(edges):
    head_BD, relation_B, tail_BD = edges
    scorer = ComplEx(RELATIONS, WIDTH)
    relation_BH = as_complex(scorer.relation_RD)[relation_B]

    logits_B = scorer(head_BD, relation_B, tail_BD)

    expected = (as_complex(head_BD) * relation_BH * as_complex(tail_BD).conj()).sum(-1).real
    torch.testing.assert_close(logits_B, expected)


def test_rotate_is_the_margin_less_the_mean_modulus(edges):
    head_BD, relation_B, tail_BD = edges
    scorer = RotatE(RELATIONS, WIDTH, margin=4.0)
    turn_BH = torch.polar(torch.ones(5, WIDTH // 2), scorer.angle_RH[relation_B])

    logits_B = scorer(head_BD, relation_B, tail_BD)

    modulus = (as_complex(head_BD) * turn_BH - as_complex(tail_BD)).abs()
    torch.testing.assert_close(logits_B, 4.0 * (1 - modulus.mean(-1)))


def test_rotate_keeps_its_gradient_at_a_perfect_edge():
    scorer = RotatE(1, WIDTH)
    torch.nn.init.zeros_(scorer.angle_RH)
    end_BD = torch.ones(1, WIDTH, requires_grad=True)

    logit_B = scorer(end_BD, torch.zeros(1, dtype=torch.int64), torch.ones(1, WIDTH))
    logit_B.sum().backward()

    assert logit_B.item() == scorer.margin
    assert end_BD.grad is not None
    assert end_BD.grad.isfinite().all()


def test_distmult_cannot_tell_the_direction_and_the_others_can(scorer, edges):
    head_BD, relation_B, tail_BD = edges

    there, back = scorer(head_BD, relation_B, tail_BD), scorer(tail_BD, relation_B, head_BD)

    assert torch.allclose(there, back) == isinstance(scorer, DistMult)


@pytest.mark.parametrize("name", ["distmult", "complex"])
def test_the_relation_between_two_ends_scores_as_the_edge_does(name, edges):
    head_BD, relation_B, tail_BD = edges
    scorer = decoder(name, RELATIONS, WIDTH)
    assert isinstance(scorer, Bilinear)

    logits_BR = scorer.relation_scores(head_BD, tail_BD)

    told_B = logits_BR[torch.arange(5), relation_B]
    torch.testing.assert_close(told_B, scorer(head_BD, relation_B, tail_BD))


@pytest.mark.parametrize("name", ["complex", "rotate"])
def test_complex_coordinates_need_an_even_width(name):
    with pytest.raises(ValueError, match="width 7 is odd"):
        decoder(name, RELATIONS, 7)
