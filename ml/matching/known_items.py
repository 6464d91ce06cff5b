"""Items as vectors: those that are known beforehand, as two sides, and those of pairs."""

# N known items of one side, Q different items of P pairs, V terms

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ml.matching.prepared import PreparedItem, PreparedText, Preparing
from ml.matching.records import Fields
from ml.matching.vectors import Vectors, grams_of, words_of

LIMIT = 20_000  # a side; more of them only make scoring slow

Pair = tuple[PreparedItem, PreparedItem]


@dataclass(frozen=True, slots=True)
class Space:
    """One way to compare items: a part of them as vectors."""

    part: str
    vectors: Vectors

    def __call__(self, items: Sequence[PreparedItem]) -> csr_array:
        return self.vectors([part_of(item, self.part) for item in items])


@dataclass(frozen=True, slots=True)
class Side:
    """Items of one side, such as one shop's; those that say the same stand once.

    Attributes:
        fields: as they came, to be written to a file.
        matrices: x_NV by the number of the space.
        places: position by `key_of`.
    """

    fields: tuple[Fields, ...]
    items: tuple[PreparedItem, ...]
    matrices: tuple[csr_array, ...]
    places: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class KnownItems:
    """Both sides in the same spaces; what is no left item may still be like one."""

    spaces: tuple[Space, ...]
    sides: tuple[Side, Side]

    @classmethod
    def of(cls, lefts: Sequence[Fields], rights: Sequence[Fields], preparing: Preparing) -> Self:
        fields = tuple(_distinct(side, preparing) for side in (lefts, rights))
        items = tuple(tuple(preparing(item) for item in side) for side in fields)
        everything = [item for side in items for item in side]
        spaces = tuple(
            Space(part, Vectors.fit([part_of(item, part) for item in everything], terms))
            for part, terms in (("whole", words_of), ("name", words_of), ("name", grams_of))
        )
        left, right = (
            Side(
                fields=side,
                items=prepared,
                matrices=tuple(space(prepared) for space in spaces),
                places={key_of(item): n for n, item in enumerate(prepared)},
            )
            for side, prepared in zip(fields, items, strict=True)
        )
        return cls(spaces, (left, right))


@dataclass(frozen=True, slots=True)
class SeenPairs:
    """Pairs to be scored; items that say the same get their vectors once.

    Attributes:
        items: different ones, of both sides together.
        place_P2: of each pair's left and right one among them.
        matrices: x_QV by the number of the space.
        known_Q2: place of each among the known left and the known right ones; -1: not known.
    """

    items: tuple[PreparedItem, ...]
    place_P2: NDArray[np.int64]
    matrices: tuple[csr_array, ...]
    known_Q2: NDArray[np.int64]

    @classmethod
    def of(cls, pairs: Sequence[Pair], known: KnownItems) -> Self:
        places: dict[str, int] = {}
        items: list[PreparedItem] = []
        for item in chain.from_iterable(pairs):
            if key_of(item) not in places:
                places[key_of(item)] = len(items)
                items.append(item)
        found = [[places[key_of(item)] for item in pair] for pair in pairs]
        known_Q2 = [[side.places.get(key, -1) for side in known.sides] for key in places]
        return cls(
            items=tuple(items),
            place_P2=np.array(found, dtype=np.int64).reshape(-1, 2),
            matrices=tuple(space(items) for space in known.spaces),
            known_Q2=np.array(known_Q2, dtype=np.int64).reshape(-1, 2),
        )


def key_of(item: PreparedItem) -> str:
    """The same for items whose texts are the same, whatever they cost."""
    return item.whole.text


def cosine(a_QV: csr_array, b_QV: csr_array) -> NDArray[np.float32]:
    """Returns x_Q, row by row."""
    return np.asarray(a_QV.multiply(b_QV).sum(axis=1), dtype=np.float32).ravel()


def part_of(item: PreparedItem, part: str) -> PreparedText:
    return item.name if part == "name" else item.whole


def _distinct(items: Sequence[Fields], preparing: Preparing) -> tuple[Fields, ...]:
    found: dict[str, Fields] = {}
    for item in items:
        found.setdefault(key_of(preparing(item)), item)
        if len(found) == LIMIT:
            break
    return tuple(found.values())
