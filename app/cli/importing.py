"""The command that loads dumps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.mapping import preview as show_preview
from app.cli.output import (
    FAILED,
    INTERRUPTED,
    NO_DATABASE,
    WITH_REJECTS,
    Json,
    bytes_progress,
    fail,
    out,
    print_fields,
    print_json,
    unsure_cells,
)
from app.cli.session import open_database
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.services.loading import ImportChoices
    from graph.errors import NothingLoaded
    from graph.ingest.pipeline import ImportProgress, ImportReport

FILES_SHOWN = 3
COUNTS = ("rows_read", "created", "updated", "unchanged", "closed", "duplicates", "rejected")


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="CSV, NDJSON, JSON array or Parquet; plain, gzip or zstd."
        ),
    ],
    source: Annotated[str, typer.Option(help="Name of where the dump comes from.")],
    mapping: Annotated[
        Path | None,
        typer.Option(help="TOML file that says which column is what; see `mapping suggest`."),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(help="Where rows that cannot be loaded go; default: in the home folder."),
    ] = None,
    mode: Annotated[
        Literal["merge", "replace"],
        typer.Option(help="replace: close what the source listed and the dump no longer has."),
    ] = "merge",
    on_error: Annotated[
        Literal["skip", "abort"],
        typer.Option(help="abort: read all first, and write nothing if one row cannot be loaded."),
    ] = "skip",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")
    ] = False,
    preview: Annotated[
        bool,
        typer.Option("--preview", help="Show the first rows as they would be stored; no database."),
    ] = False,
    preview_rows: Annotated[int, typer.Option(min=1, max=10_000, help="So many of a file.")] = 10,
    background: Annotated[
        bool, typer.Option("--background", help="Leave each file to a worker, as a job.")
    ] = False,
    json: Json = False,
) -> None:
    """Load dumps. Running it again writes only what has changed."""
    from app.services.importing import import_files, new_run_id, nothing_loaded
    from app.services.loading import ImportChoices
    from app.services.terminal_imports import rejects_of

    if preview:
        show_preview(files, source=source, mapping_file=mapping, rows=preview_rows, json=json)
        return
    if mapping is None:
        raise typer.BadParameter(
            "is needed; `catalograph mapping suggest FILE` proposes one", param_hint="--mapping"
        )
    settings = load_settings()
    choices = ImportChoices(mode=mode, on_error=on_error, dry_run=dry_run)
    if background:
        _submit(settings, files, source=source, mapping=mapping, choices=choices, json=json)
        return
    run = new_run_id(datetime.now(UTC))
    rejects_file = rejects or rejects_of(settings, run)
    with open_database(settings) as database, bytes_progress("import") as bar:
        task = bar.add_task("Importing", total=_size(files), note="")
        before = 0

        def progress(file: Path, so_far: ImportProgress) -> None:
            bar.update(
                task,
                completed=before + so_far.bytes_read,
                description=file.name,
                note=_note(so_far, bar.tasks[0].finished_time or bar.tasks[0].elapsed),
            )

        def done(report: ImportReport) -> None:
            nonlocal before
            before += report.bytes_total

        with _stopped_between_batches(as_json=json):
            reports = import_files(
                database,
                files,
                mapping_file=mapping,
                source=source,
                run=run,
                clock=lambda: datetime.now(UTC),
                rejects_file=rejects_file,
                choices=choices,
                progress=progress,
                done=done,
            )
    error = nothing_loaded(reports, rejects=f"{rejects_file} has")
    _print_reports(run, reports, rejects_file, dry_run=dry_run, error=error, json=json)
    if error is not None and not json:
        raise error
    if error is not None:
        raise SystemExit(FAILED)
    if any(report.rejected for report in reports):
        raise SystemExit(WITH_REJECTS)


@contextmanager
def _stopped_between_batches(*, as_json: bool) -> Iterator[None]:
    """Who was stopped in the middle learns what to do."""
    from graph.errors import DiskFull

    try:
        yield
    except KeyboardInterrupt:
        fail(
            "interrupted; whole batches are stored, and the same command goes on from there",
            code="interrupted",
            exit_code=INTERRUPTED,
            as_json=as_json,
        )
    except DiskFull as full:
        fail(
            f"{full} Whole batches are stored, and the same command goes on from there.",
            code=full.code,
            exit_code=NO_DATABASE,
            as_json=as_json,
        )


def _submit(
    settings: Settings,
    files: list[Path],
    *,
    source: str,
    mapping: Path,
    choices: ImportChoices,
    json: bool,
) -> None:
    from app.services.importing import import_spec
    from app.services.jobs import Jobs

    if choices.mode == "replace" and len(files) > 1:
        # Each job would close what the others have.
        raise typer.BadParameter("takes one FILE together with --background", param_hint="--mode")
    specs = [
        import_spec(file, mapping_file=mapping, source=source, choices=choices) for file in files
    ]
    with Jobs(settings) as jobs:
        made = [jobs.submit(spec)[0] for spec in specs]
    if json:
        print_json({"jobs": [job.id for job in made]})
        return
    for job, file in zip(made, files, strict=True):
        out.print(f"{job.id} loads {file}", soft_wrap=True)
    out.print("A worker does it: `catalograph jobs watch ID` follows, `catalograph up` runs one.")


def _size(files: list[Path]) -> int | None:
    try:
        return sum(file.stat().st_size for file in files)
    except OSError:
        return None  # the import itself says which file is not there


def _note(so_far: ImportProgress, elapsed_s: float | None) -> str:
    phase = "" if so_far.phase == "loading" else f"{so_far.phase}: "
    rate = f", {so_far.rows_read / elapsed_s:,.0f}/s" if elapsed_s else ""
    rejected = f", {so_far.rejected:,} rejected" if so_far.rejected else ""
    return f"{phase}{so_far.rows_read:,} rows{rate}{rejected}"


def _print_reports(
    run: str,
    reports: list[ImportReport],
    rejects_file: Path,
    *,
    dry_run: bool,
    error: NothingLoaded | None,
    json: bool,
) -> None:
    totals = {name: sum(getattr(report, name) for report in reports) for name in COUNTS}
    codes: dict[str, int] = {}
    skipped: dict[str, int] = {}
    unsure: dict[str, str] = {}
    for report in reports:
        unsure = report.decimals_unsure | unsure
        for total, part in ((codes, report.reject_codes), (skipped, report.cells_skipped)):
            for name, count in part.items():
                total[name] = total.get(name, 0) + count
    where = str(rejects_file) if totals["rejected"] else None
    if json:
        print_json(
            {
                "run": run,
                "dry_run": dry_run,
                **totals,
                "rejects_file": where,
                "reject_codes": codes,
                "cells_skipped": skipped,
                "decimals_unsure": unsure,
                "error": {"code": error.code, "message": str(error)} if error else None,
                "files": reports,
            }
        )
        return
    fields: dict[str, object] = {} if dry_run else {"id": run}
    fields |= {name.replace("_", " "): count for name, count in totals.items()}
    if skipped:
        fields["cells skipped"] = ", ".join(f"{name} {n:,}" for name, n in sorted(skipped.items()))
    if unsure:
        fields["unsure cells"] = unsure_cells(unsure)
    for report in reports:
        if report.closing_skipped:
            fields["nothing closed"] = report.closing_skipped
    title = "Nothing was loaded" if error else "Imported"
    title = "A dry run, nothing was written" if dry_run else title
    names = [report.file for report in reports]
    files = f"{len(names)} files" if len(names) > FILES_SHOWN else ", ".join(names)
    print_fields(f"{title}: {files}", fields)
    if where:
        reasons = ", ".join(f"{code} {count:,}" for code, count in sorted(codes.items()))
        out.print(f"Rejected rows with their reasons ({reasons}): {where}", soft_wrap=True)
