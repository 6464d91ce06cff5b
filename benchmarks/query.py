"""POST /v1/query against the bare driver, the same query in the same rounds.

    python -m benchmarks.query [--rounds 5] [--seconds 3] [--json]

`ours` is the whole way: key, guard, explained once, JSON. `bare` is a session of the driver in a
loop, which reads every row and encodes nothing. With 1 client and with 16; medians over rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.serving import Load, Target, load, prepare, running

CLIENTS = (1, 16)
QUERIES = {
    "one node": "MATCH (p:Product {id: 'bench:7'}) RETURN p.id AS id, p.title AS title",
    "100 rows": "MATCH (p:Product)-[:MADE_BY]->(b:Brand) "
    "RETURN p.id AS id, p.title AS title, p.price AS price, b.name AS brand LIMIT 100",
}


async def _bare(environment: dict[str, str], query: str, seconds: float, clients: int) -> Load:
    import neo4j

    latencies_s: list[float] = []
    driver = neo4j.AsyncGraphDatabase.driver(
        environment["NEO4J_URI"],
        auth=(environment["NEO4J_USERNAME"], environment["NEO4J_PASSWORD"]),
        notifications_min_severity="OFF",
    )

    async def client(stop_at_s: float) -> None:
        while (asked_s := time.perf_counter()) < stop_at_s:
            async with driver.session(database="neo4j") as session:
                result = await session.run(query)
                [record.values() async for record in result]
            latencies_s.append(time.perf_counter() - asked_s)

    async with driver:
        started_s = time.perf_counter()
        await asyncio.gather(*(client(started_s + seconds) for _ in range(clients)))
    ordered = sorted(latencies_s)
    p50, p95, p99 = (ordered[int(len(ordered) * share)] * 1_000 for share in (0.5, 0.95, 0.99))
    return Load(len(ordered) / (time.perf_counter() - started_s), p50, p95, p99)


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Start a database and the service, and alternate the two sides."""
    found: dict[str, Any] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="catalograph-")))
        environment, _, key = prepare(stack, folder)
        environment["CATALOGRAPH_QUERIES_PER_KEY"] = str(2 * max(CLIENTS))
        port = stack.enter_context(running("ours", environment))
        for name, query in QUERIES.items():
            target = Target(port, ("/v1/query",), key, json.dumps({"cypher": query}))
            for clients in CLIENTS:
                rounds = []
                for number in range(arguments.rounds + 1):  # the first one warms up
                    ours = load(target, arguments.seconds, clients)
                    bare = asyncio.run(_bare(environment, query, arguments.seconds, clients))
                    if number:
                        rounds.append({"ours": asdict(ours), "bare": asdict(bare)})
                found[f"{name}, {clients} clients"] = _medians(rounds)
    return found


def _medians(rounds: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    return {
        side: {
            field: round(statistics.median(one[side][field] for one in rounds), 2)
            for field in ("rps", "p50_ms", "p95_ms", "p99_ms")
        }
        for side in ("ours", "bare")
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--json", action="store_true", help="print one JSON object and no more")
    arguments = parser.parse_args()
    found = measure(arguments)
    if arguments.json:
        print(json.dumps(found))
        return
    for name, sides in found.items():
        for side, measured in sides.items():
            shown = ", ".join(f"{field} {value:g}" for field, value in measured.items())
            print(f"{name}, {side}: {shown}")


if __name__ == "__main__":
    main()
