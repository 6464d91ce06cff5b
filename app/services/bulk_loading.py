"""The first load of millions of rows: the use case behind `catalograph bulk-load`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from graph.bulk.admin import AdminProgress, external_commands
from graph.bulk.files import BulkFiles, write_files
from graph.bulk.merging import BulkCounts, BulkSource
from graph.bulk.store import (
    import_store,
    offline,
    open_endpoint,
    require_complete,
    require_empty,
    require_empty_home,
)
from graph.client import Connection, Database
from graph.errors import DatabaseUnavailable, ImportFailed, MappingInvalid, NothingLoaded
from graph.ingest.mapping_file import load_mapping_file
from graph.ingest.rejects import RejectFile
from graph.migrate import migrate
from graph.server import DATABASE, EmbeddedServer, ServerOptions
from graph.text import item_id


@dataclass(slots=True)
class BulkReport:
    """What became of every row, and how long each phase took."""

    run: str
    loaded: bool = False  # or only prepared, for a server that we cannot stop
    rows_read: int = 0
    created: int = 0
    duplicates: int = 0
    rejected: int = 0
    rejects_file: str | None = None
    reject_codes: dict[str, int] = field(default_factory=dict)
    cells_skipped: dict[str, int] = field(default_factory=dict)
    decimals_unsure: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, int] = field(default_factory=dict)
    relationships: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    rows_per_s: dict[str, int] = field(default_factory=dict)
    folder: str | None = None  # of the files, where they were kept
    commands: list[str] = field(default_factory=list)  # that load these files, anywhere


@dataclass(frozen=True, slots=True)
class Watch:
    """Who looks on while a load runs."""

    phase: Callable[[str], None] = lambda name: None
    reading: Callable[[BulkCounts], None] = lambda counts: None
    importing: Callable[[AdminProgress], None] = lambda progress: None


def bulk_source(files: Sequence[Path], *, mapping_file: Path, source: str, run: str) -> BulkSource:
    """What is loaded, checked as far as it can be before anything is read.

    Raises:
        ValueInvalid, MappingInvalid, ImportFailed: the source, the mapping or a file.
    """
    item_id(source, "any")  # refuses a name that no id can begin with
    for file in files:
        if not file.is_file():
            reason = "is not a regular file" if file.exists() else "there is no such file"
            raise ImportFailed(file=str(file), place="open", reason=reason)
    mapping = load_mapping_file(mapping_file)
    if mapping.changes:
        reason = "changes need products that are there already; use `catalograph import`"
        raise MappingInvalid(path=str(mapping_file), place="changes", reason=reason)
    return BulkSource(tuple(files), mapping, str(mapping_file), source, run)


def load_embedded(
    home: Path,
    load: BulkSource,
    *,
    clock: Callable[[], datetime],
    rejects_file: Path,
    keep: Path | None = None,
    options: ServerOptions | None = None,
    watch: Watch = Watch(),
) -> BulkReport:
    """Fill the embedded database, which must be empty; the server is stopped at the end.

    Killed at any moment, it leaves an empty database, or the whole of the load.

    Raises:
        DatabaseNotEmpty, ServerBusy: before anything is written.
        NothingLoaded: every row was rejected; neo4j-admin was not begun.
        ImportFailed, BulkLoadFailed: the database is still empty.
    """
    chosen = options or ServerOptions()
    report = BulkReport(run=load.run)
    with _timed(report, watch, "check"):
        require_empty_home(home, chosen)
        folder = _empty_folder(keep) if keep else None
    with offline(home, chosen) as scratch:
        files = _write(report, watch, load, folder or _made(scratch / "files"), clock, rejects_file)
        with _timed(report, watch, "import"):
            import_store(files, home, scratch, chosen, watch.importing)
    with _timed(report, watch, "start"):
        server = EmbeddedServer(home, chosen)
        endpoint = server.start()
    try:
        with open_endpoint(endpoint) as database:
            with _timed(report, watch, "migrate"):
                migrate(database)
            require_complete(database, files)
    finally:
        server.stop()
    report.loaded = True
    if folder is not None:
        report.commands = external_commands(files, DATABASE, overwrite=False)
    return _completed(report, files, folder)


def write_for_external(
    connection: Connection,
    load: BulkSource,
    folder: Path,
    *,
    clock: Callable[[], datetime],
    rejects_file: Path,
    watch: Watch = Watch(),
) -> BulkReport:
    """Write the files for a server of somebody else's, and say what is to be run there.

    Raises:
        DatabaseNotEmpty: the server runs, and has something in its database.
    """
    report = BulkReport(run=load.run)
    with _timed(report, watch, "check"):
        proven_empty = _proves_empty(connection)
        folder = _empty_folder(folder)
    files = _write(report, watch, load, folder, clock, rejects_file)
    report.commands = external_commands(
        files, connection.database or DATABASE, overwrite=proven_empty
    )
    return _completed(report, files, folder)


def _proves_empty(connection: Connection) -> bool:
    """False: it cannot be asked, which is as it should be while files are imported into it."""
    with Database(connection) as database:
        try:
            database.verify()
        except DatabaseUnavailable:
            return False
        require_empty(database, connection.uri)
    return True


def _write(
    report: BulkReport,
    watch: Watch,
    load: BulkSource,
    folder: Path,
    clock: Callable[[], datetime],
    rejects_file: Path,
) -> BulkFiles:
    with _timed(report, watch, "read"), RejectFile(rejects_file) as rejects:
        files = write_files(load, folder, clock=clock, rejects=rejects, progress=watch.reading)
    counts = files.counts
    report.rows_read, report.created = counts.rows_read, counts.items
    report.duplicates, report.rejected = counts.duplicates, counts.rejected
    report.reject_codes, report.cells_skipped = counts.reject_codes, counts.cells_skipped
    report.decimals_unsure = counts.decimals_unsure
    report.rejects_file = str(rejects_file) if counts.rejected else None
    if counts.rejected and not counts.items:
        raise NothingLoaded(
            file=", ".join(str(file) for file in load.files),
            codes=counts.reject_codes,
            examples=counts.reject_examples,
            rejects=f"{rejects_file} has",
        )
    return files


def _completed(report: BulkReport, files: BulkFiles, folder: Path | None) -> BulkReport:
    report.nodes = {str(label): count for label, count in files.nodes.items()}
    report.relationships = {str(type): count for type, count in files.edges.items()}
    report.folder = str(folder) if folder else None
    report.seconds["all"] = round(sum(report.seconds.values()), 2)
    report.rows_per_s = {
        phase: round(report.rows_read / seconds)
        for phase, seconds in report.seconds.items()
        if seconds and phase in ("read", "import", "all")
    }
    return report


@contextmanager
def _timed(report: BulkReport, watch: Watch, phase: str) -> Iterator[None]:
    watch.phase(phase)
    started = time.monotonic()
    try:
        yield
    finally:
        report.seconds[phase] = round(time.monotonic() - started, 2)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _empty_folder(folder: Path) -> Path:
    """Raises `ImportFailed` where something lies in it: a later command would import that, too."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ImportFailed(
            file=str(folder), place="--keep", reason="is not empty; name a new folder"
        )
    return folder.resolve()
