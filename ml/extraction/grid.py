"""What the counts say of every token of a text, for every parameter asked."""

# Q questions, G cells of the question-by-token grid, T tokens

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.extraction.cleaning import IntArray
from ml.extraction.sheet import Sheet
from ml.extraction.statistics import Counts, FloatArray, grams_of

_UNKNOWN = 0.15  # share of a word that was never there; two sightings weigh as much
_STRENGTH = 2.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Shares of the texts with this word in which it is part of, begins, ends, .. the value.

    Attributes:
        odds_G: how much more the letters look like a value than like other words, in logs.
    """

    inside_G: FloatArray
    first_G: FloatArray
    last_G: FloatArray
    before_G: FloatArray
    after_G: FloatArray
    there_G: FloatArray
    parameter_G: FloatArray
    category_G: FloatArray
    odds_G: FloatArray

    @classmethod
    def of(cls, sheet: Sheet, counts: Counts) -> Grid:
        question_G, token_G = sheet.question_G, sheet.token_G
        word_G, text_G = sheet.word_T[token_G], sheet.text_T[token_G]
        slot_G = sheet.slot_Q[question_G]
        parameter_G, category_G = sheet.parameter_Q[question_G], sheet.category_Q[question_G]

        def share(family: str, whose_G: IntArray, there_G: FloatArray) -> FloatArray:
            return smoothed(counts.of(family, whose_G, word_G, text_G), there_G)

        there_G = counts.of("word_there", slot_G, word_G, text_G)
        everywhere_G = counts.of("word_parameter_there", parameter_G, word_G, text_G)
        category_there_G = counts.of("word_category_there", category_G, word_G, text_G)
        return cls(
            inside_G=share("word_in", slot_G, there_G),
            first_G=share("word_first", slot_G, there_G),
            last_G=share("word_last", slot_G, there_G),
            before_G=share("word_before", slot_G, there_G),
            after_G=share("word_after", slot_G, there_G),
            there_G=there_G,
            parameter_G=share("word_parameter", parameter_G, everywhere_G),
            category_G=share("word_category", category_G, category_there_G),
            odds_G=_odds(sheet, counts),
        )


def smoothed(count_X: FloatArray, of_X: FloatArray) -> FloatArray:
    share_X: FloatArray = (count_X + _UNKNOWN * _STRENGTH) / (of_X + _STRENGTH)
    return share_X.astype(np.float32)


def _odds(sheet: Sheet, counts: Counts) -> FloatArray:
    """Mean over the three-letter pieces of a word of the naive Bayes odds."""
    grams = [grams_of(word) for question in sheet.questions for word in question.text.words]
    lengths_T = np.array([len(of_word) for of_word in grams], np.int64)
    gram_X = np.array([gram for of_word in grams for gram in of_word], np.int64)
    if not len(sheet.token_G):
        return np.zeros(0, np.float32)
    first_T = np.concatenate(([0], np.cumsum(lengths_T)))
    length_G = lengths_T[sheet.token_G]
    cell_X = np.repeat(np.arange(len(length_G)), length_G)
    begin_G = np.concatenate(([0], np.cumsum(length_G)[:-1]))
    at_X = first_T[sheet.token_G][cell_X] + np.arange(len(cell_X)) - begin_G[cell_X]
    question_X = sheet.question_G[cell_X]
    slot_X, text_X = sheet.slot_Q[question_X], sheet.text_Q[question_X]
    inside_X = counts.of("gram", slot_X, gram_X[at_X], text_X)
    there_X = counts.of("gram_there", slot_X, gram_X[at_X], text_X)
    odds_X = np.log((inside_X + 0.3) / (there_X - inside_X + 1.0))
    mean_G = np.add.reduceat(odds_X, begin_G) / length_G
    return mean_G.astype(np.float32)
