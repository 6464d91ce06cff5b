"""Our endpoints against bare FastAPI ones on the same machine, in alternating rounds.

    python benchmarks/serving.py [--rounds 5] [--seconds 4] [--connections 8] [--json]

`product`: GET /v1/products/{id} with key, log and headers, against an empty endpoint that runs the
same Cypher in a bare async session and answers `{}`. `empty`: /livez against an endpoint that does
nothing. Ratios are ours / bare within one round; the median over the rounds is reported.
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
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

PRODUCTS = 500
TARGETS = {"product": {"rps": 0.7, "p99": 1.5}, "empty": {"rps": 0.7}}


@dataclass(frozen=True)
class Load:
    """What one round of requests measured."""

    rps: float
    p50_ms: float
    p95_ms: float
    p99_ms: float


@dataclass(frozen=True)
class Target:
    """Addresses that one side answers."""

    port: int
    paths: tuple[str, ...]
    key: str | None = None
    body: str | None = None  # JSON that is posted; None: GET


# -- the two servers ---------------------------------------------------------------------------


def serve(side: str, port: int) -> None:
    """Run one side in this process; the environment says where the database is."""
    import uvicorn

    app = _ours() if side == "ours" else _bare()
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )


def _ours() -> Any:  # noqa: ANN401 - FastAPI is imported late
    from app.main import create_app

    return create_app()


def _bare() -> Any:  # noqa: ANN401
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager

    import neo4j
    from fastapi import FastAPI

    from graph.repositories.products import GET_ITEM

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        driver = neo4j.AsyncGraphDatabase.driver(
            os.environ["NEO4J_URI"],
            auth=(os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"]),
            # With them the bare side takes half as long again: as fast as it can be, to be fair.
            notifications_min_severity="OFF",
        )
        async with driver:
            app.state.driver = driver
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/empty")
    async def empty() -> dict[str, str]:
        return {}

    @app.get("/product/{id}")
    async def product(id: str) -> dict[str, str]:
        async with app.state.driver.session(database="neo4j") as session:
            result = await session.run(GET_ITEM, id=id)
            await result.single()
        return {}

    return app


@contextmanager
def running(
    side: str, environment: dict[str, str], program: Sequence[str] = (sys.executable, __file__)
) -> Iterator[int]:
    """One side in a process of its own; yields its port once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*program, "--serve", side, "--port", str(port)]
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL
    )
    try:
        await_port(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def await_port(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode} before it answered")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not answer within a minute")


# -- the client --------------------------------------------------------------------------------


class _Connection(asyncio.Protocol):
    """One keep-alive connection that asks again as soon as it was answered."""

    def __init__(self, requests: list[bytes], stop_at_s: float) -> None:
        self.latencies_s: list[float] = []
        self.failures = 0
        self.done = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._stop_at_s = stop_at_s
        self._next = 0
        self._buffer = b""

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as asyncio has it
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._asked_s = time.perf_counter()
        self._transport.write(self._requests[self._next % len(self._requests)])
        self._next += 1

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator or len(body) < _content_length(head):
            return
        now_s = time.perf_counter()
        self.latencies_s.append(now_s - self._asked_s)
        self.failures += b" 200 " not in head[:16]
        self._buffer = b""
        if now_s < self._stop_at_s:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def _content_length(head: bytes) -> int:
    start = head.lower().find(b"content-length:")
    return int(head[start + 15 :].split(b"\r\n", 1)[0])


async def ask(target: Target, seconds: float, connections: int) -> Load:
    """Load one side for a while and report what came back."""
    requests = [_request(target, path) for path in target.paths]
    loop = asyncio.get_running_loop()
    started_s = time.perf_counter()
    opened = [
        _Connection(requests[number:] + requests[:number], started_s + seconds)
        for number in range(connections)
    ]
    for connection in opened:
        await loop.create_connection(partial(_itself, connection), "127.0.0.1", target.port)
    await asyncio.gather(*(connection.done for connection in opened))
    taken_s = time.perf_counter() - started_s
    latencies_s = sorted(one for connection in opened for one in connection.latencies_s)
    if any(connection.failures for connection in opened):
        raise SystemExit(f"some answers of port {target.port} were not 200")
    return Load(
        rps=len(latencies_s) / taken_s,
        p50_ms=_quantile(latencies_s, 0.5) * 1_000,
        p95_ms=_quantile(latencies_s, 0.95) * 1_000,
        p99_ms=_quantile(latencies_s, 0.99) * 1_000,
    )


def _itself(connection: _Connection) -> _Connection:
    return connection


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _request(target: Target, path: str) -> bytes:
    key = f"Authorization: Bearer {target.key}\r\n" if target.key else ""
    head = f"HTTP/1.1\r\nHost: 127.0.0.1\r\n{key}"
    if target.body is None:
        return f"GET {path} {head}\r\n".encode()
    body = target.body.encode()
    sent = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"POST {path} {head}{sent}\r\n".encode() + body


