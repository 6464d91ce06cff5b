"""The spans that the ranker chooses from: what is proposed, known values, and stems."""

# R candidates, A parameters asked, T tokens, W tokens of the longest span

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from ml.extraction.cleaning import IntArray
from ml.extraction.known_values import KnownValues
from ml.extraction.proposals import NOTHING, Proposals
from ml.extraction.sheet import Sheet
from ml.extraction.tokens import LONGEST_SPAN, TokenText, pattern_of
from ml.extraction.vocabulary import STRANGER, Vocabulary

PROPOSED = 12  # the value is among them for 97 of 100; 20 add half of one
_STEMMED = 3  # proposals whose last word is also taken without its ending
_ENDINGS = ("s", "es", "ed", "ing", "er", "d")
_SHORTEST_STEM = 3
_COLUMNS = ("question", "start", "end", "first", "last", "is_proposed")  # of rows


@dataclass(frozen=True, slots=True)
class Candidates:
    """Columns, in the order of their questions.

    Attributes:
        start_R, end_R: characters in the cleaned text.
        first_R, last_R: tokens of the text that they touch, from 0.
        value_R, pattern_R: ids, -1 for strangers.
        string_R: the same number for the same characters.
        is_proposed_R: False for what only the list of known values put forward.
    """

    question_R: IntArray
    start_R: IntArray
    end_R: IntArray
    first_R: IntArray
    last_R: IntArray
    value_R: IntArray
    pattern_R: IntArray
    string_R: IntArray
    is_proposed_R: npt.NDArray[np.bool_]
    strings: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.question_R)

    def where(self, is_kept_R: npt.NDArray[np.bool_]) -> Candidates:
        columns = {
            column.name: getattr(self, column.name)[is_kept_R]
            for column in fields(self)
            if column.name.endswith("_R")
        }
        return replace(self, **columns)


@dataclass(frozen=True, slots=True)
class CandidateFinder:
    """Attributes: `slots_of_value`: in which slots training had a value, by its number."""

    known: KnownValues
    vocabulary: Vocabulary
    slots_of_value: Sequence[tuple[int, ...]]

    def find(self, sheet: Sheet, proposals: Sequence[Proposals]) -> Candidates:
        parts = [np.zeros((0, len(_COLUMNS)), np.int64)]
        for n, question in enumerate(sheet.questions):
            if len(question.text.words):
                first, last = int(sheet.questions_N1[n]), int(sheet.questions_N1[n + 1])
                of_slot = {int(sheet.slot_Q[q]): q - first for q in range(first, last)}
                for rows in (
                    _proposed(proposals[n], question.text),
                    self._known(question.text, of_slot),
                ):
                    rows[:, 0] += first
                    parts.append(rows)
        return self._columns(sheet, _distinct(np.concatenate(parts)))

    def _known(self, text: TokenText, of_slot: dict[int, int]) -> IntArray:
        rows = [
            (q, hit.start, hit.end)
            for hit in self.known.hits(text)
            for slot in self.slots_of_value[hit.value]
            if (q := of_slot.get(slot)) is not None
        ]
        question_X, start_X, end_X = np.array(rows, np.int64).reshape(-1, 3).T
        first_X = np.searchsorted(text.ends_T, start_X, side="right")
        last_X = np.searchsorted(text.starts_T, end_X, side="left") - 1
        found = np.stack((question_X, start_X, end_X, first_X, last_X, 0 * start_X), axis=1)
        return found[last_X - first_X < LONGEST_SPAN]

    def _columns(self, sheet: Sheet, rows: IntArray) -> Candidates:
        question_R, start_R, end_R, first_R, last_R, is_proposed_R = rows.T.copy()
        text_R = sheet.text_Q[question_R]
        key_R = (text_R << 32) | (start_R << 16) | end_R
        _, first_X, back_R = np.unique(key_R, return_index=True, return_inverse=True)
        strings: dict[str, int] = {}
        ids = []
        for n, start, end in zip(
            text_R[first_X].tolist(),
            start_R[first_X].tolist(),
            end_R[first_X].tolist(),
            strict=True,
        ):
            text = sheet.questions[n].text
            string = text.clean.text[start:end]
            ids.append(
                (
                    self.vocabulary.values.get(text.low[start:end], STRANGER),
                    self.vocabulary.patterns.get(pattern_of(string), STRANGER),
                    strings.setdefault(string, len(strings)),
                )
            )
        value_R, pattern_R, string_R = np.array(ids, np.int64).reshape(-1, 3)[back_R].T.copy()
        return Candidates(
            question_R=question_R,
            start_R=start_R,
            end_R=end_R,
            first_R=first_R,
            last_R=last_R,
            value_R=value_R,
            pattern_R=pattern_R,
            string_R=string_R,
            is_proposed_R=is_proposed_R.astype(bool),
            strings=tuple(strings),
        )


def _distinct(rows: IntArray) -> IntArray:
    """By question and place; of two that are the same, the one that was proposed."""
    order = np.lexsort((-rows[:, 5], rows[:, 2], rows[:, 1], rows[:, 0]))
    rows = rows[order]
    is_new = np.ones(len(rows), bool)
    is_new[1:] = (rows[1:, :3] != rows[:-1, :3]).any(axis=1)
    return rows[is_new]


def _proposed(proposals: Proposals, text: TokenText) -> IntArray:
    """Rows as in `_COLUMNS`, questions from 0."""
    A = len(proposals.silence_A)
    flat_AX = proposals.span_ATW.reshape(A, -1)
    kept = min(PROPOSED, flat_AX.shape[1])
    top_AK = np.argpartition(-flat_AX, kept - 1, axis=1)[:, :kept]
    log_AK = np.take_along_axis(flat_AX, top_AK, 1)
    order_AK = np.argsort(-log_AK, axis=1, kind="stable")
    top_X = np.take_along_axis(top_AK, order_AK, 1).ravel()
    log_X = np.take_along_axis(log_AK, order_AK, 1).ravel()
    first_X, last_X = top_X // LONGEST_SPAN, top_X // LONGEST_SPAN + top_X % LONGEST_SPAN
    question_X, rank_X = np.divmod(np.arange(A * kept), kept)
    is_span_X = (log_X > NOTHING) & (last_X < len(text.words))
    whole = np.stack((question_X, first_X, last_X, rank_X), axis=1)[is_span_X]
    stems = [_stem_lengths(word) for word in text.words]
    rows = [
        (q, i, j, cut)
        for q, i, j, rank in whole.tolist()
        for cut in (0, *(stems[j] if rank < _STEMMED else ()))
    ]
    question_X, first_X, last_X, cut_X = np.array(rows, np.int64).reshape(-1, 4).T
    start_X, end_X = text.starts_T[first_X], text.ends_T[last_X] - cut_X
    return np.stack((question_X, start_X, end_X, first_X, last_X, 0 * cut_X + 1), axis=1)


def _stem_lengths(word: str) -> list[int]:
    """How many characters its endings have."""
    return [
        len(ending)
        for ending in _ENDINGS
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM
    ]
