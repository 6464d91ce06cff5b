"""Entities held out whole, and vectors for them."""

import pytest
import torch

from ml.errors import GraphTooSmall
from ml.links.factorisation import Factorisation, FactorisationConfig
from ml.links.unseen import HeldOut, fold_in, hold_out

TRAIN = torch.tensor([[n, 0, (n + 1) % 10] for n in range(10)])


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def old_ids(held, triple_T3):
    return {
        (int(held.order_N[head]), relation, int(held.order_N[tail]))
        for head, relation, tail in triple_T3.tolist()
    }


def test_training_sees_no_triple_of_an_entity_held_out():
    held = hold_out(TRAIN, 10, 0.3, generator())

    unseen = set(held.order_N[held.seen :].tolist())
    assert len(unseen) == 3
    expected = {tuple(row) for row in TRAIN.tolist() if not unseen & {row[0], row[2]}}
    around = {tuple(row) for row in TRAIN.tolist() if len(unseen & {row[0], row[2]}) == 1}
    assert old_ids(held, held.train_T3) == expected
    assert old_ids(held, held.context_T3) == around
    assert int(held.train_T3[:, [0, 2]].max()) < held.seen


def test_triples_about_the_unseen_are_those_that_are_scored():
    held = hold_out(TRAIN, 10, 0.3, generator())
    unseen = int(held.order_N[held.seen])
    seen = held.order_N[:2].tolist()
    later = 10  # an entity that came with the test
    test_T3 = torch.tensor([[unseen, 0, seen[0]], [seen[0], 0, seen[1]], [later, 0, seen[1]]])

    scored = held.of_unseen(held.renumbered(test_T3))

    assert old_ids(held, scored) == {(unseen, 0, seen[0])}
    assert held.renumbered(test_T3)[2, 0] == later


@pytest.mark.parametrize("share", [0.01, 0.9])
def test_a_share_that_leaves_nothing_is_refused(share):
    with pytest.raises(GraphTooSmall, match="of 10 entities held out"):
        hold_out(TRAIN, 10, share, generator())


def test_an_unseen_entity_gets_the_vector_of_one_with_the_same_edges():
    # Entities 0..3 have the same edge to 4, entities 5..8 to 9; 3 and 8 are held out.
    rows = [[n, 0, 4] for n in range(4)] + [[n, 0, 9] for n in range(5, 9)]
    order = torch.tensor([0, 1, 2, 4, 5, 6, 7, 9, 3, 8])
    held = held_by(rows, order, seen=8)
    torch.manual_seed(0)
    model = Factorisation(8, 1, FactorisationConfig(rank=4, scale=0.5))

    entity_UD = fold_in(model, held, generator())
    model.grow(entity_UD)

    with torch.no_grad():
        scores_BN = model.scores(torch.tensor([8, 9]), torch.tensor([0, 0]))
    new = {int(old): place for place, old in enumerate(order)}
    assert scores_BN[:, :8].argmax(dim=1).tolist() == [new[4], new[9]]


def test_what_was_learnt_stays_and_who_has_no_edge_stays_at_zero():
    held = held_by([[0, 0, 1], [2, 0, 1]], torch.arange(4), seen=2)
    torch.manual_seed(0)
    model = Factorisation(2, 1, FactorisationConfig(rank=2, scale=0.5))
    before_ND = model.entity_ND.detach().clone()

    entity_UD = fold_in(model, held, generator())

    assert torch.equal(model.entity_ND, before_ND)
    assert entity_UD[0].any()
    assert not entity_UD[1].any()


def held_by(rows, order_N, *, seen):
    new = {int(old): place for place, old in enumerate(order_N)}
    triple_T3 = torch.tensor([[new[head], relation, new[tail]] for head, relation, tail in rows])
    ends_seen = (triple_T3[:, [0, 2]] < seen).sum(dim=1)
    return HeldOut(order_N, seen, triple_T3[ends_seen == 2], triple_T3[ends_seen == 1])
