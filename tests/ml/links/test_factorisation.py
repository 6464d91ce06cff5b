"""The factorisation's loss, its scores, and what it can learn."""

import pytest
import torch
from torch.nn import functional as F  # noqa: N812

from ml.links.factorisation import Factorisation, FactorisationConfig
from ml.links.queries import Queries, both_directions

ENTITIES, RELATIONS = 7, 2
TRAIN = torch.tensor([[0, 0, 1], [0, 0, 2], [3, 1, 4], [5, 1, 6], [2, 0, 6]])
QUERIES = Queries.of(both_directions(TRAIN))
EVERY = torch.arange(len(QUERIES))


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def factorisation(**changes):
    torch.manual_seed(0)
    config = FactorisationConfig(**{"rank": 4, "scale": 0.5, **changes})
    return Factorisation(ENTITIES, RELATIONS, config)


def loss_of(model, seed=0):
    return model(QUERIES, EVERY, generator(seed), torch.float32)


def test_the_loss_is_cross_entropy_penalty_and_relation_of_every_triple():
    model = factorisation(cubic_penalty=0.1, relation_weight=0.5)
    head, relation, tail = both_directions(TRAIN).T
    head_TD, tail_TD = model.entity_ND[head], model.entity_ND[tail]
    logits_TN = model.decoder.scores(head_TD, relation, model.entity_ND)
    factors = (head_TD, model.decoder.relation_RD[relation], tail_TD)
    moduli = [torch.complex(*factor.chunk(2, dim=-1)).abs() for factor in factors]
    expected = (
        F.cross_entropy(logits_TN, tail)
        + 0.1 * sum(modulus.pow(3).sum() for modulus in moduli) / len(tail)
        + 0.5 * F.cross_entropy(model.decoder.relation_scores(head_TD, tail_TD), relation)
    )

    torch.testing.assert_close(loss_of(model), expected)


@pytest.mark.parametrize("decoder", ["distmult", "complex", "rotate"])
@pytest.mark.parametrize("candidates", [None, 3])
def test_every_decoder_learns_the_triples(decoder, candidates):
    model = factorisation(decoder=decoder, candidates=candidates, cubic_penalty=0.0)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.05)
    first = loss_of(model).item()
    for step in range(60):
        optimiser.zero_grad()
        loss_of(model, step).backward()
        optimiser.step()

    with torch.no_grad():
        scores_QN = model.scores(QUERIES.head_Q, QUERIES.relation_Q)
        best = scores_QN.argmax(dim=1)

    assert loss_of(model).item() < first / 2
    for query, answer in enumerate(best.tolist()):
        assert answer in QUERIES.batch(torch.tensor([query])).tail_P


def test_the_same_generator_draws_the_same_candidates():
    model = factorisation(candidates=2)

    losses = [
        model(QUERIES, EVERY[:1], generator(seed), torch.float32).item() for seed in (1, 1, 2, 3)
    ]

    assert losses[0] == losses[1]
    assert len(set(losses)) > 1


def test_a_relation_that_training_did_not_have_says_nothing():
    model = factorisation()

    scores_BN = model.scores(torch.tensor([0, 0]), torch.tensor([2 * RELATIONS, 0]))

    assert not scores_BN[0].any()
    assert scores_BN[1].any()


def test_more_entities_stand_behind_those_that_are_there():
    model = factorisation()
    before_BN = model.scores(torch.tensor([1]), torch.tensor([0]))

    model.grow(torch.zeros(2, model.config.width))

    after_BN = model.scores(torch.tensor([1]), torch.tensor([0]))
    assert after_BN.shape == (1, ENTITIES + 2)
    torch.testing.assert_close(after_BN[:, :ENTITIES], before_BN)
    assert not after_BN[:, ENTITIES:].any()
