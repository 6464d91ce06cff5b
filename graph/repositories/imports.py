"""How far each import is: a node that its batches move forward in their own transactions.

That makes a batch count exactly once. Whoever goes on with an import, after a crash or beside a
worker that only seemed dead, asks the node under its lock what is written already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from graph.client import Database, Transaction
from graph.errors import ImportFailed
from graph.records import Record

ImportMode = Literal["merge", "replace"]

_STATE = """RETURN i.items_written AS items_written, i.created AS created,
  i.updated AS updated, i.unchanged AS unchanged, i.closed AS closed"""

OPEN = f"""
MERGE (i:Import {{id: $id}})
ON CREATE SET i.source = $source, i.file = $file, i.mode = $mode, i.started_at = $now,
              i.items_written = 0, i.created = 0, i.updated = 0, i.unchanged = 0, i.closed = 0
{_STATE}, i.source = $source AND i.file = $file AS same
"""
# Setting a property locks until the transaction ends. A statement of its own: what is read in the
# same one might be from before the wait.
LOCK = "MATCH (i:Import {id: $id}) SET i.writing = true REMOVE i.writing"
READ = "MATCH (i:Import {id: $id}) RETURN i.items_written AS items_written"
ADVANCE = """
MATCH (i:Import {id: $id})
SET i.items_written = $items_written, i.created = i.created + $created,
    i.updated = i.updated + $updated, i.unchanged = i.unchanged + $unchanged
"""
CLOSED = "MATCH (i:Import {id: $id}) SET i.closed = i.closed + $closed"
FINISH = f"""
MATCH (i:Import {{id: $id}})
SET i.finished_at = $now, i.rows_read = $rows_read, i.duplicates = $duplicates,
    i.rejected = $rejected
{_STATE}
"""
# The time as text: a reader shows it.
FIND = """
MATCH (i:Import) WHERE i.id STARTS WITH $start
WITH i ORDER BY i.id LIMIT $limit
RETURN i {.id, .source, .file, .mode, .rows_read, .created, .updated, .unchanged, .closed,
          .duplicates, .rejected, started_at: toString(i.started_at),
          finished_at: toString(i.finished_at)} AS run
"""


class ImportRun(Record, frozen=True):
    """What is left of an import, whoever carried it out.

    Without `finished_at` it goes on, or was interrupted; what it read is known at its end.
    """

    id: str
    source: str
    file: str
    mode: ImportMode
    started_at: str  # ISO 8601
    finished_at: str | None
    rows_read: int | None
    created: int
    updated: int
    unchanged: int
    closed: int
    duplicates: int | None
    rejected: int | None


class ImportState(Record, frozen=True):
    """What an import has written so far."""

    items_written: int
    created: int
    updated: int
    unchanged: int
    closed: int


def open_import(
    database: Database, *, id: str, source: str, file: str, mode: ImportMode, now: datetime
) -> ImportState:
    """The import of this id: a new one, or how far it came before it was interrupted.

    Raises:
        ImportFailed: the id is that of an import of something else, whose place would be taken for
            this one's.
    """
    (row,) = database.write(OPEN, id=id, source=source, file=file, mode=mode, now=now)
    if not row.pop("same"):
        reason = f"{id} is the id of another import; give this one an id of its own"
        raise ImportFailed(file=file, place=f"source {source}", reason=reason)
    return ImportState(**row)


def import_exists(database: Database, id: str) -> bool:
    """Whether an import has begun to write."""
    return bool(database.read(READ, id=id))


def imports_beginning(database: Database, start: str, *, limit: int) -> list[ImportRun]:
    """The imports whose ids begin so."""
    return [ImportRun(**row["run"]) for row in database.read(FIND, start=start, limit=limit)]


def lock_import(tx: Transaction, id: str) -> int:
    """How many items are written, which nobody else changes before this transaction ends.

    Raises:
        ImportFailed: somebody deleted the node.
    """
    tx.run(LOCK, id=id)
    found = tx.run(READ, id=id)
    if not found:
        raise ImportFailed(
            file=id,
            place="graph",
            reason="the graph no longer knows this import; was it emptied? Import the file again",
        )
    return int(found[0]["items_written"])


def advance_import(tx: Transaction, id: str, items_written: int, outcomes: Sequence[str]) -> None:
    counts = Counter(outcomes)
    names = ("created", "updated", "unchanged")
    tx.run(ADVANCE, {name: counts[name] for name in names}, id=id, items_written=items_written)


def count_closed(tx: Transaction, id: str, closed: int) -> None:
    tx.run(CLOSED, id=id, closed=closed)


def finish_import(
    database: Database, *, id: str, now: datetime, rows_read: int, duplicates: int, rejected: int
) -> ImportState:
    """What it has written in all, also in transactions whose end nobody heard of."""
    (row,) = database.write(
        FINISH, id=id, now=now, rows_read=rows_read, duplicates=duplicates, rejected=rejected
    )
    return ImportState(**row)
