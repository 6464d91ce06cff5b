"""How a candidate is written and where it stands."""

# R candidates, C characters of all texts, N texts

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from ml.extraction.candidates import Candidates
from ml.extraction.cleaning import IntArray
from ml.extraction.sheet import Sheet
from ml.extraction.statistics import FloatArray

_BREAKS = ",;|()[]{}-/:"
_SEGMENTS = ",-|("
_KINDS = (str.isspace, str.isalpha, str.isdigit)


def shape_features(sheet: Sheet, candidates: Candidates) -> dict[str, FloatArray]:
    text_R = sheet.text_Q[candidates.question_R]
    tokens_R = sheet.tokens_N1[text_R + 1] - sheet.tokens_N1[text_R]
    found = {
        "tokens": candidates.last_R - candidates.first_R + 1,
        "from_start": candidates.first_R,
        "from_end": tokens_R - 1 - candidates.last_R,
        "place": candidates.first_R / np.maximum(tokens_R, 1),
        "text_tokens": tokens_R,
        "name_in_span": _names(sheet, candidates),
        **_character_features(sheet, candidates, text_R),
    }
    return {name: column_R.astype(np.float32) for name, column_R in found.items()}


def _character_features(
    sheet: Sheet, candidates: Candidates, text_R: IntArray
) -> dict[str, npt.NDArray[np.generic]]:
    texts = [question.text.clean.text for question in sheet.questions]
    begin_N1 = np.concatenate(([0], np.cumsum([len(text) for text in texts])))
    encoded = "".join(texts).encode("utf-32-le", "surrogatepass")
    code_U, code_C = np.unique(np.frombuffer(encoded, np.uint32), return_inverse=True)
    letters = [chr(code) for code in code_U.tolist()]

    def column(values: Iterable[int]) -> IntArray:
        """[C]"""
        return np.fromiter(values, np.int64)[code_C]

    def before(values: Iterable[int]) -> IntArray:
        """How many stand before each place: [C + 1]."""
        return np.concatenate(([0], np.cumsum(column(values))))

    begin_R, limit_R = begin_N1[text_R], begin_N1[text_R + 1]
    start_R, end_R = begin_R + candidates.start_R, begin_R + candidates.end_R
    length_R = end_R - start_R
    digits, capitals = before(map(str.isdigit, letters)), before(map(str.isupper, letters))
    spaces = before(letter == " " for letter in letters)
    segments = before(letter in _SEGMENTS for letter in letters)
    opened = before((letter == "(") - (letter == ")") for letter in letters)
    kind_C, is_break_C = column(map(_kind, letters)), column(c in _BREAKS for c in letters)
    place_C = np.arange(len(code_C))
    is_blank_C = kind_C == _KINDS.index(str.isspace)
    left_C = np.maximum.accumulate(np.where(is_blank_C, -1, place_C))
    right_C = np.minimum.accumulate(np.where(is_blank_C, len(code_C), place_C)[::-1])[::-1]

    def at(column_C: IntArray, place_R: IntArray, beyond: int) -> IntArray:
        inside_R = (place_R >= begin_R) & (place_R < limit_R)
        return np.where(inside_R, column_C[np.where(inside_R, place_R, start_R)], beyond)

    return {
        "characters": length_R,
        "digits": (digits[end_R] - digits[start_R]) / length_R,
        "capitals": (capitals[end_R] - capitals[start_R]) / length_R,
        "words": spaces[end_R] - spaces[start_R] + 1,
        "begins_upper": capitals[start_R + 1] - capitals[start_R],
        "kind_before": at(kind_C, start_R - 1, -1),
        "kind_after": at(kind_C, end_R, -1),
        "times": _times(sheet, candidates, text_R),
        "segment": segments[start_R] - segments[begin_R],
        "begins_segment": at(is_break_C, at(left_C, start_R - 1, -1), 1),
        "ends_segment": at(is_break_C, at(right_C, end_R, -1), 1),
        "in_brackets": opened[start_R] > opened[begin_R],
    }


def _kind(character: str) -> int:
    return next((n for n, is_kind in enumerate(_KINDS) if is_kind(character)), len(_KINDS))


def _times(sheet: Sheet, candidates: Candidates, text_R: IntArray) -> IntArray:
    """How often the text says it."""
    key_R = text_R * len(candidates.strings) + candidates.string_R
    key_X, back_R = np.unique(key_R, return_inverse=True)
    times_X = [
        sheet.questions[key // len(candidates.strings)].text.clean.text.count(
            candidates.strings[key % len(candidates.strings)]
        )
        for key in key_X.tolist()
    ]
    return np.array(times_X, np.int64)[back_R]


def _names(sheet: Sheet, candidates: Candidates) -> FloatArray:
    """1: a word of the parameter's name is in the candidate; .5: right beside it."""
    names = [
        {word.lower() for word in name.split()}
        for question in sheet.questions
        for name in question.parameters
    ]
    found = np.zeros(len(candidates), np.float32)
    marked: dict[int, list[int]] = {}
    for q, words in enumerate(names):
        text = sheet.questions[int(sheet.text_Q[q])].text
        places = [n for n, word in enumerate(text.words) if word in words]
        if places:
            marked[q] = places
    if not marked:
        return found
    for row in np.flatnonzero(np.isin(candidates.question_R, list(marked))).tolist():
        first, last = int(candidates.first_R[row]), int(candidates.last_R[row])
        places = marked[int(candidates.question_R[row])]
        if any(first <= place <= last for place in places):
            found[row] = 1
        elif any(place in (first - 1, last + 1) for place in places):
            found[row] = 0.5
    return found
