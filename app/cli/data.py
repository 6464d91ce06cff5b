"""Commands about what is in the graph: migrate, query, stats, draw, version."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import Json, err, note, out, print_json, print_table
from app.cli.session import open_database
from app.settings import load_settings


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
    json: Json = False,
) -> None:
    """Ask the graph; reading only."""
    with open_database() as database:
        table = database.table(cypher, _parameters(param or []), timeout_s=timeout, limit=limit)
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
