"""Rows of changes whose product no source lists: told, and kept in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from graph.ingest.chunks import chunks
from graph.ingest.rows import Row
from graph.records import Item, RecordRejected

LOOKED_UP = 1_000  # ids in one query

# Of these ids, those that no source lists.
Unlisted = Callable[[Sequence[str]], set[str]]


def with_unlisted_told(
    changes: Iterable[tuple[Item, Row]],
    unlisted: Unlisted,
    reject: Callable[[RecordRejected], None],
) -> Iterator[Item]:
    """All of `changes`, also those that are rejected: an import counts places to go on from.

    Which products there are may differ when it does, and nothing is written of those that are not.
    """
    for some in chunks(changes, LOOKED_UP):
        yield from _told(some, unlisted, reject)


def _told(
    changes: Sequence[tuple[Item, Row]],
    unlisted: Unlisted,
    reject: Callable[[RecordRejected], None],
) -> Iterator[Item]:
    unknown = unlisted([item.id for item, _ in changes])
    for item, row in changes:
        if item.id in unknown:
            reject(_unknown(item, row))
        yield item


def _unknown(item: Item, row: Row) -> RecordRejected:
    return RecordRejected(
        source=item.source,
        line=row.line,
        field="id",
        value=item.id,
        code="item_unknown",
        reason=f"no source lists {item.id!r}; import the dump that describes it, then this row",
        row=row.cells,
    )
