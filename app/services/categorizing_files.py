"""Categories of the titles of a file, row by row, as lines of JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

import msgspec

from app.services.categorizing import (
    SURE,
    Alternative,
    CategoryRef,
    CategoryText,
    Guesser,
    LoadedCategorizer,
    categorize,
)
from graph.errors import ImportFailed
from graph.ingest.readers import DumpReader, FileOptions, Row
from graph.records import Record, RecordRejected

BATCH_ROWS = 256
DESCRIPTION = "description"

_encode = msgspec.json.Encoder().encode


class CategorizedRow(Record, frozen=True):
    """The category of one row; `line` counts from 1."""

    line: int
    title: str
    category: CategoryRef | None
    path: tuple[CategoryRef, ...]
    confidence: float
    alternatives: tuple[Alternative, ...]
    unknown: bool
    reasons: tuple[str, ...]


@dataclass(slots=True)
class CategorizedCounts:
    """How far a file is."""

    rows: int = 0
    rejected: int = 0
    unknown: int = 0
    bytes_read: int = 0
    bytes_total: int = 0


@dataclass(frozen=True, slots=True)
class FileCategorizing:
    """Writes a `CategorizedRow` for every row with a title, or the error of the row."""

    loaded: LoadedCategorizer | None
    by_items: Callable[[], Guesser]
    min_confidence: float = SURE

    def file(
        self,
        path: Path,
        *,
        to: IO[bytes],
        title: str,
        progress: Callable[[CategorizedCounts], None] = lambda _: None,
    ) -> CategorizedCounts:
        """The column `description` counts where there is one.

        Raises:
            ImportFailed: the file is missing or broken, or has no column `title`.
        """
        counts = CategorizedCounts()
        with DumpReader(path, FileOptions()) as reader:
            if reader.columns is not None and title not in reader.columns:
                known = ", ".join(map(repr, reader.columns[:20]))
                reason = f"has no column {title!r}; name one of {known} with --title"
                raise ImportFailed(file=str(path), place="header", reason=reason)
            counts.bytes_total = reader.bytes_total
            rows = (_read(one, title, str(path)) for one in reader)
            while batch := list(islice(rows, BATCH_ROWS)):
                self._write(batch, to, counts)
                counts.bytes_read = reader.bytes_read
                progress(counts)
        return counts

    def lines(self, lines: Iterable[str], *, to: IO[bytes]) -> CategorizedCounts:
        """A title on each line."""
        counts = CategorizedCounts()
        read = (_of_cells(n, line.strip(), "", "-") for n, line in enumerate(lines, start=1))
        while batch := list(islice(read, BATCH_ROWS)):
            self._write(batch, to, counts)
        return counts

    def _write(self, batch: Sequence[_Read], to: IO[bytes], counts: CategorizedCounts) -> None:
        for row in self._categorized(batch):
            counts.rows += 1
            counts.rejected += isinstance(row, RecordRejected)
            counts.unknown += isinstance(row, CategorizedRow) and row.unknown
            to.write(_encode(row) + b"\n")

    def _categorized(self, batch: Sequence[_Read]) -> Iterator[CategorizedRow | RecordRejected]:
        texts = [one[1] for one in batch if not isinstance(one, RecordRejected)]
        found = iter(categorize(self.loaded, self.by_items, texts, self.min_confidence).results)
        for one in batch:
            if isinstance(one, RecordRejected):
                yield one
                continue
            line, text = one
            fields = msgspec.structs.asdict(next(found))
            yield CategorizedRow(line=line, title=text.title, **fields)


_Read = tuple[int, CategoryText] | RecordRejected


def _read(row: Row | RecordRejected, title: str, source: str) -> _Read:
    if isinstance(row, RecordRejected):
        return row
    cells = {
        column: cell.strip()
        for column in (title, DESCRIPTION)
        if isinstance(cell := row.cells.get(column), str)
    }
    return _of_cells(
        row.line, cells.get(title, ""), cells.get(DESCRIPTION, ""), source, column=title
    )


def _of_cells(
    line: int, title: str, description: str, source: str, *, column: str = "line"
) -> _Read:
    if title:
        return line, CategoryText(title, description or None)
    return RecordRejected(
        source=source,
        line=line,
        field=column,
        value=None,
        code="text_missing",
        reason="has no text",
    )
