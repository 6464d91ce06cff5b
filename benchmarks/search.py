"""/v1/search and /v1/suggest against the bare full-text query, in alternating rounds of one run.

    python -m benchmarks.search [--rounds 3] [--seconds 4] [--json]

The catalog is that of `examples/phones`. The bare side runs one `db.index.fulltext.queryNodes` in
an async session, answers the ids of twenty products and does nothing else: no filter, no facets, no
order of its own. Each with 1 and with 16 clients; the median over the rounds is reported.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.serving import Load, Target, load, running

CLIENTS = (1, 16)
QUERIES = (
    "samsung galaxy s9",
    "red 128gb samsung under 300",
    "三星 128GB",
    "huawei p20 lite black",
    "iphone 8 plus 64gb silver",
    "小米 红色 1000元以下",
    "nokia dual sim",
    "galxy s10",
)
TYPED = ("s", "sa", "sam", "gal", "iph", "三", "hua", "bla")
BARE = """
CALL db.index.fulltext.queryNodes('product_text', $words, {limit: 20}) YIELD node, score
RETURN collect(node.id) AS ids
"""
BARE_PROGRAM = (sys.executable, "-m", "benchmarks.search")
ROOT = Path(__file__).resolve().parents[1]


def serve(port: int) -> None:
    """Run the bare side in this process; the environment says where the database is."""
    import uvicorn

    uvicorn.run(
        _bare(),
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )


def _bare() -> Any:  # noqa: ANN401 - FastAPI is imported late
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager

    import neo4j
    from fastapi import FastAPI

    from graph.text.lucene import Words, lucene

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        driver = neo4j.AsyncGraphDatabase.driver(
            os.environ["NEO4J_URI"],
            auth=(os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"]),
            notifications_min_severity="OFF",
        )
        async with driver:
            app.state.driver = driver
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/bare")
    async def bare(q: str) -> list[str]:
        words = lucene(Words(tuple(q.split())))
        async with app.state.driver.session(database="neo4j") as session:
            result = await session.run(BARE, words=words)
            row = await result.single()
        ids: list[str] = row["ids"]
        return ids

    return app


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="catalograph-")))
        environment, key = prepare(stack, folder)
        ours = stack.enter_context(running("ours", environment))
        bare = stack.enter_context(running("bare", environment, BARE_PROGRAM))
        asked = [f"q={quote(query)}" for query in QUERIES]
        targets = {
            "search": Target(ours, tuple(f"/v1/search?{one}" for one in asked), key),
            "search without facets": Target(
                ours, tuple(f"/v1/search?facets=false&{one}" for one in asked), key
            ),
            "suggest": Target(ours, tuple(f"/v1/suggest?q={quote(one)}" for one in TYPED), key),
            "bare full text": Target(bare, tuple(f"/bare?{one}" for one in asked)),
        }
        for target in targets.values():
            load(target, 3.0, 4)  # warm caches, pools and the JVM
        rounds: dict[str, list[Load]] = {}
        for _ in range(arguments.rounds):
            for clients in CLIENTS:
                for name, target in targets.items():
                    found = load(target, arguments.seconds, clients)
                    rounds.setdefault(f"{name}, {clients} clients", []).append(found)
    return {name: _median(loads) for name, loads in rounds.items()}


def _median(loads: list[Load]) -> dict[str, float]:
    names = ("rps", "p50_ms", "p95_ms", "p99_ms")
    return {
        name: round(statistics.median(getattr(one, name) for one in loads), 1) for name in names
    }


def prepare(stack: ExitStack, folder: Path) -> tuple[dict[str, str], str]:
    """An embedded Neo4j with the example catalog in it, and a key."""
    from app.keys import KeyFile, Scope
    from graph import migrate
    from graph.client import Connection, Database
    from graph.server import EmbeddedServer, ServerOptions

    options = ServerOptions(bolt_port=0, http_port=0)
    endpoint = stack.enter_context(EmbeddedServer(folder, options)).endpoint
    with Database(
        Connection(endpoint.uri, endpoint.username, endpoint.password, "neo4j")
    ) as database:
        migrate.migrate(database)
    environment = {
        **os.environ,
        "CATALOGRAPH_ACCESS_LOG": "false",
        "CATALOGRAPH_HOME": str(folder),
        "NEO4J_URI": endpoint.uri,
        "NEO4J_USERNAME": endpoint.username,
        "NEO4J_PASSWORD": endpoint.password,
        "NEO4J_DATABASE": "neo4j",
    }
    for name in ("phones", "offers"):
        command = [sys.executable, "-m", "app.cli.main", "import", f"examples/phones/{name}.csv"]
        command += ["--source", name, "--mapping", f"examples/mappings/{name}.toml"]
        subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    _, key = KeyFile(folder / "keys.json").create("benchmark", Scope.READ, now=datetime.now(UTC))
    return environment, key


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--json", action="store_true", help="print one JSON object and no more")
    parser.add_argument("--serve", choices=["bare"], help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.port)
        return
    found = measure(arguments)
    if arguments.json:
        print(json.dumps(found))
        return
    for name, one in found.items():
        shown = ", ".join(f"{measure} {value:,.1f}" for measure, value in one.items())
        print(f"{name}: {shown}")


if __name__ == "__main__":
    main()