def load(target: Target, seconds: float, connections: int) -> Load:
    """`ask` in a process of its own, so that measuring takes no time from this one's child."""
    command = [sys.executable, __file__, "--load", json.dumps(asdict(target))]
    command += ["--seconds", str(seconds), "--connections", str(connections)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return Load(**json.loads(done.stdout))


# -- the comparison ----------------------------------------------------------------------------


def compare(ours: Target, bare: Target, arguments: argparse.Namespace) -> dict[str, Any]:
    """Alternate the two sides and divide; what else this machine does hits both alike."""
    for target in (ours, bare):
        load(target, 1.0, arguments.connections)  # warm caches, pools and the JVM
    rounds = []
    for number in range(arguments.rounds):
        sides = {"ours": ours, "bare": bare}
        order = ("ours", "bare") if number % 2 else ("bare", "ours")
        rounds.append(
            {side: load(sides[side], arguments.seconds, arguments.connections) for side in order}
        )
    return {
        "rps_ratio": _median(one["ours"].rps / one["bare"].rps for one in rounds),
        "p99_ratio": _median(one["ours"].p99_ms / one["bare"].p99_ms for one in rounds),
        "rounds": [{side: asdict(one[side]) for side in ("ours", "bare")} for one in rounds],
    }


def _median(values: Iterator[float]) -> float:
    return round(statistics.median(values), 3)


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Start a database and both servers, and compare them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="catalograph-")))
        environment, ids, key = prepare(stack, folder)
        ours = stack.enter_context(running("ours", environment))
        bare = stack.enter_context(running("bare", environment))
        encoded = [quote(id, safe="") for id in ids]
        return {
            "product": compare(
                Target(ours, tuple(f"/v1/products/{id}" for id in encoded), key),
                Target(bare, tuple(f"/product/{id}" for id in encoded)),
                arguments,
            ),
            "empty": compare(Target(ours, ("/livez",)), Target(bare, ("/empty",)), arguments),
            "targets": TARGETS,
        }


def prepare(stack: ExitStack, folder: Path) -> tuple[dict[str, str], list[str], str]:
    """An embedded Neo4j with products in it, and a key."""
    from app.keys import KeyFile, Scope
    from graph import migrate
    from graph.client import Connection, Database
    from graph.repositories.items import ItemWriter
    from graph.server import EmbeddedServer, ServerOptions

    options = ServerOptions(bolt_port=0, http_port=0)
    endpoint = stack.enter_context(EmbeddedServer(folder, options)).endpoint
    connection = Connection(endpoint.uri, endpoint.username, endpoint.password, "neo4j")
    with Database(connection) as database:
        migrate.migrate(database)
        items, parameters = _items()
        now = datetime.now(UTC)
        ItemWriter(database).write(items, parameters=parameters, run="benchmark", now=now)
    _, key = KeyFile(folder / "keys.json").create("benchmark", Scope.QUERY, now=now)
    environment = {
        "CATALOGRAPH_HOME": str(folder),
        "NEO4J_URI": endpoint.uri,
        "NEO4J_USERNAME": endpoint.username,
        "NEO4J_PASSWORD": endpoint.password,
        "NEO4J_DATABASE": "neo4j",
    }
    return environment, [item.id for item in items], key


def _items() -> tuple[list[Any], dict[str, Any]]:
    """Products as a shop has them: brand, category, model and ten facts each."""
    from graph.ingest.items import DraftFact, ItemDraft, build_item, declare_parameters

    parameters: dict[str, Any] = {}
    items = []
    for number in range(PRODUCTS):
        facts = [DraftFact(parameter=f"Feature {one}", value=f"{number % 7}") for one in range(10)]
        draft = ItemDraft(
            source="bench",
            sku=str(number),
            title=f"Acme Lantern {number}",
            brand=f"Brand {number % 25}",
            category="Home > Lights > Lanterns",
            model=f"Lantern {number // 5}",
            price=100.0 + number,
            currency="EUR",
            in_stock=True,
            facts=tuple(facts),
        )
        parameters |= declare_parameters(draft, parameters)
        items.append(build_item(draft, parameters))
    return items, parameters


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--json", action="store_true", help="print one JSON object and no more")
    parser.add_argument("--serve", choices=["ours", "bare"], help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--load", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve, arguments.port)
    elif arguments.load:
        target = Target(**json.loads(arguments.load))
        measured = asyncio.run(ask(target, arguments.seconds, arguments.connections))
        print(json.dumps(asdict(measured)))
    else:
        report(measure(arguments), as_json=arguments.json)


def report(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(found))
        return
    for name, wanted in TARGETS.items():
        rps = statistics.median(one["ours"]["rps"] for one in found[name]["rounds"])
        print(f"{name}: {rps:.0f} requests/s, {found[name]['rps_ratio']:.2f} of bare", end="")
        print(f" (at least {wanted['rps']}), p99 {found[name]['p99_ratio']:.2f} times", end="")
        print(f" (at most {wanted['p99']})" if "p99" in wanted else "")


if __name__ == "__main__":
    main()
