"""Files into the graph: the use case behind `catalograph import` and every import job."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from graph.client import Database
from graph.errors import ImportFailed, MigrationsPending
from graph.ingest.linking import BrandNames
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import (
    MappingFile,
    check_parameters,
    load_mapping_file,
    parse_mapping,
)
from graph.ingest.pipeline import ImportProgress, ImportReport, Progress, Writer, import_file
from graph.ingest.readers import Format
from graph.ingest.rejects import RejectFile, RejectReader
from graph.ingest.seen import SeenIds
from graph.migrate import status
from graph.records import Item, Named, Parameter, Record
from graph.repositories.closing import close_items, listed_ids
from graph.repositories.imports import (
    ImportMode,
    ImportState,
    finish_import,
    import_exists,
    open_import,
)
from graph.repositories.items import ItemComparison, ItemWriter, Outcome
from graph.repositories.vocabulary import known_brands, known_parameters
from graph.text import item_id

OnError = Literal["skip", "abort"]
ProgressOf = Callable[[Path, ImportProgress], None]

REJECTS_NAME = "rejects.ndjson"  # in the folder of a job
BRANDS_NAME = "brands.json"


class ImportChoices(Record, frozen=True):
    """How an import treats what it finds.

    `replace` closes what the source listed before and the dump no longer has. `abort` reads the
    whole dump first, and writes nothing if one row of it cannot be loaded.
    """

    mode: ImportMode = "merge"
    on_error: OnError = "skip"
    dry_run: bool = False


class ImportSpec(ImportChoices, frozen=True, kw_only=True):
    """All that an import job has to know; it runs later, and perhaps elsewhere."""

    path: str  # the file that is read
    file: str  # how the client calls it
    source: str
    mapping: str  # the text: a later edit of the file does not change a running job
    mapping_name: str
    format: Format | None = None  # where neither name nor content tells
    rejects_of: str | None = None  # the file holds rejects of this job, which are read with lines
    owned: bool = False  # the file was uploaded, and goes when the job has succeeded
    size: int | None = None  # of the file when the job was made, in bytes
    modified_ns: int | None = None


def new_run_id(now: datetime) -> str:
    """`import-20260102T030405-9f3a2b1c`: sorts by time, and two at once differ."""
    return f"import-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def import_files(
    database: Database,
    files: Sequence[Path],
    *,
    mapping_file: Path,
    source: str,
    run: str,
    clock: Callable[[], datetime],
    rejects_file: Path,
    choices: ImportChoices = ImportChoices(),  # noqa: B008 - frozen
    progress: ProgressOf = lambda file, so_far: None,
    done: Callable[[ImportReport], None] = lambda report: None,
) -> list[ImportReport]:
    """Import `files`, one after another, as one run. A later file may change what an earlier said.

    Raises:
        ValueInvalid, MappingInvalid, MigrationsPending: before anything is read.
        ImportFailed: a file is broken; what `done` reported and the rows before the break stay.
    """
    for file in files:  # all of them, before the first is imported
        if not file.exists():
            raise ImportFailed(file=str(file), place="open", reason="there is no such file")
    prepared = _prepared(database, load_mapping_file(mapping_file), str(mapping_file), source)
    dumps = [_Dump(file, str(file)) for file in files]
    reports: list[ImportReport] = []
    with RejectFile(rejects_file) as rejects, SeenIds() as seen:
        loading = _Loading(database, prepared, choices, source, run, clock, rejects, seen)
        if choices.on_error == "abort":
            loading.check(dumps, lambda so_far: progress(files[0], so_far))
        loading.open(", ".join(dump.name for dump in dumps))
        for dump in dumps:

            def tell(so_far: ImportProgress, file: Path = dump.path) -> None:
                progress(file, so_far)

            reports.append(loading.load(dump, tell))
            if dump is dumps[-1]:
                loading.close_missing(reports[-1], tell)
            done(reports[-1])
        loading.finish(reports)
    return reports


def run_import(
    database: Database,
    spec: ImportSpec,
    *,
    run: str,
    folder: Path,
    clock: Callable[[], datetime],
    report: Progress,
) -> ImportReport:
    """Run an import job, or go on with one that was interrupted.

    Everything but the graph is done over: the file is read from its beginning, and its rejects
    are written anew. What `folder` keeps from the first time, and the node of the import in the
    graph, make the second time say the same as the first.

    Raises:
        ValueInvalid, MappingInvalid, MigrationsPending: before anything is read.
        ImportFailed: the file is broken, or is not the one it was; rows before the break stay.
        DatabaseError: the database went away for good.
    """
    _require_same_file(spec)
    folder.mkdir(parents=True, exist_ok=True)
    mapping = parse_mapping(spec.mapping, path=spec.mapping_name)
    prepared = _prepared(database, mapping, spec.mapping_name, spec.source, folder)
    if spec.format is not None and spec.rejects_of is None:
        prepared.options = replace(prepared.options, format=spec.format)
    rejects_file = folder / REJECTS_NAME
    rejects_file.unlink(missing_ok=True)
    dump = _Dump(Path(spec.path), spec.file, rejects=spec.rejects_of is not None)
    with RejectFile(rejects_file) as rejects, SeenIds() as seen:
        loading = _Loading(database, prepared, spec, spec.source, run, clock, rejects, seen)
        if spec.on_error == "abort" and not loading.has_begun():
            loading.check([dump], report)
        state = loading.open(spec.file)
        done = loading.load(dump, report, state)
        loading.close_missing(done, report)
        loading.finish([done])
    return done


def require_migrated(database: Database) -> None:
    """Without its constraints an import would be slow, and wrong with two writers."""
    found = status(database)
    if not found.up_to_date:
        raise MigrationsPending(versions=(*found.pending, *found.changed, *found.unknown))


@dataclass(frozen=True, slots=True)
class _Dump:
    path: Path
    name: str  # as reports call it
    rejects: bool = False  # it holds what another import has rejected


@dataclass(slots=True)
class _Loading:
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

    def check(self, dumps: Sequence[_Dump], progress: Progress) -> None:
        """Read everything and write nothing.

        Raises:
            ImportFailed: some row cannot be loaded; the reject file has them all.
        """
        with SeenIds() as seen:
            for dump in dumps:
                checked = ImportReport(file=dump.name, run=self.run, phase="checking")
                self._import(dump, checked, progress, _Nowhere(), seen)
        if self.rejects.count:
            raise ImportFailed(
                file=", ".join(dump.name for dump in dumps),
                place=f"{self.rejects.count:,} rows",
                reason="cannot be loaded, and on_error is abort: nothing was written. Their lines "
                f"and reasons are in {self.rejects.path.name}",
            )

    def load(
        self, dump: _Dump, progress: Progress, state: ImportState | None = None
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
        finish_import(
            self.database,
            id=self.run,
            now=self.clock(),
            rows_read=sum(report.rows_read for report in reports),
            duplicates=sum(report.duplicates for report in reports),
            rejected=sum(report.rejected for report in reports),
        )

    def _import(
        self,
        dump: _Dump,
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
            reader=RejectReader(dump.path, name=dump.name) if dump.rejects else None,
            report=report,
            begin_at=self.items,
            skip=skip,
        )


class _Nowhere:
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


def _prepared(
    database: Database,
    mapping: MappingFile,
    mapping_name: str,
    source: str,
    folder: Path | None = None,
) -> RowMapping:
    item_id(source, "any")  # refuses a name that no id can begin with
    require_migrated(database)
    brands = known_brands(database) if folder is None else _first_known_brands(database, folder)
    rows = RowMapping(mapping, BrandNames(brands))
    check_parameters(mapping_name, rows.parameters, known_parameters(database))
    return rows


def _first_known_brands(database: Database, folder: Path) -> list[Named]:
    """The brands as they were when the job began: with those it has added, rows would read anew."""
    kept = folder / BRANDS_NAME
    if kept.exists():
        return msgspec.json.decode(kept.read_bytes(), type=list[Named])
    brands = known_brands(database)
    written = kept.with_suffix(".part")
    written.write_bytes(msgspec.json.encode(brands))
    written.replace(kept)
    return brands


def _require_same_file(spec: ImportSpec) -> None:
    try:
        found = Path(spec.path).stat()
    except OSError as error:
        raise ImportFailed(
            file=spec.file, place="open", reason=f"cannot be read: {error.strerror}"
        ) from error
    told = (spec.size, spec.modified_ns)
    if told != (None, None) and told != (found.st_size, found.st_mtime_ns):
        raise ImportFailed(
            file=spec.file,
            place="open",
            reason="the file was changed after this import was asked for; import it again",
        )
