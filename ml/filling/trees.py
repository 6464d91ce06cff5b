"""Boosted trees that say how often candidates like these are right."""

# R candidates, F features

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from ml import boosting

Floats = NDArray[np.float64]

FOLDS = 5


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

    booster: boosting.Booster

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
        return cls(boosting.train(settings, boosting.Dataset(x_RF, label=right_R), config.trees))

    def confidence(self, x_RF: Floats) -> Floats:
        """Probability that each candidate is right, [R]."""
        if not len(x_RF):
            return np.empty(0)
        return np.asarray(self.booster.predict(x_RF), dtype=np.float64)


def crossed(
    x_RF: Floats,
    right_R: NDArray[np.bool_],
    family_R: NDArray[np.int64],
    otherwise_R: Floats,
    config: TreesConfig | None = None,
) -> Floats:
    """The confidence of every candidate by trees that saw no family of its fold, [R].

    Args:
        otherwise_R: where all are of one fold, and none is left to learn from.
    """
    confidence_R = otherwise_R.copy()
    for fold in range(FOLDS):
        asked_R = family_R % FOLDS == fold
        if asked_R.any() and not asked_R.all():
            trees = Trees.fit(x_RF[~asked_R], right_R[~asked_R], config)
            confidence_R[asked_R] = trees.confidence(x_RF[asked_R])
    return confidence_R
