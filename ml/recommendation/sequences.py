"""Who took which items in which order, and what is known of the items: as columns, and as files."""

# U shoppers, N items, K attributes, E interactions

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.data.text_file import text_of
from ml.errors import SequencesInvalid

Ints = NDArray[np.int64]
CELL_CHARS_MAX = 200


@dataclass(frozen=True)
class Histories:
    """Items of shoppers, each shopper's from the first to the last.

    Attributes:
        item_E: positions of items, shopper after shopper.
        start_U1: where each shopper's items begin; one more at the end.
    """

    item_E: Ints
    start_U1: Ints

    @classmethod
    def of(cls, histories: Iterable[Sequence[int] | Ints]) -> Histories:
        rows = [np.asarray(row, dtype=np.int64) for row in histories]
        starts = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum([len(row) for row in rows], out=starts[1:])
        return cls(np.concatenate([np.zeros(0, dtype=np.int64), *rows]), starts)

    def __len__(self) -> int:
        return len(self.start_U1) - 1

    def __getitem__(self, shopper: int) -> Ints:
        return self.item_E[self.start_U1[shopper] : self.start_U1[shopper + 1]]

    @cached_property
    def lengths(self) -> Ints:
        return np.diff(self.start_U1)

    def without_last(self, dropped: int) -> Histories:
        """Each shopper's items but the last `dropped`; a shorter history comes out empty."""
        return Histories.of(self[u][: max(0, len(self[u]) - dropped)] for u in range(len(self)))

    def without_items(self, cut_N: NDArray[np.bool_]) -> Histories:
        """The same without the items that `cut_N` marks."""
        return Histories.of(self[u][~cut_N[self[u]]] for u in range(len(self)))

    def chosen(self, shoppers: Ints) -> Histories:
        return Histories.of(self[int(u)] for u in shoppers)

    def from_end(self) -> Ints:
        """How many items of the same shopper follow each interaction."""
        ends = np.repeat(self.start_U1[1:], self.lengths)
        return ends - 1 - np.arange(len(self.item_E))

    def seen(self, items: int) -> sparse.csr_matrix:
        """1 where a shopper has had an item, however often."""
        matrix = sparse.csr_matrix(
            (np.ones(len(self.item_E), dtype=np.float32), self.item_E, self.start_U1),
            shape=(len(self), items),
        )
        matrix.sum_duplicates()
        matrix.data[:] = 1
        return matrix

    def weighted(self, items: int, decay: float) -> sparse.csr_matrix:
        """`decay ** age` of each item, the last one's age being 0; at its youngest."""
        weights = (decay ** self.from_end()).astype(np.float32)
        shopper = np.repeat(np.arange(len(self)), self.lengths)
        order = np.lexsort((-weights, self.item_E, shopper))
        shopper, item, weights = shopper[order], self.item_E[order], weights[order]
        first = np.ones(len(item), dtype=bool)
        first[1:] = (shopper[1:] != shopper[:-1]) | (item[1:] != item[:-1])
        return sparse.csr_matrix(
            (weights[first], (shopper[first], item[first])), shape=(len(self), items)
        )


@dataclass(frozen=True)
class ItemFacts:
    """What is known of each item: attributes that items share, whatever they mean.

    Attributes:
        attribute_F: positions of attributes, item after item.
        start_N1: where each item's attributes begin; one more at the end.
        attributes: how many there are.
    """

    attribute_F: Ints
    start_N1: Ints
    attributes: int

    @classmethod
    def of(cls, rows: Iterable[Sequence[int]], attributes: int) -> ItemFacts:
        histories = Histories.of(sorted(set(row)) for row in rows)
        return cls(histories.item_E, histories.start_U1, attributes)

    def __len__(self) -> int:
        return len(self.start_N1) - 1

    def only(self, told_K: NDArray[np.bool_]) -> ItemFacts:
        """The same without the attributes that `told_K` does not mark."""
        kept_F = told_K[self.attribute_F]
        before_F1 = np.concatenate(([0], kept_F.cumsum()))
        return ItemFacts(self.attribute_F[kept_F], before_F1[self.start_N1], self.attributes)

    def has(self) -> sparse.csr_matrix:
        return sparse.csr_matrix(
            (np.ones(len(self.attribute_F), dtype=np.float32), self.attribute_F, self.start_N1),
            shape=(len(self), self.attributes),
        )


