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
from app.services.text_files import (
    BATCH_ROWS,
    DESCRIPTION,
    TextCounts,
    cell_of,
    text_batches,
    text_missing,
)
from graph.ingest.rows import Row
from graph.records import Record, RecordRejected

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
class CategorizedCounts(TextCounts):
    """How far a file is."""

    unknown: int = 0


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
        for batch in text_batches(path, title, counts):
            self._write([_read(one, title, str(path)) for one in batch], to, counts)
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
    return _of_cells(row.line, cell_of(row, title), cell_of(row, DESCRIPTION), source, column=title)


def _of_cells(
    line: int, title: str, description: str, source: str, *, column: str = "line"
) -> _Read:
    if title:
        return line, CategoryText(title, description or None)
    return text_missing(source=source, line=line, field=column)
