"""/v1/search and /v1/suggest against the bare full-text query, in alternating rounds of one run.

    python -m benchmarks.search [--rounds 3] [--seconds 4] [--json]

The catalog is that of `examples/phones`. The bare side runs one `db.index.fulltext.queryNodes` in
an async session, answers the ids of twenty products and does nothing else: no filter, no facets, no
order of its own. Each with 1 and with 16 clients; the median over the rounds is reported.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.serving import Load, Target, ask, await_port

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
ROOT = Path(__file__).resolve().parents[1]


def serve(side: str, port: int) -> None:
    """Run one side in this process; the environment says where the database is."""
    import uvicorn

    from app.main import create_app

    app = create_app() if side == "ours" else _bare()
    uvicorn.run(
        app,
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


@contextmanager
def running(side: str, environment: dict[str, str]) -> Iterator[int]:
    """One side in a process of its own; yields its port once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = _self("--serve", side, "--port", str(port))
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        await_port(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def load(target: Target, seconds: float, clients: int) -> Load:
    """`ask` in a process of its own."""
    options = ("--load", json.dumps(asdict(target)), "--seconds", str(seconds))
    command = _self(*options, "--clients", str(clients))
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return Load(**json.loads(done.stdout))


def _self(*options: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.search", *options]


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="catalograph-")))
        environment, key = prepare(stack, folder)
        ours = stack.enter_context(running("ours", environment))
        bare = stack.enter_context(running("bare", environment))
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
    parser.add_argument("--clients", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="print one JSON object and no more")
    parser.add_argument("--serve", choices=["ours", "bare"], help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--load", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve, arguments.port)
    elif arguments.load:
        target = Target(**json.loads(arguments.load))
        print(json.dumps(asdict(asyncio.run(ask(target, arguments.seconds, arguments.clients)))))
    else:
        found = measure(arguments)
        if arguments.json:
            print(json.dumps(found))
            return
        for name, one in found.items():
            shown = ", ".join(f"{measure} {value:,.1f}" for measure, value in one.items())
            print(f"{name}: {shown}")


if __name__ == "__main__":
    main()
