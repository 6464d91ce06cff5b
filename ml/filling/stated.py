"""Which values the known items state, each exactly as it is: what may be said of others."""

# N items, E statements, V values, K items asked about

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.records import FactText, ItemText

Numbers = NDArray[np.int64]


@dataclass(frozen=True)  # without slots: its properties are kept
class StatedValues:
    """Values by item.

    Attributes:
        values: V of them, each once.
        parameter_V: number of the value's parameter among those that can be asked for.
        value_E: what the items state, item by item.
        first_N: where the statements of each item begin, and at [N] where the last one's end.
        category_N: of the items; None where none is known.
        id_N: of the items; None of what is not stored.
    """

    values: Sequence[FactText]
    parameter_V: Numbers
    value_E: Numbers
    first_N: Numbers
    category_N: Sequence[str | None]
    id_N: Sequence[str | None]

    @classmethod
    def of(cls, items: Sequence[ItemText], parameters: Sequence[str]) -> StatedValues:
        """What items state of `parameters`, themselves or by their model."""
        number = {parameter: at for at, parameter in enumerate(parameters)}
        seen: dict[str, int] = {}
        values: list[FactText] = []
        value_E: list[int] = []
        first_N = [0]
        for item in items:
            for fact in stated_by(item):
                if fact.parameter in number:
                    if fact.value not in seen:
                        seen[fact.value] = len(values)
                        values.append(fact)
                    value_E.append(seen[fact.value])
            first_N.append(len(value_E))
        return cls(
            values,
            np.array([number[fact.parameter] for fact in values], dtype=np.int64),
            np.array(value_E, dtype=np.int64),
            np.array(first_N, dtype=np.int64),
            [category_of(item) for item in items],
            [item.id for item in items],
        )

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """Of the statements about a value's parameter those that name the value, [V] in 0..1."""
        count_V = np.bincount(self.value_E, minlength=len(self.values)).astype(np.float64)
        total_P = np.bincount(self.parameter_V, count_V)
        return np.asarray(count_V / np.maximum(total_P[self.parameter_V], 1))

    def by(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """What the items in `rows` state, one after the other: the place in `rows`, the value."""
        first_K, count_K = self.first_N[rows], self.first_N[rows + 1] - self.first_N[rows]
        place_E = np.repeat(np.arange(len(rows)), count_K)
        begun_E = np.repeat(np.cumsum(count_K) - count_K, count_K)
        return place_E, self.value_E[first_K[place_E] + np.arange(len(place_E)) - begun_E]

    def usual(self, parameters: int, rows: Numbers) -> tuple[Numbers, Numbers]:
        """How often `rows` state each parameter, and how often with its usual value, [P]."""
        count_V = np.bincount(self.by(rows)[1], minlength=len(self.values))
        stated_P, usual_P = np.zeros((2, parameters), dtype=np.int64)
        np.add.at(stated_P, self.parameter_V, count_V)
        np.maximum.at(usual_P, self.parameter_V, count_V)
        return stated_P, usual_P


def stated_by(item: ItemText) -> Iterable[FactText]:
    """The facts of an item, each value once, its own before those of its model."""
    return {fact.value: fact for fact in (*item.inherited, *item.facts)}.values()


def category_of(item: ItemText) -> str | None:
    return item.category.id if item.category else None


def akin(one: str | None, other: str | None) -> bool:
    """Whether items of two categories may speak of each other: one is the other, or above it.

    Ids of categories are their paths.
    """
    if one is None or other is None:
        return one is other
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")
