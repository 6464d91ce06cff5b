"""Popularity and personalised PageRank."""

import torch

from ml.links.baselines import PersonalisedPageRank, Popularity

TRAIN = torch.tensor([[0, 0, 2], [1, 0, 2], [1, 0, 3], [0, 1, 3]])
ENTITIES, RELATIONS = 6, 2


def test_popularity_counts_the_tails_of_a_relation_in_each_direction():
    popularity = Popularity(TRAIN, ENTITIES, RELATIONS)

    scores_BN = popularity.scores(torch.tensor([5, 0, 4]), torch.tensor([0, 1, 3]))

    assert scores_BN.tolist() == [[0, 0, 2, 1, 0, 0], [1, 2, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]]


def test_a_walk_stays_near_its_head():
    walk = PersonalisedPageRank(torch.tensor([[0, 0, 1], [1, 0, 2], [2, 0, 3]]), ENTITIES)

    (mass_N,) = walk.scores(torch.tensor([0]), torch.tensor([0]))

    assert torch.isclose(mass_N.sum(), torch.tensor(1 - 0.85**9))
    assert mass_N[1] > mass_N[2] > mass_N[3] > 0
    assert mass_N[4:].tolist() == [0, 0]


def test_the_mass_is_that_of_the_walk_until_it_stands_still():
    walk = PersonalisedPageRank(TRAIN, ENTITIES)
    step_NN = torch.zeros(ENTITIES, ENTITIES)
    for head, _, tail in TRAIN.tolist():
        step_NN[tail, head] += 1
        step_NN[head, tail] += 1
    step_NN /= step_NN.sum(dim=0).clamp(min=1)
    start_N = torch.eye(ENTITIES)[0]
    exact_N = torch.linalg.solve(torch.eye(ENTITIES) - 0.85 * step_NN, 0.15 * start_N)

    mass_BN = walk.scores(torch.tensor([0, 0]), torch.tensor([0, 1]))

    assert torch.equal(mass_BN[0], mass_BN[1])
    assert (mass_BN[0] - exact_N).abs().sum() < 0.85**9 + 1e-6


def test_a_head_without_edges_stays_alone():
    mass_BN = PersonalisedPageRank(TRAIN, ENTITIES).scores(torch.tensor([5]), torch.tensor([0]))

    assert mass_BN[0, :5].tolist() == [0.0] * 5
