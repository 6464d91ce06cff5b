"""Files of rows, one at a time: CSV, NDJSON, JSON array, Parquet, lines; plain, gzip or zstd."""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal

import ijson
import msgspec
import pyarrow

from graph.errors import ImportFailed
from graph.ingest.arrays import MAX_DEPTH, TOO_DEEP, array_items
from graph.ingest.files import (
    CSV_FIELD_LIMIT,
    BoundedLines,
    FileState,
    Unpacked,
    require_modest,
)
from graph.ingest.parquet import ParquetRows
from graph.ingest.rows import FilledDown, Row, items_of, told_apart
from graph.records import RecordRejected
from graph.text import slug
from graph.text.near import near_names

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

Format = Literal["csv", "ndjson", "json", "parquet", "lines"]

# A longer cell is a broken file, an embedded picture, or an attack; the row is rejected.
MAX_CELL_CHARACTERS = 1_000_000
_SHOWN_CHARS = 10_000  # of a line that has to be mended by hand

_SHOWN_COLUMNS = 30

_COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_PARQUET_MAGIC = b"PAR1"
_BUFFER_BYTES = 1 << 16  # what stands in it when a file breaks off is not seen
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".parquet": "parquet",
    ".txt": "lines",
}
LINE_COLUMN = "title"  # of a file that has nothing but a text on each line


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How to read a file where its name and content do not tell."""

    format: Format | None = None
    encoding: str = "utf-8"
    delimiter: str | None = None
    each: str | None = None  # a list whose items are the rows
    fill_down: tuple[str, ...] = ()  # columns whose blank cells repeat the one above


class DumpReader:
    """Iterates over the rows of one file with flat memory.

    Yields `Row` or `RecordRejected`: a bad row never ends a file. Raises `ImportFailed` when the
    file itself is broken, after everything before the break was yielded.
    """

    def __init__(
        self,
        path: Path,
        options: FileOptions,
        *,
        name: str | None = None,
        state: FileState | None = None,
    ) -> None:
        self.path = path
        self._expected = state  # the file of that state, or none
        self.name = name or str(path)  # as messages call it
        self.options = options
        self.columns: tuple[str, ...] | None = None  # known before the first row for CSV, Parquet
        self._stack = ExitStack()
        self._raw: io.BufferedReader

    def __enter__(self) -> DumpReader:
        try:
            self._raw = self._stack.enter_context(self.path.open("rb"))
        except OSError as error:
            raise self._failed("open", f"cannot be read: {error.strerror}") from error
        try:
            self._opened_as = FileState.of(os.fstat(self._raw.fileno()))
            if self._expected not in (None, self._opened_as):
                reason = "the file was changed after this import was asked for; import it again"
                raise self._failed("open", reason)
            self.bytes_total = self._opened_as.size
            self.format: Format = self.options.format or self._detected()
            self._rows = self._opened()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def bytes_read(self) -> int:
        """Bytes of the file as it lies on disk, so that a share of `bytes_total` is progress."""
        return self._raw.tell() if not self._raw.closed else self.bytes_total

    def __iter__(self) -> Iterator[Row | RecordRejected]:
        line = 0
        try:
            filled = FilledDown(self.options.fill_down)
            for row in self._rows:
                line = row.line
                yield from items_of(filled(row), self.options.each)
        except (OSError, UnicodeError) as error:
            self._require_unchanged(line)
            raise self._broken(f"after line {line}", error) from error
        self._require_unchanged(line)

    def _require_unchanged(self, line: int) -> None:
        """A file that somebody writes to while we read it is neither the old one nor the new."""
        if FileState.of(os.fstat(self._raw.fileno())) != self._opened_as:
            raise self._failed(
                f"after line {line}",
                "the file was changed while it was read; let it be written under another name and "
                "renamed when it is whole, then import it again",
            )

    def _broken(self, place: str, error: OSError | UnicodeError) -> ImportFailed:
        if isinstance(error, UnicodeError):
            reason = (
                f"is not text in the encoding it is read in ({_first_line(error)}); "
                "set encoding under [file] in the mapping"
            )
        else:
            reason = (
                f"the file is cut off or damaged ({_first_line(error)}); "
                "get the file again and import it: rows that are loaded will be skipped"
            )
        return self._failed(place, reason)

    def _failed(self, place: str, reason: str) -> ImportFailed:
        return ImportFailed(file=self.name, place=place, reason=reason)

    def _rejected(
        self, line: int, field: str | None, value: str, code: str, reason: str
    ) -> RecordRejected:
        return RecordRejected(
            source=self.name, line=line, field=field, value=value, code=code, reason=reason
        )

    def _detected(self) -> Format:
        """By content where it is certain, else by the name without its compression suffix."""
        if self._raw.read(4) == _PARQUET_MAGIC:
            return "parquet"
        suffixes = [suffix.lower() for suffix in self.path.suffixes]
        for suffix in reversed([s for s in suffixes if s not in (".gz", ".zst", ".zstd")]):
            if found := _SUFFIXES.get(suffix):
                return found
        raise self._failed(
            "name",
            "the format cannot be told from the name; set format = "
            '"csv", "ndjson", "json", "parquet" or "lines" under [file] in the mapping',
        )

    def _opened(self) -> Iterator[Row | RecordRejected]:
        if self.bytes_total == 0:
            raise self._failed("line 1", "the file is empty")
        readers: dict[Format, Callable[[], Iterator[Row | RecordRejected]]] = {
            "csv": self._csv,
            "ndjson": self._ndjson,
            "json": self._json,
            "parquet": self._parquet,
            "lines": self._lines,
        }
        try:
            return readers[self.format]()
        except (OSError, UnicodeError) as error:
            raise self._broken("line 1", error) from error

    def _decompressed(self) -> io.BufferedReader:
        self._raw.seek(0)
        magic = self._raw.read(4)
        self._raw.seek(0)
        for prefix, compression in _COMPRESSIONS.items():
            if magic.startswith(prefix):
                raw = pyarrow.PythonFile(self._raw, mode="r")
                # Arrow's streams, unlike zstandard's, raise where a file was cut off.
                stream = Unpacked(
                    pyarrow.CompressedInputStream(raw, compression),
                    packed_bytes=self.bytes_total,
                    file=self.name,
                )
                return self._stack.enter_context(io.BufferedReader(stream, _BUFFER_BYTES))
        return self._raw

    def _unmarked(self) -> io.BufferedReader:
        """The stream behind a UTF-8 byte-order mark, if there is one."""
        stream = self._decompressed()
        if stream.peek(2)[:2] in _UTF16_MARKS:
            remedy = "JSON is read as UTF-8; convert it: iconv -f utf-16 -t utf-8 OLD > NEW"
            raise self._failed("line 1", f"the file is UTF-16; {remedy}")
        if stream.peek(3)[:3] == codecs.BOM_UTF8:
            stream.read(3)
        return stream

    def _text(self) -> io.TextIOWrapper:
        """Bytes that are not of the encoding survive as surrogates, to be rejected row by row."""
        stream = self._decompressed()
        if stream.peek(2)[:2] in _UTF16_MARKS:
            encoding = "utf-16"
        else:
            encoding = (
                "utf-8-sig" if self.options.encoding.lower() == "utf-8" else (self.options.encoding)
            )
        try:
            wrapper = io.TextIOWrapper(
                stream, encoding=encoding, errors="surrogateescape", newline=""
            )
        except (LookupError, ValueError) as error:
            raise self._failed("encoding", f"{encoding!r} is not an encoding") from error
        return self._stack.enter_context(wrapper)

    def _csv(self) -> Iterator[Row | RecordRejected]:
        text = self._text()
        # The limit is global to the csv module; everybody who needs a higher one says so.
        csv.field_size_limit(max(csv.field_size_limit(), CSV_FIELD_LIMIT))
        lines = BoundedLines(text)
        try:
            first = next(lines, "")
            delimiter = self._delimiter(first)
            rows = csv.reader(chain((first,) if first else (), lines), delimiter=delimiter)
            header = next(rows, None)
        except csv.Error as error:
            raise self._failed("line 1", f"cannot be read as a header: {error}") from error
        if header is None:
            raise self._failed("line 1", "the file is empty")
        if any(_is_no_text(name) for name in header):
            raise self._failed(
                "line 1",
                "the header is no text: is the file compressed twice, or in another encoding? "
                "Unpack it, or set encoding under [file] in the mapping",
            )
        self.columns = told_apart(header)
        return self._csv_rows(rows, self.columns, delimiter)

    def _csv_rows(
        self, rows: CsvReader, header: Sequence[str], delimiter: str
    ) -> Iterator[Row | RecordRejected]:
        width = len(header)
        while True:
            line = rows.line_num + 1
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield self._rejected(
                    line, None, "", "row_unreadable", f"{error}; is a quote left open?"
                )
                continue
            if not cells:
                continue
            if len(cells) != width:
                yield self._rejected(
                    line,
                    None,
                    self._shown(cells, delimiter),
                    "wrong_width",
                    f"has {len(cells)} cells, the header has {width}; {_width_hint(line, rows)}",
                )
                continue
            yield Row(line=line, cells=dict(zip(header, cells, strict=True)))

    def _lines(self) -> Iterator[Row | RecordRejected]:
        self.columns = (LINE_COLUMN,)
        return self._text_rows(self._text())

    def _text_rows(self, text: io.TextIOWrapper) -> Iterator[Row | RecordRejected]:
        lines = BoundedLines(text)
        for line in count(1):
            try:
                title = next(lines)
            except StopIteration:
                return
            except csv.Error as error:
                yield self._rejected(line, None, "", "row_too_long", str(error))
                continue
            if title.strip():
                yield Row(line=line, cells={LINE_COLUMN: title.strip()})

    def _delimiter(self, header: str) -> str:
        """As it is said to be, else a comma, or what a header without one has most of."""
        if self.options.delimiter:
            return self.options.delimiter
        usual = "\t" if ".tsv" in self.path.suffixes else ","
        # Excel writes semicolons wherever the comma is a decimal sign.
        return usual if usual in header else max((usual, ";", "\t"), key=header.count)

    @staticmethod
    def _shown(cells: list[str], delimiter: str) -> str:
        """The line as the file has it, so that a person can mend it."""
        line = io.StringIO()
        csv.writer(line, delimiter=delimiter, lineterminator="").writerow(cells)
        return line.getvalue()[:_SHOWN_CHARS].encode("utf-8", "replace").decode()

    def _ndjson(self) -> Iterator[Row | RecordRejected]:
        decode = msgspec.json.Decoder(dict[str, object]).decode
        stream = self._unmarked()
        line = 0
        while raw := stream.readline(CSV_FIELD_LIMIT):
            line += 1
            if not raw.endswith(b"\n") and len(raw) == CSV_FIELD_LIMIT:
                while (rest := stream.readline(CSV_FIELD_LIMIT)) and not rest.endswith(b"\n"):
                    pass
                yield self._rejected(
                    line, None, "", "row_too_long", f"is over {CSV_FIELD_LIMIT:,} bytes long"
                )
                continue
            stripped = raw.strip()
            if not stripped:
                continue
            try:
                yield Row(line=line, cells=decode(stripped))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                shown = stripped[:200].decode("utf-8", "replace")
                yield self._rejected(
                    line, None, shown, "row_unreadable", f"is not a JSON object: {error}"
                )

    def _json(self) -> Iterator[Row | RecordRejected]:
        line = 0
        try:
            for line, record in enumerate(array_items(self._unmarked()), start=1):
                if isinstance(record, dict):
                    yield Row(line=line, cells=record)
                elif record is TOO_DEEP:
                    reason = f"is nested more than {MAX_DEPTH} levels deep"
                    yield self._rejected(line, None, "", "row_unreadable", reason)
                else:
                    yield self._rejected(
                        line, None, str(record)[:200], "row_unreadable", "is not a JSON object"
                    )
        except ijson.JSONError as error:
            reason = f"is not a JSON array of objects: {_first_line(error)}"
            raise self._failed(f"after record {line}", reason) from error
        except UnicodeError as error:
            reason = f"a text is no Unicode ({_first_line(error)}); write the file anew as UTF-8"
            raise self._failed(f"after record {line}", reason) from error
        except (SystemError, ValueError) as error:  # Python's limit on digits, passed on by C
            raise self._failed(
                f"after record {line}", "a number has thousands of digits; write it as a string"
            ) from error

    def _parquet(self) -> Iterator[Row | RecordRejected]:
        self._raw.seek(0)
        try:
            rows = ParquetRows(self._raw)
        except pyarrow.ArrowException as error:
            raise self._failed(
                "footer", f"is not a whole Parquet file: {_first_line(error)}"
            ) from error
        require_modest(rows.unpacked_bytes, packed_bytes=self.bytes_total, file=self.name)
        self.columns = told_apart(rows.columns)
        return self._parquet_rows(rows, self.columns)

    def _parquet_rows(
        self, rows: ParquetRows, columns: Sequence[str]
    ) -> Iterator[Row | RecordRejected]:
        line = 0
        try:
            for line, cells in enumerate(rows, start=1):
                yield Row(line=line, cells=dict(zip(columns, cells, strict=True)))
        except (pyarrow.ArrowException, OSError) as error:
            raise self._failed(
                f"after record {line}", f"is damaged: {_first_line(error)}"
            ) from error


def column_missing(file: str, missing: str, columns: Sequence[str]) -> ImportFailed:
    """The error for a file that lacks a column: with those there are, and the nearest one."""
    near = near_names(slug(missing), {slug(name): name for name in columns})
    hint = f"did you mean {near[0]!r}? " if near else ""
    there = ", ".join(repr(name) for name in columns[:_SHOWN_COLUMNS])
    reason = f"has no column {missing!r}; {hint}its columns are {there}"
    return ImportFailed(file=file, place="line 1", reason=reason)


def _width_hint(line: int, rows: CsvReader) -> str:
    if rows.line_num > line + 1:
        return (
            f"lines {line} to {rows.line_num} were read as one row: close the quote that is left "
            f"open on line {line}, then import again"
        )
    return "quote cells that hold the delimiter"


def _is_no_text(name: str) -> bool:
    return any("\ud800" <= c <= "\udfff" or (c < " " and c not in "\t\r\n") for c in name)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
