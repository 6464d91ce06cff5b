"""What link prediction has to beat: the most frequent tail, and personalised PageRank."""

# B queries, D directed relations, E directed edges, N entities, T triples, U distinct heads

from __future__ import annotations

import torch
from torch import Tensor

from ml.links.queries import HEAD, RELATION, TAIL, both_directions

RESTART = 0.15  # the usual chance to start again at the head
STEPS = 8  # what is still on its way then, .85 ** 9 = .23 of the mass, is left out


class Popularity:
    """Scores a tail by how often the relation has it in training, whatever the head."""

    def __init__(self, train_T3: Tensor, entities: int, relations: int) -> None:
        directed = both_directions(train_T3)
        place = directed[:, RELATION] * entities + directed[:, TAIL]
        count = torch.bincount(place, minlength=2 * relations * entities)
        self._count_DN = count.view(2 * relations, entities).float()

    def scores(self, head_B: Tensor, relation_B: Tensor) -> Tensor:
        """`count_BN`; `head_B` is not looked at."""
        return self._count_DN[relation_B]


class PersonalisedPageRank:
    """Scores a tail by how often a random walk from the head is there, whatever the relation.

    The walk runs over the training edges in both directions, and starts again with chance
    `RESTART`. A head without an edge stays alone.

    Source: Page et al., "The PageRank Citation Ranking", 1999, section 6.
    """

    def __init__(self, train_T3: Tensor, entities: int) -> None:
        ends_2E = torch.cat((train_T3[:, [HEAD, TAIL]], train_T3[:, [TAIL, HEAD]])).T
        degree_N = torch.bincount(ends_2E[0], minlength=entities).float()
        # Column-stochastic: what stands at an entity goes out in equal parts.
        self._step_NN = torch.sparse_coo_tensor(
            ends_2E.flip(0),
            degree_N[ends_2E[0]].reciprocal(),
            (entities, entities),
            check_invariants=True,
        ).coalesce()
        self._entities = entities

    def scores(self, head_B: Tensor, relation_B: Tensor) -> Tensor:
        """`mass_BN`; `relation_B` is not looked at."""
        head_U, place_B = torch.unique(head_B, return_inverse=True)
        start_NU = torch.zeros(self._entities, len(head_U))
        start_NU[head_U, torch.arange(len(head_U))] = 1
        # Not from the whole mass: what is still on its way would stand on every second entity.
        mass_NU = RESTART * start_NU
        for _ in range(STEPS):
            mass_NU = RESTART * start_NU + (1 - RESTART) * (self._step_NN @ mass_NU)
        return mass_NU.T[place_B]
