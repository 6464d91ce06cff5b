"""A batch of texts and of what is asked of them, as flat columns."""

# N texts, T tokens, Q questions (a parameter of a text), G cells of the question-by-token grid

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.extraction.cleaning import IntArray
from ml.extraction.network_inputs import Question
from ml.extraction.slots import Slots
from ml.extraction.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Sheet:
    """Columns over all texts, one after another.

    Attributes:
        tokens_N1, questions_N1: text n has tokens and questions `[x[n], x[n + 1])`.
        word_T: ids of the vocabulary.
        start_T, end_T: characters in the token's text.
        slot_Q, parameter_Q, category_Q, text_Q: what is asked, -1 for strangers.
        grid_Q1: question q has cells `[x[q], x[q + 1])`, one for each token of its text.
        token_G, question_G: of each cell.
    """

    questions: tuple[Question, ...]
    tokens_N1: IntArray
    questions_N1: IntArray
    word_T: IntArray
    start_T: IntArray
    end_T: IntArray
    text_T: IntArray
    slot_Q: IntArray
    parameter_Q: IntArray
    category_Q: IntArray
    text_Q: IntArray
    grid_Q1: IntArray
    token_G: IntArray
    question_G: IntArray

    @classmethod
    def of(cls, questions: Sequence[Question], vocabulary: Vocabulary, slots: Slots) -> Sheet:
        tokens_N = np.array([len(q.text.words) for q in questions], dtype=np.int64)
        asked_N = np.array([len(q.parameters) for q in questions], dtype=np.int64)
        tokens_N1, questions_N1 = _offsets(tokens_N), _offsets(asked_N)
        numbers_N = np.arange(len(questions))
        text_Q = np.repeat(numbers_N, asked_N)
        grid_Q1 = _offsets(tokens_N[text_Q])
        question_G = np.repeat(np.arange(len(text_Q)), tokens_N[text_Q])
        local_G = np.arange(len(question_G)) - grid_Q1[question_G]
        categories = {category: n for n, category in enumerate(slots.of_category)}
        return cls(
            questions=tuple(questions),
            tokens_N1=tokens_N1,
            questions_N1=questions_N1,
            word_T=_ints(vocabulary.word(word) for q in questions for word in q.text.words),
            start_T=_joined([q.text.starts_T for q in questions]),
            end_T=_joined([q.text.ends_T for q in questions]),
            text_T=np.repeat(numbers_N, tokens_N),
            slot_Q=_ints(slots.slot(q.category, name) for q in questions for name in q.parameters),
            parameter_Q=_ints(slots.parameter(name) for q in questions for name in q.parameters),
            category_Q=np.repeat(_ints(categories.get(q.category, -1) for q in questions), asked_N),
            text_Q=text_Q,
            grid_Q1=grid_Q1,
            token_G=tokens_N1[text_Q[question_G]] + local_G,
            question_G=question_G,
        )

    def words(self, token_X: IntArray, text_X: IntArray) -> IntArray:
        """Ids of the words at places that may lie outside of their text; there -2."""
        inside_X = (token_X >= self.tokens_N1[text_X]) & (token_X < self.tokens_N1[text_X + 1])
        if not len(self.word_T):
            return np.full(len(token_X), -2, dtype=np.int64)
        return np.where(inside_X, self.word_T[np.where(inside_X, token_X, 0)], -2)


def _offsets(lengths: IntArray) -> IntArray:
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths)))


def _ints(numbers: object) -> IntArray:
    return np.fromiter(numbers, np.int64)  # type: ignore[call-overload, no-any-return]


def _joined(parts: Sequence[IntArray]) -> IntArray:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
