"""Rows spread over files of any size, a bounded number of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import structs

from graph.errors import ImportFailed
from graph.ingest.mapping_file import FileSpec
from graph.ingest.readers import DumpReader
from graph.ingest.rows import Row
from graph.ingest.suggest.proposal import Decision, percent, shown
from graph.ingest.suggest.reshaping import reshaped
from graph.ingest.suggest.shapes import listed
from graph.ingest.suggest.sniffing import sniff
from graph.records import RecordRejected

# A larger file is sampled from what comes first: these are read in a second or two.
READ_BYTES = 64 << 20
READ_ROWS = 200_000
KEPT_CHARACTERS = 32 << 20  # of cells of 1 MB, fewer rows are kept
LITERALS = 0.5  # of the cells are b'..'
_SAYS_NOTHING = listed(
    "- -- --- — – / . ? n/a n.a. #n/a na nan null <null> nil unknown unspecified undefined "
    "tba tbd tbc 未知 暂无 不详 未填 不明 k.a."
)


@dataclass(slots=True)
class Sample:
    """Rows of one or more files.

    Attributes:
        columns: their names in order, where the file has a header.
        complete: whether every file has all of the columns.
        whole: whether the rows come from all of the files, and not only from their beginning.
    """

    spec: FileSpec
    rows: list[Row] = field(default_factory=list)
    columns: tuple[str, ...] | None = None
    complete: bool = True
    rows_read: int = 0
    unreadable: list[RecordRejected] = field(default_factory=list)
    unreadable_count: int = 0
    whole: bool = True
    decisions: list[Decision] = field(default_factory=list)


def take_sample(paths: Sequence[Path], rows: int) -> Sample:
    """At most `rows` rows of all `paths`, evenly spread; the same ones each time.

    Raises:
        ImportFailed: a file is missing or broken, or there is no row that can be read.
    """
    spec, decisions = sniff(paths[0])
    sample, all_rows = _taken(paths, rows, spec)
    better, why = reshaped(spec, sample.rows, sample.columns, all_rows=all_rows)
    if better != spec:
        sample, _ = _taken(paths, rows, better)
    sample.decisions = decisions + why
    _find_cell_style(sample)
    return sample


def _taken(paths: Sequence[Path], rows: int, spec: FileSpec) -> tuple[Sample, bool]:
    """A sample, and whether it is every row of the first file, and nothing else."""
    sample = Sample(spec=spec)
    thinned = _Thinned(rows)
    budget = READ_BYTES
    for path in paths:
        budget -= _read(path, sample, thinned, budget)
        if budget <= 0 or sample.rows_read >= READ_ROWS:
            sample.whole = sample.whole and path == paths[-1]
            break
    sample.rows = thinned.rows()
    if not sample.rows:
        raise ImportFailed(file=str(paths[0]), place="file", reason=_no_rows(sample))
    return sample, len(paths) == 1 and len(sample.rows) == sample.rows_read


def _read(path: Path, sample: Sample, thinned: _Thinned, budget: int) -> int:
    with DumpReader(path, sample.spec.options) as reader:
        _note_columns(sample, reader.columns)
        for row in reader:
            sample.rows_read += 1
            if isinstance(row, Row):
                thinned.add(row)
            else:
                sample.unreadable_count += 1
                sample.unreadable = [*sample.unreadable, row][:3]
            # Of Parquet the footer is read first, so that its position says nothing.
            used = 0 if reader.format == "parquet" else reader.bytes_read
            if used > budget or sample.rows_read >= READ_ROWS:
                sample.whole = False
                return used
        return 0 if reader.format == "parquet" else reader.bytes_read


def _note_columns(sample: Sample, columns: tuple[str, ...] | None) -> None:
    if columns is None:
        return
    if sample.columns is not None and set(sample.columns) != set(columns):
        sample.complete = False
    sample.columns = tuple(dict.fromkeys((*(sample.columns or ()), *columns)))


def _no_rows(sample: Sample) -> str:
    if not sample.unreadable:
        return "has a header and no rows; a suggestion needs some"
    first = sample.unreadable[0]
    return f"has no row that can be read; line {first.line}: {first.reason}"


class _Thinned:
    """Every n-th row of a stream; n doubles when too many were kept."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._kept: list[Row] = []
        self._characters = 0
        self._step, self._seen = 1, 0

    def add(self, row: Row) -> None:
        self._seen += 1
        if (self._seen - 1) % self._step:
            return
        self._kept.append(row)
        self._characters += _size(row)
        if len(self._kept) > 2 * self._wanted or (
            self._characters > KEPT_CHARACTERS and len(self._kept) > 1
        ):
            self._kept = self._kept[::2]
            self._step *= 2
            self._characters = sum(map(_size, self._kept))

    def rows(self) -> list[Row]:
        count = min(self._wanted, len(self._kept))
        return [self._kept[position * len(self._kept) // count] for position in range(count)]


def _size(row: Row) -> int:
    return _characters(row.cells)


def _characters(cell: object) -> int:
    if isinstance(cell, str | bytes):
        return len(cell) + 50  # an object of Python takes so much beside its text
    if isinstance(cell, dict):
        return 100 + sum(map(_characters, cell.values()))
    return 50 + (sum(map(_characters, cell)) if isinstance(cell, list | tuple) else 0)


def _find_cell_style(sample: Sample) -> None:
    """Cells that are written as literals, and words that stand for an empty cell."""
    texts = Counter(
        cell.strip() for row in sample.rows for cell in row.cells.values() if isinstance(cell, str)
    )
    said = sum(count for text, count in texts.items() if text)
    literal = sum(count for text, count in texts.items() if text.startswith(("b'", 'b"')))
    if said and literal / said >= LITERALS:
        sample.spec = structs.replace(sample.spec, cells="python-bytes")
        why = f"{percent(literal / said)} of the cells are written as b'..'"
        sample.decisions.append(Decision("", "file", "cells python-bytes", why))
        texts = _without_literals(texts)
    empty = sorted(text for text in texts if text.lower() in _SAYS_NOTHING)
    if empty:
        sample.spec = structs.replace(sample.spec, empty=tuple(empty))
        counts = ", ".join(f"{shown(text)!r} {texts[text]:,} times" for text in empty)
        sample.decisions.append(Decision("", "file", "cells that say nothing", counts))


def _without_literals(texts: Counter[str]) -> Counter[str]:
    plain: Counter[str] = Counter()
    for text, count in texts.items():
        plain[text[2:-1].strip() if text.startswith(("b'", 'b"')) else text] += count
    return plain
