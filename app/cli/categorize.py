"""`catalograph categorize`: which category the titles of a file are of."""

from __future__ import annotations

import sys
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from app.cli.output import bytes_progress, end_of_rows, err
from app.cli.session import open_database
from app.settings import load_settings

if TYPE_CHECKING:
    from app.services.categorizing_files import CategorizedCounts, FileCategorizing

STANDARD_INPUT = Path("-")


def categorize(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="CSV, NDJSON, JSON, Parquet, or a title on each line (.txt); -: the same from "
            "standard input.",
        ),
    ],
    output: Annotated[
        Path | None, typer.Option(help="NDJSON file to write; default: standard output.")
    ] = None,
    title: Annotated[str, typer.Option(metavar="COLUMN", help="Which column to read.")] = "title",
    min_confidence: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, help="Of a category that is given; one above it is surer."),
    ] = 0.5,
) -> None:
    """Say of which category titles are, or that it is unknown. One line of JSON for each.

    By the promoted model, which needs no database; without one by stored items with the same words.
    """
    from app.services.categorizing import NO_CATEGORIZER, items_near
    from app.services.categorizing_files import FileCategorizing
    from app.services.readers import categorizer_of

    if min_confidence != min_confidence:  # nan passes both ends of a range
        raise typer.BadParameter("it is no number", param_hint="--min-confidence")
    settings = load_settings()
    loaded = categorizer_of(settings)
    with ExitStack() as stack:
        if loaded is None:
            err.print(NO_CATEGORIZER, highlight=False, soft_wrap=True)
            near = items_near(stack.enter_context(open_database(settings)))
            categorizing = FileCategorizing(None, lambda: near, min_confidence)
        else:
            categorizing = FileCategorizing(loaded, lambda: loaded, min_confidence)
        target = nullcontext(sys.stdout.buffer) if output is None else output.open("wb")
        counts = _carried_out(categorizing, file, title, stack.enter_context(target))
    err.print(
        f"{counts.rows:,} rows, of unknown category {counts.unknown:,}, "
        f"{counts.rejected:,} rejected",
        highlight=False,
    )
    end_of_rows(counts.rows, counts.rejected)


def _carried_out(
    categorizing: FileCategorizing, file: Path, title: str, to: IO[bytes]
) -> CategorizedCounts:
    if file == STANDARD_INPUT:
        lines = (line.decode(errors="replace") for line in sys.stdin.buffer)
        return categorizing.lines(lines, to=to)
    with bytes_progress("categorize") as bar:
        task = bar.add_task(f"Reading {file.name}", total=None, note="")

        def show(so_far: CategorizedCounts) -> None:
            note = f"{so_far.rows:,} rows, {so_far.unknown:,} unknown"
            bar.update(task, total=so_far.bytes_total, completed=so_far.bytes_read, note=note)

        return categorizing.file(file, to=to, title=title, progress=show)
