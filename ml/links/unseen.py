"""Entities held out whole: who they are, and vectors for them from the edges known at test time."""

# N entities, S entities that training sees, T triples, U unseen entities

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from ml.errors import GraphTooSmall
from ml.links.factorisation import Factorisation
from ml.links.queries import HEAD, TAIL, Queries, both_directions

ROUNDS = 30  # over the known edges of the unseen entities
BATCH_QUERIES = 500
LEARNING_RATE = 0.1


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A training graph without some of its entities.

    Attributes:
        order_N: the old id of every new one; those that training sees come first.
        seen: S, how many those are.
        train_T3: triples between entities that training sees, in new ids.
        context_T3: triples of one unseen and one seen entity: what is known of the unseen ones
            when they are asked about.
    """

    order_N: Tensor
    seen: int
    train_T3: Tensor
    context_T3: Tensor

    def renumbered(self, triple_T3: Tensor) -> Tensor:
        """The same triples in new ids; entities that came later keep theirs."""
        return _renumbered(triple_T3, self.order_N)

    def of_unseen(self, triple_T3: Tensor) -> Tensor:
        """The triples, in new ids, that have an entity which was held out."""
        ends_T2 = triple_T3[:, [HEAD, TAIL]]
        held_T2 = (ends_T2 >= self.seen) & (ends_T2 < len(self.order_N))
        return triple_T3[held_T2.any(dim=1)]


def hold_out(train_T3: Tensor, entities: int, share: float, generator: Generator) -> HeldOut:
    """Take `share` of the entities of the training triples out of them.

    Raises:
        GraphTooSmall: nothing is left to learn from, or nothing is held out.
    """
    shuffled_N = torch.randperm(entities, generator=generator)
    unseen = round(share * entities)
    order_N = torch.cat((shuffled_N[unseen:].sort().values, shuffled_N[:unseen].sort().values))
    seen = entities - unseen
    triple_T3 = _renumbered(train_T3, order_N)
    ends_seen_T = (triple_T3[:, [HEAD, TAIL]] < seen).sum(dim=1)
    held = HeldOut(order_N, seen, triple_T3[ends_seen_T == 2], triple_T3[ends_seen_T == 1])
    if not len(held.train_T3) or not len(held.context_T3):
        raise GraphTooSmall(
            missing=f"{unseen:,} of {entities:,} entities held out leave "
            f"{len(held.train_T3):,} training triples and {len(held.context_T3):,} around them",
            remedy="Hold out another share, or take a larger graph.",
        )
    return held


def fold_in(model: Factorisation, held: HeldOut, generator: Generator) -> Tensor:
    """Vectors of the unseen entities that explain their known edges best: `entity_UD`.

    The loss is that of training, over the queries whose head is unseen. All that was learnt stays
    as it is, and no unseen entity looks at another. One without a known edge keeps the vector 0.
    """
    learnt_SD = model.entity_ND.detach()
    model.decoder.requires_grad_(requires_grad=False)
    entity_UD = learnt_SD.new_zeros(len(held.order_N) - held.seen, learnt_SD.shape[1])
    entity_UD.requires_grad_()
    optimiser = torch.optim.Adagrad([entity_UD], lr=LEARNING_RATE)
    directed = both_directions(held.context_T3)
    queries = Queries.of(directed[directed[:, HEAD] >= held.seen])
    for _ in range(ROUNDS):
        for query_B in queries.shuffled(BATCH_QUERIES, generator):
            batch = queries.batch(query_B, learnt_SD.device)
            head_BD = entity_UD[batch.head_B - held.seen]
            loss = model.loss(head_BD, learnt_SD, batch, generator, torch.float32)
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
    return entity_UD.detach()


def _renumbered(triple_T3: Tensor, order_N: Tensor) -> Tensor:
    new_N = torch.empty_like(order_N)
    new_N[order_N] = torch.arange(len(order_N))
    renumbered_T3 = triple_T3.clone()
    for column in (HEAD, TAIL):
        old = triple_T3[:, column]
        known = old < len(order_N)
        renumbered_T3[known, column] = new_N[old[known]]
    return renumbered_T3
