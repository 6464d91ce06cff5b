"""Files into the graph: the use case behind `catalograph import` and every import job."""

from __future__ import annotations

import secrets
import shutil
from collections import ChainMap, Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import structs

from app.services.loading import Dump, ImportChoices, Loading
from graph.client import Database
from graph.errors import ImportFailed, MappingInvalid, MigrationsPending, NothingLoaded
from graph.ingest.files import FileState
from graph.ingest.linking import BrandNames
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import (
    MappingFile,
    check_parameters,
    load_mapping_file,
    parse_mapping,
)
from graph.ingest.pipeline import ImportProgress, ImportReport, Progress
from graph.ingest.readers import Format
from graph.ingest.rejects import RejectFile
from graph.ingest.seen import SeenIds
from graph.migrate import status
from graph.records import Named
from graph.repositories.vocabulary import known_brands, known_parameters
from graph.text import item_id

ProgressOf = Callable[[Path, ImportProgress], None]

IMPORT = "import"  # a kind of jobs
REJECTS_NAME = "rejects.ndjson"  # in the folder of a job
BRANDS_NAME = "brands.json"


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


def new_run_id(now: datetime, kind: str = IMPORT) -> str:
    """`import-20260102T030405-9f3a2b1c`: sorts by time, and two at once differ."""
    return f"{kind}-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def import_spec(
    file: Path, *, mapping_file: Path, source: str, choices: ImportChoices
) -> ImportSpec:
    """What a job needs to load `file`, which stays where it is.

    Raises:
        ValueInvalid, MappingInvalid, ImportFailed: what the job would fail of at once.
    """
    item_id(source, "any")
    require_fitting(load_mapping_file(mapping_file), str(mapping_file), choices)
    state = _state_of(file, str(file))
    return ImportSpec(
        path=str(file.absolute()),
        file=str(file),
        source=source,
        mapping=mapping_file.read_text(encoding="utf-8"),
        mapping_name=str(mapping_file),
        size=state.size,
        modified_ns=state.modified_ns,
        **structs.asdict(choices),
    )


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
    # All of them, before the first is imported.
    dumps = [Dump(file, str(file), _state_of(file, str(file))) for file in files]
    mapping = load_mapping_file(mapping_file)
    require_fitting(mapping, str(mapping_file), choices)
    prepared = _prepared(database, mapping, str(mapping_file), source)
    reports: list[ImportReport] = []
    with RejectFile(rejects_file) as rejects, SeenIds() as seen:
        loading = Loading(database, prepared, choices, source, run, clock, rejects, seen)
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
    file = Path(spec.path)
    state = _state_of(file, spec.file)
    if spec.size is not None and spec.modified_ns is not None:
        state = FileState(spec.size, spec.modified_ns)
    folder.mkdir(parents=True, exist_ok=True)
    mapping = parse_mapping(spec.mapping, path=spec.mapping_name)
    require_fitting(mapping, spec.mapping_name, spec)
    prepared = _prepared(database, mapping, spec.mapping_name, spec.source, folder)
    if spec.format is not None and spec.rejects_of is None:
        prepared.options = replace(prepared.options, format=spec.format)
    rejects_file = folder / REJECTS_NAME
    rejects_file.unlink(missing_ok=True)
    for left in folder.glob("seen-*"):  # by a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    dump = Dump(file, spec.file, state, rejects=spec.rejects_of is not None)
    with RejectFile(rejects_file) as rejects, SeenIds(folder) as seen:
        loading = Loading(database, prepared, spec, spec.source, run, clock, rejects, seen)
        if spec.on_error == "abort" and not loading.has_begun():
            loading.check([dump], report)
        begun = loading.open(spec.file)
        done = loading.load(dump, report, begun)
        loading.close_missing(done, report)
        loading.finish([done])
    return done


def nothing_loaded(reports: Sequence[ImportReport], *, rejects: str) -> NothingLoaded | None:
    """Why an import failed although it was carried out: all of its rows were rejected.

    A dump without rows is no failure, nor is one that changes nothing. `rejects` says who has the
    rows, such as "FILE has".
    """
    codes = sum((Counter(report.reject_codes) for report in reports), Counter[str]())
    loaded = sum(report.items for report in reports) - codes["item_unknown"]  # kept in its place
    if not codes or loaded > 0:
        return None
    return NothingLoaded(
        file=", ".join(report.file for report in reports),
        codes=codes,
        examples=dict(ChainMap(*(report.reject_examples for report in reports))),
        rejects=rejects,
    )


def require_fitting(mapping: MappingFile, name: str, choices: ImportChoices) -> None:
    """Refuse to close what rows of changes do not name: they never name all there is.

    Raises:
        MappingInvalid: naming both.
    """
    if mapping.changes and choices.mode == "replace":
        reason = "its rows are of some products, and mode replace would close all others: use merge"
        raise MappingInvalid(path=name, place="changes", reason=reason)


def require_migrated(database: Database) -> None:
    """Without its constraints an import would be slow, and wrong with two writers."""
    found = status(database)
    if not found.up_to_date:
        raise MigrationsPending(versions=(*found.pending, *found.changed, *found.unknown))


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


def _state_of(path: Path, name: str) -> FileState:
    try:
        return FileState.of(path.stat())
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise ImportFailed(file=name, place="open", reason=reason) from error
