"""A bag of boosted trees over rows of features, with what each feature contributed."""

# P rows, F features, G groups

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml import boosting


@dataclass(frozen=True, slots=True)
class TreesConfig:
    """LightGBM's settings; the trees are not stopped early: few labels make that a lottery.

    Attributes:
        bags: models whose log-odds are averaged; they differ by their seed, and every second one
            does without the columns that are to be doubted.
        column_share: of the features that a tree may use, in 0..1.
        threads: a fixed number, because another one changes the sums and with them the trees.
    """

    bags: int = 4
    trees: int = 400
    learning_rate: float = 0.035
    leaves: int = 15
    least_in_leaf: int = 5
    column_share: float = 0.3
    row_share: float = 0.8
    l2: float = 1.0
    seed: int = 0
    threads: int = 1


class TreeBag:
    """Mean log-odds of some boosted models."""

    def __init__(self, boosters: Sequence[boosting.Booster]) -> None:
        self._boosters = tuple(boosters)

    @classmethod
    def fit(
        cls,
        rows_PF: NDArray[np.float32],
        same_P: NDArray[np.bool_],
        config: TreesConfig,
        doubted_F: NDArray[np.bool_],
    ) -> Self:
        """A column that is 0 throughout divides nothing: so the doubted ones are left out."""
        label_P = same_P.astype(np.float32)
        every = [rows_PF, np.where(doubted_F, np.float32(0), rows_PF)]
        data = [
            boosting.Dataset(rows, label_P, free_raw_data=False, params={"verbose": -1})
            for rows in every[: config.bags]
        ]
        return cls(
            [
                boosting.train(_settings(config, bag), data[bag % 2], num_boost_round=config.trees)
                for bag in range(config.bags)
            ]
        )

    def log_odds(self, rows_PF: NDArray[np.float32]) -> NDArray[np.float64]:
        """Returns x_P."""
        found = [booster.predict(rows_PF, raw_score=True) for booster in self._boosters]
        mean_P: NDArray[np.float64] = np.mean(found, axis=0, dtype=np.float64)
        return mean_P

    def contributions(self, rows_PF: NDArray[np.float32]) -> NDArray[np.float64]:
        """Returns x_PF whose rows sum to the log-odds, but for one constant (SHAP values)."""
        found = [booster.predict(rows_PF, pred_contrib=True) for booster in self._boosters]
        mean_PF: NDArray[np.float64] = np.stack(found).mean(axis=0, dtype=np.float64)
        return mean_PF[:, :-1]

    def to_texts(self) -> list[str]:
        return [booster.model_to_string() for booster in self._boosters]

    @classmethod
    def from_texts(cls, texts: Sequence[str]) -> Self:
        return cls([boosting.Booster(model_str=text) for text in texts])


def _settings(config: TreesConfig, bag: int) -> dict[str, object]:
    return {
        "objective": "binary",
        "verbose": -1,
        "learning_rate": config.learning_rate,
        "num_leaves": config.leaves,
        "min_data_in_leaf": config.least_in_leaf,
        "feature_fraction": config.column_share,
        "bagging_fraction": config.row_share,
        "bagging_freq": 1,
        "lambda_l2": config.l2,
        "seed": config.seed * 1_000 + bag,
        "num_threads": config.threads,
        "deterministic": True,
        "force_row_wise": True,
        "feature_pre_filter": False,
    }
