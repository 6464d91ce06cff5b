"""Import rate against a bare driver loop that writes the same graph, and memory of a large dump.

`python -m benchmarks.ingest` cuts a generated catalog into slices and gives each to both sides, one
after the other, each with a Neo4j of its own that grows with them; then they come once more,
unchanged. It prints the ratio for each slice and for the whole. `--memory-rows 1000000` imports one
dump of that many rows in a process of its own and prints its peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import neo4j

from app.services.importing import ImportSpec, run_import
from benchmarks.catalog_rows import MAPPING, rows_between, write_csv, write_rows
from graph import migrate
from graph.client import Connection, Database
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import parse_mapping
from graph.ingest.pipeline import BATCH_ROWS
from graph.ingest.readers import DumpReader, FileOptions
from graph.ingest.rows import Row
from graph.records import Item
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
    run = f"import-{secrets.token_hex(8)}"
    spec = ImportSpec(
        path=str(dump), file=dump.name, source="shop", mapping=MAPPING, mapping_name="mapping"
    )
    started = time.perf_counter()
    report = run_import(
        database,
        spec,
        run=run,
        folder=dump.parent / run,
        clock=lambda: datetime.now(UTC),
        report=lambda so_far: None,
    )
    seconds = time.perf_counter() - started
    assert report.rejected == 0, report
    return seconds


def read_items(dump: Path) -> list[Item]:
    mapping = RowMapping(parse_mapping(MAPPING))
    with DumpReader(dump, FileOptions()) as reader:
        mapped = [mapping.apply(row, "shop") for row in reader if isinstance(row, Row)]
    return [item for item in mapped if isinstance(item, Item)]


class Sides:
    """The bare loop and ours, each with a server of its own."""

    def __init__(self, bare: Connection, ours: Connection, folder: Path) -> None:
        self._folder = folder
        auth = (bare.username, bare.password)
        self._driver = neo4j.GraphDatabase.driver(bare.uri, auth=auth)
        self._database = Database(ours)
        for connection in (bare, ours):
            with Database(connection) as database:
                migrate.migrate(database)

    def __enter__(self) -> Sides:
        return self

    def __exit__(self, *failure: object) -> None:
        self._driver.close()
        self._database.close()

    def measure(self, rows: int, slices: int, again_slices: int) -> dict[str, Any]:
        dumps = self._slices(rows, slices)
        self._both(self._dump("warm", rows_between(rows, rows + BATCH_ROWS)), flip=False)
        first = [self._both(dump, flip=bool(n % 2)) for n, dump in enumerate(dumps)]
        again = [self._both(dump, flip=bool(n % 2)) for n, dump in enumerate(dumps[:again_slices])]
        per_slice = rows // slices
        return {
            "rows": per_slice * slices,
            "slices": slices,
            "first_load": compared(per_slice, first),
            "nothing_changed": compared(per_slice, again),
        }

    def _slices(self, rows: int, slices: int) -> list[Path]:
        size = rows // slices
        return [
            self._dump(f"slice-{n}", rows_between(n * size, (n + 1) * size)) for n in range(slices)
        ]

    def _dump(self, name: str, lines: Iterable[tuple[str, ...]]) -> Path:
        return write_rows(self._folder / f"{name}.csv", lines)

    def _both(self, dump: Path, *, flip: bool) -> tuple[float, float]:
        """Seconds of the bare loop and of ours, which go first by turns."""
        rows = bare_rows(read_items(dump))
        if flip:
            ours = run_ours(self._database, dump)
            bare = run_bare(self._driver, rows)
        else:
            bare = run_bare(self._driver, rows)
            ours = run_ours(self._database, dump)
        print(f"{dump.stem}: bare {bare:.1f} s, ours {ours:.1f} s", file=sys.stderr, flush=True)
        return bare, ours


def compared(rows: int, seconds: list[tuple[float, float]]) -> dict[str, Any]:
    ratios = [bare / ours for bare, ours in seconds]
    bare_s, ours_s = (sum(side) for side in zip(*seconds, strict=True))
    return {
        "bare_rows_per_s": round(rows * len(seconds) / bare_s),
        "ours_rows_per_s": round(rows * len(seconds) / ours_s),
        "ratio": round(bare_s / ours_s, 2),
        "ratio_of_slices": {
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


@contextmanager
def server(folder: Path) -> Iterator[Connection]:
    options = ServerOptions(bolt_port=0, http_port=0, prepare_archive=False)
    with EmbeddedServer(folder, options) as started:
        found = started.endpoint
        yield Connection(found.uri, found.username, found.password)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--slices", type=int, default=6)
    parser.add_argument("--again", type=int, help="slices to load again; all of them by default")
    parser.add_argument("--memory-rows", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        folder = Path(name)
        ours = stack.enter_context(server(folder / "ours"))
        if chosen.memory_rows:
            result = measure_memory(ours, folder, chosen.memory_rows)
        else:
            bare = stack.enter_context(server(folder / "bare"))
            with Sides(bare, ours, folder) as sides:
                again = chosen.again or chosen.slices
                result = sides.measure(chosen.rows, chosen.slices, again)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
