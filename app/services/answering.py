"""Rows of any values as JSON, CSV or Arrow, encoded as they come and no more than may be."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, assert_never

import msgspec

if TYPE_CHECKING:
    import pyarrow as pa

AnswerFormat = Literal["json", "csv", "arrow"]
Cut = Literal["rows", "bytes"]
Row = Sequence[object]

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `truncated_by` says what cut it short, `notice` what to do about it."""

    body: bytes
    rows: int
    truncated_by: Cut | None
    notice: str | None
    seconds: float


class Collector(Protocol):
    """Takes rows until they are too many bytes."""

    rows: int

    def add(self, row: Row, most_bytes: int) -> bool:
        """False where the row no longer fits; it is left out."""
        ...

    def answer(self, *, truncated_by: Cut | None, notice: str | None, seconds: float) -> Answer: ...


def collector_of(format: AnswerFormat, columns: Sequence[str]) -> Collector:
    match format:
        case "json":
            return JsonCollector(columns)
        case "csv":
            return CsvCollector(columns)
        case "arrow":
            return ArrowCollector(columns)
    assert_never(format)


class JsonCollector:
    """`{"columns": [...], "rows": [[...], ...], "truncated": ..., ...}`."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.rows = 0
        self._columns = _encode(columns)
        self._body = bytearray()

    def add(self, row: Row, most_bytes: int) -> bool:
        encoded = _encode(row)
        if len(self._body) + len(encoded) > most_bytes:
            return False
        self._body += b",%b" % encoded if self.rows else encoded
        self.rows += 1
        return True

    def answer(self, *, truncated_by: Cut | None, notice: str | None, seconds: float) -> Answer:
        end = {
            "row_count": self.rows,
            "truncated": truncated_by is not None,
            "truncated_by": truncated_by,
            "notice": notice,
            "seconds": round(seconds, 6),
        }
        body = b'{"columns":%b,"rows":[%b],%b' % (
            self._columns,
            bytes(self._body),
            _encode(end)[1:],
        )
        return Answer(body, self.rows, truncated_by, notice, seconds)


class CsvCollector:
    """RFC 4180 with a header; what is no text, number or truth value is JSON in its cell."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.rows = 0
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text)
        self._body = bytearray()
        self._writer.writerow(columns)
        self._body += self._taken()

    def add(self, row: Row, most_bytes: int) -> bool:
        self._writer.writerow([_cell(value) for value in row])
        line = self._taken()
        if len(self._body) + len(line) > most_bytes:
            return False
        self._body += line
        self.rows += 1
        return True

    def answer(self, *, truncated_by: Cut | None, notice: str | None, seconds: float) -> Answer:
        return Answer(bytes(self._body), self.rows, truncated_by, notice, seconds)

    def _taken(self) -> bytes:
        line = self._text.getvalue().encode()
        self._text.seek(0)
        self._text.truncate()
        return line


class ArrowCollector:
    """An Arrow stream; any column but those of one plain type, or lists of it, is JSON as text."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.rows = 0
        self._columns = columns
        self._values: list[list[object]] = [[] for _ in columns]
        self._bytes = 0

    def add(self, row: Row, most_bytes: int) -> bool:
        self._bytes += len(_encode(row))
        if self._bytes > most_bytes:
            return False
        for values, value in zip(self._values, row, strict=True):
            values.append(value)
        self.rows += 1
        return True

    def answer(self, *, truncated_by: Cut | None, notice: str | None, seconds: float) -> Answer:
        import pyarrow as pa  # half a second, paid by those who ask for it

        arrays = [_array(values) for values in self._values]
        table = pa.Table.from_arrays(arrays, names=list(self._columns))
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=65_536)
        return Answer(sink.getvalue().to_pybytes(), self.rows, truncated_by, notice, seconds)


def _array(values: Sequence[object]) -> pa.Array:
    import pyarrow as pa

    type = _type_of(values)
    return pa.array(values if type else [_text(value) for value in values], type or pa.string())


def _type_of(values: Sequence[object]) -> pa.DataType | None:
    """Plain, or a list of what is; None: the values have no such type in common."""
    import pyarrow as pa

    there = [value for value in values if value is not None]
    lists = [value for value in there if isinstance(value, list)]
    if not lists or len(lists) < len(there):
        return _plain_type(there)
    of_items = _plain_type(item for one in lists for item in one if item is not None)
    return of_items and pa.list_(of_items)


def _plain_type(values: Iterable[object]) -> pa.DataType | None:
    import pyarrow as pa

    plain = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
    kinds = {type(value) for value in values} or {str}
    return plain.get(kinds.pop()) if len(kinds) == 1 else None


def _text(value: object) -> str | None:
    """A value among others of another type."""
    return value if value is None or isinstance(value, str) else _encode(value).decode()


def _cell(value: object) -> object:
    match value:
        case None:
            return ""
        case bool() | list() | dict():
            return _encode(value).decode()
        case _:
            return value


def notice_of(truncated_by: Cut | None, rows: int, hints: Sequence[str] = ()) -> str | None:
    """What to do about an answer that was cut short, and what may be misspelt in the query."""
    cut = _cut_short(truncated_by, rows)
    if not hints:
        return cut
    return " ".join([f"{cut}.", *hints] if cut else hints)


def _cut_short(truncated_by: Cut | None, rows: int) -> str | None:
    match truncated_by:
        case None:
            return None
        case "rows":
            return f"there is more: these are the first {rows:,} rows; raise `limit`, or page"
        case "bytes":
            return (
                f"there is more: {rows:,} rows fill the largest answer; return fewer columns, or "
                "page with SKIP and LIMIT"
            )
        case _:
            assert_never(truncated_by)
