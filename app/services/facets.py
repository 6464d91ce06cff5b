"""How many of the found items have each value, their models' values kept in memory for a minute."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph.records import ItemKind, Record

if TYPE_CHECKING:
    from graph.repositories.facets import Facets, Stated, ValueOf

VALUES_SHOWN = 10
PARAMETERS_SHOWN = 6
KEPT_S = 60.0
VALUES_KEPT = 200_000  # values of models: some 20 MB, or 5,000 models of 40 values


class Counted(Record, frozen=True):
    """How many items have something: a brand, a category, a value."""

    id: str
    name: str
    items: int


class ParameterCounts(Record, frozen=True):
    """A parameter's values with the items that have each."""

    id: str
    name: str
    values: tuple[Counted, ...]


@dataclass(slots=True)
class _Kept:
    """What models have, as it was read in the last minute.

    Attributes:
        values: each one once, however many models have it.
        count: of all values of all models.
    """

    since: float
    models: dict[str, tuple[ValueOf, ...]] = field(default_factory=dict)
    values: dict[ValueOf, ValueOf] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def add(self, found: Mapping[str, tuple[ValueOf, ...]]) -> None:
        for id, values in found.items():
            self.models[id] = tuple(self.values.setdefault(value, value) for value in values)
            self.count += len(values)


class FacetCounts:
    """Counts values over items; what items state themselves is read anew for each search.

    Belongs to one event loop.
    """

    def __init__(
        self,
        facets: Facets,
        *,
        clock: Callable[[], float] = time.monotonic,
        kept_s: float = KEPT_S,
        values_kept: int = VALUES_KEPT,
    ) -> None:
        self._facets = facets
        self._clock = clock
        self._kept_s = kept_s
        self._values_kept = values_kept
        self._kept = _Kept(clock())

    async def over(self, ids: Iterable[str], *, kind: ItemKind) -> tuple[ParameterCounts, ...]:
        """The parameters that most of these items have, with their most frequent values.

        Raises:
            DatabaseError: Neo4j failed.
        """
        kept = self._current()
        if kind == "model":
            asked = list(ids)
            await self._fetch(asked, kept)
            counts = Counter(v for id in asked for v in kept.models.get(id, ()))
        else:
            stated = await self._facets.stated(list(ids), kind=kind)
            await self._fetch({id for one in stated.alike for id in one.models}, kept)
            counts = counted(stated, kept.models)
        best = most_stated(counts)
        unnamed = [parameter for parameter, _ in best if parameter not in kept.names]
        if unnamed:
            kept.names.update(await self._facets.names(unnamed))
        return tuple(
            ParameterCounts(parameter, kept.names.get(parameter, parameter), values)
            for parameter, values in best
        )

    def _current(self) -> _Kept:
        """Whoever still counts with an older one has hold of it."""
        now = self._clock()
        if now - self._kept.since >= self._kept_s or self._kept.count >= self._values_kept:
            self._kept = _Kept(now)
        return self._kept

    async def _fetch(self, ids: Iterable[str], kept: _Kept) -> None:
        missing = [id for id in ids if id not in kept.models]
        if missing:
            found = await self._facets.of_items(missing, kind="model")
            kept.add({id: found.get(id, ()) for id in missing})


def counted(stated: Stated, models: Mapping[str, tuple[ValueOf, ...]]) -> Counter[ValueOf]:
    """Items by value; of several models of an item a value counts once."""
    counts: Counter[ValueOf] = Counter()
    for value, items in stated.own:
        counts[value] += items
    for alike in stated.alike:
        inherited = {value for id in alike.models for value in models.get(id, ())}
        for value in inherited:
            if value.parameter not in alike.stated:
                counts[value] += alike.items
    return counts


def most_stated(counts: Mapping[ValueOf, int]) -> list[tuple[str, tuple[Counted, ...]]]:
    """Parameters by how many values items state of them, each with its most frequent ones."""
    by_parameter: dict[str, list[tuple[ValueOf, int]]] = defaultdict(list)
    for value, items in counts.items():
        by_parameter[value.parameter].append((value, items))
    totals = {id: sum(items for _, items in values) for id, values in by_parameter.items()}
    best = sorted(totals, key=lambda id: (-totals[id], id))[:PARAMETERS_SHOWN]
    return [(id, _most_frequent(by_parameter[id])) for id in best]


def _most_frequent(values: list[tuple[ValueOf, int]]) -> tuple[Counted, ...]:
    ordered = sorted(values, key=lambda one: (-one[1], one[0].id))[:VALUES_SHOWN]
    return tuple(Counted(value.id, value.text, items) for value, items in ordered)
