"""One hash of Arrow tables that depends on their content alone, not on how it lies in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

# Dictionaries are spelled out and nulls are filled piece by piece: memory stays flat.
PIECE_ROWS = 1 << 18


def fingerprint(tables: Iterable[tuple[str, pa.Table]]) -> str:
    """Hexadecimal SHA-256 of named tables, in the order given.

    Equal for equal names, columns, types and cells: chunks, dictionaries, offsets and what lies
    under a null make no difference.
    """
    whole = hashlib.sha256()
    for name, table in tables:
        whole.update(f"{name}\n{table.num_rows}\n".encode())
        for column_name, column in zip(table.column_names, table.columns, strict=True):
            whole.update(f"{column_name}\n".encode())
            whole.update(_column_hash(column))
    return whole.hexdigest()


def _column_hash(column: pa.ChunkedArray) -> bytes:
    hashed = _Hash()
    for piece in _pieces(column):
        hashed.update(piece)
    return hashed.digest()


def _pieces(column: pa.ChunkedArray) -> Iterator[pa.Array]:
    for chunk in column.chunks:
        for start in range(0, len(chunk), PIECE_ROWS):
            piece = chunk.slice(start, PIECE_ROWS)
            yield piece.dictionary_decode() if pa.types.is_dictionary(piece.type) else piece


class _Hash:
    """Validity, lengths and content of one column, hashed apart so that pieces do not show."""

    def __init__(self) -> None:
        self._valid, self._lengths, self._content = (hashlib.sha256() for _ in range(3))
        self._inner: _Hash | None = None

    def update(self, piece: pa.Array) -> None:
        self._valid.update(_bytes_of(piece.is_valid().cast(pa.uint8())))
        if pa.types.is_list(piece.type):
            self._lengths.update(_bytes_of(pc.list_value_length(piece).fill_null(0)))
            self._inner = self._inner or _Hash()
            self._inner.update(piece.flatten())
        elif pa.types.is_string(piece.type):
            self._lengths.update(_bytes_of(pc.binary_length(piece).fill_null(0)))
            self._content.update(_text_of(piece))
        elif pa.types.is_boolean(piece.type):
            self._content.update(_bytes_of(piece.fill_null(False).cast(pa.uint8())))
        else:
            self._content.update(_bytes_of(piece.fill_null(0)))

    def digest(self) -> bytes:
        parts = [self._valid.digest(), self._lengths.digest(), self._content.digest()]
        if self._inner is not None:
            parts.append(self._inner.digest())
        return b"".join(parts)


def _bytes_of(numbers: pa.Array) -> bytes:
    content: npt.NDArray[np.generic] = numbers.to_numpy(zero_copy_only=False)
    return content.tobytes()


def _text_of(strings: pa.Array) -> bytes | memoryview:
    filled = strings.fill_null("") if strings.null_count else strings
    _, offsets, content = filled.buffers()
    if content is None or len(filled) == 0:
        return b""
    ends = np.frombuffer(offsets, np.int32)
    return memoryview(content)[ends[filled.offset] : ends[filled.offset + len(filled)]]
