"""Facts out of the texts of a file, row by row, as lines of JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

import msgspec

from graph.errors import ImportFailed, ValueInvalid
from graph.ingest.items import category_path
from graph.ingest.readers import LINE_COLUMN, DumpReader, FileOptions, Row
from graph.records import Named, Record, RecordRejected
from graph.text import brand_id
from ml.grounding.grounder import Grounder, Wanted
from ml.grounding.records import ExtractedFact, TextToRead

BATCH_ROWS = 256
DESCRIPTION, BRAND, CATEGORY = "description", "brand", "category"

_encode = msgspec.json.Encoder().encode


class ExtractedRow(Record, frozen=True):
    """What the texts of one row state; `line` counts from 1."""

    line: int
    title: str
    facts: tuple[ExtractedFact, ...]


@dataclass(slots=True)
class FileCounts:
    """How far a file is. `without` counts rows in which nothing was found."""

    rows: int = 0
    rejected: int = 0
    without: int = 0
    facts: int = 0
    bytes_read: int = 0
    bytes_total: int = 0


def extract_file(
    path: Path,
    grounder: Grounder,
    wanted: Wanted,
    *,
    to: IO[bytes],
    title: str = LINE_COLUMN,
    progress: Callable[[FileCounts], None] = lambda _: None,
) -> FileCounts:
    """Writes an `ExtractedRow` for every row that has a text in the column `title`.

    The columns `description`, `brand` and `category` count where there are some. A row without a
    title, or that cannot be read, gets a line with its error.

    Raises:
        ImportFailed: the file is missing or broken, or has no such column.
    """
    counts = FileCounts()
    with DumpReader(path, FileOptions()) as reader:
        if reader.columns is not None and title not in reader.columns:
            known = ", ".join(map(repr, reader.columns[:20]))
            reason = f"has no column {title!r}; name one of {known} with --title"
            raise ImportFailed(file=str(path), place="header", reason=reason)
        counts.bytes_total = reader.bytes_total
        rows = iter(reader)
        while batch := list(islice(rows, BATCH_ROWS)):
            for line in _extracted(batch, grounder, wanted, title, counts, str(path)):
                to.write(_encode(line) + b"\n")
            counts.bytes_read = reader.bytes_read
            progress(counts)
    return counts


def _extracted(
    batch: Sequence[Row | RecordRejected],
    grounder: Grounder,
    wanted: Wanted,
    title: str,
    counts: FileCounts,
    source: str,
) -> Iterator[ExtractedRow | RecordRejected]:
    read = [
        one if isinstance(one, RecordRejected) else _to_read(one, title, source) for one in batch
    ]
    texts = [one for one in read if isinstance(one, TextToRead)]
    found = iter(grounder.ground(texts, wanted))
    for row, one in zip(batch, read, strict=True):
        counts.rows += 1
        if isinstance(one, RecordRejected):
            counts.rejected += 1
            yield one
            continue
        facts = next(found)
        counts.facts += len(facts)
        counts.without += not facts
        yield ExtractedRow(row.line, one.fields["title"], facts)


def _to_read(row: Row, title: str, source: str) -> TextToRead | RecordRejected:
    text = _cell(row, title)
    if not text:
        return _rejected(row, title, source, "has no text")
    fields = {"title": text}
    if title != DESCRIPTION and (description := _cell(row, DESCRIPTION)):
        fields[DESCRIPTION] = description
    brand, category = _cell(row, BRAND), _cell(row, CATEGORY)
    try:
        return TextToRead(
            fields,
            brand=Named(brand_id(brand), brand) if brand else None,
            category=category_path(category)[-1] if category else None,
        )
    except ValueInvalid as error:
        return _rejected(row, title, source, error.reason)


def _cell(row: Row, column: str) -> str:
    cell = row.cells.get(column)
    return cell.strip() if isinstance(cell, str) else ""


def _rejected(row: Row, title: str, source: str, reason: str) -> RecordRejected:
    return RecordRejected(
        source=source,
        line=row.line,
        field=title,
        value=None,
        code="text_missing",
        reason=reason,
    )
