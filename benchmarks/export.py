"""Neo4j to HeteroData against the driver's `to_df` of the same edges, and the memory it takes.

`python -m benchmarks.export --edges 5000000` makes a graph in a Neo4j of its own, exports all of
it twice in a process of its own, and lets `to_df` read a slice of the same edges before and after,
as it would take minutes for all: rates are edges per second, and the checksums of the slice have to
be equal. A Neo4j that has just started compiles itself while it answers, so of either side the
faster round counts, and both are printed. Wall-clock rates mislead where other work shares the
machine, so edges per second of processor time, the server's and ours together, stand beside them.
Once with what HeteroData holds, the ends of the edges; once with facts and node properties, where
`to_df` returns those of facts.
pandas is the peer's alone: put it into a folder with
`uv pip install --target FOLDER --no-deps pandas python-dateutil six` and set PYTHONPATH to it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
import zlib
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import neo4j
import psutil
import pyarrow.compute as pc

from benchmarks.export_graph import EDGES_OF_A_PRODUCT, graph_of
from graph.client import Connection, Database
from graph.export import Whole, export_snapshot
from graph.repositories.exporting import Columns
from graph.snapshot import Snapshot

TYPES = (("HAS_PARAMETER", "Value"), ("MADE_BY", "Brand"), ("BELONGS_TO", "Category"))
MODES: tuple[Columns, ...] = ("ends", "all")
ROUNDS = 2

SLICE = """
MATCH (n:Product)-[r:{type}]->(t:{label}) WHERE n.id < $end AND r.status <> 'rejected'
RETURN n.id AS source, t.id AS target{facts}
"""
FACTS = ", r.origin AS origin, r.status AS status, r.confidence AS confidence, r.source AS said"


class Clock:
    """Seconds on the wall, and on all processors by this process and the Neo4j of `server`."""

    def __init__(self, server: int) -> None:
        self._processes = (psutil.Process(), psutil.Process(server))
        self.wall_s = self.cpu_s = 0.0

    def __enter__(self) -> Clock:
        self._wall, self._cpu = time.perf_counter(), self._used()
        return self

    def __exit__(self, *failure: object) -> None:
        self.wall_s += time.perf_counter() - self._wall
        self.cpu_s += self._used() - self._cpu

    def _used(self) -> float:
        return sum(sum(process.cpu_times()[:2]) for process in self._processes)

    def rates(self, edges: int) -> dict[str, float]:
        return {
            "edges": edges,
            "seconds": round(self.wall_s, 1),
            "edges_per_s": round(edges / self.wall_s),
            "edges_per_cpu_s": round(edges / self.cpu_s),
        }


def export_all(connection: Connection, server: int, columns: Columns, end: str) -> dict[str, Any]:
    """In a process of its own, whose peak of memory is nobody else's."""
    from ml.data.hetero import to_hetero

    now = datetime.now(UTC)
    before = psutil.Process().memory_info().rss
    rounds, peaks = [], []
    with Database(connection) as database:
        for _ in range(ROUNDS):
            clock = Clock(server)
            with clock:
                snapshot = export_snapshot(database, Whole(), now=now, columns=columns)
                data = to_hetero(snapshot)
            rounds.append(clock.rates(sum(data[type].num_edges for type in data.edge_types)))
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    tables = (*snapshot.nodes.values(), *snapshot.edges.values())
    size = sum(table.nbytes for table in tables)
    return {
        "rounds": rounds,
        "snapshot_mb": round(size / 1e6, 1),
        "memory_above_snapshot_mb": round((peaks[0] - before - size) / 1e6, 1),
        "checksum": _checksum_of(snapshot, end, columns),
    }


def _checksum_of(snapshot: Snapshot, end: str, columns: Columns) -> int:
    """Of the edges that begin at products before `end`, as `to_df` gives them."""
    products = snapshot.nodes["Product"]["id"].to_pylist()
    last = sum(id < end for id in products)
    total = 0
    for type, label in TYPES:
        edges = snapshot.edges["Product", type, label]
        edges = edges.filter(pc.less(edges["source"], last))
        ids = snapshot.nodes[label]["id"].to_pylist()
        cells: list[Iterable[Any]] = [
            (products[place] for place in edges["source"].to_pylist()),
            (ids[place] for place in edges["target"].to_pylist()),
        ]
        if columns == "all":
            said = ("origin", "status", "confidence", "stated_by")
            cells += [edges[name].to_pylist() for name in said]
        total += _checksum(zip(*cells, strict=True))
    return total % 2**64


def _checksum(rows: Iterable[tuple[Any, ...]]) -> int:
    """The same in any order."""
    return sum(zlib.crc32("\t".join(map(str, row)).encode()) for row in rows)


def read_slice(driver: neo4j.Driver, server: int, columns: Columns, end: str) -> dict[str, Any]:
    facts = FACTS if columns == "all" else ""
    count = total = 0
    clock = Clock(server)
    with driver.session() as session:
        for type, label in TYPES:
            query = SLICE.format(type=type, label=label, facts=facts)
            with clock:
                frame = session.run(query, end=end).to_df()
            count += len(frame)
            total += _checksum(frame.itertuples(index=False, name=None))
    return {"rates": clock.rates(count), "checksum": total % 2**64}


def compare(connection: Connection, server: int, columns: Columns, end: str) -> dict[str, Any]:
    auth = (connection.username, connection.password)
    spawned = multiprocessing.get_context("spawn")
    with neo4j.GraphDatabase.driver(connection.uri, auth=auth) as driver:
        peers = [read_slice(driver, server, columns, end)]
        with ProcessPoolExecutor(1, mp_context=spawned) as alone:
            ours = alone.submit(export_all, connection, server, columns, end).result()
        peers.append(read_slice(driver, server, columns, end))
    return {
        "columns": columns,
        "ours": ours,
        "to_df": peers,
        "ratio": _ratio(ours, peers, "edges_per_s"),
        "ratio_by_cpu": _ratio(ours, peers, "edges_per_cpu_s"),
        "checksums_equal": len({ours["checksum"], *(peer["checksum"] for peer in peers)}) == 1,
    }


def _ratio(ours: dict[str, Any], peers: list[dict[str, Any]], rate: str) -> float:
    """Of the faster round of either side."""
    fastest = max(peer["rates"][rate] for peer in peers)
    return float(round(max(each[rate] for each in ours["rounds"]) / fastest, 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=300_000)
    parser.add_argument("--slice", type=int, default=600_000, help="edges that `to_df` reads")
    chosen = parser.parse_args()
    end = f"shop:sku-{min(chosen.slice, chosen.edges) // EDGES_OF_A_PRODUCT:08d}"
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        started = time.perf_counter()
        with graph_of(chosen.edges, Path(name) / "home") as connection:
            print(f"made in {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
            (server,) = (
                child.pid
                for child in psutil.Process().children(recursive=True)
                if "java" in child.name()
            )
            for columns in MODES:
                result = compare(connection, server, columns, end)
                print(json.dumps(result, indent=1), flush=True)


if __name__ == "__main__":
    main()
