"""Regression over few texts finds the minimum that it finds over many."""

import numpy as np
from scipy.sparse import csr_array

from ml.categories import regression
from ml.categories.regression import Regression


def test_both_ways_to_the_minimum_end_at_the_same_one(monkeypatch):
    chance = np.random.default_rng(0)
    sparse = csr_array((chance.random((30, 50)) < 0.1).astype(np.float32))
    dense = chance.normal(size=(30, 4)).astype(np.float32)
    category_N = chance.integers(3, size=30)

    turned = Regression.fit([sparse, dense], category_N, 3, strength=1.0)
    monkeypatch.setattr(regression, "FEW_TEXTS", 0)
    straight = Regression.fit([sparse, dense], category_N, 3, strength=1.0)

    found = [one.logits([sparse, dense]) for one in (turned, straight)]
    assert np.abs(found[0] - found[1]).max() < 1e-2
