"""A second look at what the first one left in: what the rest of the text was taken for decides."""

# R candidates, L those left in, Q questions, G cells of the question-by-token grid, T tokens

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.extraction.candidates import Candidates
from ml.extraction.cells import beside, mean_of
from ml.extraction.cleaning import IntArray
from ml.extraction.sheet import Sheet
from ml.extraction.statistics import FloatArray

LEAST = 0.01  # one candidate in eight is as probable, and of the right ones 97 in 100
_LEAST_SILENCE = 1e-4


@dataclass(frozen=True, slots=True)
class Left:
    """Candidates that the first look left in, and what it made of them and of what is around.

    Attributes:
        candidates: those alone.
        odds_L: logarithm, against silence; what the second look begins with.
        features: by name, each [L].
    """

    is_left_R: npt.NDArray[np.bool_]
    candidates: Candidates
    odds_L: FloatArray
    features: dict[str, FloatArray]

    @classmethod
    def of(cls, sheet: Sheet, candidates: Candidates, first_R: FloatArray) -> Left:
        """Args: `first_R`, probabilities; of training texts by rankers that did not learn them."""
        is_left_R = first_R >= LEAST
        left, first_L = candidates.where(is_left_R), first_R[is_left_R]
        own = _own(left, first_L)
        odds_L = own["look"] - np.log(np.maximum(own["look_silence"], _LEAST_SILENCE))
        return cls(is_left_R, left, odds_L, {**own, **_others(sheet, left, first_L)})

    def widened(self, matrix: FloatArray) -> FloatArray:
        """[R, features] -> [L, features and those of this look]"""
        return np.column_stack((matrix[self.is_left_R], *self.features.values())).astype(np.float32)


def _own(left: Candidates, first_L: FloatArray) -> dict[str, FloatArray]:
    """What the first look made of the candidate, beside the others of its question."""
    questions = int(left.question_R.max(initial=-1)) + 1
    best_Q = np.zeros(questions, np.float32)
    np.maximum.at(best_Q, left.question_R, first_L)
    said_Q = np.bincount(left.question_R, first_L, questions)
    return {
        "look": np.log(first_L),
        "look_margin": first_L - best_Q[left.question_R],
        "look_silence": 1 - said_Q[left.question_R],
    }


def _others(sheet: Sheet, left: Candidates, first_L: FloatArray) -> dict[str, FloatArray]:
    """How far its words, and those beside it, belong to values of other parameters."""
    begin_L = sheet.grid_Q1[left.question_R]
    tokens_L = sheet.grid_Q1[left.question_R + 1] - begin_L
    first_cell_L, last_cell_L = begin_L + left.first_R, begin_L + left.last_R
    own_G = _cover(first_cell_L, last_cell_L, first_L, len(sheet.token_G))
    all_T = np.bincount(sheet.token_G, own_G, len(sheet.word_T))
    other_G = all_T[sheet.token_G] - own_G
    return {
        "look_own": mean_of(own_G, first_cell_L, last_cell_L),
        "look_other": mean_of(other_G, first_cell_L, last_cell_L),
        "look_before": beside(other_G, first_cell_L - 1, left.first_R > 0),
        "look_after": beside(other_G, last_cell_L + 1, left.last_R + 1 < tokens_L),
        "look_same": _same_place(sheet, left, first_L),
    }


def _cover(first_L: IntArray, last_L: IntArray, p_L: FloatArray, cells: int) -> FloatArray:
    """[G]: the sum of what covers a cell."""
    steps = np.bincount(first_L, p_L, cells + 1) - np.bincount(last_L + 1, p_L, cells + 1)
    cover_G: FloatArray = np.cumsum(steps)[:cells]
    return cover_G


def _same_place(sheet: Sheet, left: Candidates, p_L: FloatArray) -> FloatArray:
    """The highest of other parameters for the very same characters; a question has them once."""
    place_L = (sheet.text_Q[left.question_R] << 32) | (left.start_R << 16) | left.end_R
    order = np.lexsort((-p_L, place_L))
    place, p = place_L[order], p_L[order]
    is_first = np.r_[True, place[1:] != place[:-1]][: len(place)]
    starts = np.flatnonzero(is_first)
    has_second = np.diff(np.r_[starts, len(place)]) > 1
    second = np.zeros(len(starts), np.float32)
    second[has_second] = p[starts[has_second] + 1]
    group = np.cumsum(is_first) - 1
    same_L = np.empty(len(p), np.float32)
    same_L[order] = np.where(is_first, second[group], p[starts][group])
    return same_L
