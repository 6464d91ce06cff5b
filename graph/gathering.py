"""Pages of nodes and edges to one Snapshot: ids become positions when every node is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graph.columns import EDGE_COLUMNS, EDGE_TYPES, NODE_COLUMNS, EdgeType, conformed
from graph.errors import SnapshotInvalid
from graph.repositories.exporting import EdgeGroup, Fact, PageRows
from graph.snapshot import Snapshot

_TYPES: Mapping[tuple[str, str], EdgeType] = {(type[0], type[1]): type for type in EDGE_TYPES}
_GONE = pa.schema([pa.field("id", pa.string(), nullable=False)])


@dataclass(frozen=True, slots=True)
class _Edges:
    """The edges of one type and page; targets by their ids, once each and as often as said."""

    places: npt.NDArray[np.int64]  # of the sources, among all nodes of their label
    targets: list[str]
    repeats: npt.NDArray[np.int64]
    fact: Fact


@dataclass(frozen=True, slots=True)
class Chunk:
    """A page of nodes of one label, and the edges that begin at them."""

    label: str
    nodes: pa.Table
    groups: Sequence[EdgeGroup]

    @classmethod
    def of(cls, label: str, page: PageRows) -> Chunk:
        """Raises SnapshotInvalid where a property has a type that is not its own."""
        columns = {}
        # Rows may end early: the columns that were not asked for stay empty.
        for field, cells in zip(NODE_COLUMNS[label], zip(*page.nodes, strict=True), strict=False):
            try:
                columns[field.name] = pa.array(cells, field.type)
            except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
                place = f"{label}.{field.name} in the graph"
                raise SnapshotInvalid(place=place, reason=str(error)) from error
        nodes = pa.table(columns) if columns else pa.schema([]).empty_table()
        return cls(label, conformed(f"nodes {label}", nodes, NODE_COLUMNS[label]), page.edges)


class Gathered:
    """What was read so far; a node is to be added once."""

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        self._tell = tell
        self._nodes: dict[str, list[pa.Table]] = {label: [] for label in NODE_COLUMNS}
        self._counts = dict.fromkeys(NODE_COLUMNS, 0)
        self._edges: dict[EdgeType, list[list[_Edges]]] = {type: [] for type in EDGE_TYPES}
        self._edge_count = 0
        self._known: dict[str, set[str]] = {}

    def add(self, chunk: Chunk) -> dict[str, list[str]]:
        """Keep it; the ids that its edges lead to, by label."""
        before = self._counts[chunk.label]
        self._nodes[chunk.label].append(chunk.nodes)
        self._counts[chunk.label] += chunk.nodes.num_rows
        pages: dict[EdgeType, list[_Edges]] = {}
        reached: dict[str, list[str]] = {}
        for group in chunk.groups:
            type = _TYPES[chunk.label, group.type]
            edges = _edges_of(group, before)
            self._edge_count += len(edges.places)
            pages.setdefault(type, []).append(edges)
            reached.setdefault(type[2], []).extend(group.targets)
        for type, page in pages.items():
            self._edges[type].append(page)
        self._tell(sum(self._counts.values()), self._edge_count)
        return reached

    def unknown(self, label: str, ids: Iterable[str]) -> list[str]:
        """Which of these have not been asked for: each is named once, however often it comes."""
        if label not in self._known:
            tables = self._nodes[label]
            self._known[label] = {id for table in tables for id in table["id"].to_pylist()}
        known = self._known[label]
        new = sorted(set(ids) - known)
        known.update(new)
        return new

    def snapshot(
        self,
        *,
        scope: str,
        watermark: str,
        database_id: str,
        created_at: datetime,
        since: str | None,
        gone: Mapping[str, Iterable[str]],
    ) -> Snapshot:
        """Everything that was added, after which nothing is left here.

        Edges to nodes that were not read are left out, and of `gone` what is there.
        """
        nodes = {label: _joined(label, tables) for label, tables in self._nodes.items()}
        self._nodes.clear()
        left = {
            label: sorted(set(ids) - set(nodes[label]["id"].to_pylist()))
            for label, ids in gone.items()
        }
        places = {
            label: {id: place for place, id in enumerate(nodes[label]["id"].to_pylist())}
            for label in {type[2] for type in EDGE_TYPES}
        }
        edges = {type: _edge_table(self._edges.pop(type), places[type[2]]) for type in EDGE_TYPES}
        return Snapshot.of(
            nodes,
            edges,
            scope=scope,
            watermark=watermark,
            since=since,
            gone={label: pa.table({"id": ids}, schema=_GONE) for label, ids in left.items()},
            database_id=database_id,
            created_at=created_at,
        )


def _joined(label: str, tables: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables or [NODE_COLUMNS[label].empty_table()]).combine_chunks()


def _edges_of(group: EdgeGroup, before: int) -> _Edges:
    repeats = np.fromiter(map(len, group.places), np.int64, len(group.places))
    places = np.fromiter(chain.from_iterable(group.places), np.int64, int(repeats.sum()))
    return _Edges(places + before, group.targets, repeats, group.fact)


def _edge_table(pages: list[list[_Edges]], places: Mapping[str, int]) -> pa.Table:
    """One table of all pages, which is emptied; each page sorted, as sorted pages make a whole."""
    count = sum(len(edges.places) for page in pages for edges in page)
    source, target = np.empty(count, np.int64), np.empty(count, np.int64)
    fact = np.empty(count, np.int32)
    facts: dict[Fact, int] = {}
    end = 0
    pages.reverse()
    while pages:
        start = end
        for edges in pages.pop():
            ends = np.fromiter((places.get(id, -1) for id in edges.targets), np.int64)
            ends = np.repeat(ends, edges.repeats)
            there = ends >= 0
            kept = slice(end, end + int(there.sum()))
            source[kept], target[kept] = edges.places[there], ends[there]
            fact[kept] = facts.setdefault(edges.fact, len(facts))
            end = kept.stop
        order = start + np.lexsort((target[start:end], source[start:end]))
        for column in (source, target, fact):
            column[start:end] = column[order]
    return _with_facts(source[:end], target[:end], fact[:end], list(facts))


def _with_facts(
    source: npt.NDArray[np.int64],
    target: npt.NDArray[np.int64],
    fact: npt.NDArray[np.int32],
    facts: list[Fact],
) -> pa.Table:
    said = zip(*facts, strict=True) if facts else [()] * 4
    columns = [pa.array(source), pa.array(target)]
    for field, values in zip(list(EDGE_COLUMNS)[2:], said, strict=True):
        if pa.types.is_dictionary(field.type):
            columns.append(_words(fact, values))
        else:
            columns.append(pa.array(values, field.type).take(pa.array(fact)))
    return pa.table(columns, schema=EDGE_COLUMNS)


def _words(fact: npt.NDArray[np.int32], values: Iterable[str | None]) -> pa.DictionaryArray:
    """The word of every edge's fact; `values` are those of the distinct facts."""
    each = pa.array(values, pa.string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(each.indices.take(pa.array(fact)), each.dictionary)
