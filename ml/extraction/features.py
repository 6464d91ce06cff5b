"""The numbers that the ranker sees of every candidate."""

# R candidates, Q questions, G grid cells, J neighbours of a question

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ml.extraction.candidates import Candidates
from ml.extraction.cells import beside, mean_of, reduced
from ml.extraction.cleaning import IntArray
from ml.extraction.features_of_proposals import proposal_features
from ml.extraction.features_of_shape import shape_features
from ml.extraction.grid import Grid, smoothed
from ml.extraction.neighbours import SILENT, Nearest
from ml.extraction.proposals import Proposals
from ml.extraction.sheet import Sheet
from ml.extraction.statistics import Counts, FloatArray

Features = dict[str, FloatArray]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that features are made of.

    Attributes:
        labels: columns of the neighbours' labels.
    """

    sheet: Sheet
    candidates: Candidates
    proposals: Sequence[Proposals]
    grid: Grid
    counts: Counts
    nearest: Nearest
    labels: Mapping[str, IntArray]


def features_of(evidence: Evidence) -> Features:
    """By name, each [R]; the names and their order are the same for every batch."""
    sheet, candidates = evidence.sheet, evidence.candidates
    return {
        **_slot_features(sheet, candidates, evidence.counts),
        **_value_features(sheet, candidates, evidence.counts),
        **_word_features(sheet, candidates, evidence.grid),
        **_border_features(sheet, candidates, evidence.counts),
        **_neighbour_features(sheet, candidates, evidence.nearest, evidence.labels),
        **proposal_features(sheet, candidates, evidence.proposals),
        **shape_features(sheet, candidates),
    }


def matrix_of(features: Features) -> FloatArray:
    """[R, features]"""
    return np.stack(list(features.values()), axis=1).astype(np.float32)


def _slot_features(sheet: Sheet, candidates: Candidates, counts: Counts) -> Features:
    zeros_Q = np.zeros(len(sheet.slot_Q), np.int64)
    texts_Q = counts.of("slot", sheet.slot_Q, zeros_Q, sheet.text_Q)
    silent_Q = counts.of("silent", sheet.slot_Q, zeros_Q, sheet.text_Q)
    q_R = candidates.question_R
    length_R = np.minimum(candidates.last_R - candidates.first_R + 1, 12)
    text_R, slot_R = sheet.text_Q[q_R], sheet.slot_Q[q_R]
    of_length_R = counts.of("length", slot_R, length_R, text_R)
    return {
        "slot_texts": np.log1p(texts_Q)[q_R],
        "slot_silent": (silent_Q / np.maximum(texts_Q, 1))[q_R],
        "length_share": of_length_R / np.maximum(texts_Q - silent_Q, 1)[q_R],
    }


def _value_features(sheet: Sheet, candidates: Candidates, counts: Counts) -> Features:
    q_R, value_R = candidates.question_R, candidates.value_R
    text_R, slot_R = sheet.text_Q[q_R], sheet.slot_Q[q_R]
    own_R = counts.of("value", slot_R, value_R, text_R)
    there_R = counts.of("value_there", slot_R, value_R, text_R)
    parameter_R = counts.of("value_parameter", sheet.parameter_Q[q_R], value_R, text_R)
    any_R = counts.of("value_category", sheet.category_Q[q_R], value_R, text_R)
    pattern_R = counts.of("pattern", slot_R, candidates.pattern_R, text_R)
    weak_R = counts.of("weak_value", sheet.parameter_Q[q_R], value_R, text_R)
    weak_any_R = counts.of("weak_any", np.zeros(len(q_R), np.int64), value_R, text_R)
    texts_R = counts.of("slot", slot_R, np.zeros(len(q_R), np.int64), text_R)
    covered = _longest_known(candidates, own_R > 0)
    return {
        "value_count": np.log1p(own_R),
        "value_share": smoothed(own_R, there_R),
        "value_there": np.log1p(there_R),
        "value_parameter": np.log1p(np.maximum(parameter_R - own_R, 0)),
        "value_elsewhere": np.log1p(np.maximum(any_R - own_R, 0)),
        "value_own_share": own_R / np.maximum(any_R, 1),
        "pattern_count": np.log1p(pattern_R),
        "pattern_share": pattern_R / np.maximum(texts_R, 1),
        "weak_count": np.log1p(weak_R),
        "weak_share": weak_R / np.maximum(weak_any_R, 1),
        "longer_known": covered,
    }


def _longest_known(candidates: Candidates, is_known_R: np.ndarray) -> FloatArray:
    """How many characters the longest known value of the question is longer than this one."""
    length_R = (candidates.end_R - candidates.start_R).astype(np.float32)
    questions = int(candidates.question_R.max(initial=-1)) + 1
    longest_Q = np.zeros(questions, np.float32)
    np.maximum.at(longest_Q, candidates.question_R, np.where(is_known_R, length_R, 0))
    difference: FloatArray = longest_Q[candidates.question_R] - length_R
    return difference


def _word_features(sheet: Sheet, candidates: Candidates, grid: Grid) -> Features:
    q_R = candidates.question_R
    start_R = sheet.grid_Q1[q_R]
    length_R = sheet.grid_Q1[q_R + 1] - start_R
    first_R, last_R = start_R + candidates.first_R, start_R + candidates.last_R
    has_before_R, has_after_R = candidates.first_R > 0, candidates.last_R + 1 < length_R
    found: Features = {}
    for name in ("inside", "parameter", "category", "odds"):
        column_G = getattr(grid, f"{name}_G")
        found[f"{name}_first"] = column_G[first_R]
        found[f"{name}_last"] = column_G[last_R]
        found[f"{name}_mean"] = mean_of(column_G, first_R, last_R)
        found[f"{name}_low"] = reduced(np.minimum, column_G, first_R, last_R)
        found[f"{name}_before"] = beside(column_G, first_R - 1, has_before_R)
        found[f"{name}_after"] = beside(column_G, last_R + 1, has_after_R)
    found["inside_high"] = reduced(np.maximum, grid.inside_G, first_R, last_R)
    found["first"] = grid.first_G[first_R]
    found["last"] = grid.last_G[last_R]
    found["before"] = beside(grid.before_G, first_R - 1, has_before_R)
    found["after"] = beside(grid.after_G, last_R + 1, has_after_R)
    found["there_low"] = np.log1p(reduced(np.minimum, grid.there_G, first_R, last_R))
    found["there_high"] = np.log1p(reduced(np.maximum, grid.there_G, first_R, last_R))
    return found


def _border_features(sheet: Sheet, candidates: Candidates, counts: Counts) -> Features:
    """How often a value ends between these two words, on both sides."""
    text_R = sheet.text_Q[candidates.question_R]
    first_R = sheet.tokens_N1[text_R] + candidates.first_R
    last_R = sheet.tokens_N1[text_R] + candidates.last_R
    found: Features = {}
    for name, left_R in (("cut_left", first_R - 1), ("cut_right", last_R)):
        one_R, other_R = sheet.words(left_R, text_R), sheet.words(left_R + 1, text_R)
        cut_R = counts.of("cut", one_R, other_R, text_R)
        joined_R = counts.of("joined", one_R, other_R, text_R)
        found[name] = (cut_R + 0.5) / (cut_R + joined_R + 1)
        found[f"{name}_seen"] = np.log1p(cut_R + joined_R)
    return found


def _neighbour_features(
    sheet: Sheet, candidates: Candidates, nearest: Nearest, labels: Mapping[str, IntArray]
) -> Features:
    q_R = candidates.question_R
    text_R = sheet.text_Q[q_R]
    first_R = sheet.tokens_N1[text_R] + candidates.first_R
    last_R = sheet.tokens_N1[text_R] + candidates.last_R
    after_R = sheet.tokens_N1[text_R + 1] - 1 - last_R
    weight_QJ = nearest.weight_QJ
    total_Q = weight_QJ.sum(1) + 1e-6
    label_QJ = nearest.label_QJ
    columns_QJ = {
        name: column[label_QJ] if len(column) else np.full(label_QJ.shape, SILENT)
        for name, column in labels.items()
    }
    says_QJ = weight_QJ * (columns_QJ["value"] != SILENT)
    says_Q = says_QJ.sum(1) + 1e-6

    def vote(name: str, what_R: IntArray) -> FloatArray:
        same_RJ = columns_QJ[name][q_R] == what_R[:, None]
        share_R: FloatArray = (weight_QJ[q_R] * same_RJ).sum(1) / total_Q[q_R]
        return share_R

    def distance(name: str, what_R: IntArray) -> FloatArray:
        mean_Q = (says_QJ * columns_QJ[name]).sum(1) / says_Q
        off_R: FloatArray = (what_R - mean_Q[q_R]).astype(np.float32)
        return off_R

    value_R = np.where(candidates.value_R < 0, -1, candidates.value_R)
    pattern_R = np.where(candidates.pattern_R < 0, -1, candidates.pattern_R)
    best_QJ = np.where(columns_QJ["value"] != SILENT, weight_QJ, 0)
    same_value_RJ = columns_QJ["value"][q_R] == value_R[:, None]
    return {
        "near_value": vote("value", value_R),
        "near_value_best": (weight_QJ[q_R] * same_value_RJ).max(1, initial=0),
        "near_pattern": vote("pattern", pattern_R),
        "near_silent": ((weight_QJ - says_QJ).sum(1) / total_Q)[q_R],
        "near_best": best_QJ.max(1, initial=0)[q_R],
        "near_weight": total_Q[q_R],
        "near_start": distance("start", candidates.first_R),
        "near_end": distance("after", after_R),
        "near_length": distance("length", candidates.last_R - candidates.first_R + 1),
        "near_before": vote("before_word", sheet.words(first_R - 1, text_R)),
        "near_after": vote("after_word", sheet.words(last_R + 1, text_R)),
        "near_first": vote("first_word", sheet.words(first_R, text_R)),
        "near_last": vote("last_word", sheet.words(last_R, text_R)),
        "near_same_start": vote("start", candidates.first_R),
    }
