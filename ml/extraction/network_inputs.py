"""Texts and questions as the tensors that the span network reads."""

# N texts, L pieces, T tokens, A parameters asked of a text, W tokens of the longest span

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ml.extraction.backbone import Backbone, words_of
from ml.extraction.slots import Slots
from ml.extraction.tokens import TokenText

SHAPES = 32
_NAME_WORDS = 8


@dataclass(frozen=True, slots=True)
class Question:
    """A text, its category and the parameters asked of it."""

    text: TokenText
    category: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkInputs:
    """Attributes: what stands where; a padded token has both places at 0 and `is_token` False.

    `slot_NA` and `parameter_NA` are 0 for strangers, `name_NAP` holds pieces of names.
    """

    piece_NL: Tensor
    shape_NL: Tensor
    first_NT: Tensor
    last_NT: Tensor
    is_token_NT: Tensor
    slot_NA: Tensor
    parameter_NA: Tensor
    name_NAP: Tensor
    is_asked_NA: Tensor


def inputs_of(questions: Sequence[Question], backbone: Backbone, slots: Slots) -> NetworkInputs:
    rows = [_row(question, backbone) for question in questions]
    asked = [question.parameters for question in questions]
    marks, widest = backbone.marks, max(1, *map(len, asked))
    nothing = [marks.pad] * _NAME_WORDS
    names = {
        name: [*_name_pieces(name, backbone), *nothing][:_NAME_WORDS]
        for name in dict.fromkeys(name for parameters in asked for name in parameters)
    }
    pieces_NAP = [
        [*(names[name] for name in parameters), *[nothing] * (widest - len(parameters))]
        for parameters in asked
    ]
    return NetworkInputs(
        piece_NL=_padded([row.pieces for row in rows], marks.pad),
        shape_NL=_padded([row.shapes for row in rows], 0),
        first_NT=_padded([row.firsts for row in rows], 0),
        last_NT=_padded([row.lasts for row in rows], 0),
        is_token_NT=_padded([[1] * len(row.firsts) for row in rows], 0).bool(),
        slot_NA=_padded(
            [[slots.slot(q.category, name) + 1 for name in q.parameters] for q in questions], 0
        ),
        parameter_NA=_padded(
            [[slots.parameter(name) + 1 for name in q.parameters] for q in questions], 0
        ),
        name_NAP=torch.tensor(pieces_NAP),
        is_asked_NA=_padded([[1] * len(parameters) for parameters in asked], 0).bool(),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    pieces: list[int]
    shapes: list[int]
    firsts: list[int]
    lasts: list[int]


def _row(question: Question, backbone: Backbone) -> _Row:
    """`[start] category [separator] text [separator]`; tokens that no longer fit are left out."""
    marks, text = backbone.marks, question.text
    category = [p for word in words_of([question.category]) for p in backbone.pieces_of(word)]
    pieces = [marks.start, *category[:16], marks.separator]
    shapes = [0] * len(pieces)
    firsts, lasts = [], []
    before = -1
    for word, start, end in zip(
        text.words, text.starts_T.tolist(), text.ends_T.tolist(), strict=True
    ):
        ids = backbone.pieces_of(word)
        if len(pieces) + len(ids) + 1 > backbone.longest:
            break
        firsts.append(len(pieces))
        lasts.append(len(pieces) + len(ids) - 1)
        shape = _shape(text.clean.text[start:end]) * 2 + (start == before)
        pieces.extend(ids)
        shapes.extend([shape] * len(ids))
        before = end
    return _Row([*pieces, marks.separator], [*shapes, 0], firsts, lasts)


def _shape(word: str) -> int:
    """In 1..15: what an encoder that knows no case cannot see."""
    if word[0].isdigit():
        return 5 + min(len(word), 6) if word.isdigit() else 12
    if not word[0].isalpha():
        return 13 if word in ",;|" else 14 if word in "()[]{}-/" else 15
    if word.isupper():
        return 1 if len(word) > 1 else 2
    if word.islower():
        return 3
    return 4 if word[1:].islower() else 5


def _name_pieces(name: str, backbone: Backbone) -> list[int]:
    return [piece for word in words_of([name]) for piece in backbone.pieces_of(word)]


def _padded(rows: Sequence[Sequence[int]], filler: int) -> Tensor:
    longest = max(1, max(map(len, rows)))
    return torch.tensor([[*row, *[filler] * (longest - len(row))] for row in rows])
