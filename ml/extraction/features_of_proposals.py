"""What the network, or the counts in its place, say of every candidate."""

# R candidates, A parameters asked of a text, T tokens, W tokens of the longest span

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.extraction.candidates import Candidates
from ml.extraction.proposals import Proposals
from ml.extraction.sheet import Sheet
from ml.extraction.statistics import FloatArray
from ml.extraction.tokens import LONGEST_SPAN

NAMES = (
    "net", "net_silence", "net_margin", "net_best", "net_starts", "net_ends", "net_covers_first",
    "net_covers_last", "net_covers_before", "net_covers_after", "net_other", "net_other_covers",
)  # fmt: skip


def proposal_features(
    sheet: Sheet, candidates: Candidates, proposals: Sequence[Proposals]
) -> dict[str, FloatArray]:
    """Log-probability of the span, of silence, of better ones; what other parameters claim."""
    table = np.zeros((len(candidates), len(NAMES)), np.float32)
    bounds = np.searchsorted(candidates.question_R, sheet.questions_N1)
    for n, proposed in enumerate(proposals):
        rows = slice(int(bounds[n]), int(bounds[n + 1]))
        if rows.start < rows.stop:
            table[rows] = _of_text(
                proposed,
                candidates.question_R[rows] - sheet.questions_N1[n],
                candidates.first_R[rows],
                candidates.last_R[rows],
            )
    found = {name: table[:, n] for n, name in enumerate(NAMES)}
    found["net_rank"] = _rank(candidates, table[:, 0])
    return found


def _of_text(
    proposed: Proposals, a_R: np.ndarray, first_R: np.ndarray, last_R: np.ndarray
) -> FloatArray:
    log_ATW, silence_A = proposed.span_ATW, proposed.silence_A
    p_ATW = np.exp(log_ATW)
    start_AT = p_ATW.sum(2)
    end_AT = _ends(p_ATW)
    cover_AT = np.cumsum(start_AT, 1) - np.cumsum(end_AT, 1) + end_AT
    length_R = last_R - first_R
    own_R = log_ATW[a_R, first_R, length_R]
    best_A = log_ATW.max(axis=(1, 2))
    return np.stack(
        (
            own_R,
            silence_A[a_R],
            own_R - np.maximum(best_A, silence_A)[a_R],
            best_A[a_R],
            start_AT[a_R, first_R],
            end_AT[a_R, last_R],
            cover_AT[a_R, first_R],
            cover_AT[a_R, last_R],
            _at(cover_AT, a_R, first_R - 1),
            _at(cover_AT, a_R, last_R + 1),
            _best_other(p_ATW.reshape(len(p_ATW), -1), a_R, first_R * LONGEST_SPAN + length_R),
            _best_other(cover_AT, a_R, first_R),
        ),
        axis=1,
    )


def _ends(p_ATW: FloatArray) -> FloatArray:
    T = p_ATW.shape[1]
    end_AT = np.zeros(p_ATW.shape[:2], np.float32)
    for w in range(min(T, p_ATW.shape[2])):
        end_AT[:, w:] += p_ATW[:, : T - w, w]
    return end_AT


def _at(cover_AT: FloatArray, a_R: np.ndarray, t_R: np.ndarray) -> FloatArray:
    inside_R = (t_R >= 0) & (t_R < cover_AT.shape[1])
    return np.where(inside_R, cover_AT[a_R, np.where(inside_R, t_R, 0)], np.float32(-1))


def _best_other(p_AX: FloatArray, a_R: np.ndarray, x_R: np.ndarray) -> FloatArray:
    """Highest of the other parameters at the same place."""
    if len(p_AX) == 1:
        return np.zeros(len(a_R), np.float32)
    place_X, back_R = np.unique(x_R, return_inverse=True)
    there_AX = p_AX[:, place_X]
    best_X = there_AX.argmax(0)
    two_AX = np.partition(there_AX, -2, axis=0)
    other_R: FloatArray = np.where(best_X[back_R] == a_R, two_AX[-2, back_R], two_AX[-1, back_R])
    return other_R


def _rank(candidates: Candidates, log_R: FloatArray) -> FloatArray:
    """0 for the best of its question."""
    order = np.lexsort((-log_R, candidates.question_R))
    question = candidates.question_R[order]
    starts = np.flatnonzero(np.r_[True, question[1:] != question[:-1]]) if len(order) else order
    lengths = np.diff(np.r_[starts, len(order)])
    rank = np.empty(len(order), np.float32)
    rank[order] = np.arange(len(order)) - np.repeat(starts, lengths)
    return rank
