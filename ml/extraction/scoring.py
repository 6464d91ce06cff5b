"""Measures of extracted values against gold ones, with the interval that the texts' luck leaves."""

# X labelled questions, N texts, P parameters

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.evaluation.report import Measured
from ml.evaluation.ties import ends_of_ties
from ml.extraction.calibration import expected_calibration_error
from ml.extraction.reading import GoldText

RESAMPLES = 1_000
PRECISION = 0.93  # people correct one answer in fourteen without losing their patience

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
Known = frozenset[tuple[str, str, str]]  # category, parameter, value


@dataclass(frozen=True, slots=True)
class Answer:
    """Attributes: `is_given`, whether the confidence was enough to say it."""

    value: str
    confidence: float
    is_given: bool


Answers = Mapping[str, Answer]  # by parameter


@dataclass(frozen=True, slots=True)
class Scores:
    """Columns over every (text, parameter) that has a gold entry.

    Attributes:
        is_right_X: the answer is one of the gold values, given or not.
        is_unseen_X: training has none of the gold values for this parameter and category.
    """

    text_X: npt.NDArray[np.int64]
    parameter_X: npt.NDArray[np.int64]
    confidence_X: FloatArray
    is_given_X: BoolArray
    is_right_X: BoolArray
    has_value_X: BoolArray
    is_unseen_X: BoolArray

    @classmethod
    def of(
        cls, gold: Sequence[GoldText], answers: Sequence[Answers], known: Sequence[Known]
    ) -> Scores:
        """Args: `known`, of every text, what its model's training texts said."""
        parameters: dict[str, int] = {}
        rows = []
        for n, (text, of_text, seen) in enumerate(zip(gold, answers, known, strict=True)):
            for parameter, accepted in text.accepted.items():
                answer = of_text.get(parameter)
                unseen = not any((text.category, parameter, value) in seen for value in accepted)
                rows.append(
                    (
                        n,
                        parameters.setdefault(parameter, len(parameters)),
                        answer.confidence if answer else 0.0,
                        answer is not None and answer.is_given,
                        answer is not None and answer.value in accepted,
                        bool(accepted),
                        bool(accepted) and unseen,
                    )
                )
        kinds = (np.int64, np.int64, np.float64, bool, bool, bool, bool)
        columns = zip(*rows, strict=True)
        return cls(*(np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)))

    def measures(self, weight_X: FloatArray | None = None) -> dict[str, float]:
        """By name; `weight_X`: how often each row counts."""
        w = np.ones(len(self.text_X)) if weight_X is None else weight_X
        given, right = w * self.is_given_X, w * (self.is_given_X & self.is_right_X)
        values = w * self.has_value_X
        found = {
            "precision": _share(right.sum(), given.sum()),
            "recall": _share(right.sum(), values.sum()),
            "micro_f1": _share(2 * right.sum(), given.sum() + values.sum()),
            "macro_f1": self._macro_f1(right, given, values),
            "coverage_at_93": self._coverage(w),
            "ece": expected_calibration_error(self.confidence_X, self.is_right_X, w),
        }
        if self.is_unseen_X.any():
            unseen = w * self.is_unseen_X
            found["unseen_recall"] = _share((right * self.is_unseen_X).sum(), unseen.sum())
        return found

    def measured(self, seed: int) -> dict[str, Measured]:
        """With 95 % intervals: texts are drawn again, with all of their rows."""
        rng = np.random.default_rng(seed)
        value = self.measures()
        texts = int(self.text_X.max()) + 1
        drawn: dict[str, list[float]] = {name: [] for name in value}
        for _ in range(RESAMPLES):
            times_N = np.bincount(rng.integers(texts, size=texts), minlength=texts)
            for name, found in self.measures(times_N[self.text_X].astype(float)).items():
                drawn[name].append(found)
        return {
            name: Measured.of_resampled(value[name], np.array(found))
            for name, found in drawn.items()
        }

    def by_text(self, texts: int) -> FloatArray:
        """What each text adds above and below in micro-F1, [N, 2]."""
        right_X = 2.0 * (self.is_given_X & self.is_right_X)
        all_X = self.is_given_X.astype(float) + self.has_value_X
        columns = (np.bincount(self.text_X, one_X, texts) for one_X in (right_X, all_X))
        return np.stack(list(columns), axis=1)

    def _macro_f1(self, right: FloatArray, given: FloatArray, values: FloatArray) -> float:
        """Mean over the parameters that have a value or an answer."""
        right_P, given_P, values_P = (
            np.bincount(self.parameter_X, column) for column in (right, given, values)
        )
        total_P = given_P + values_P
        return (
            float((2 * right_P[total_P > 0] / total_P[total_P > 0]).mean())
            if total_P.any()
            else 0.0
        )

    def _coverage(self, w: FloatArray) -> float:
        """Largest share of the values that can be answered, surest first, at that precision."""
        order = np.argsort(-self.confidence_X, kind="stable")
        order = order[self.confidence_X[order] > 0]
        answered, right = np.cumsum(w[order]), np.cumsum((w * self.is_right_X)[order])
        is_end = ends_of_ties(self.confidence_X[order])
        enough = np.flatnonzero(is_end & (right >= PRECISION * answered))
        share = answered[enough[-1]] / max((w * self.has_value_X).sum(), 1) if len(enough) else 0.0
        return float(min(share, 1.0))


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
