"""Files as they lie on disk: whether they changed, and how much of them is read at once."""

from __future__ import annotations

import csv
import io
import os
from typing import Any, NamedTuple

import pyarrow

from graph.errors import ImportFailed

# The CSV parser holds one field in memory; past this it gives up and goes on with the next line.
CSV_FIELD_LIMIT = 16_000_000
# What unpacks to more is an attack. Catalogs pack to a tenth, repetitive ones to a hundredth.
UNPACKED_PER_BYTE = 400
UNPACKED_FREE_BYTES = 64 << 20  # a small file may be anything


class FileState(NamedTuple):
    """What changes with a file's content."""

    size: int
    modified_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> FileState:
        return cls(found.st_size, found.st_mtime_ns)


class BoundedLines:
    """Lines of a bounded length: the CSV parser would take one of any."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._readline = text.readline

    def __iter__(self) -> BoundedLines:
        return self

    def __next__(self) -> str:
        line = self._readline(CSV_FIELD_LIMIT)
        if not line:
            raise StopIteration
        if len(line) == CSV_FIELD_LIMIT and not line.endswith("\n"):
            while (rest := self._readline(CSV_FIELD_LIMIT)) and not rest.endswith("\n"):
                pass
            raise csv.Error(f"the line is over {CSV_FIELD_LIMIT:,} characters long")
        return line


def require_modest(unpacked_bytes: int, *, packed_bytes: int, file: str) -> None:
    """Refuse what grows out of proportion when it is unpacked.

    Raises:
        ImportFailed: with the remedy, in case it is genuine.
    """
    if unpacked_bytes > max(UNPACKED_FREE_BYTES, packed_bytes * UNPACKED_PER_BYTE):
        raise ImportFailed(
            file=file,
            place="compression",
            reason=f"unpacks to more than {UNPACKED_PER_BYTE} times its size, which catalogs "
            "never do; if it is genuine, unpack it and import the result",
        )


class Unpacked(io.RawIOBase):
    """A stream that is unpacked as it is read, but not without end."""

    def __init__(self, stream: pyarrow.NativeFile, *, packed_bytes: int, file: str) -> None:
        self._stream = stream
        self._packed_bytes = packed_bytes
        self._file = file
        self._bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer
        count: int = self._stream.readinto(buffer)
        self._bytes += count
        require_modest(self._bytes, packed_bytes=self._packed_bytes, file=self._file)
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()
