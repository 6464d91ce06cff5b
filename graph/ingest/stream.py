"""The items of one file, each id once: read, map, and tell rows that cannot be loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from msgspec import structs

from graph.ingest.changes import Unlisted, with_unlisted_told
from graph.ingest.mapping import RowMapping
from graph.ingest.readers import DumpReader
from graph.ingest.rejects import RejectFile, told
from graph.ingest.rows import Row
from graph.ingest.seen import SeenIds
from graph.records import Item, RecordRejected
from graph.text import distinct_id

DUPLICATE = "duplicate_id"
ROWS_PER_TICK = 256  # a look at the clock for each row would cost a percent


class RowReader(Protocol):
    """A file of rows; `DumpReader` reads dumps, `RejectReader` what an import has rejected."""

    @property
    def columns(self) -> tuple[str, ...] | None: ...
    @property
    def bytes_read(self) -> int: ...
    @property
    def bytes_total(self) -> int: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
    def __iter__(self) -> Iterator[Row | RecordRejected]: ...


@dataclass(slots=True)
class StreamCounts:
    """What became of the rows that were read so far."""

    rows_read: int = 0
    duplicates: int = 0  # rows that repeat an earlier one to the letter
    rejected: int = 0
    unidentified: int = 0  # rejected rows of which not even the id could be read
    bytes_read: int = 0
    bytes_total: int = 0
    reject_codes: dict[str, int] = field(default_factory=dict)
    reject_examples: dict[str, str] = field(default_factory=dict)  # the first of each code
    cells_skipped: dict[str, int] = field(default_factory=dict)
    decimals_unsure: dict[str, str] = field(default_factory=dict)


class ItemStream:
    """Iterates over the items of one file with flat memory, in the order of its rows.

    The same file, mapping and known brands give the same items: an import that was interrupted
    counts on it. Rows that cannot be loaded go to `rejects`; `counts` is always up to date.

    With `unlisted`, rows are changes of products that there are; others are rejected.

    Raises:
        ImportFailed: the file is broken; everything before the break was yielded.
    """

    def __init__(
        self,
        path: Path,
        rows: RowMapping,
        *,
        source: str,
        rejects: RejectFile,
        seen: SeenIds | None = None,
        reader: RowReader | None = None,
        name: str | None = None,
        tick: Callable[[], None] = lambda: None,
        unlisted: Unlisted | None = None,
    ) -> None:
        self.name = name or str(path)
        self.counts = StreamCounts()
        self._rows = rows
        self._source = source
        self._rejects = rejects
        self._reader = reader or DumpReader(path, rows.options, name=self.name)
        self._seen = seen
        self._tick = tick
        self._unlisted = unlisted
        self._stack = ExitStack()

    def __enter__(self) -> ItemStream:
        with ExitStack() as stack:
            reader = stack.enter_context(self._reader)
            if reader.columns is not None:
                self._rows.check_columns(self.name, reader.columns)
            if self._seen is None:
                self._seen = stack.enter_context(SeenIds())
            self._stack = stack.pop_all()
        self._seen.begin_file()
        self._rows.cells_skipped = self.counts.cells_skipped
        self.counts.bytes_total = reader.bytes_total
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def __iter__(self) -> Iterator[Item]:
        items = self._items()
        if self._unlisted is None:
            return (item for item, _ in items)
        return with_unlisted_told(items, self._unlisted, self._reject)

    def _items(self) -> Iterator[tuple[Item, Row]]:
        counts = self.counts
        try:
            for row in self._reader:
                counts.rows_read += 1
                if counts.rows_read % ROWS_PER_TICK == 0:
                    counts.bytes_read = self._reader.bytes_read
                    self._tick()
                item = self._item(row)
                if item is not None:
                    assert isinstance(row, Row)
                    yield item, row
        finally:
            counts.bytes_read = self._reader.bytes_read
            counts.decimals_unsure = self._rows.decimals_unsure

    def _item(self, row: Row | RecordRejected) -> Item | None:
        if isinstance(row, RecordRejected):
            self.counts.unidentified += 1
            self._reject(row)
            return None
        found: Item | RecordRejected | None = self._rows.apply(row, self._source)
        if isinstance(found, Item):
            found = self._first_of_its_id(found, row)
        elif (id := self._rows.id_of(row, self._source)) is not None:
            self._ids.mention(id)
        else:
            self.counts.unidentified += 1
        if isinstance(found, RecordRejected):
            self._reject(found)
            return None
        return found

    @property
    def _ids(self) -> SeenIds:
        assert self._seen is not None
        return self._seen

    def _first_of_its_id(self, item: Item, row: Row) -> Item | RecordRejected | None:
        found = first_of_its_id(self._ids, item, row)
        self.counts.duplicates += found is None
        return found

    def _reject(self, rejected: RecordRejected) -> None:
        self._rejects.write(structs.replace(rejected, source=self.name))
        self.counts.rejected += 1
        codes = self.counts.reject_codes
        codes[rejected.code] = codes.get(rejected.code, 0) + 1
        self.counts.reject_examples.setdefault(rejected.code, told(rejected))


def first_of_its_id(seen: SeenIds, item: Item, row: Row) -> Item | RecordRejected | None:
    """A row that repeats an earlier one says nothing new; one that differs is rejected.

    So is one that was rejected for that by an earlier import, and still has the id.
    """
    if (before := row.rejected) and before.code == DUPLICATE and before.value == item.id:
        return structs.replace(before, row=row.cells)  # of a row that this import does not read
    earlier = seen.add(item, row.line)
    if earlier and item.kind == "model" and earlier.title != item.title:
        # Two models whose names differ in signs alone, such as `OT 355` and `OT-355`.
        item = structs.replace(item, id=distinct_id(item.id, item.title))
        earlier = seen.add(item, row.line)
    if earlier is None:
        return item
    if earlier.content_hash == item.content_hash:
        return None
    return RecordRejected(
        source=item.source,
        line=row.line,
        field="id",
        value=item.id,
        code=DUPLICATE,
        reason=f"line {earlier.line} has this id too and says something else; "
        "that one was loaded. Give each row an id of its own, or remove one of them",
        row=row.cells,
    )
