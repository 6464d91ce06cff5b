"""Out-of-fold answers beside the labels: what confidence and thresholds are fitted to."""

# X labelled questions

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.extraction.calibration import Calibration
from ml.extraction.stacking import Judged
from ml.extraction.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Judgement:
    """Columns over the questions that a label answers.

    Attributes:
        score_X: before calibration; 0 where there is no candidate.
        fold_X: whose model answered.
    """

    parameter_X: npt.NDArray[np.object_]
    score_X: npt.NDArray[np.float64]
    is_right_X: npt.NDArray[np.bool_]
    has_value_X: npt.NDArray[np.bool_]
    text_X: npt.NDArray[np.int64]
    fold_X: npt.NDArray[np.int64]
    question_X: npt.NDArray[np.int64]

    @classmethod
    def of(cls, judged: Judged) -> Judgement:
        rows = []
        for q, (text, parameter) in enumerate(
            zip(judged.text_Q.tolist(), judged.parameters_Q, strict=True)
        ):
            label = judged.labels[text]
            says = parameter in label.spans
            if says or parameter in label.silent:
                answer = judged.answers_Q[q]
                is_right = says and answer == label.value(parameter)
                score = float(judged.score_Q[q]) if answer else 0.0
                rows.append((parameter, score, is_right, says, text, q))
        parameters, scores, right, has_value, texts, questions = zip(*rows, strict=True)
        text_X = np.array(texts, np.int64)
        return cls(
            np.array(parameters, object),
            np.array(scores, np.float64),
            np.array(right, bool),
            np.array(has_value, bool),
            text_X,
            judged.folds.fold_N[text_X],
            np.array(questions, np.int64),
        )

    def fitted(self, is_used_X: npt.NDArray[np.bool_]) -> tuple[Calibration, Thresholds]:
        """On some of the answers."""
        score_X, is_right_X = self.score_X[is_used_X], self.is_right_X[is_used_X]
        calibration = Calibration.fitted(score_X, is_right_X)
        thresholds = Thresholds.chosen(
            self.parameter_X[is_used_X],
            calibration.confidence(score_X),
            is_right_X,
            self.has_value_X[is_used_X],
        )
        return calibration, thresholds
