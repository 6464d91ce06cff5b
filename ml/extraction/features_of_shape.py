"""How a candidate is written and where it stands."""

# R candidates

from __future__ import annotations

import numpy as np

from ml.extraction.candidates import Candidates
from ml.extraction.sheet import Sheet
from ml.extraction.statistics import FloatArray

_BREAKS = frozenset(",;|()[]{}-/:")
_KINDS = (str.isspace, str.isalpha, str.isdigit)

NAMES = (
    "characters", "digits", "capitals", "words", "begins_upper", "kind_before", "kind_after",
    "times", "segment", "begins_segment", "ends_segment", "in_brackets",
)  # fmt: skip


def shape_features(sheet: Sheet, candidates: Candidates) -> dict[str, FloatArray]:
    text_R = sheet.text_Q[candidates.question_R]
    tokens_R = sheet.tokens_N1[text_R + 1] - sheet.tokens_N1[text_R]
    found = {
        "tokens": (candidates.last_R - candidates.first_R + 1).astype(np.float32),
        "from_start": candidates.first_R.astype(np.float32),
        "from_end": (tokens_R - 1 - candidates.last_R).astype(np.float32),
        "place": (candidates.first_R / np.maximum(tokens_R, 1)).astype(np.float32),
        "text_tokens": tokens_R.astype(np.float32),
        "name_in_span": _names(sheet, candidates),
    }
    key_R = np.stack((text_R, candidates.start_R, candidates.end_R), axis=1)
    distinct, back_R = np.unique(key_R, axis=0, return_inverse=True)
    table = np.array(
        [
            _shape(sheet.questions[n].text.clean.text, start, end)
            for n, start, end in distinct.tolist()
        ],
        dtype=np.float32,
    ).reshape(-1, len(NAMES))
    found.update({name: table[back_R.ravel(), n] for n, name in enumerate(NAMES)})
    return found


def _shape(text: str, start: int, end: int) -> tuple[float, ...]:
    span, before, after = text[start:end], text[:start], text[end:]
    trimmed_before, trimmed_after = before.rstrip(), after.lstrip()
    return (
        end - start,
        sum(map(str.isdigit, span)) / len(span),
        sum(map(str.isupper, span)) / len(span),
        span.count(" ") + 1,
        span[0].isupper(),
        _kind(before[-1:]),
        _kind(after[:1]),
        text.count(span),
        sum(map(before.count, ",-|(")),
        not trimmed_before or trimmed_before[-1] in _BREAKS,
        not trimmed_after or trimmed_after[0] in _BREAKS,
        before.count("(") > before.count(")"),
    )


def _kind(character: str) -> int:
    if not character:
        return -1
    return next((n for n, is_kind in enumerate(_KINDS) if is_kind(character)), len(_KINDS))


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
