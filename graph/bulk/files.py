"""Dumps to the files of a bulk load: slices map the rows, one place decides who comes first."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from graph.bulk.merging import BulkCounts, BulkSource, Merging, started
from graph.bulk.slices import NAMED_TARGETS, file_name
from graph.bulk.tables import (
    EdgeTable,
    NodeTable,
    bare_edge_table,
    cells_of,
    edge_table,
    fact_properties,
    item_table,
    named_table,
    node_table,
    parameter_table,
    value_table,
)
from graph.bulk.vocabulary import NAMED_LABELS, VocabularyFiles
from graph.errors import MappingInvalid
from graph.ingest.mapping import RowMapping
from graph.ingest.rejects import RejectFile
from graph.ingest.seen import SeenIds
from graph.records import ItemKind
from graph.repositories.item_queries import LABELS
from graph.schema import Label, Relationship

MOST_SLICES = 4  # each takes 70 MB; reading, which all of them do, is a tenth of the work

Node = dict[str, object]


@dataclass(frozen=True, slots=True)
class BulkFiles:
    """Files that are ready for neo4j-admin; `groups` are its arguments, relative to `folder`."""

    folder: Path
    groups: tuple[str, ...]
    nodes: dict[Label, int]
    edges: dict[Relationship, int]
    multiline: bool
    longest: int  # characters of a line
    counts: BulkCounts

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


def write_files(
    load: BulkSource,
    folder: Path,
    *,
    clock: Callable[[], datetime],
    rejects: RejectFile,
    progress: Callable[[BulkCounts], None] = lambda _: None,
    slices: int | None = None,
) -> BulkFiles:
    """Map all dumps and write their graph to `folder`, with flat memory.

    Raises:
        MappingInvalid: its rows name each other, which takes a graph that is there.
        ImportFailed: a dump is broken.
    """
    _refuse_rows_that_name_models(load)
    now = clock()
    of = slices or min(os.cpu_count() or 1, MOST_SLICES)
    provenance = fact_properties(load.source, load.run, now)
    parameters = RowMapping(load.mapping).parameters
    with ExitStack() as stack:
        pipes = [stack.enter_context(started(load, index, of, now, folder)) for index in range(of)]
        seen = stack.enter_context(SeenIds(folder))
        seen.begin_file()  # the dumps count as one
        vocabulary = stack.enter_context(VocabularyFiles(folder, parameters, provenance))
        merging = Merging(load, pipes, seen, vocabulary, rejects, progress)
        merging.run()
        vocabulary.finish()
    node = import_node(load, merging.counts, started=now, finished=clock())
    return _finished(load, folder, of, merging, vocabulary, node)


def import_node(
    load: BulkSource, counts: BulkCounts, *, started: datetime, finished: datetime
) -> Node:
    """The node that `repositories.imports` leaves behind when an import into nothing is done."""
    return {
        "id": load.run,
        "source": load.source,
        "file": ", ".join(map(str, load.files)),
        "mode": "merge",
        "started_at": started,
        "finished_at": finished,
        "items_written": counts.items,
        "created": counts.items,
        "updated": 0,
        "unchanged": 0,
        "closed": 0,
        "rows_read": counts.rows_read,
        "duplicates": counts.duplicates,
        "rejected": counts.rejected,
    }


def _refuse_rows_that_name_models(load: BulkSource) -> None:
    if load.mapping.target == "model" and load.mapping.fields.model is not None:
        raise MappingInvalid(
            path=load.mapping_name,
            place="fields.model",
            reason="its rows are models that name models: the order of rows decides what "
            "is stored, and a bulk load has none; use `catalograph import`",
        )


def _finished(
    load: BulkSource,
    folder: Path,
    of: int,
    merging: Merging,
    vocabulary: VocabularyFiles,
    node: Node,
) -> BulkFiles:
    text = vocabulary.text
    (folder / "import.csv").write_text(text.line(cells_of(node)), encoding="utf-8", newline="")
    nodes = Counter({**vocabulary.nodes, Label.IMPORT: 1})
    nodes[LABELS[load.mapping.target]] += merging.counts.items
    groups = [
        _group(folder, table, names) for table, names in _tables(load.mapping.target, of, node)
    ]
    return BulkFiles(
        folder=folder,
        groups=tuple(group for group in groups if group),
        nodes=dict(nodes),
        edges=dict(vocabulary.edges + merging.edges),
        multiline=text.multiline or merging.multiline,
        longest=max(text.longest, merging.longest),
        counts=merging.counts,
    )


def _tables(
    kind: ItemKind, of: int, node: Node
) -> Iterator[tuple[NodeTable | EdgeTable, list[str]]]:
    """Every table, and the files with its lines."""
    item = LABELS[kind]
    yield item_table(kind), [file_name("items", index) for index in range(of)]
    for label in NAMED_LABELS:
        yield named_table(label), [f"{label.lower()}.csv"]
    yield value_table(), ["value.csv"]
    yield parameter_table(), ["parameter.csv"]
    yield node_table(Label.IMPORT, node), ["import.csv"]
    for type, end in ((Relationship.HAS_PARAMETER, Label.VALUE), *NAMED_TARGETS):
        names = [file_name(type, index) for index in range(of)]
        yield edge_table(type, item, end, "evidence"), names
    subcategory = (Relationship.SUBCATEGORY_OF, Label.CATEGORY, Label.CATEGORY)
    yield edge_table(*subcategory), ["subcategory_of.csv"]
    yield bare_edge_table(Relationship.VALUE_OF, Label.VALUE, Label.PARAMETER), ["value_of.csv"]


def _group(folder: Path, table: NodeTable | EdgeTable, names: list[str]) -> str | None:
    """The argument for one table, with its header; None: nothing is in it."""
    filled = [name for name in names if (folder / name).stat().st_size]
    for name in set(names) - set(filled):
        (folder / name).unlink()
    if not filled:
        return None
    header = f"{names[0].partition('.')[0]}.header.csv"
    (folder / header).write_text(table.header, encoding="utf-8", newline="")
    return table.argument + ",".join([header, *filled])
