"""The catalog of `examples/phones` in an embedded Neo4j of its own, with the vectors of a model."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from app.keys import KeyFile, Scope
from graph import migrate
from graph.client import Connection, Database
from graph.server import EmbeddedServer, ServerOptions

ROOT = Path(__file__).resolve().parents[1]


def started(stack: ExitStack, folder: Path) -> dict[str, str]:
    """An embedded Neo4j in `folder`, migrated; the environment that leads there."""
    options = ServerOptions(bolt_port=0, http_port=0)
    endpoint = stack.enter_context(EmbeddedServer(folder, options)).endpoint
    connection = Connection(endpoint.uri, endpoint.username, endpoint.password, "neo4j")
    with Database(connection) as database:
        migrate.migrate(database)
    return {
        "CATALOGRAPH_HOME": str(folder),
        "CATALOGRAPH_ACCESS_LOG": "false",
        "NEO4J_URI": endpoint.uri,
        "NEO4J_USERNAME": endpoint.username,
        "NEO4J_PASSWORD": endpoint.password,
        "NEO4J_DATABASE": "neo4j",
    }


def filled(environment: dict[str, str]) -> None:
    """Phones, and the offers of them with their models."""
    for name in ("phones", "offers"):
        file, mapping = f"examples/phones/{name}.csv", f"examples/mappings/{name}.toml"
        catalograph(environment, "import", file, "--source", name, "--mapping", mapping)


def learnt(environment: dict[str, str], steps: int | None) -> None:
    """The quick recipe, or `steps` of it, and the vectors of all items in the graph."""
    fewer = () if steps is None else ("--set", f"training.steps={steps}")
    catalograph(environment, "pretrain", "--recipe", "quick", *fewer)


def key(environment: dict[str, str]) -> str:
    """An API key that may read and ask raw Cypher."""
    keys = KeyFile(Path(environment["CATALOGRAPH_HOME"]) / "keys.json")
    return keys.create("benchmark", Scope.QUERY, now=datetime.now(UTC))[1]


def connection(environment: dict[str, str]) -> Connection:
    return Connection(
        uri=environment["NEO4J_URI"],
        username=environment["NEO4J_USERNAME"],
        password=environment["NEO4J_PASSWORD"],
        database=environment["NEO4J_DATABASE"],
        query_timeout_s=120.0,  # a busy machine takes seconds to plan a query for the first time
    )


def catalograph(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "app.cli.main", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        check=True,
    )
