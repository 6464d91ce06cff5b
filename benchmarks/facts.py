"""Facts that models state, against a bare loop that writes the same relationships.

`python -m benchmarks.facts` loads generated items into two servers, one for each side, and gives
both the same facts in slices, by turns: first new, then once more unchanged. The bare loop is
UNWIND and MERGE without any question: it knows no standing, no evidence, no marks for exports and
no review list. It prints facts a second, the ratio of each slice and of the whole, and what two
other operations cost: a page of the review list, and taking a run back.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import neo4j

from benchmarks.ingest import server
from graph import migrate
from graph.client import AsyncDatabase, Connection, Database
from graph.records import Fact, Item, Parameter, StatedFact, Value
from graph.repositories.facts import BATCH_FACTS, FactWriter
from graph.repositories.items import ItemWriter
from graph.repositories.review import Review
from graph.text.values import normalise_value

NOW = datetime(2026, 1, 5, tzinfo=UTC)
FACTS_OF_ITEM = 5
PARAMETERS = {
    one.id: one
    for one in (
        *(Parameter(f"p{n}", f"P{n}", "text", None, (f"P{n}",)) for n in range(20)),
        Parameter("weight", "Weight", "number", "g", ("Weight",)),
    )
}
BARE = """
UNWIND $rows AS row
MERGE (p:Parameter {id: row.parameter}) ON CREATE SET p.name = row.parameter
MERGE (v:Value {id: row.value}) ON CREATE SET v:Entity, v.text = row.text, v.names = [row.text],
      v.parameter = row.parameter
MERGE (v)-[:VALUE_OF]->(p)
WITH row, v
MATCH (n:Product {id: row.item})
MERGE (n)-[r:HAS_PARAMETER {origin: row.origin}]->(v)
SET r += row.properties
"""


def items(count: int) -> list[Item]:
    """Each with a fact of a catalog, so that there is something to compare with."""
    weight = PARAMETERS["weight"]
    return [
        Item(
            kind="product",
            id=f"shop:{n}",
            title=" ".join(f"word{(n + k) % 997}" for k in range(8)),
            source="shop",
            content_hash=f"h{n}",
            facts=(Fact(normalise_value(f"{n % 300} g", weight), "weight"),),
        )
        for n in range(count)
    ]


def facts(stock: list[Item], seed: int) -> list[StatedFact]:
    """Some sure, a third proposed, all with a place in the title."""
    chance = random.Random(seed)
    found = []
    for item in stock:
        names = chance.sample(sorted(PARAMETERS), FACTS_OF_ITEM)
        for name in (one for one in names if one != "weight"):
            text = f"v{int(chance.paretovariate(1.0)) % 2_000}"
            confidence = round(chance.uniform(0.3, 1.0), 4)
            found.append(
                StatedFact(
                    item=item.id,
                    value=Value(f"{name}={text}", name, text),
                    origin="extracted",
                    status="accepted" if confidence > 0.5 else "proposed",
                    confidence=confidence,
                    evidence="title:0-4",
                    model="reader@1",
                )
            )
    return found


def bare_rows(stated: list[StatedFact], run: str) -> list[dict[str, Any]]:
    """Prepared outside of the measured time."""
    return [
        {
            "item": fact.item,
            "parameter": fact.value.parameter,
            "value": fact.value.id,
            "text": fact.value.text,
            "origin": fact.origin,
            "properties": {
                "status": fact.status,
                "confidence": fact.confidence,
                "evidence": fact.evidence,
                "model": fact.model,
                "run": run,
                "valid_from": NOW,
            },
        }
        for fact in stated
    ]


def run_bare(driver: neo4j.Driver, rows: list[dict[str, Any]]) -> float:
    started = time.perf_counter()
    with driver.session() as session:
        for at in range(0, len(rows), BATCH_FACTS):
            batch = rows[at : at + BATCH_FACTS]
            session.execute_write(
                lambda tx, batch=batch: tx.run(BARE, rows=batch).consume()  # type: ignore[misc]
            )
    return time.perf_counter() - started


def run_ours(database: Database, stated: list[StatedFact], run: str) -> float:
    started = time.perf_counter()
    FactWriter(database).write(stated, run=run, now=NOW, parameters=PARAMETERS)
    return time.perf_counter() - started


def compared(count: int, seconds: list[tuple[float, float]]) -> dict[str, Any]:
    ratios = [bare / ours for bare, ours in seconds]
    bare_s, ours_s = (sum(side) for side in zip(*seconds, strict=True))
    return {
        "facts": count,
        "bare_facts_per_s": round(count / bare_s),
        "ours_facts_per_s": round(count / ours_s),
        "ratio": round(bare_s / ours_s, 2),
        "ratio_of_slices": {
            "min": round(min(ratios), 2),
            "median": round(statistics.median(ratios), 2),
            "max": round(max(ratios), 2),
        },
    }


async def page_ms(connection: Connection, limit: int, times: int = 30) -> float:
    """The median of one page of the review list."""
    async with AsyncDatabase(connection) as database:
        review, after, spent = Review(database), None, []
        for _ in range(times):
            started = time.perf_counter()
            page = await review.proposals(limit=limit, after=after)
            spent.append(1_000 * (time.perf_counter() - started))
            after = page.next
        return round(statistics.median(spent), 1)


def measure(bare: Connection, ours: Connection, items_count: int, slices: int) -> dict[str, Any]:
    stock = items(items_count)
    for connection in (bare, ours):
        with Database(connection) as database:
            migrate.migrate(database)
            writer = ItemWriter(database)
            for at in range(0, len(stock), 5_000):
                batch = stock[at : at + 5_000]
                writer.write(batch, parameters=PARAMETERS, run="import", now=NOW)
    size = len(stock) // slices
    parts = [facts(stock[n * size : (n + 1) * size], n) for n in range(slices)]
    auth = (bare.username, bare.password)
    with Database(ours) as database, neo4j.GraphDatabase.driver(bare.uri, auth=auth) as driver:

        def both(number: int, stated: list[StatedFact], run: str) -> tuple[float, float]:
            rows = bare_rows(stated, run)
            sides = [lambda: run_bare(driver, rows), lambda: run_ours(database, stated, run)]
            order = (0, 1) if number % 2 else (1, 0)
            seconds = {side: sides[side]() for side in order}
            print(f"bare {seconds[0]:.2f} s, ours {seconds[1]:.2f} s", file=sys.stderr, flush=True)
            return seconds[0], seconds[1]

        both(0, parts[0], "warm")  # the planner's first time
        count = sum(map(len, parts[1:]))
        first = [both(n, part, "run-1") for n, part in enumerate(parts[1:])]
        again = [both(n, part, "run-2") for n, part in enumerate(parts[1:])]
        page = asyncio.run(page_ms(ours, 50))
        started = time.perf_counter()
        retracted = FactWriter(database).retract(run="run-1", model=None)
        seconds = time.perf_counter() - started
    return {
        "first": compared(count, first),
        "unchanged": compared(count, again),
        "review_page_of_50_ms": page,
        "retracted_facts_per_s": round(retracted / seconds),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=12_000)
    parser.add_argument("--slices", type=int, default=6, help="the first one only warms up")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        bare = stack.enter_context(server(Path(name) / "bare"))
        ours = stack.enter_context(server(Path(name) / "ours"))
        found = measure(bare, ours, chosen.items, chosen.slices)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
