"""Facts out of the texts of a file, row by row, as lines of JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from app.services.extracting import in_graph
from app.services.text_files import (
    DESCRIPTION,
    TextCounts,
    cell_of,
    text_batches,
    text_missing,
)
from graph.errors import ValueInvalid
from graph.ingest.items import category_path
from graph.ingest.readers import LINE_COLUMN
from graph.ingest.rows import Row
from graph.records import Named, Record, RecordRejected
from graph.text import brand_id
from ml.grounding.grounder import Grounder, Wanted
from ml.grounding.records import ExtractedFact, TextToRead

BRAND, CATEGORY = "brand", "category"

_encode = msgspec.json.Encoder().encode


class ExtractedRow(Record, frozen=True):
    """What the texts of one row state; `line` counts from 1."""

    line: int
    title: str
    facts: tuple[ExtractedFact, ...]


@dataclass(slots=True)
class FileCounts(TextCounts):
    """How far a file is. `without` counts rows in which nothing was found."""

    without: int = 0
    facts: int = 0


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
    for batch in text_batches(path, title, counts):
        for line in _extracted(batch, grounder, wanted, title, counts, str(path)):
            to.write(_encode(line) + b"\n")
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
    texts = [in_graph(one, grounder.lexicon) for one in read if isinstance(one, TextToRead)]
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
    text = cell_of(row, title)
    if not text:
        return text_missing(source=source, line=row.line, field=title)
    fields = {"title": text}
    if title != DESCRIPTION and (description := cell_of(row, DESCRIPTION)):
        fields[DESCRIPTION] = description
    brand, category = cell_of(row, BRAND), cell_of(row, CATEGORY)
    try:
        return TextToRead(
            fields,
            brand=Named(brand_id(brand), brand) if brand else None,
            category=category_path(category)[-1] if category else None,
        )
    except ValueInvalid as error:
        return text_missing(source=source, line=row.line, field=title, reason=error.reason)
