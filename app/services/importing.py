"""Files into the graph: the use case behind `catalograph import` and every later import job."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from graph.client import Database
from graph.errors import ImportFailed, MigrationsPending
from graph.ingest.linking import BrandNames
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import check_parameters, load_mapping_file
from graph.ingest.pipeline import ImportProgress, ImportReport, import_file
from graph.ingest.rejects import RejectFile
from graph.migrate import status
from graph.repositories.items import ItemWriter
from graph.repositories.vocabulary import known_brands, known_parameters
from graph.text import item_id

ProgressOf = Callable[[Path, ImportProgress], None]


def new_run_id(now: datetime) -> str:
    """`import-20260102T030405-9f3a`: sorts by time, and two at once differ."""
    return f"import-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"


def import_files(
    database: Database,
    files: Sequence[Path],
    *,
    mapping_file: Path,
    source: str,
    run: str,
    clock: Callable[[], datetime],
    rejects_file: Path,
    progress: ProgressOf = lambda file, so_far: None,
    done: Callable[[ImportReport], None] = lambda report: None,
) -> list[ImportReport]:
    """Import `files`, one after another, as one run.

    Raises:
        ValueInvalid, MappingInvalid, MigrationsPending: before anything is read.
        ImportFailed: a file is broken; what `done` reported and the rows before the break stay.
    """
    item_id(source, "any")  # refuses a name that no id can begin with
    for file in files:  # all of them, before the first is imported
        if not file.exists():
            raise ImportFailed(file=str(file), place="open", reason="there is no such file")
    mapping = load_mapping_file(mapping_file)
    require_migrated(database)
    rows = RowMapping(mapping, BrandNames(known_brands(database)))
    check_parameters(str(mapping_file), rows.parameters, known_parameters(database))
    writer = ItemWriter(database)
    reports: list[ImportReport] = []
    with RejectFile(rejects_file) as rejects:
        for file in files:
            report = import_file(
                file,
                rows,
                writer,
                source=source,
                run=run,
                clock=clock,
                rejects=rejects,
                progress=lambda so_far, file=file: progress(file, so_far),  # type: ignore[misc]
            )
            reports.append(report)
            done(report)
    return reports


def require_migrated(database: Database) -> None:
    """Without its constraints an import would be slow, and wrong with two writers."""
    found = status(database)
    if not found.up_to_date:
        raise MigrationsPending(versions=(*found.pending, *found.changed, *found.unknown))
