"""One slice of the rows of a bulk load, mapped and written by a process of its own.

Every process reads all rows and maps every so many chunks of them: which brand a row means depends
on the rows before it, and reading costs a tenth of mapping. Which rows repeat an id is decided by
whoever started the slices, chunk by chunk, in the order of the rows.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import islice
from multiprocessing.connection import Connection
from typing import BinaryIO, NamedTuple

from msgspec import structs

from graph.bulk.messages import Claim, Ended, Failed, Mapped, Slice, Verdict, Written
from graph.bulk.tables import CsvText, fact_properties, item_table
from graph.errors import ImportFailed, MappingInvalid
from graph.ingest.mapping import RowMapping
from graph.ingest.readers import DumpReader
from graph.ingest.rows import Row
from graph.records import Item, Named, RecordRejected, Value
from graph.repositories.item_queries import HASH_PROPERTY
from graph.repositories.item_rows import item_row, target_of
from graph.schema import Label, Relationship

CHUNK_ROWS = 1_000  # larger: more rows in memory; smaller: more messages
# Ends of relationships and names that were told; about 350 bytes each.
REMEMBERED = 50_000

NAMED_TARGETS = (
    (Relationship.MADE_BY, Label.BRAND),
    (Relationship.BELONGS_TO, Label.CATEGORY),
    (Relationship.INSTANCE_OF, Label.MODEL),
)


def file_name(table: str, index: int) -> str:
    return f"{table.lower()}.{index}.csv"


def run_slice(slice: Slice, pipe: Connection) -> None:
    """The whole life of a process."""
    # Ctrl-C reaches the whole group of processes; the order of the end is our starter's.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with pipe, suppress(ConnectionError, EOFError):  # without our starter nobody wants the rest
        try:
            with _SliceWriter(slice) as writer:
                _work(slice, writer, pipe)
        except (ImportFailed, MappingInvalid) as error:
            pipe.send(Failed.of(error))
        except ConnectionError:
            raise
        except OSError as error:  # of reading, `DumpReader` makes an `ImportFailed`
            reason = f"cannot be written: {error.strerror}; free some space, or name another folder"
            place = "files for neo4j-admin"
            failed = ImportFailed(
                file=str(slice.folder), place=place, reason=f"{reason} with --keep"
            )
            pipe.send(Failed.of(failed))


class _Chunk(NamedTuple):
    number: int
    file: int
    bytes_read: int
    rows: list[Row | RecordRejected]


class _Mapping(NamedTuple):
    """A mapped chunk that waits for its verdict."""

    chunk: _Chunk
    results: list[Item | RecordRejected]


def _work(slice: Slice, writer: _SliceWriter, pipe: Connection) -> None:
    """One chunk is mapped while the verdict on the one before is on its way."""
    mapping = RowMapping(slice.mapping)
    waiting: _Mapping | None = None
    for chunk in _chunks(slice, mapping):
        if chunk.number % slice.of != slice.index:
            for row in chunk.rows:
                if isinstance(row, Row):
                    mapping.notice(row)
            continue
        mapped = _Mapping(chunk, _mapped(chunk.rows, mapping, slice.source))
        pipe.send(_announced(mapped))
        if waiting is not None:
            pipe.send(writer.write(waiting, pipe.recv()))
        waiting = mapped
    if waiting is not None:
        pipe.send(writer.write(waiting, pipe.recv()))
    pipe.send(writer.ended(mapping))


def _chunks(slice: Slice, mapping: RowMapping) -> Iterator[_Chunk]:
    number = 0
    for position, path in enumerate(slice.files):
        with DumpReader(path, mapping.options) as reader:
            if reader.columns is not None:
                mapping.check_columns(str(path), reader.columns)
            rows = iter(reader)
            while chunk := list(islice(rows, CHUNK_ROWS)):
                yield _Chunk(number, position, reader.bytes_read, chunk)
                number += 1


def _mapped(
    rows: list[Row | RecordRejected], mapping: RowMapping, source: str
) -> list[Item | RecordRejected]:
    return [mapping.apply(row, source) if isinstance(row, Row) else row for row in rows]


def _announced(mapped: _Mapping) -> Mapped:
    number, file, bytes_read, rows = mapped.chunk
    claims = [
        Claim(row.line, result.id, result.title, result.content_hash)
        if isinstance(result, Item)
        else result
        for row, result in zip(rows, mapped.results, strict=True)
    ]
    return Mapped(number, file, bytes_read, claims)


class _SliceWriter:
    """Writes items and their relationships to files of this slice alone."""

    def __init__(self, slice: Slice) -> None:
        self._slice = slice
        self._text = CsvText()
        kind = slice.mapping.target
        self._hash = HASH_PROPERTY[kind]
        self._now = self._text.cell(slice.now)  # once: no item is seen at another time
        self._columns = tuple(item_table(kind).types)
        facts = fact_properties(slice.source, slice.run, slice.now)
        self._provenance = self._text.line(facts.values()).rstrip("\n")
        self._edges: Counter[Relationship] = Counter()
        self._fact_ends: dict[tuple[str, str], str] = {}
        self._named_ends: dict[tuple[Relationship, str], str] = {}
        self._told: set[tuple[Label, Named]] = set()
        self._files = ExitStack()
        self._nodes = self._open("items")
        self._links = {
            type: self._open(type)
            for type in (Relationship.HAS_PARAMETER, *(type for type, _ in NAMED_TARGETS))
        }

    def __enter__(self) -> _SliceWriter:
        return self

    def __exit__(self, *failure: object) -> None:
        self._files.close()

    def _open(self, table: str) -> BinaryIO:
        path = self._slice.folder / file_name(table, self._slice.index)
        return self._files.enter_context(path.open("wb"))

    def write(self, mapped: _Mapping, verdict: Verdict) -> Written:
        items = [
            structs.replace(result, id=verdict.renamed[place])
            if place in verdict.renamed
            else result
            for place, result in enumerate(mapped.results)
            if isinstance(result, Item) and place not in verdict.dropped
        ]
        self._nodes.write("".join([self._node(item) for item in items]).encode())
        values = self._write_facts(items)
        named: list[tuple[Label, Named]] = []
        steps: list[tuple[str, str]] = []
        for type, label in NAMED_TARGETS:
            self._write_links(type, label, items)
        for item in items:
            self._tell(item, named, steps)
        rows = mapped.chunk.rows
        shown = {place: _cells(rows[place]) for place in verdict.shown}
        return Written(mapped.chunk.number, values, named, steps, shown)

    def ended(self, mapping: RowMapping) -> Ended:
        self._files.close()  # what the disk has no room for shows here at the latest
        text = self._text
        return Ended(
            edges=dict(self._edges),
            cells_skipped=mapping.cells_skipped,
            decimals_unsure=mapping.decimals_unsure,
            multiline=text.multiline,
            longest=text.longest,
        )

    def _node(self, item: Item) -> str:
        row = item_row(item)
        said = row["properties"]
        assert isinstance(said, dict)
        hash = row["hash"]
        said[self._hash] = hash if self._hash == "content_hash" else [hash]
        said["first_seen"] = said["last_seen"] = self._now
        return self._text.line([item.id, *map(said.get, self._columns)])

    def _write_facts(self, items: list[Item]) -> list[Value]:
        """Lines for all facts; the values that were not met before."""
        ends = self._fact_ends
        if len(ends) > REMEMBERED:
            ends.clear()
        lines: list[str] = []
        values: list[Value] = []
        for item in items:
            start = self._text.cell(item.id)
            for fact in item.facts:
                key = (fact.value.id, fact.evidence)
                end = ends.get(key)
                if end is None:
                    end = ends[key] = self._end(fact.value.id, fact.evidence)
                    values.append(fact.value)
                lines.append(start + end)
        self._edges[Relationship.HAS_PARAMETER] += len(lines)
        self._links[Relationship.HAS_PARAMETER].write("".join(lines).encode())
        return values

    def _write_links(self, type: Relationship, label: Label, items: list[Item]) -> None:
        ends = self._named_ends
        if len(ends) > REMEMBERED:
            ends.clear()
        lines: list[str] = []
        for item in items:
            target = target_of(item, type)
            if target is None:
                continue
            end = ends.get((type, target))
            if end is None:
                end = ends[type, target] = self._end(target, label.lower())
            lines.append(self._text.cell(item.id) + end)
        self._edges[type] += len(lines)
        self._links[type].write("".join(lines).encode())

    def _end(self, target: str, evidence: str) -> str:
        cell = self._text.cell
        return f",{cell(target)},{self._provenance},{cell(evidence)}\n"

    def _tell(
        self, item: Item, named: list[tuple[Label, Named]], steps: list[tuple[str, str]]
    ) -> None:
        told = self._told
        if len(told) > REMEMBERED:
            told.clear()
        for key in _speaks_of(item):
            if key in told:
                continue
            told.add(key)
            named.append(key)
            if key[0] is Label.CATEGORY:
                parents = zip(item.categories, item.categories[1:], strict=False)
                steps += [(child.id, parent.id) for parent, child in parents]


def _speaks_of(item: Item) -> Iterator[tuple[Label, Named]]:
    if item.brand is not None:
        yield Label.BRAND, item.brand
    for category in item.categories:
        yield Label.CATEGORY, category
    if item.model is not None:
        yield Label.MODEL, item.model


def _cells(row: Row | RecordRejected) -> dict[str, object]:
    assert isinstance(row, Row)
    return row.cells
