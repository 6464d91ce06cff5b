"""Boosted trees that choose, for every question, one candidate or silence."""

# R candidates, Q questions

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml import boosting
from ml.extraction.cleaning import IntArray
from ml.extraction.statistics import FloatArray

_NO_TREES = "no trees\n"
_START = -2.0  # of all candidates beside silence at 0: most are wrong


@dataclass(frozen=True, slots=True)
class RankerConfig:
    """Attributes: `rate`, learning rate of the boosting; `columns`, share of them a tree sees."""

    trees: int = 300
    rate: float = 0.05
    leaves: int = 15
    least_rows: int = 25
    columns: float = 0.4
    rows: float = 0.8
    penalty: float = 3.0


@dataclass(frozen=True, slots=True)
class Lessons:
    """What the ranker learns from; candidates of a question stand together.

    Attributes:
        question_R: ascending.
        is_right_R: candidates that say what the label says; none in a question: silence is right.
        weight_R: of the question.
        start_R: scores that the ranker begins with; None: the same for all.
    """

    matrix: FloatArray
    question_R: IntArray
    is_right_R: np.ndarray
    weight_R: FloatArray
    start_R: FloatArray | None = None


class Ranker:
    """p(candidate) = exp(s) / (1 + sum of exp(s) over the question's candidates); rest: silence."""

    def __init__(self, booster: boosting.Booster | None) -> None:
        """Args: `booster`, None: candidates keep the scores that they begin with."""
        self._booster = booster

    @classmethod
    def train(
        cls, lessons: Lessons, names: Sequence[str], config: RankerConfig, *, seed: int
    ) -> Ranker:
        if not len(lessons.matrix):
            return cls(None)
        loss = _Softmax(lessons)
        data = boosting.Dataset(
            lessons.matrix,
            label=lessons.is_right_R.astype(np.float32),
            init_score=_start(lessons.start_R, len(lessons.question_R)),
            feature_name=list(names),
            params={
                "max_bin": 127,
                "min_data_in_leaf": config.least_rows,  # columns that cannot split so are left out
                "verbosity": -1,
                "num_threads": 1,
            },
        )
        data.construct()
        if not any(data.feature_num_bin(n) > 1 for n in range(len(names))):
            return cls(None)  # nothing tells enough rows apart; LightGBM ends with an error
        settings = {
            "objective": loss,
            "num_leaves": config.leaves,
            "learning_rate": config.rate,
            "min_data_in_leaf": config.least_rows,
            "feature_fraction": config.columns,
            "bagging_fraction": config.rows,
            "bagging_freq": 1,
            "lambda_l2": config.penalty,
            "max_bin": 127,
            "seed": seed,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,  # of two threads one waits for the other where they are not free
            "verbosity": -1,
        }
        return cls(boosting.train(settings, data, num_boost_round=config.trees))

    def probabilities(
        self, matrix: FloatArray, question_R: IntArray, start_R: FloatArray | None = None
    ) -> FloatArray:
        """Of every candidate; `start_R`, as in its lessons."""
        if not len(matrix):
            return np.zeros(0, np.float32)
        score_R = _start(start_R, len(matrix))
        if self._booster is not None:
            score_R = score_R + self._booster.predict(matrix, raw_score=True, num_threads=1)
        return softmax_with_silence(score_R, question_R).astype(np.float32)

    def gains(self) -> dict[str, float]:
        if self._booster is None:
            return {}
        gains = self._booster.feature_importance("gain")
        return dict(zip(self._booster.feature_name(), gains.tolist(), strict=True))

    def to_text(self) -> str:
        return _NO_TREES if self._booster is None else str(self._booster.model_to_string())

    @classmethod
    def from_text(cls, text: str) -> Ranker:
        return cls(None if text == _NO_TREES else boosting.Booster(model_str=text))


def _start(start_R: FloatArray | None, rows: int) -> FloatArray:
    return np.full(rows, _START) if start_R is None else start_R


def softmax_with_silence(score_R: np.ndarray, question_R: IntArray) -> np.ndarray:
    starts, group_R = _groups(question_R)
    top = np.maximum(np.maximum.reduceat(score_R, starts), 0)[group_R]
    exp_R = np.exp(score_R - top)
    total = np.add.reduceat(exp_R, starts)[group_R] + np.exp(-top)
    probability_R: np.ndarray = exp_R / total
    return probability_R


def _groups(question_R: IntArray) -> tuple[IntArray, IntArray]:
    is_first_R = np.r_[True, question_R[1:] != question_R[:-1]]
    return np.flatnonzero(is_first_R), np.cumsum(is_first_R) - 1


class _Softmax:
    """-log of the probability of all right candidates together, or of silence."""

    def __init__(self, lessons: Lessons) -> None:
        self._question_R = lessons.question_R
        self._is_right_R = lessons.is_right_R
        self._weight_R = lessons.weight_R
        self._starts, self._group_R = _groups(lessons.question_R)

    def __call__(
        self, score_R: np.ndarray, data: boosting.Dataset
    ) -> tuple[np.ndarray, np.ndarray]:
        p_R = softmax_with_silence(score_R, self._question_R)
        right_R = p_R * self._is_right_R
        total = np.add.reduceat(right_R, self._starts)[self._group_R]
        target_R = np.divide(right_R, total, out=np.zeros_like(right_R), where=total > 0)
        hessian_R = np.maximum(p_R * (1 - p_R), 1e-3)
        return (p_R - target_R) * self._weight_R, hessian_R * self._weight_R
