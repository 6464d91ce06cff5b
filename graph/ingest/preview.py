"""Rows as they would be stored, without a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from msgspec import structs

from graph.ingest.mapping import RowMapping
from graph.ingest.readers import DumpReader
from graph.ingest.rows import Row
from graph.records import Item, Record, RecordRejected
from graph.text import distinct_id


class PreviewRow(Record, frozen=True):
    """What becomes of one row: an item, a reject, or neither where it repeats an earlier row."""

    line: int
    item: Item | None = None
    rejected: RecordRejected | None = None


def preview_file(path: Path, rows: RowMapping, *, source: str, limit: int) -> list[PreviewRow]:
    """The first `limit` rows of `path`.

    Raises:
        ImportFailed: the file is broken before that, or lacks a column.
    """
    with DumpReader(path, rows.options) as reader:
        if reader.columns is not None:
            rows.check_columns(str(path), reader.columns)
        return list(previewed(islice(reader, limit), rows, source=source))


def previewed(
    read: Iterable[Row | RecordRejected], rows: RowMapping, *, source: str
) -> Iterator[PreviewRow]:
    """What an import would make of the rows, ids that repeat included; keeps all ids in memory."""
    seen: dict[str, tuple[int, Item]] = {}
    for row in read:
        if isinstance(row, RecordRejected):
            yield PreviewRow(line=row.line, rejected=row)
            continue
        found = rows.apply(row, source)
        if isinstance(found, RecordRejected):
            yield PreviewRow(line=row.line, rejected=found)
        else:
            yield _first_of_its_id(found, row, seen)


def _first_of_its_id(item: Item, row: Row, seen: dict[str, tuple[int, Item]]) -> PreviewRow:
    line, earlier = seen.setdefault(item.id, (row.line, item))
    if earlier is not item and item.kind == "model" and earlier.title != item.title:
        item = structs.replace(item, id=distinct_id(item.id, item.title))
        line, earlier = seen.setdefault(item.id, (row.line, item))
    if earlier is item:
        return PreviewRow(line=row.line, item=item)
    if earlier.content_hash == item.content_hash:
        return PreviewRow(line=row.line)
    rejected = RecordRejected(
        source=item.source,
        line=row.line,
        field="id",
        value=item.id,
        code="duplicate_id",
        reason=f"line {line} has this id too and says something else",
        row=row.cells,
    )
    return PreviewRow(line=row.line, rejected=rejected)
