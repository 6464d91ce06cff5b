"""Two rankers: the first judges every question by itself, the second knows what it made of others.

Both choose among the candidates of a question. Where one parameter's value ends, another's begins:
what the first took the rest of a text for tells the second which reading fits in.
"""

# R candidates, L those left in by the first look

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.extraction.candidates import Candidates
from ml.extraction.cleaning import IntArray
from ml.extraction.ranker import Lessons, Ranker, RankerConfig
from ml.extraction.second_look import Left
from ml.extraction.sheet import Sheet
from ml.extraction.statistics import FloatArray

PARTS = 2  # of the texts: those that the second ranker learns from were judged by the others


@dataclass(frozen=True, slots=True)
class Course:
    """What both learn from: candidates of training texts, and nothing of other texts.

    Attributes:
        matrix: [R, features]; `names` of its columns.
        is_right_R: candidates that say what the label says.
        weight_R: of the question; 0: no label answers it.
        small_R: number of the text's small fold.
    """

    sheet: Sheet
    candidates: Candidates
    matrix: FloatArray
    names: Sequence[str]
    is_right_R: npt.NDArray[np.bool_]
    weight_R: FloatArray
    small_R: IntArray

    def lessons(self, is_learnt_R: npt.NDArray[np.bool_]) -> Lessons:
        return Lessons(
            self.matrix[is_learnt_R],
            self.candidates.question_R[is_learnt_R],
            self.is_right_R[is_learnt_R],
            self.weight_R[is_learnt_R],
        )


@dataclass(frozen=True, slots=True)
class Looks:
    """Attributes: `second`, None: too few texts to learn it from; the first look stays."""

    first: Ranker
    second: Ranker | None = None

    @classmethod
    def train(cls, course: Course, config: RankerConfig, *, seed: int) -> Looks:
        first = Ranker.train(course.lessons(course.weight_R > 0), course.names, config, seed=seed)
        first_R = _judged_by_others(course, config, seed)
        if first_R is None:
            return cls(first)
        left = Left.of(course.sheet, course.candidates, first_R)
        is_learnt_R = left.is_left_R & (course.weight_R > 0)
        is_learnt_L = is_learnt_R[left.is_left_R]
        lessons = Lessons(
            left.widened(course.matrix)[is_learnt_L],
            left.candidates.question_R[is_learnt_L],
            course.is_right_R[is_learnt_R],
            course.weight_R[is_learnt_R],
            left.odds_L[is_learnt_L],
        )
        names = [*course.names, *left.features]
        return cls(first, Ranker.train(lessons, names, config, seed=seed))

    def probabilities(self, sheet: Sheet, candidates: Candidates, matrix: FloatArray) -> FloatArray:
        """Of every candidate; those that the first look did not leave in have none."""
        first_R = self.first.probabilities(matrix, candidates.question_R)
        if self.second is None:
            return first_R
        left = Left.of(sheet, candidates, first_R)
        probability_R = np.zeros_like(first_R)
        probability_R[left.is_left_R] = self.second.probabilities(
            left.widened(matrix), left.candidates.question_R, left.odds_L
        )
        return probability_R


def _judged_by_others(course: Course, config: RankerConfig, seed: int) -> FloatArray | None:
    """By rankers that did not learn from the text; None: a part has no others."""
    part_R = course.small_R % PARTS
    found_R = np.zeros(len(part_R), np.float32)
    for part in range(PARTS):
        is_learnt_R = (part_R != part) & (course.weight_R > 0)
        if not is_learnt_R.any():
            return None
        ranker = Ranker.train(course.lessons(is_learnt_R), course.names, config, seed=seed)
        is_judged_R = part_R == part
        found_R[is_judged_R] = ranker.probabilities(
            course.matrix[is_judged_R], course.candidates.question_R[is_judged_R]
        )
    return found_R
