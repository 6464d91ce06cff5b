"""One file into the graph: read and map in one thread, write batches in another."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from graph.ingest.changes import Unlisted
from graph.ingest.chunks import chunks
from graph.ingest.mapping import RowMapping
from graph.ingest.rejects import RejectFile
from graph.ingest.seen import SeenIds
from graph.ingest.stream import ItemStream, RowReader
from graph.records import Item, Parameter, Record
from graph.repositories.offers import Change

BATCH_ROWS = 5_000  # larger: a transaction over 2 s; smaller: the round trips show
BATCHES_IN_FLIGHT = 2  # one is written while the next is made; more only costs memory
BATCH_FACTS = 30_000  # about 60 MB of a transaction: rows of many facts make smaller batches
REPORT_EVERY_S = 1.0  # also while nothing is written, so that a stop is heard

Phase = Literal["checking", "resuming", "loading", "closing"]


class Writer(Protocol):
    """Where items go; `graph.repositories.items.ItemWriter` is the real one.

    `at` is the place of the first item among all items of the import. What an import has written
    already, it does not write again; then there are fewer outcomes than items.
    """

    def write(
        self,
        items: list[Item],
        *,
        parameters: dict[str, Parameter],
        run: str,
        now: datetime,
        at: int | None = None,
    ) -> Sequence[Change]: ...


class ImportProgress(Record, frozen=True):
    """What is known while an import runs; written rows are those whose batch is committed."""

    phase: Phase
    rows_read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    duplicates: int
    closed: int
    bytes_read: int
    bytes_total: int
    reject_codes: dict[str, int]


@dataclass(slots=True)
class ImportReport:
    """What became of every row of a file."""

    file: str
    run: str
    phase: Phase = "loading"
    rows_read: int = 0
    items: int = 0  # what the rows gave, before it was compared with the graph
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0  # rows that repeat an earlier one to the letter
    rejected: int = 0
    unidentified: int = 0  # rejected rows of which not even the id could be read
    closed: int = 0  # items that the source no longer has
    closing_skipped: str | None = None  # why nothing was closed, where something should have been
    bytes_read: int = 0
    bytes_total: int = 0
    rejects_file: str | None = None
    cells_skipped: dict[str, int] = field(default_factory=dict)
    decimals_unsure: dict[str, str] = field(default_factory=dict)  # parameter: `30.000`, say
    reject_codes: dict[str, int] = field(default_factory=dict)
    reject_examples: dict[str, str] = field(default_factory=dict)  # the first of each code

    def progress(self) -> ImportProgress:
        names = ImportProgress.__struct_fields__
        return ImportProgress(**{name: getattr(self, name) for name in names})


Progress = Callable[[ImportProgress], None]


def import_file(
    path: Path,
    rows: RowMapping,
    writer: Writer,
    *,
    source: str,
    run: str,
    clock: Callable[[], datetime],
    rejects: RejectFile,
    progress: Progress = lambda _: None,
    batch_rows: int = BATCH_ROWS,
    seen: SeenIds | None = None,
    reader: RowReader | None = None,
    unlisted: Unlisted | None = None,
    report: ImportReport | None = None,
    begin_at: int = 0,
    skip: int = 0,
) -> ImportReport:
    """Load every row of `path` that can be loaded; the others go to `rejects` with their reason.

    A batch is one transaction, so that a crash leaves whole batches. Whatever `progress` raises
    stops the import; what was being written then is written.

    Args:
        unlisted: for rows of changes, which of their products no source lists.
        report: counts to go on from; a new one otherwise.
        begin_at: how many items the import had before this file.
        skip: how many items of this file were written before an interruption.

    Raises:
        ImportFailed: the file is broken; everything before the break is stored.
        DatabaseError: the database went away for good.
        DiskFull: its disk has too little space left; whole batches are stored.
    """
    report = report or ImportReport(file=str(path), run=run)
    telling = _Telling(report, progress)
    with (
        ItemStream(
            path,
            rows,
            source=source,
            rejects=rejects,
            seen=seen,
            reader=reader,
            name=report.file,
            tick=telling.tick,
            unlisted=unlisted,
        ) as stream,
        ThreadPoolExecutor(1, "import-writer") as pool,
    ):
        telling.follow(stream)
        pending = _Pending(report)
        try:
            for items in chunks(
                telling.skipped(stream, skip),
                batch_rows,
                weight=lambda item: len(item.facts),
                heaviest=BATCH_FACTS,
            ):
                at = begin_at + skip + report.items
                report.items += len(items)
                pending.add(
                    pool.submit(
                        writer.write,
                        items,
                        parameters=rows.parameters,
                        run=run,
                        now=clock(),
                        at=at,
                    )
                )
                rejects.flush()
                telling.tell()
        finally:
            # Also when the file breaks in its middle: what was read before is stored.
            pending.drain()
            report.items += skip
            report.rejects_file = str(rejects.path) if rejects.count else None
            rejects.flush()
            telling.settle()
        telling.tell()
    return report


class _Telling:
    """Keeps the report up to date with the stream, and tells it to whoever watches."""

    def __init__(self, report: ImportReport, progress: Progress) -> None:
        self._report = report
        self._progress = progress
        self._stream: ItemStream | None = None
        self._told_s = time.monotonic()

    def follow(self, stream: ItemStream) -> None:
        self._stream = stream
        self.settle()

    def settle(self) -> None:
        if self._stream is not None:
            counts = self._stream.counts
            for name in counts.__slots__:
                setattr(self._report, name, getattr(counts, name))

    def tell(self) -> None:
        self._told_s = time.monotonic()
        self.settle()
        self._progress(self._report.progress())

    def tick(self) -> None:
        if time.monotonic() - self._told_s > REPORT_EVERY_S:
            self.tell()

    def skipped(self, stream: ItemStream, count: int) -> Iterator[Item]:
        """The stream without its first items, which an earlier run has written."""
        items = iter(stream)
        phase = self._report.phase
        self._report.phase = "resuming" if count else phase
        for _ in range(count):
            next(items, None)
        self._report.phase = phase
        yield from items


class _Pending:
    """The batches that are being written, oldest first."""

    def __init__(self, report: ImportReport) -> None:
        self._report = report
        self._futures: deque[Future[Sequence[Change]]] = deque()

    def add(self, future: Future[Sequence[Change]]) -> None:
        self._futures.append(future)
        while len(self._futures) > BATCHES_IN_FLIGHT:
            self._count(self._futures.popleft())

    def drain(self) -> None:
        while self._futures:
            self._count(self._futures.popleft())

    def _count(self, future: Future[Sequence[Change]]) -> None:
        try:
            outcomes = future.result()
        except BaseException:
            # Behind a gap none can be written: what they fail with would hide the reason.
            for later in self._futures:
                later.cancel()
            self._futures.clear()
            raise
        self._report.created += outcomes.count("created")
        self._report.updated += outcomes.count("updated")
        self._report.unchanged += outcomes.count("unchanged")
