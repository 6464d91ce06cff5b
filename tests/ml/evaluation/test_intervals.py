"""Bootstrap intervals."""

import pytest
import torch

from ml.evaluation.intervals import bootstrap_interval


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
