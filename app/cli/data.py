"""Commands about what is in the graph: migrate, import, query, stats, version."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import (
    INTERRUPTED,
    WITH_REJECTS,
    Json,
    bytes_progress,
    err,
    fail,
    out,
    print_fields,
    print_json,
    print_table,
)
from app.cli.session import open_database
from app.settings import load_settings

if TYPE_CHECKING:
    from graph.ingest.pipeline import ImportProgress, ImportReport

COUNTS = ("rows_read", "created", "updated", "unchanged", "duplicates", "rejected")


def migrate(json: Json = False) -> None:
    """Bring the constraints and indexes of the database to this version."""
    from graph import migrate as migrations

    def progress(step: migrations.Step) -> None:
        err.print(f"  {step.version}: statement {step.statement} of {step.of}", highlight=False)

    with open_database() as database:
        report = migrations.migrate(database, progress=None if json else progress)
    if json:
        print_json({"applied": report.applied, "current": report.current})
    elif report.applied:
        out.print(f"Applied {', '.join(report.applied)}; the schema is at {report.current}.")
    else:
        out.print(f"Nothing to do; the schema is at {report.current}.")


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="CSV, NDJSON, JSON array or Parquet; plain, gzip or zstd."
        ),
    ],
    source: Annotated[str, typer.Option(help="Name of where the dump comes from.")],
    mapping: Annotated[Path, typer.Option(help="TOML file that says which column is what.")],
    rejects: Annotated[
        Path | None,
        typer.Option(help="Where rows that cannot be loaded go; default: in the home folder."),
    ] = None,
    json: Json = False,
) -> None:
    """Load dumps. Running it again writes only what has changed."""
    from app.services.importing import import_files, new_run_id

    settings = load_settings()
    run = new_run_id(datetime.now(UTC))
    rejects_file = rejects or settings.home / "rejects" / f"{run}.ndjson"
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

        try:
            reports = import_files(
                database,
                files,
                mapping_file=mapping,
                source=source,
                run=run,
                clock=lambda: datetime.now(UTC),
                rejects_file=rejects_file,
                progress=progress,
                done=done,
            )
        except KeyboardInterrupt:
            fail(
                "interrupted; whole batches are stored, and the same command goes on from there",
                code="interrupted",
                exit_code=INTERRUPTED,
                as_json=json,
            )
    _print_reports(run, reports, rejects_file, json=json)
    if any(report.rejected for report in reports):
        raise SystemExit(WITH_REJECTS)


def query(
    cypher: Annotated[str, typer.Argument(help="A reading Cypher query.")],
    param: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE; a value that is JSON is taken as such.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="Most rows.")] = 1_000,
    timeout: Annotated[float, typer.Option(min=0.1, max=600, help="Seconds.")] = 30.0,
    json: Json = False,
) -> None:
    """Ask the graph; reading only."""
    with open_database() as database:
        table = database.table(cypher, _parameters(param or []), timeout_s=timeout, limit=limit)
    if json:
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        print_json({"rows": rows, "truncated": table.truncated})
        return
    print_table("", table.columns, table.rows)
    more = f"; there are more, see --limit {limit}" if table.truncated else ""
    out.print(f"{len(table.rows):,} rows{more}", highlight=False)


def stats(json: Json = False) -> None:
    """Count what is in the graph."""
    from graph.repositories.stats import count

    with open_database() as database:
        counts = count(database)
    if json:
        print_json(counts)
        return
    rows = sorted({**counts.nodes, **counts.relationships}.items())
    print_table("In the graph", ("label or relationship", "count"), rows)


def draw(
    id: Annotated[str, typer.Argument(help="Of a product or a model.")],
    output: Annotated[Path, typer.Option(help="SVG file to write.")],
    limit: Annotated[int, typer.Option(min=2, max=60, help="Most nodes.")] = 24,
) -> None:
    """Draw an item with everything it is linked to."""
    import asyncio

    from app.errors import ItemNotFound
    from app.services.drawing import draw as drawn
    from app.wiring import read_neighbourhood

    found = asyncio.run(read_neighbourhood(load_settings(), id, limit=limit))
    if found is None:
        raise ItemNotFound(id=id)
    output.write_text(drawn(found), encoding="utf-8")
    out.print(f"{output}: {len(found.nodes)} nodes, {len(found.edges)} edges")


def version(json: Json = False) -> None:
    """Print the versions of Catalograph and of the Neo4j that it embeds."""
    from importlib.metadata import version as installed

    from graph.server import NEO4J_VERSION

    versions = {"catalograph": installed("catalograph"), "neo4j": NEO4J_VERSION}
    if json:
        print_json(versions)
    else:
        out.print(f"catalograph {versions['catalograph']}, embeds Neo4j {NEO4J_VERSION}")


def _size(files: list[Path]) -> int | None:
    try:
        return sum(file.stat().st_size for file in files)
    except OSError:
        return None  # the import itself says which file is not there


def _note(so_far: ImportProgress, elapsed_s: float | None) -> str:
    rate = f", {so_far.rows_read / elapsed_s:,.0f}/s" if elapsed_s else ""
    rejected = f", {so_far.rejected:,} rejected" if so_far.rejected else ""
    return f"{so_far.rows_read:,} rows{rate}{rejected}"


def _print_reports(
    run: str, reports: list[ImportReport], rejects_file: Path, *, json: bool
) -> None:
    totals = {name: sum(getattr(report, name) for report in reports) for name in COUNTS}
    codes: dict[str, int] = {}
    skipped: dict[str, int] = {}
    for report in reports:
        for total, part in ((codes, report.reject_codes), (skipped, report.cells_skipped)):
            for name, count in part.items():
                total[name] = total.get(name, 0) + count
    where = str(rejects_file) if totals["rejected"] else None
    if json:
        print_json(
            {
                "run": run,
                **totals,
                "rejects_file": where,
                "reject_codes": codes,
                "cells_skipped": skipped,
                "files": reports,
            }
        )
        return
    fields: dict[str, object] = {name.replace("_", " "): count for name, count in totals.items()}
    if skipped:
        fields["cells skipped"] = ", ".join(f"{name} {n:,}" for name, n in sorted(skipped.items()))
    print_fields(f"Imported {len(reports)} files as {run}", fields)
    if where:
        reasons = ", ".join(f"{code} {count:,}" for code, count in sorted(codes.items()))
        out.print(f"Rejected rows with their reasons ({reasons}): {where}", soft_wrap=True)


def _parameters(pairs: list[str]) -> dict[str, object]:
    import msgspec

    parameters: dict[str, object] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator or not name:
            raise typer.BadParameter(f"{pair!r} is not NAME=VALUE", param_hint="--param")
        try:
            parameters[name] = msgspec.json.decode(value)
        except msgspec.DecodeError:
            parameters[name] = value
    return parameters
