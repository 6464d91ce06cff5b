"""Commands about what is in the graph: migrate, query, stats, draw, version."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.output import Json, err, note, out, print_json, print_table, write_whole
from app.cli.session import open_database
from app.settings import load_settings

if TYPE_CHECKING:
    from app.services.answering import AnswerFormat, Cut
    from graph.client import Table

Format = Literal["table", "json", "csv", "arrow"]
_SUFFIXES: dict[str, Format] = {".json": "json", ".csv": "csv", ".arrow": "arrow"}


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


def query(
    cypher: Annotated[str, typer.Argument(help="A reading Cypher query.")],
    param: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE; a value that is JSON is taken as such.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="Most rows.")] = 1_000,
    timeout: Annotated[float, typer.Option(min=0.1, max=600, help="Seconds.")] = 30.0,
    format: Annotated[
        Format | None,
        typer.Option(
            help="json, csv and arrow are what `POST /v1/query` answers. Default: a table, or what "
            "the name of --output says."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            dir_okay=False,
            help="Write all rows into this file, or nothing; what was there is replaced.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Ask the graph; reading only."""
    wanted = _format_of(format, output, json=json)
    started = time.monotonic()
    with open_database() as database:
        table = database.table(cypher, _parameters(param or []), timeout_s=timeout, limit=limit)
    if wanted != "table":
        _write_answer(table, wanted, output, seconds=time.monotonic() - started)
        return
    if json:
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        print_json({"rows": rows, "truncated": table.truncated, "hints": table.hints})
        return
    print_table("", table.columns, table.rows)
    count = len(table.rows)
    more = f"; there are more, see --limit {limit}" if table.truncated else ""
    out.print(f"{count:,} {'row' if count == 1 else 'rows'}{more}", highlight=False)
    for hint in table.hints:
        note(hint)


def _format_of(format: Format | None, output: Path | None, *, json: bool) -> Format:
    """Checked before anything is asked; raises `typer.BadParameter`."""
    if json and (format or output):
        raise typer.BadParameter(
            "prints rows by name; leave it out together with --format or --output",
            param_hint="--json",
        )
    if output is None:
        if format == "arrow" and sys.stdout.isatty():
            raise typer.BadParameter("is binary; give --output FILE", param_hint="--format")
        return format or "table"
    if not output.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {output.parent}", param_hint="--output")
    found = format or _SUFFIXES.get(output.suffix.lower())
    if found is None or found == "table":
        names = ", ".join(_SUFFIXES)
        raise typer.BadParameter(
            f"a file is json, csv or arrow: say which, or end its name with one of {names}",
            param_hint="--format",
        )
    return found


def _write_answer(
    table: Table, format: AnswerFormat, output: Path | None, *, seconds: float
) -> None:
    """The rows as REST encodes them; what is to be said about them goes to standard error."""
    from app.services.answering import collector_of, notice_of

    collector = collector_of(format, table.columns)
    for row in table.rows:
        collector.add(row, sys.maxsize)
    cut: Cut | None = "rows" if table.truncated else None
    notice = notice_of(cut, collector.rows, table.hints)
    answer = collector.answer(truncated_by=cut, notice=notice, seconds=seconds)
    if output is None:
        sys.stdout.buffer.write(answer.body)
        sys.stdout.buffer.flush()
    else:
        write_whole(output, answer.body)
        note(f"{answer.rows:,} {'row' if answer.rows == 1 else 'rows'} written to {output}")
    if notice:
        note(notice)


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
