"""Which ids a file has had already, on disk, so that memory stays flat."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from graph.records import Item


class Earlier(NamedTuple):
    """An earlier row of the same id."""

    line: int
    content_hash: str
    title: str


class SeenIds:
    """A temporary set of ids; 1,000,000 of them take about 70 MB of disk and 8 MB of memory."""

    def __init__(self, directory: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(dir=directory, prefix="seen-")
        self._connection = sqlite3.connect(
            Path(self._folder.name, "ids.sqlite"), isolation_level=None
        )
        # It is thrown away at the end: neither journal nor sync is worth a write.
        for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -8000"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(
            "CREATE TABLE seen (id TEXT PRIMARY KEY, line INTEGER, hash TEXT, title TEXT)"
            " WITHOUT ROWID"
        )
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

    def add(self, item: Item, line: int) -> Earlier | None:
        """Remember a row; if its id was there already, say where, and keep the earlier one."""
        cursor = self._connection.execute(
            "INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)",
            (item.id, line, item.content_hash, item.title),
        )
        if cursor.rowcount:
            return None
        row = self._connection.execute(
            "SELECT line, hash, title FROM seen WHERE id = ?", (item.id,)
        )
        return Earlier(*row.fetchone())
