"""`catalograph export`: the graph as columns, for learning and for other tools."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app.cli.output import Json, err, print_fields, print_json
from app.cli.session import open_database
from app.services.exporting import ExportChoices, ExportReport, Format, export

if TYPE_CHECKING:
    from graph.export import ExportProgress
    from graph.export import Progress as Tell


# Said also where there are none: nothing else tells of a filter that nothing passes.
_ITEMS = ("Product", "Model")


def export_(
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="A folder; with --format pyg, a file.")
    ],
    filter: Annotated[
        str | None,
        typer.Option(help="Only items that pass, and all they lead to: 'brand:acme ram>=8GB'."),
    ] = None,
    around: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only what is near this item or value; repeatable."),
    ] = None,
    hops: Annotated[int, typer.Option(min=0, max=8, help="How far away from --around.")] = 2,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="TIME|SNAPSHOT",
            help="Only what was written since; if SNAPSHOT is OUT, bring it up to date.",
        ),
    ] = None,
    format: Annotated[
        Format, typer.Option(help="pyg: one safetensors file with ids and edge_index.")
    ] = "parquet",
    json: Json = False,
) -> None:
    """Write the graph as columns. A snapshot that is there is replaced by a whole one."""
    if format == "pyg" and find_spec("torch_geometric") is None:
        raise typer.BadParameter(
            'needs PyTorch Geometric: pip install "catalograph[learn]"', param_hint="--format pyg"
        )
    choices = ExportChoices(
        filter=filter, around=tuple(around or ()), hops=hops, since=since, format=format
    )
    with open_database() as database, _progress() as tell:
        report = export(database, out, choices, clock=lambda: datetime.now(UTC), progress=tell)
    if json:
        print_json(report)
    else:
        _print(report)


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar over nodes with edges and rate, on a terminal; silent elsewhere."""
    with Progress(
        SpinnerColumn(),
        TextColumn("Exporting"),
        BarColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as bar:
        task = bar.add_task("", total=None, note="")

        def tell(so_far: ExportProgress) -> None:
            elapsed = bar.tasks[0].elapsed
            rate = f", {so_far.edges / elapsed:,.0f} edges/s" if elapsed else ""
            note = f"{so_far.nodes:,} nodes, {so_far.edges:,} edges{rate}"
            bar.update(task, completed=so_far.nodes, total=so_far.nodes_total, note=note)

        yield tell


def _print(report: ExportReport) -> None:
    manifest = report.manifest
    fields: dict[str, object] = {
        "scope": manifest.scope,
        **{
            f"{label} nodes": count
            for label, count in manifest.nodes.items()
            if count or label in _ITEMS
        },
        **{f"{name} edges": count for name, count in manifest.edges.items() if count},
        **{f"{label} gone": count for label, count in manifest.gone.items() if count},
        "fingerprint": manifest.fingerprint[:16],
        "watermark": manifest.watermark,
        "seconds": report.seconds,
    }
    print_fields(f"Exported to {report.path}", fields)
