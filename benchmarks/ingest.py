"""Import rate against a bare driver loop that writes the same graph, and memory of a large dump.

`python -m benchmarks.ingest` alternates the two over fresh rows on a Neo4j of its own and prints
the ratio of each round; `--memory-rows 1000000` imports one dump of that many rows in a process of
its own and prints its peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import neo4j

from benchmarks.catalog_rows import MAPPING, write_csv
from graph import migrate
from graph.client import Connection, Database
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import parse_mapping
from graph.ingest.pipeline import BATCH_ROWS, import_file
from graph.ingest.readers import DumpReader, FileOptions, Row
from graph.ingest.rejects import RejectFile
from graph.records import Item
from graph.repositories.items import ItemWriter
from graph.server import EmbeddedServer, ServerOptions

# The bare loop: what somebody writes who knows Cypher, with the same nodes, edges and properties.
BARE = (
    """
    UNWIND $rows AS row
    MERGE (b:Brand {id: row.brand_id}) ON CREATE SET b:Entity, b.name = row.brand,
          b.names = [row.brand]
    MERGE (c:Category {id: row.category_id}) ON CREATE SET c:Entity, c.name = row.category,
          c.names = [row.category]
    MERGE (n:Product {id: row.id})
    SET n += row.properties, n.first_seen = $now, n.last_seen = $now
    MERGE (n)-[m:MADE_BY]->(b) SET m = $fact
    MERGE (n)-[k:BELONGS_TO]->(c) SET k = $fact
    """,
    """
    UNWIND $rows AS row
    UNWIND row.facts AS fact
    MERGE (v:Value {id: fact.id}) ON CREATE SET v:Entity, v += fact.properties
    MERGE (p:Parameter {id: fact.parameter}) ON CREATE SET p += fact.of
    MERGE (v)-[:VALUE_OF]->(p)
    WITH row, fact, v
    MATCH (n:Product {id: row.id})
    MERGE (n)-[h:HAS_PARAMETER]->(v) SET h = $fact, h.evidence = fact.evidence
    """,
)
EMPTY = "MATCH (n:Product) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
LEFTOVERS = "MATCH (n) WHERE n:Value OR n:Brand OR n:Category DETACH DELETE n"
COUNTS = """
MATCH (n) OPTIONAL MATCH (n)-[r]->()
WITH labels(n) AS labels, type(r) AS type, count(*) AS many WHERE NOT labels[0] STARTS WITH '__'
RETURN labels[0] AS label, type, many ORDER BY label, type
"""


def bare_rows(items: list[Item]) -> list[dict[str, Any]]:
    """Prepared outside of the measured time: the loop is given its rows for nothing."""
    parameters = RowMapping(parse_mapping(MAPPING)).parameters
    return [
        {
            "id": item.id,
            "brand_id": item.brand and item.brand.id,
            "brand": item.brand and item.brand.name,
            "category_id": item.categories[-1].id,
            "category": item.categories[-1].name,
            "properties": {
                "title": item.title,
                "price": item.price,
                "source": item.source,
                "content_hash": item.content_hash,
                "brand_id": item.brand and item.brand.id,
                "category_id": item.categories[-1].id,
            },
            "facts": [
                {
                    "id": fact.value.id,
                    "parameter": fact.value.parameter,
                    "evidence": fact.evidence,
                    "of": {
                        "kind": parameters[fact.value.parameter].kind,
                        "unit": parameters[fact.value.parameter].unit,
                    },
                    "properties": {
                        "parameter": fact.value.parameter,
                        "text": fact.value.text,
                        "names": [fact.value.text],
                        "number": fact.value.number,
                        "unit": fact.value.unit,
                    },
                }
                for fact in item.facts
            ],
        }
        for item in items
    ]


def run_bare(driver: neo4j.Driver, rows: list[dict[str, Any]]) -> float:
    now = datetime.now(UTC)
    fact = {
        "origin": "catalog",
        "status": "accepted",
        "confidence": 1.0,
        "source": "shop",
        "run": "bare",
        "valid_from": now,
    }
    started = time.perf_counter()
    with driver.session() as session:
        for at in range(0, len(rows), BATCH_ROWS):
            batch = rows[at : at + BATCH_ROWS]

            def work(tx: neo4j.ManagedTransaction, batch: list[dict[str, Any]] = batch) -> None:
                for query in BARE:
                    tx.run(query, rows=batch, now=now, fact=fact).consume()

            session.execute_write(work)
    return time.perf_counter() - started


def run_ours(database: Database, dump: Path) -> float:
    started = time.perf_counter()
    with RejectFile(dump.with_suffix(".rejects")) as rejects:
        report = import_file(
            dump,
            RowMapping(parse_mapping(MAPPING)),
            ItemWriter(database),
            source="shop",
            run="ours",
            clock=lambda: datetime.now(UTC),
            rejects=rejects,
        )
    seconds = time.perf_counter() - started
    assert report.rejected == 0, report
    return seconds


def read_items(dump: Path) -> list[Item]:
    mapping = RowMapping(parse_mapping(MAPPING))
    with DumpReader(dump, FileOptions()) as reader:
        mapped = [mapping.apply(row, "shop") for row in reader if isinstance(row, Row)]
    return [item for item in mapped if isinstance(item, Item)]


def empty(database: Database) -> None:
    database.run(EMPTY)
    database.run(LEFTOVERS)


def measure_rate(connection: Connection, folder: Path, rows: int, rounds: int) -> dict[str, Any]:
    dump = write_csv(folder / "dump.csv", rows)
    prepared = bare_rows(read_items(dump))
    auth = (connection.username, connection.password)
    bare: list[float] = []
    ours: list[float] = []
    again: list[float] = []
    with (
        Database(connection) as database,
        neo4j.GraphDatabase.driver(connection.uri, auth=auth) as driver,
    ):
        migrate.migrate(database)
        run_bare(driver, prepared[:BATCH_ROWS])  # both sides find a warm server and cached plans
        empty(database)
        run_ours(database, write_csv(folder / "warm.csv", BATCH_ROWS))
        empty(database)
        for number in range(rounds):
            sides = [("bare", bare), ("ours", ours)]
            for side, seconds in sides if number % 2 == 0 else reversed(sides):
                seconds.append(
                    run_bare(driver, prepared) if side == "bare" else run_ours(database, dump)
                )
                if side == "ours":
                    again.append(run_ours(database, dump))
                empty(database)
    ratios = [theirs / mine for theirs, mine in zip(bare, ours, strict=True)]
    return {
        "rows": rows,
        "bare_rows_per_s": [round(rows / seconds) for seconds in bare],
        "ours_rows_per_s": [round(rows / seconds) for seconds in ours],
        "unchanged_rows_per_s": [round(rows / seconds) for seconds in again],
        "ratio": {
            "min": round(min(ratios), 2),
            "median": round(statistics.median(ratios), 2),
            "max": round(max(ratios), 2),
        },
    }


def measure_memory(connection: Connection, folder: Path, rows: int) -> dict[str, Any]:
    dump = write_csv(folder / "large.csv", rows)
    mapping = folder / "mapping.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    with Database(connection) as database:
        migrate.migrate(database)
    command = [sys.executable, "-m", "app.cli.main", "import", str(dump), "--source", "shop"]
    environment = {
        **os.environ,
        "NEO4J_URI": connection.uri,
        "NEO4J_PASSWORD": connection.password,
        "CATALOGRAPH_HOME": str(folder / "home"),
    }
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--mapping", str(mapping), "--json"], env=environment, stdout=subprocess.PIPE
    )
    output, _ = process.communicate()
    # The only child of this process that has ended: the largest is it.
    peak_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    seconds = time.perf_counter() - started
    report = json.loads(output)
    return {
        "rows": rows,
        "created": report.get("created"),
        "rows_per_s": round(rows / seconds),
        "peak_memory_mb": round(peak_kib / 1024, 1),
    }


def servers(folder: Path) -> Iterator[Connection]:
    with EmbeddedServer(
        folder / "server", ServerOptions(bolt_port=0, http_port=0, prepare_archive=False)
    ) as server:
        found = server.endpoint
        yield Connection(found.uri, found.username, found.password)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory-rows", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        for connection in servers(folder):
            if chosen.memory_rows:
                result = measure_memory(connection, folder, chosen.memory_rows)
            else:
                result = measure_rate(connection, folder, chosen.rows, chosen.rounds)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
