"""Rows of a file that has texts, batch by batch, whatever is read out of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from graph.errors import ImportFailed
from graph.ingest.readers import DumpReader, FileOptions
from graph.ingest.rows import Row
from graph.records import RecordRejected

BATCH_ROWS = 256
DESCRIPTION = "description"


@dataclass(slots=True)
class TextCounts:
    """How far a file is."""

    rows: int = 0
    rejected: int = 0
    bytes_read: int = 0
    bytes_total: int = 0


def text_batches(
    path: Path, title: str, counts: TextCounts
) -> Iterator[list[Row | RecordRejected]]:
    """The rows of a file, and in `counts` its bytes, as far as they are read.

    Raises:
        ImportFailed: the file is missing or broken, or has no column `title`.
    """
    with DumpReader(path, FileOptions()) as reader:
        if reader.columns is not None and title not in reader.columns:
            known = ", ".join(map(repr, reader.columns[:20]))
            reason = f"has no column {title!r}; name one of {known} with --title"
            raise ImportFailed(file=str(path), place="header", reason=reason)
        counts.bytes_total = reader.bytes_total
        rows = iter(reader)
        while batch := list(islice(rows, BATCH_ROWS)):
            counts.bytes_read = reader.bytes_read
            yield batch


def cell_of(row: Row, column: str) -> str:
    """The text of a cell; empty where there is none."""
    cell = row.cells.get(column)
    return cell.strip() if isinstance(cell, str) else ""


def text_missing(
    *, source: str, line: int, field: str, reason: str = "has no text"
) -> RecordRejected:
    """A row that cannot be read for its text."""
    return RecordRejected(
        source=source, line=line, field=field, value=None, code="text_missing", reason=reason
    )
