"""What the service is measured against: the driver's call alone, and bare endpoints.

    python -m benchmarks.bare --calls FILE --seconds 4 --clients 16     # the driver in a loop
    python -m benchmarks.bare --port 8001                               # FastAPI around one call

The environment says where the database is. Notifications of the driver are off: with them these
calls take half as long again, and they should be as fast as they can be.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.http_load import Load

if TYPE_CHECKING:
    import neo4j
    from fastapi import FastAPI

Call = tuple[str, dict[str, Any]]  # Cypher and its parameters


def load_driver(
    calls: Sequence[Call], environment: dict[str, str], seconds: float, clients: int
) -> Load:
    """`clients` sessions in one process of their own, each call as soon as the last one ended."""
    with tempfile.TemporaryDirectory(prefix="catalograph-") as folder:
        file = Path(folder) / "calls.json"
        file.write_text(json.dumps(calls), encoding="utf-8")
        command = [sys.executable, "-m", "benchmarks.bare", "--calls", str(file)]
        command += ["--seconds", str(seconds), "--clients", str(clients)]
        done = subprocess.run(
            command, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True
        )
    return Load(**json.loads(done.stdout))


async def _called(calls: Sequence[Call], seconds: float, clients: int) -> Load:
    latencies_s: list[float] = []

    async def client(driver: neo4j.AsyncDriver, number: int, stop_at_s: float) -> None:
        while (asked_s := time.perf_counter()) < stop_at_s:
            query, parameters = calls[number % len(calls)]
            async with driver.session(database=os.environ["NEO4J_DATABASE"]) as session:
                result = await session.run(query, parameters)
                [record.values() async for record in result]
            latencies_s.append(time.perf_counter() - asked_s)
            number += 1

    async with _driver() as driver:
        started_s = time.perf_counter()
        await asyncio.gather(*(client(driver, n, started_s + seconds) for n in range(clients)))
        return Load.of(latencies_s, time.perf_counter() - started_s)


def _driver() -> neo4j.AsyncDriver:
    import neo4j

    return neo4j.AsyncGraphDatabase.driver(
        os.environ["NEO4J_URI"],
        auth=(os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"]),
        notifications_min_severity="OFF",
    )


def _app() -> FastAPI:
    from fastapi import FastAPI

    from graph.repositories.products import GET_ITEM

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _driver() as app.state.driver:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/empty")
    async def empty() -> dict[str, str]:
        return {}

    @app.get("/product/{id}")
    async def product(id: str) -> dict[str, str]:
        async with app.state.driver.session(database=os.environ["NEO4J_DATABASE"]) as session:
            result = await session.run(GET_ITEM, id=id)
            await result.single()
        return {}

    return app


def serve(app: Any, port: int) -> None:  # noqa: ANN401 - FastAPI is imported late
    """Run an application in this process, as the service runs."""
    import uvicorn

    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )


def main() -> None:
    import uvloop

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=Path)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--port", type=int, default=8_001)
    arguments = parser.parse_args()
    if arguments.calls is None:
        serve(_app(), arguments.port)
        return
    calls = json.loads(arguments.calls.read_text(encoding="utf-8"))
    print(json.dumps(asdict(uvloop.run(_called(calls, arguments.seconds, arguments.clients)))))


if __name__ == "__main__":
    main()
