"""What every pretraining task promises; a task joins by a case in `CASES`.

A case is a function without arguments that returns the task, an encoder, and how many steps of
Adam at 0.01 must lower the loss of the first batch.
"""

import pytest
import torch

from ml.tasks.base import Shard
from tests.ml.tasks.cases import CASES

SEED = 7


def generator(seed=SEED):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(params=sorted(CASES))
def case(request):
    torch.manual_seed(SEED)
    return CASES[request.param]()


def first_batch(task):
    return next(iter(task.batches(generator())))


def parameters(task, encoder):
    return [p for p in (*task.parameters(), *encoder.parameters()) if p.requires_grad]


def test_the_loss_is_a_finite_scalar(case):
    task, encoder, _ = case

    outcome = task(encoder, first_batch(task), generator())

    assert outcome.loss.shape == ()
    assert torch.isfinite(outcome.loss)
    assert outcome.examples > 0


def test_every_parameter_of_the_head_learns(case):
    task, encoder, _ = case

    task(encoder, first_batch(task), generator()).loss.backward()

    assert all(p.grad is not None for p in task.parameters())
    assert any(p.grad is not None and bool(p.grad.any()) for p in encoder.parameters())


def test_the_same_generator_gives_the_same_loss(case):
    task, encoder, _ = case
    encoder.eval()
    task.eval()
    batch = first_batch(task)

    once, again = (task(encoder, batch, generator()).loss for _ in range(2))

    torch.testing.assert_close(once, again, rtol=0, atol=0)


def test_it_learns_what_can_be_learnt(case):
    task, encoder, steps = case
    optimiser = torch.optim.Adam(parameters(task, encoder), lr=0.01)
    batch = first_batch(task)
    before = task(encoder, batch, generator()).loss.item()

    for _ in range(steps):
        optimiser.zero_grad()
        task(encoder, batch, generator()).loss.backward()
        optimiser.step()

    assert task(encoder, batch, generator()).loss.item() < 0.7 * before


def test_shards_part_an_epoch_into_equal_numbers_of_batches(case):
    task, _, _ = case

    lengths = {sum(1 for _ in task.batches(generator(), Shard(rank, 2))) for rank in (0, 1)}

    assert len(lengths) == 1


def test_it_says_how_good_it_is(case):
    task, encoder, _ = case
    encoder.eval()
    task.eval()

    with torch.no_grad():
        metrics = task.evaluate(encoder, generator())

    assert task.monitored in metrics
    assert all(isinstance(value, float) for value in metrics.values())
