"""`catalograph match`: which rows of files are the same product."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import Json, err, out, print_json, print_table, steps_progress
from app.services.matching_files import CANDIDATES, FilesMatched
from app.settings import load_settings

SHOWN = 20


def match(
    left: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, NDJSON, JSON or Parquet.")],
    right: Annotated[
        Path | None, typer.Argument(metavar="[OTHER]", help="Left out: FILE among itself.")
    ] = None,
    id_: Annotated[
        str | None, typer.Option("--id", metavar="COLUMN", help="Default: file and line.")
    ] = None,
    candidates: Annotated[
        int, typer.Option(min=1, max=1_000, help="Rows that each is compared with.")
    ] = CANDIDATES,
    json: Json = False,
) -> None:
    """Find rows that are one product, by the promoted matcher or by rules; needs no database."""
    from app.services.matching import loaded_matcher
    from app.services.matching_files import match_files
    from app.services.models import registry_of
    from app.services.readers import MATCHING, champion_of

    champion = champion_of(registry_of(load_settings()), MATCHING)
    with steps_progress() as bar:
        task = bar.add_task("Comparing", total=None, note="pairs")
        found = match_files(
            left,
            right,
            loaded_matcher(champion) if champion else None,
            id_column=id_,
            candidates=candidates,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if json:
        print_json(found)
    else:
        print_matched(found)


def print_matched(found: FilesMatched) -> None:
    rows = [
        (pair.a, pair.b, f"{pair.score:.2f}", ", ".join(reason.name for reason in pair.reasons[:3]))
        for pair in sorted(found.pairs, key=lambda pair: -pair.score)[:SHOWN]
    ]
    print_table("The same product", ("", "", "score", "because of"), rows)
    if len(found.pairs) > SHOWN:
        out.print(f"and {len(found.pairs) - SHOWN:,} more; --json prints all", highlight=False)
    out.print(
        f"{found.rows:,} rows, {found.compared:,} pairs compared by {found.model}, "
        f"{len(found.pairs):,} match, {len(found.groups):,} groups",
        highlight=False,
    )
    if found.contradictions:
        err.print(
            f"{len(found.contradictions):,} contradictions (a = b, b = c, a ≠ c); the surest: "
            + " = ".join((found.contradictions[0].first, found.contradictions[0].middle))
            + f" = {found.contradictions[0].last}",
            highlight=False,
            soft_wrap=True,
        )
