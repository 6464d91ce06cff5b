"""How well a candidate fits a title: boosted trees over comparisons; rules before training."""

# R rows (title and candidate), F features

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml import boosting
from ml.linking.features import DIRECTION, NAMES, Matrix

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LinkingConfig:
    """What may be chosen.

    Attributes:
        candidates: of a title, that are compared in full.
        trees: of each of the models that are averaged.
        bag: models that differ by their seed alone.
        hidden_weight: of an offer that is shown once more with its model taken out of the
            catalogue, so that abstaining is learnt beside the model's siblings; in 0..1.
        siblings: names that begin with another model's, which are shown with their own model taken
            out; so many at most.
        sibling_weight: of each; an offer's model has 1 together with all its offers.
        folds: of the cross-validation that chooses the threshold; parts share no model.
    """

    candidates: int = 12  # 97.6 % have their model among them; 20: 97.9 %, and two thirds more time
    trees: int = 150
    learning_rate: float = 0.05
    leaves: int = 31
    least_rows: int = 10
    bag: int = 2
    hidden_weight: float = 0.5
    folds: int = 5
    siblings: int = 3_000
    sibling_weight: float = 0.2  # .5 is worse again
    seed: int = 0


class Scorer(Protocol):
    """Anything that ranks candidates by their comparisons."""

    def scores(self, feature_RF: Matrix) -> Floats:
        """In 0..1, one a row."""
        ...


@dataclass(frozen=True, slots=True)
class BoostedScorer:
    """The mean of several boosted models; each is LightGBM's own text."""

    boosters: tuple[boosting.Booster, ...]

    @classmethod
    def fit(
        cls, feature_RF: Matrix, label_R: NDArray[np.int8], weight_R: Floats, config: LinkingConfig
    ) -> BoostedScorer:
        """More agreement never lowers a score; trees that may, learn the models by heart."""
        settings = {
            "objective": "binary",
            "learning_rate": config.learning_rate,
            "num_leaves": config.leaves,
            "min_data_in_leaf": config.least_rows,
            "feature_fraction": 0.5,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            "lambda_l2": 1.0,
            "monotone_constraints": list(DIRECTION.values()),
            "monotone_constraints_method": "intermediate",
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "verbose": -1,
        }
        return cls(
            tuple(
                boosting.train(
                    {**settings, "seed": config.seed + place},
                    boosting.Dataset(
                        feature_RF,
                        label_R,
                        weight=weight_R,
                        feature_name=list(NAMES),
                        params={"verbose": -1},
                    ),
                    config.trees,
                )
                for place in range(config.bag)
            )
        )

    def scores(self, feature_RF: Matrix) -> Floats:
        if not len(feature_RF):
            return np.zeros(0)
        every = [booster.predict(feature_RF, num_threads=1) for booster in self.boosters]
        mean: Floats = np.mean(every, axis=0)
        return mean

    def to_texts(self) -> list[str]:
        return [booster.model_to_string() for booster in self.boosters]

    @classmethod
    def from_texts(cls, texts: Sequence[str]) -> BoostedScorer:
        return cls(tuple(boosting.Booster(model_str=text) for text in texts))


# By hand, and for any catalogue: a name that is all there, of the brand that is named, is a link;
# what is missing of it and what else sounds like a name speaks against it.
_RULES = {
    "covered_in_brand_share": 5.0,
    "whole": 2.0,
    "brand_agrees": 1.5,
    "brand_other": -3.0,
    "glued": -2.0,
    "left_of_brand": -2.0,
    "behind_of_brand": -1.0,
    "decimals_agree": 0.5,
    "decimals_differ": -0.5,
    "number_agrees": 1.5,
    "inside_whole": -3.0,
}
_RULES_BIAS = -7.0


@dataclass(frozen=True, slots=True)
class RuleScorer:
    """The floor: weights by hand; used before anything is trained."""

    def scores(self, feature_RF: Matrix) -> Floats:
        weight_F = np.array([_RULES.get(name, 0.0) for name in NAMES])
        score_R: Floats = 1 / (1 + np.exp(-(feature_RF @ weight_F + _RULES_BIAS)))
        return score_R
