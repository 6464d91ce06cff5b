"""`catalograph extract`: what the texts of a file state, with the places that say so."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import bytes_progress, end_of_rows, err
from app.cli.session import open_database
from app.settings import load_settings


def extract(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="CSV, NDJSON, JSON, Parquet, or a text on each line (.txt)."
        ),
    ],
    output: Annotated[
        Path | None, typer.Option(help="NDJSON file to write; default: standard output.")
    ] = None,
    title: Annotated[str, typer.Option(metavar="COLUMN", help="Which column to read.")] = "title",
    parameter: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this one; repeatable.")
    ] = None,
    min_confidence: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Leave out what is less sure.")
    ] = 0.0,
    include_implied: Annotated[
        bool, typer.Option(help="Also what the model that a text names always has.")
    ] = False,
) -> None:
    """Find attributes in texts; nothing is stored. One line of JSON for each row."""
    from app.services.extracting import resolved
    from app.services.extracting_files import FileCounts, extract_file
    from app.services.readers import grounder_of
    from ml.grounding.grounder import Wanted

    settings = load_settings()
    with open_database(settings) as database:
        grounder = grounder_of(settings, database)
    wanted = Wanted(
        parameters=resolved(grounder, parameter) if parameter else None,
        min_confidence=min_confidence,
        implied=include_implied,
    )
    target = nullcontext(sys.stdout.buffer) if output is None else output.open("wb")
    with target as to, bytes_progress("extract") as bar:
        task = bar.add_task(f"Reading {file.name}", total=None, note="")

        def show(so_far: FileCounts) -> None:
            note = f"{so_far.rows:,} rows, {so_far.facts:,} facts"
            bar.update(task, total=so_far.bytes_total, completed=so_far.bytes_read, note=note)

        counts = extract_file(file, grounder, wanted, to=to, title=title, progress=show)
    err.print(
        f"{counts.rows:,} rows, {counts.facts:,} facts, nothing found in {counts.without:,}, "
        f"{counts.rejected:,} rejected",
        highlight=False,
    )
    end_of_rows(counts.rows, counts.rejected)
