"""`catalograph match`: which rows of files, or products of the graph, are the same product."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import WITH_REJECTS, Json, err, out, print_json, print_table, steps_progress
from app.cli.session import open_database
from app.services.importing import new_run_id
from app.services.matching_files import CANDIDATES, Contradicted, FilesMatched
from app.services.matching_graph import GraphMatched, GraphMatching
from app.settings import load_settings
from graph.ingest.rejects import told

if TYPE_CHECKING:
    from app.services.matching import LoadedMatcher

SHOWN = 20


def match(
    left: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="CSV, NDJSON, JSON or Parquet; left out: the products of the graph.",
        ),
    ] = None,
    right: Annotated[
        Path | None, typer.Argument(metavar="[OTHER]", help="Left out: FILE among itself.")
    ] = None,
    id_: Annotated[
        str | None,
        typer.Option(
            "--id",
            metavar="COLUMN",
            help="Of a file; default: `id`, where it tells all rows apart, or file and line.",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(help="Of the graph: compare this source's products with all; default: all."),
    ] = None,
    write: Annotated[
        bool,
        typer.Option(
            "--write", help="Of the graph: say of which model products are, where nothing says it."
        ),
    ] = False,
    threshold: Annotated[
        float | None,
        typer.Option(
            min=0.0, max=1.0, help="Of the graph: the same from this score on; default: learnt."
        ),
    ] = None,
    candidates: Annotated[
        int, typer.Option(min=1, max=1_000, help="Others that each is compared with.")
    ] = CANDIDATES,
    json: Json = False,
) -> None:
    """Find what is one product, by the promoted matcher or by rules; files need no database."""
    from app.services.matching import loaded_matcher
    from app.services.models import registry_of
    from app.services.readers import MATCHING, loaded_champion

    settings = load_settings()
    loaded = loaded_champion(registry_of(settings), MATCHING, loaded_matcher)
    if left is not None:
        if source is not None or write or threshold is not None:
            raise typer.BadParameter("--source, --write and --threshold are for the graph")
        found = _files_matched(left, right, loaded, id_, candidates)
        print_json(found) if json else print_matched(found)
        if found.rejected:
            raise typer.Exit(WITH_REJECTS)
        return
    if id_ is not None:
        raise typer.BadParameter("products of the graph have ids", param_hint="--id")
    matching = GraphMatching(
        id=new_run_id(datetime.now(UTC), MATCHING),
        loaded=loaded,
        source=source,
        threshold=threshold,
        candidates=candidates,
        write=write,
        clock=partial(datetime.now, UTC),
    )
    with open_database(settings) as database, steps_progress() as bar:
        task = bar.add_task("Comparing", total=None, note="products")
        in_graph = matching.carry_out(
            database, lambda items, total: bar.update(task, completed=items, total=total)
        )
    print_json(in_graph) if json else print_graph_matched(in_graph)


def _files_matched(
    left: Path,
    right: Path | None,
    loaded: LoadedMatcher | None,
    id_column: str | None,
    candidates: int,
) -> FilesMatched:
    from app.services.matching_files import match_files

    with steps_progress() as bar:
        task = bar.add_task("Comparing", total=None, note="pairs")
        return match_files(
            left,
            right,
            loaded,
            id_column=id_column,
            candidates=candidates,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def print_graph_matched(found: GraphMatched) -> None:
    rows = [
        (f"{len(group):,}", ", ".join(group[:3]) + (", ..." if len(group) > 3 else ""))
        for group in sorted(found.groups, key=lambda group: (-len(group), group))[:SHOWN]
    ]
    print_table("The same product", ("", "products"), rows)
    if len(found.groups) > SHOWN:
        out.print(f"and {len(found.groups) - SHOWN:,} more; --json prints all", highlight=False)
    out.print(
        f"{found.items:,} products, {found.compared:,} pairs compared by {found.model}, "
        f"{len(found.groups):,} groups; of {len(found.links):,} products without a model "
        f"the group says which, {found.written:,} links written",
        highlight=False,
        soft_wrap=True,
    )
    if found.conflicts:
        one = found.conflicts[0]
        err.print(
            f"{len(found.conflicts):,} groups are of two models and more, such as "
            + " and ".join(one.models[:2]),
            highlight=False,
            soft_wrap=True,
        )
    _print_contradictions(found.contradictions)


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
    _print_contradictions(found.contradictions)
    for one in found.rejected[:SHOWN]:
        err.print(f"{one.source}: {told(one)}", highlight=False, markup=False, soft_wrap=True)
    if len(found.rejected) > SHOWN:
        err.print(f"and {len(found.rejected) - SHOWN:,} more; --json prints all", highlight=False)


def _print_contradictions(found: Sequence[Contradicted]) -> None:
    if found:
        err.print(
            f"{len(found):,} contradictions (a = b, b = c, a ≠ c); the surest: "
            f"{found[0].first} = {found[0].middle} = {found[0].last}",
            highlight=False,
            soft_wrap=True,
        )
