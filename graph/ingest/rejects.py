"""Reject files: rows that were not loaded, as NDJSON beside the import."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from graph.errors import ImportFailed
from graph.ingest.files import FileState
from graph.ingest.readers import DumpReader, FileOptions
from graph.ingest.rows import Row, items_of
from graph.records import RecordRejected

LINES_MAX = 2**53  # no file has so many
VALUE_SHOWN = 60  # characters of a cell that a sentence quotes


class RejectFile:
    """Writes rejects to a new file that is created with the first of them.

    What is there already is not touched: it may be the rejects of an earlier import, or a dump.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._encoder = msgspec.json.Encoder(enc_hook=str)  # Parquet cells may hold dates, decimals
        self._file: IO[bytes] | None = None

    def __enter__(self) -> RejectFile:
        if self.path.is_file():
            raise ImportFailed(
                file=str(self.path),
                place="reject file",
                reason="exists already and is not overwritten; name a new one with --rejects",
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is not None:
            try:
                self._file.close()
            except OSError as full:
                if error is None:
                    raise self._failed(full) from full

    def write(self, rejected: RecordRejected) -> None:
        try:
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self.path.open("xb" if self.path.is_file() else "wb")
            self._file.write(self._encoded(rejected) + b"\n")
        except OSError as error:
            raise self._failed(error) from error
        self.count += 1

    def _encoded(self, rejected: RecordRejected) -> bytes:
        try:
            return self._encoder.encode(_encodable(rejected))
        except (RecursionError, TypeError, ValueError):  # a row that JSON cannot show
            return self._encoder.encode(_encodable(msgspec.structs.replace(rejected, row=None)))

    def flush(self) -> None:
        """Called with every batch: what the import reports as rejected is on disk."""
        if self._file is not None:
            try:
                self._file.flush()
            except OSError as error:
                raise self._failed(error) from error

    def _failed(self, error: OSError) -> ImportFailed:
        return ImportFailed(
            file=str(self.path),
            place="reject file",
            reason=f"cannot be written: {error.strerror}; free some space or give another path "
            "with --rejects, then import again: rows that are loaded will be skipped",
        )


class RejectReader:
    """The rows of a reject file, each with the line it had in its dump.

    Rows are taken as they stand there now, so that a person may have mended them. What never was a
    row, such as a line that could not be parsed, is rejected again.
    """

    columns = None

    def __init__(
        self, path: Path, *, name: str, state: FileState | None = None, each: str | None = None
    ) -> None:
        self.name = name
        self._each = each
        self._reader = DumpReader(path, FileOptions(format="ndjson"), name=name, state=state)

    def __enter__(self) -> RejectReader:
        self._reader.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._reader.__exit__(kind, error, traceback)

    @property
    def bytes_read(self) -> int:
        return self._reader.bytes_read

    @property
    def bytes_total(self) -> int:
        return self._reader.bytes_total

    def __iter__(self) -> Iterator[Row | RecordRejected]:
        for found in self._reader:
            yield from items_of(self._row(found) if isinstance(found, Row) else found, self._each)

    def _row(self, entry: Row) -> Row | RecordRejected:
        try:
            rejected = msgspec.convert(entry.cells, RecordRejected)
            if not 0 <= rejected.line < LINES_MAX:
                raise msgspec.ValidationError("`line` is none")
        except msgspec.ValidationError as error:
            return RecordRejected(
                source=self.name,
                line=entry.line,
                field=None,
                value=None,
                code="reject_unreadable",
                reason=f"is no line of a reject file: {error}; keep the fields it had",
            )
        if not rejected.row:
            return rejected
        return Row(line=rejected.line, cells=rejected.row, rejected=rejected)


def told(rejected: RecordRejected) -> str:
    """`line 2, price: '12,-' is not a number`, for a sentence."""
    field = f", {rejected.field}" if rejected.field else ""
    quoted = not rejected.value or rejected.value[:VALUE_SHOWN] in rejected.reason
    value = "" if quoted else f" {_short(str(rejected.value))!r}"
    return f"line {rejected.line:,}{field}{value}: {rejected.reason}"


def _short(value: str) -> str:
    return value if len(value) <= VALUE_SHOWN else f"{value[:VALUE_SHOWN]}…"


def _encodable(rejected: RecordRejected) -> RecordRejected:
    """Bytes that were not UTF-8 are shown as the replacement character."""
    return msgspec.structs.replace(
        rejected,
        value=_shown(rejected.value),
        row={_shown(key): _shown(cell) for key, cell in rejected.row.items()}
        if rejected.row
        else None,
    )


def _shown(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    return cell.encode("utf-8", "replace").decode() if not cell.isascii() else cell
