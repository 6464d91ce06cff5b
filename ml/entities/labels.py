"""BIEOS labels of characters: which there are, which may follow which, and spans as labels."""

# K labels

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ml.entities.records import LabelledTitle

OUTSIDE = 0
BEGIN, INSIDE, END, SINGLE = range(4)
_OPEN = (BEGIN, INSIDE)  # the entity goes on behind them
_STARTS = (BEGIN, SINGLE)


@dataclass(frozen=True, slots=True)
class Labels:
    """Label 0 is outside; type t has begin, inside, end and single at `1 + 4 t` and on."""

    types: tuple[str, ...]

    @classmethod
    def of(cls, titles: Iterable[LabelledTitle]) -> Labels:
        """Of all types that occur, in alphabetical order."""
        return cls(tuple(sorted({kind for title in titles for kind, _, _ in title.entities})))

    def __len__(self) -> int:
        return 1 + 4 * len(self.types)

    def number(self, type_index: int, part: int) -> int:
        return 1 + 4 * type_index + part

    def encode(self, length: int, spans: Sequence[tuple[str, int, int]]) -> list[int]:
        """One label for each of `length` characters."""
        found = [OUTSIDE] * length
        for kind, start, end in spans:
            number = self.types.index(kind)
            if end - start == 1:
                found[start] = self.number(number, SINGLE)
                continue
            found[start:end] = [self.number(number, INSIDE)] * (end - start)
            found[start] = self.number(number, BEGIN)
            found[end - 1] = self.number(number, END)
        return found

    def decode(self, labels: Sequence[int]) -> list[tuple[int, int, int]]:
        """Type index, start and end of every entity of a legal sequence."""
        found, start = [], 0
        for place, label in enumerate(labels):
            if label == OUTSIDE:
                continue
            kind, part = divmod(label - 1, 4)
            if part in _STARTS:
                start = place
            if part not in _OPEN:
                found.append((kind, start, place + 1))
        return found

    def legal_steps(self) -> Tensor:
        """`legal_KK`: whether the label of the column may follow that of the row."""
        parts = [None, *(divmod(label, 4) for label in range(len(self) - 1))]
        return torch.tensor(
            [[_follows(before, after) for after in parts] for before in parts], dtype=torch.bool
        )

    def legal_first(self) -> Tensor:
        """`legal_K`: whether a text may begin with the label."""
        return self.legal_steps()[OUTSIDE]

    def legal_last(self) -> Tensor:
        """`legal_K`: whether a text may end with the label."""
        return self.legal_steps()[:, OUTSIDE]


def _follows(before: tuple[int, int] | None, after: tuple[int, int] | None) -> bool:
    """What is open has to go on with the same type; what is not has to begin anew."""
    is_open = before is not None and before[1] in _OPEN
    goes_on = after is not None and after[1] not in _STARTS
    if is_open and goes_on:
        return before is not None and after is not None and before[0] == after[0]
    return not is_open and not goes_on
