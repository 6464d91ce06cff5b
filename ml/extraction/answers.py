"""The best candidate of every question, and how much stands behind it."""

# R candidates, Q questions

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.extraction.candidates import Candidates
from ml.extraction.cleaning import IntArray
from ml.extraction.statistics import FloatArray


@dataclass(frozen=True, slots=True)
class Answers:
    """Attributes: `row_Q`, of the candidates, -1 where there is none; `score_Q` of its characters.

    A text may say the same twice: the places add up.
    """

    row_Q: IntArray
    score_Q: FloatArray

    @classmethod
    def of(cls, candidates: Candidates, probability_R: FloatArray, questions: int) -> Answers:
        row_Q = np.full(questions, -1, np.int64)
        score_Q = np.zeros(questions, np.float32)
        if not len(candidates):
            return cls(row_Q, score_Q)
        key_R = candidates.question_R * (len(candidates.strings) + 1) + candidates.string_R
        _, group_R = np.unique(key_R, return_inverse=True)
        sum_R = np.bincount(group_R, probability_R)[group_R]
        # the first place of the best string: by question, then by what is better, then by place
        order = np.lexsort((candidates.start_R, -probability_R, -sum_R, candidates.question_R))
        question = candidates.question_R[order]
        best = order[np.r_[True, question[1:] != question[:-1]]]
        row_Q[candidates.question_R[best]] = best
        score_Q[candidates.question_R[best]] = sum_R[best]
        return cls(row_Q, score_Q.clip(0, 1))
