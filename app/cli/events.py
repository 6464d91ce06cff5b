"""`catalograph import-events`: what shoppers did, from a file."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import FAILED, WITH_REJECTS, Json, err, out, print_json
from app.cli.session import open_database

SHOWN = 10


def import_events(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV, NDJSON, JSON or Parquet with shopper, item, kind (viewed or bought), and "
            "maybe at, id and query."
        ),
    ],
    json: Json = False,
) -> None:
    """Store what shoppers viewed and bought; the same file again changes nothing."""
    from app.services.behaviour import FileTaken, import_events
    from graph.repositories.behaviour import store_events

    whole = FileTaken(0, 0, ())
    with open_database() as database:
        now = datetime.now(UTC)
        for part in import_events(file, partial(store_events, database), now=now):
            whole = FileTaken(
                whole.stored + part.stored,
                whole.known + part.known,
                (*whole.refused, *part.refused),
            )
            done = whole.stored + whole.known + len(whole.refused)
            err.print(f"{done:,} rows", highlight=False)
    if json:
        print_json(whole)
    else:
        for one in whole.refused[:SHOWN]:
            err.print(
                f"{file.name}:{one.line}: {one.code}: {one.reason}", markup=False, soft_wrap=True
            )
        if len(whole.refused) > SHOWN:
            err.print(f"and {len(whole.refused) - SHOWN:,} more; --json prints all")
        out.print(
            f"{whole.stored:,} stored, {whole.known:,} known, {len(whole.refused):,} refused",
            highlight=False,
        )
    if whole.refused:
        raise typer.Exit(WITH_REJECTS if whole.stored or whole.known else FAILED)
