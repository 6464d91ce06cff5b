"""One import over one or several dumps: check, load, close what is missing, finish."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

from graph.client import Database
from graph.errors import ImportFailed
from graph.ingest.files import FileState
from graph.ingest.mapping import RowMapping
from graph.ingest.pipeline import ImportReport, Progress, Writer, import_file
from graph.ingest.readers import DumpReader
from graph.ingest.rejects import RejectFile, RejectReader
from graph.ingest.seen import SeenIds
from graph.ingest.stream import RowReader
from graph.records import Item, Parameter, Record
from graph.repositories.closing import close_items, listed_ids
from graph.repositories.imports import (
    ImportMode,
    ImportState,
    finish_import,
    import_exists,
    open_import,
)
from graph.repositories.items import ItemComparison, ItemWriter, Outcome
from graph.repositories.offers import OfferWriter, unlisted

OnError = Literal["skip", "abort"]


class ImportChoices(Record, frozen=True):
    """How an import treats what it finds.

    `replace` closes what the source listed before and the dump no longer has. `abort` reads the
    whole dump first, and writes nothing if one row of it cannot be loaded.
    """

    mode: ImportMode = "merge"
    on_error: OnError = "skip"
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Dump:
    path: Path
    name: str  # as reports call it
    state: FileState  # however often it is read, it has to be in this one
    rejects: bool = False  # it holds what another import has rejected


@dataclass(slots=True)
class Loading:
    """One run over one or several files."""

    database: Database
    rows: RowMapping
    choices: ImportChoices
    source: str
    run: str
    clock: Callable[[], datetime]
    rejects: RejectFile
    seen: SeenIds
    writer: Writer = field(init=False)
    items: int = 0  # of the files so far
    unidentified: int = 0  # rejected rows of these, of which not even the id could be read

    def __post_init__(self) -> None:
        dry = self.choices.dry_run
        if self.rows.changes:
            self.writer = OfferWriter(self.database, dry_run=dry)
        else:
            self.writer = ItemComparison(self.database) if dry else ItemWriter(self.database)

    def has_begun(self) -> bool:
        return not self.choices.dry_run and import_exists(self.database, self.run)

    def open(self, file: str) -> ImportState:
        if self.choices.dry_run:
            return ImportState(items_written=0, created=0, updated=0, unchanged=0, closed=0)
        return open_import(
            self.database,
            id=self.run,
            source=self.source,
            file=file,
            mode=self.choices.mode,
            now=self.clock(),
        )

    def check(self, dumps: Sequence[Dump], progress: Progress) -> None:
        """Read everything and write nothing.

        Raises:
            ImportFailed: some row cannot be loaded; the reject file has them all.
        """
        with SeenIds() as seen:
            for dump in dumps:
                checked = ImportReport(file=dump.name, run=self.run, phase="checking")
                self._import(dump, checked, progress, Nowhere(), seen)
        if self.rejects.count:
            raise ImportFailed(
                file=", ".join(dump.name for dump in dumps),
                place=f"{self.rejects.count:,} rows",
                reason="cannot be loaded, and on_error is abort: nothing was written. Their lines "
                f"and reasons are in {self.rejects.path.name}",
            )

    def load(
        self, dump: Dump, progress: Progress, state: ImportState | None = None
    ) -> ImportReport:
        report = ImportReport(file=dump.name, run=self.run)
        skip = 0
        if state is not None:
            skip = state.items_written
            report.created, report.updated = state.created, state.updated
            report.unchanged, report.closed = state.unchanged, state.closed
        self._import(dump, report, progress, self.writer, self.seen, skip)
        self.items += report.items
        self.unidentified += report.unidentified
        return report

    def close_missing(self, report: ImportReport, progress: Progress) -> None:
        """With `replace`, what the source lists and the dump does not have is closed."""
        if self.choices.mode != "replace":
            return
        report.closing_skipped = self._why_not_close()
        if report.closing_skipped is not None:
            return
        report.phase = "closing"
        kind = self.rows.target
        for page in listed_ids(self.database, kind, self.source):
            progress(report.progress())
            if missing := self.seen.missing(page):
                if not self.choices.dry_run:
                    close_items(
                        self.database,
                        kind,
                        missing,
                        source=self.source,
                        run=self.run,
                        now=self.clock(),
                    )
                report.closed += len(missing)
        progress(report.progress())

    def _why_not_close(self) -> str | None:
        """What the dump has must be known for certain before the rest is closed."""
        if self.items == 0:
            return "the dump holds no row that could be loaded"
        if self.unidentified:
            return f"of {self.unidentified:,} rejected rows the id could not be read"
        return None

    def finish(self, reports: Sequence[ImportReport]) -> None:
        if self.choices.dry_run:
            return
        written = finish_import(
            self.database,
            id=self.run,
            now=self.clock(),
            rows_read=sum(report.rows_read for report in reports),
            duplicates=sum(report.duplicates for report in reports),
            rejected=sum(report.rejected for report in reports),
        )
        if len(reports) == 1:
            # A transaction of an attempt that was killed may have ended after that.
            for name in ("created", "updated", "unchanged", "closed"):
                setattr(reports[0], name, getattr(written, name))

    def _import(
        self,
        dump: Dump,
        report: ImportReport,
        progress: Progress,
        writer: Writer,
        seen: SeenIds,
        skip: int = 0,
    ) -> None:
        import_file(
            dump.path,
            self.rows,
            writer,
            source=self.source,
            run=self.run,
            clock=self.clock,
            rejects=self.rejects,
            progress=progress,
            seen=seen,
            reader=self._reader(dump),
            unlisted=partial(unlisted, self.database) if self.rows.changes else None,
            report=report,
            begin_at=self.items,
            skip=skip,
        )

    def _reader(self, dump: Dump) -> RowReader:
        if dump.rejects:
            each = self.rows.options.each
            return RejectReader(dump.path, name=dump.name, state=dump.state, each=each)
        return DumpReader(dump.path, self.rows.options, name=dump.name, state=dump.state)


class Nowhere:
    """A writer for reading alone."""

    def write(
        self,
        items: list[Item],
        *,
        parameters: dict[str, Parameter],
        run: str,
        now: datetime,
        at: int | None = None,
    ) -> list[Outcome]:
        return []
