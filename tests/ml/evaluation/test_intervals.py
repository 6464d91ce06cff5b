"""Bootstrap intervals."""

import pytest
import torch

from ml.evaluation import intervals
from ml.evaluation.intervals import bootstrap_interval, ratio_interval


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_interval_is_that_of_the_normal_distribution_where_it_holds():
    value_S = torch.arange(10_000).double() / 10_000
    standard_error = value_S.std().item() / 100

    low, high = bootstrap_interval(value_S, generator())

    assert low == pytest.approx(0.5 - 1.96 * standard_error, abs=0.2 * standard_error)
    assert high == pytest.approx(0.5 + 1.96 * standard_error, abs=0.2 * standard_error)


def test_examples_that_agree_leave_no_doubt():
    assert bootstrap_interval(torch.full((7,), 0.25), generator()) == (0.25, 0.25)


def test_the_same_generator_gives_the_same_interval():
    value_S = torch.rand(50, generator=generator(1))

    assert bootstrap_interval(value_S, generator(2)) == bootstrap_interval(value_S, generator(2))


def test_many_examples_are_drawn_a_part_at_a_time_with_the_same_result(monkeypatch):
    above_S, below_S = torch.arange(40.0) % 3, torch.full((40,), 2.0)
    drawn = []
    original = torch.randint

    def counted(high, shape, *, generator):
        drawn.append(shape[0] * shape[1])
        return original(high, shape, generator=generator)

    monkeypatch.setattr(torch, "randint", counted)
    at_once = ratio_interval(above_S, below_S, generator())
    monkeypatch.setattr(intervals, "CHUNK_NUMBERS", 1_000)

    assert ratio_interval(above_S, below_S, generator()) == at_once
    assert drawn[0] == max(drawn) == 40_000
    assert max(drawn[1:]) <= 1_000
