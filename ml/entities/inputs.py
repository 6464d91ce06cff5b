"""Titles as numbers: what a network sees of every character, alone and in batches."""

# B titles, L characters, F features

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

PADDING, UNKNOWN = 0, 1  # in every vocabulary
MASKED = 2  # among characters and pairs of them


@dataclass(frozen=True, slots=True)
class EncodedTitle:
    """One title; the pair of a character is it and its right neighbour.

    Attributes:
        pair_L: its first stands before the title: one more than there are characters.
        tag_L: part of speech of the word.
        label_L: None where nothing is known.
    """

    character_L: NDArray[np.int64]
    pair_L: NDArray[np.int64]
    tag_L: NDArray[np.int64]
    feature_LF: NDArray[np.float32]
    label_L: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.character_L)


@dataclass(frozen=True, slots=True)
class TitleBatch:
    """Titles side by side, filled up behind their ends."""

    character_BL: Tensor
    left_BL: Tensor
    right_BL: Tensor
    tag_BL: Tensor
    feature_BLF: Tensor
    mask_BL: Tensor
    label_BL: Tensor

    @classmethod
    def of(cls, titles: Sequence[EncodedTitle]) -> TitleBatch:
        length = max(map(len, titles))
        none = np.zeros(0, np.int64)
        characters = [title.character_L for title in titles]
        return cls(
            character_BL=_filled(characters, length),
            left_BL=_filled([title.pair_L[:-1] for title in titles], length),
            right_BL=_filled([title.pair_L[1:] for title in titles], length),
            tag_BL=_filled([title.tag_L for title in titles], length),
            feature_BLF=_filled_features([title.feature_LF for title in titles], length),
            mask_BL=_filled(characters, length) != PADDING,
            label_BL=_filled(
                [none if title.label_L is None else title.label_L for title in titles], length
            ),
        )


def _filled(rows: Sequence[NDArray[np.int64]], length: int) -> Tensor:
    filled = np.zeros((len(rows), length), np.int64)
    for row, values in zip(filled, rows, strict=True):
        row[: len(values)] = values
    return torch.from_numpy(filled)


def _filled_features(rows: Sequence[NDArray[np.float32]], length: int) -> Tensor:
    filled = np.zeros((len(rows), length, rows[0].shape[1]), np.float32)
    for row, values in zip(filled, rows, strict=True):
        row[: len(values)] = values
    return torch.from_numpy(filled)


def batches_by_length(
    lengths: Sequence[int], size: int, generator: torch.Generator
) -> list[list[int]]:
    """Positions of titles of about one length, in batches whose order is drawn.

    Lengths get a little noise, so that the same titles do not meet in every epoch.
    """
    noise = torch.rand(len(lengths), generator=generator) * 3
    order = (torch.tensor(lengths, dtype=torch.float32) + noise).argsort().tolist()
    batches = [order[first : first + size] for first in range(0, len(order), size)]
    return [batches[place] for place in torch.randperm(len(batches), generator=generator).tolist()]