@dataclass(frozen=True)
class Interactions:
    """Shoppers, items and attributes by name, with the columns that speak of them by position."""

    shoppers: tuple[str, ...]
    items: tuple[str, ...]
    attributes: tuple[str, ...]
    histories: Histories
    facts: ItemFacts

    @classmethod
    def build(
        cls, histories: Mapping[str, Sequence[str]], attributes: Mapping[str, Sequence[str]]
    ) -> Interactions:
        """Of names; items that nobody has had are among the items where they have attributes."""
        names = dict.fromkeys(item for taken in histories.values() for item in taken)
        position = {item: at for at, item in enumerate(names | dict.fromkeys(attributes))}
        kinds = dict.fromkeys(one for has in attributes.values() for one in has)
        kind_at = {one: at for at, one in enumerate(kinds)}
        return cls(
            tuple(histories),
            tuple(position),
            tuple(kinds),
            Histories.of([position[item] for item in taken] for taken in histories.values()),
            ItemFacts.of(
                ([kind_at[one] for one in attributes.get(item, ())] for item in position),
                len(kinds),
            ),
        )


def read_interactions(sequences: Path, attributes: Path | None) -> Interactions:
    """Read `SHOPPER ITEM ITEM …` lines in the order of time, and `{ITEM: [ATTRIBUTE, …]}` as JSON.

    Raises:
        SequencesInvalid: names file, line and what is wrong.
    """
    histories = read_sequences(sequences)
    return Interactions.build(histories, _read_attributes(attributes) if attributes else {})


def read_sequences(path: Path) -> dict[str, list[str]]:
    """Items by shopper, of `SHOPPER ITEM ITEM …` lines in the order of time.

    Raises:
        SequencesInvalid: names file, line and what is wrong.
    """
    histories: dict[str, list[str]] = {}
    for number, line in enumerate(text_of(path, SequencesInvalid).split("\n"), start=1):
        cells = line.split()
        if not cells:
            continue
        if len(cells) == 1:
            raise SequencesInvalid(path=path, line=number, reason="has no item")
        if too_long := next((one for one in cells if len(one) > CELL_CHARS_MAX), None):
            reason = f"{too_long[:20]!r}… is longer than {CELL_CHARS_MAX} characters"
            raise SequencesInvalid(path=path, line=number, reason=reason)
        shopper, *items = cells
        if shopper in histories:
            reason = f"shopper {shopper!r} has had a line before"
            raise SequencesInvalid(path=path, line=number, reason=reason)
        histories[shopper] = items
    if not histories:
        raise SequencesInvalid(path=path, reason="is empty")
    return histories


def _read_attributes(path: Path) -> dict[str, list[str]]:
    try:
        found = json.loads(text_of(path, SequencesInvalid))
    except (RecursionError, json.JSONDecodeError) as error:
        raise SequencesInvalid(path=path, reason=f"is no JSON ({error})") from error
    if not isinstance(found, dict):
        raise SequencesInvalid(path=path, reason="is no JSON object of items")
    return {item: _attribute_names(path, item, has) for item, has in found.items()}


def _attribute_names(path: Path, item: str, has: object) -> list[str]:
    if not isinstance(has, list) or not all(
        isinstance(one, str | int) and not isinstance(one, bool) for one in has
    ):
        reason = f"item {item!r} has {str(has)[:40]!r} in the place of a list of attributes"
        raise SequencesInvalid(path=path, reason=reason)
    return [str(one) for one in has]
