"""One file into the graph: read and map in one thread, write batches in another."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from msgspec import structs

from graph.ingest.mapping import RowMapping
from graph.ingest.readers import DumpReader, Row
from graph.ingest.rejects import RejectFile
from graph.ingest.seen import SeenIds
from graph.records import Item, Parameter, Record, RecordRejected
from graph.repositories.items import Outcome
from graph.text import distinct_id

BATCH_ROWS = 5_000  # larger: a transaction over 2 s; smaller: the round trips show
BATCHES_IN_FLIGHT = 2  # one is written while the next is made; more only costs memory
BATCH_FACTS = 30_000  # about 60 MB of a transaction: rows of many facts make smaller batches


class Writer(Protocol):
    """Where items go; `graph.repositories.items.ItemWriter` is the real one."""

    def write(
        self,
        items: list[Item],
        *,
        parameters: dict[str, Parameter],
        run: str,
        now: datetime,
    ) -> list[Outcome]: ...


class ImportProgress(Record, frozen=True):
    """What is known while an import runs; counts are of rows whose batch is committed."""

    rows_read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    duplicates: int
    bytes_read: int
    bytes_total: int


@dataclass(slots=True)
class ImportReport:
    """What became of every row of a file."""

    file: str
    run: str
    rows_read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0  # rows that repeat an earlier one to the letter
    rejected: int = 0
    bytes_read: int = 0
    bytes_total: int = 0
    rejects_file: str | None = None
    cells_skipped: dict[str, int] = field(default_factory=dict)
    reject_codes: dict[str, int] = field(default_factory=dict)

    def progress(self) -> ImportProgress:
        names = ImportProgress.__struct_fields__
        return ImportProgress(**{name: getattr(self, name) for name in names})


def import_file(
    path: Path,
    rows: RowMapping,
    writer: Writer,
    *,
    source: str,
    run: str,
    clock: Callable[[], datetime],
    rejects: RejectFile,
    progress: Callable[[ImportProgress], None] = lambda _: None,
    batch_rows: int = BATCH_ROWS,
    scratch: Path | None = None,
) -> ImportReport:
    """Load every row of `path` that can be loaded; the others go to `rejects` with their reason.

    A batch is one transaction, so that a crash leaves whole batches; running it again goes on
    where it stopped, because what is stored already is recognised by its hash and not written.

    Raises:
        ImportFailed: the file is broken; everything before the break is stored.
        DatabaseError: the database went away for good.
    """
    report = ImportReport(file=str(path), run=run)
    rows.cells_skipped = {}
    with (
        DumpReader(path, rows.options) as reader,
        SeenIds(scratch) as seen,
        ThreadPoolExecutor(1, "import-writer") as pool,
    ):
        report.bytes_total = reader.bytes_total
        if reader.columns is not None:
            rows.check_columns(str(path), reader.columns)
        pending = _Pending(report, progress)
        try:
            for items in _batches(reader, rows, seen, rejects, report, source, batch_rows):
                pending.add(
                    pool.submit(
                        writer.write, items, parameters=rows.parameters, run=run, now=clock()
                    )
                )
                rejects.flush()
        finally:
            # Also when the file breaks in its middle: what was read before is stored.
            pending.drain()
            report.bytes_read = reader.bytes_read
            report.cells_skipped = rows.cells_skipped
            report.rejects_file = str(rejects.path) if rejects.count else None
            rejects.flush()
            progress(report.progress())
    return report


class _Pending:
    """The batches that are being written, oldest first."""

    def __init__(self, report: ImportReport, progress: Callable[[ImportProgress], None]) -> None:
        self._report = report
        self._progress = progress
        self._futures: deque[Future[list[Outcome]]] = deque()

    def add(self, future: Future[list[Outcome]]) -> None:
        self._futures.append(future)
        while len(self._futures) > BATCHES_IN_FLIGHT:
            self._count(self._futures.popleft())

    def drain(self) -> None:
        while self._futures:
            self._count(self._futures.popleft())

    def _count(self, future: Future[list[Outcome]]) -> None:
        outcomes = future.result()
        self._report.created += outcomes.count("created")
        self._report.updated += outcomes.count("updated")
        self._report.unchanged += outcomes.count("unchanged")
        self._progress(self._report.progress())


def _batches(
    reader: DumpReader,
    mapping: RowMapping,
    seen: SeenIds,
    rejects: RejectFile,
    report: ImportReport,
    source: str,
    batch_rows: int,
) -> Iterator[list[Item]]:
    """Items in batches; also what was collected when the reader raises, before it goes up."""
    batch: list[Item] = []
    facts = 0
    broken: Exception | None = None
    try:
        for row in reader:
            report.rows_read += 1
            report.bytes_read = reader.bytes_read
            result: Item | RecordRejected | None = (
                mapping.apply(row, source) if isinstance(row, Row) else row
            )
            if isinstance(result, Item):
                result = _first_of_its_id(result, row.line, seen, report)
            if isinstance(result, RecordRejected):
                _reject(structs.replace(result, source=str(reader.path)), rejects, report)
            elif result is not None:
                batch.append(result)
                facts += len(result.facts)
            if len(batch) >= batch_rows or facts >= BATCH_FACTS:
                yield batch
                batch, facts = [], 0
    except Exception as error:  # noqa: BLE001 - whatever it was, it is raised below
        broken = error
    if batch:
        yield batch
    if broken is not None:
        raise broken


def _first_of_its_id(
    item: Item, line: int, seen: SeenIds, report: ImportReport
) -> Item | RecordRejected | None:
    """A row that repeats an earlier one says nothing new; one that contradicts it is rejected."""
    earlier = seen.add(item, line)
    if earlier and item.kind == "model" and earlier.title != item.title:
        # Two models whose names differ in signs alone, such as `OT 355` and `OT-355`.
        item = structs.replace(item, id=distinct_id(item.id, item.title))
        earlier = seen.add(item, line)
    if earlier is None:
        return item
    if earlier.content_hash == item.content_hash:
        report.duplicates += 1
        return None
    return RecordRejected(
        source=item.source,
        line=line,
        field="id",
        value=item.id,
        code="duplicate_id",
        reason=f"line {earlier.line} has this id too and says something else; "
        "that one was loaded. Give each row an id of its own, or remove one of them",
        row={"title": item.title},
    )


def _reject(rejected: RecordRejected, rejects: RejectFile, report: ImportReport) -> None:
    rejects.write(rejected)
    report.rejected += 1
    report.reject_codes[rejected.code] = report.reject_codes.get(rejected.code, 0) + 1
