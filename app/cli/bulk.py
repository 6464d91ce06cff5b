"""`catalograph bulk-load`: the first load of millions of rows, through neo4j-admin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from app.cli.output import (
    USAGE,
    WITH_REJECTS,
    Json,
    bytes_progress,
    err,
    fail,
    out,
    print_fields,
    print_json,
)
from app.settings import load_settings

if TYPE_CHECKING:
    from app.services.bulk_loading import BulkReport, Watch
    from app.settings import Settings
    from graph.bulk.admin import AdminProgress
    from graph.bulk.merging import BulkCounts, BulkSource

PHASES = {
    "check": "Looking into the database",
    "read": "Reading",
    "import": "neo4j-admin",
    "start": "Starting Neo4j",
    "migrate": "Filling the indexes",
}


def bulk_load(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="CSV, NDJSON, JSON array or Parquet; plain, gzip or zstd."
        ),
    ],
    source: Annotated[str, typer.Option(help="Name of where the dumps come from.")],
    mapping: Annotated[Path, typer.Option(help="TOML file that says which column is what.")],
    rejects: Annotated[
        Path | None,
        typer.Option(help="Where rows that cannot be loaded go; default: in the home folder."),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Keep the files for neo4j-admin here. Needed with NEO4J_URI, whose server is "
            "left alone: the command to run there is printed.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Load dumps into an empty database, some times as fast as `import` does; several are one."""
    from app.services.bulk_loading import bulk_source
    from app.services.importing import new_run_id
    from app.services.terminal_imports import rejects_of

    settings = load_settings()
    if settings.neo4j_uri is not None and keep is None:
        fail(
            "NEO4J_URI names a server that this command cannot stop; with --keep FOLDER it writes "
            "the files and says what to run there",
            code="usage",
            exit_code=USAGE,
            as_json=json,
        )
    run = new_run_id(datetime.now(UTC))
    load = bulk_source(files, mapping_file=mapping, source=source, run=run)
    rejects_file = rejects or rejects_of(settings, run)
    report = _load(settings, load, rejects_file, keep)
    if json:
        print_json(report)
    else:
        _print(report)
    if report.rejected:
        raise SystemExit(WITH_REJECTS)


def _load(
    settings: Settings, load: BulkSource, rejects_file: Path, keep: Path | None
) -> BulkReport:
    from app.connections import connection_of
    from app.services.bulk_loading import load_embedded, write_for_external

    def clock() -> datetime:
        return datetime.now(UTC)

    with _watching(load) as watch:
        if settings.neo4j_uri is None:
            return load_embedded(
                settings.home, load, clock=clock, rejects_file=rejects_file, keep=keep, watch=watch
            )
        assert keep is not None
        return write_for_external(
            connection_of(settings), load, keep, clock=clock, rejects_file=rejects_file, watch=watch
        )


@contextmanager
def _watching(load: BulkSource) -> Iterator[Watch]:
    from app.services.bulk_loading import Watch

    with bytes_progress("bulk-load") as bar:
        shown = _Shown(bar, sum(path.stat().st_size for path in load.files))
        yield Watch(shown.phase, shown.reading, shown.importing)


class _Shown:
    """One bar for reading, with rows and time left, and one for neo4j-admin."""

    def __init__(self, bar: Progress, bytes_total: int) -> None:
        self._bar = bar
        self._bytes_total = bytes_total
        self._task = bar.add_task("", total=None, note="")

    def phase(self, name: str) -> None:
        self._bar.remove_task(self._task)
        totals = {"read": self._bytes_total, "import": 100}
        self._task = self._bar.add_task(PHASES[name], total=totals.get(name), note="")

    def reading(self, counts: BulkCounts) -> None:
        elapsed = self._bar.tasks[0].elapsed
        rate = f", {counts.rows_read / elapsed:,.0f}/s" if elapsed else ""
        rejected = f", {counts.rejected:,} rejected" if counts.rejected else ""
        self._bar.update(
            self._task,
            completed=counts.bytes_read,
            note=f"{counts.rows_read:,} rows{rate}{rejected}",
        )

    def importing(self, progress: AdminProgress) -> None:
        done = (progress.stage - 1) * 100 + progress.percent
        self._bar.update(
            self._task,
            completed=done / progress.of,
            note=f"{progress.name}, {progress.percent} %",
        )


def _print(report: BulkReport) -> None:
    fields: dict[str, object] = {
        "rows read": report.rows_read,
        "created": report.created,
        "duplicates": report.duplicates,
        "rejected": report.rejected,
    }
    for phase, seconds in report.seconds.items():
        rate = report.rows_per_s.get(phase)
        fields[f"{phase}, s"] = f"{seconds:g}" + (f" ({rate:,} rows/s)" if rate else "")
    verb = "Loaded" if report.loaded else "Prepared"
    print_fields(f"{verb} {report.created:,} items as {report.run}", fields)
    if report.rejected:
        codes = sorted(report.reject_codes.items())
        reasons = ", ".join(f"{code} {count:,}" for code, count in codes)
        out.print(
            f"Rejected rows with their reasons ({reasons}): {report.rejects_file}", soft_wrap=True
        )
    if not report.loaded:
        err.print("Stop that server, run this beside it, start it, then `catalograph migrate`:")
        for command in report.commands:
            out.print(command, soft_wrap=True, highlight=False, markup=False)
    elif report.folder:
        out.print(f"The files are in {report.folder}", soft_wrap=True)
