"""Which ids an import has had already, on disk, so that memory stays flat."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import msgspec

from graph.records import Item

_TABLES = (
    "CREATE TABLE seen (id TEXT PRIMARY KEY, file INTEGER, line INTEGER, hash TEXT, title TEXT)"
    " WITHOUT ROWID",
    "CREATE TABLE mentioned (id TEXT PRIMARY KEY) WITHOUT ROWID",
)
# A later file may say something new about an item; a later row of the same file may not.
_ADD = """
INSERT INTO seen VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
  file = excluded.file, line = excluded.line, hash = excluded.hash, title = excluded.title
WHERE seen.file < excluded.file
"""
_MISSING = """
SELECT value FROM json_each(?)
WHERE value NOT IN (SELECT id FROM seen) AND value NOT IN (SELECT id FROM mentioned)
"""


class Earlier(NamedTuple):
    """An earlier row of the same id."""

    line: int
    content_hash: str
    title: str


class SeenIds:
    """A temporary set of ids; 1,000,000 of them take about 70 MB of disk and 8 MB of memory."""

    def __init__(self, directory: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(dir=directory, prefix="seen-")
        self._file = 0
        self._connection = sqlite3.connect(
            Path(self._folder.name, "ids.sqlite"), isolation_level=None
        )
        # It is thrown away at the end: neither journal nor sync is worth a write.
        for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -8000"):
            self._connection.execute(f"PRAGMA {pragma}")
        for table in _TABLES:
            self._connection.execute(table)
        self._connection.execute("BEGIN")

    def __enter__(self) -> SeenIds:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._folder.cleanup()

    def begin_file(self) -> None:
        """From here on, rows are of another file."""
        self._file += 1

    def add(self, item: Item, line: int) -> Earlier | None:
        """Remember a row; if this file had its id already, say where, and keep the earlier one."""
        cursor = self._connection.execute(
            _ADD, (item.id, self._file, line, item.content_hash, item.title)
        )
        if cursor.rowcount:
            return None
        row = self._connection.execute(
            "SELECT line, hash, title FROM seen WHERE id = ?", (item.id,)
        )
        return Earlier(*row.fetchone())

    def mention(self, id: str) -> None:
        """Remember that a row has this id, though it could not be loaded."""
        self._connection.execute("INSERT OR IGNORE INTO mentioned VALUES (?)", (id,))

    def missing(self, ids: Sequence[str]) -> list[str]:
        """Those of `ids` that no row had."""
        encoded = msgspec.json.encode(ids).decode()
        return [id for (id,) in self._connection.execute(_MISSING, (encoded,))]
