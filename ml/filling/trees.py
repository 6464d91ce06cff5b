"""Boosted trees that say how often candidates like these are right."""

# R candidates, F features

from __future__ import annotations

from dataclasses import dataclass

import lightgbm
import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class TreesConfig(msgspec.Struct, frozen=True):
    """Few and small trees: what they learn from is hundreds, not millions."""

    trees: int = 80
    leaves: int = 8
    least_rows: int = 15
    rate: float = 0.05
    pull: float = 5.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees over what is known of candidates, one a row."""

    booster: lightgbm.Booster

    @classmethod
    def fit(
        cls, x_RF: Floats, right_R: NDArray[np.bool_], config: TreesConfig | None = None
    ) -> Trees:
        """Learns how often candidates like each are right, by cross-entropy."""
        config = config or TreesConfig()
        settings = {
            "objective": "binary",
            "num_leaves": config.leaves,
            "min_data_in_leaf": config.least_rows,
            "learning_rate": config.rate,
            "lambda_l2": config.pull,
            "seed": config.seed,
            "deterministic": True,
            "force_row_wise": True,
            "verbose": -1,
        }
        return cls(lightgbm.train(settings, lightgbm.Dataset(x_RF, label=right_R), config.trees))

    def confidence(self, x_RF: Floats) -> Floats:
        """Probability that each candidate is right, [R]."""
        if not len(x_RF):
            return np.empty(0)
        return np.asarray(self.booster.predict(x_RF), dtype=np.float64)
