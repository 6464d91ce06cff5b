"""Similar products against the bare vector search, and what filters cost in recall.

    python benchmarks/similar.py [--products 100000] [--queries 300] [--width 128] [--json]

`vectors` and `shared_facts`: what GET /v1/products/{id}/similar does behind HTTP, for ten products
with reasons; `bare`: the SEARCH clause alone, ids and scores of ten. All three take turns, so that
what else this machine does hits all alike. `recall@10`: against comparing every vector, without a
filter, with filters inside the index, and with one behind it. Vectors lie around 500 centres.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.services.browsing import Browsing
from app.services.embedding import embed_all
from app.services.similarity import COMPARED, Similarity, Wanted
from app.services.threads import Threads
from graph.client import AsyncDatabase, Connection, Database
from graph.filters import Filter
from graph.ingest.items import DraftFact, ItemDraft, build_item, declare_parameters
from graph.migrate import migrate
from graph.records import Item, ItemText, Parameter
from graph.repositories.conflicts import Conflicts
from graph.repositories.history import History
from graph.repositories.items import ItemWriter
from graph.repositories.products import Products
from graph.repositories.similar import Similar
from graph.repositories.vocabulary import Vocabulary
from graph.server import EmbeddedServer, ServerOptions

BRANDS, SIZES, COLOURS, CENTRES = 200, 40, 12, 500
DETAILS, CHOICES = 15, 30  # parameters of every product beside these, and values of each
BATCH = 5_000
WIDTH = 128
BARE = """
CYPHER 25
MATCH (n:Product)
SEARCH n IN (VECTOR INDEX product_embedding FOR $vector LIMIT 10) SCORE AS score
RETURN n.id AS id, score
"""


@dataclass(frozen=True)
class Catalog:
    """Products by number, with what filters ask for, and their vectors."""

    vectors: NDArray[np.float32]  # [products, width]
    brand: NDArray[np.int64]
    price: NDArray[np.float64]
    stock: NDArray[np.bool_]
    size: NDArray[np.int64]

    def item(self, number: int) -> tuple[Item, dict[str, Parameter]]:
        draft = ItemDraft(
            source="bench",
            sku=str(number),
            title=f"Thing {number}",
            brand=f"Brand {self.brand[number]}",
            category="Goods > Things",
            price=float(self.price[number]),
            in_stock=bool(self.stock[number]),
            facts=(
                DraftFact(parameter="size", value=float(self.size[number]), unit="in"),
                DraftFact(parameter="colour", value=f"colour {number % COLOURS}"),
                DraftFact(parameter="maker", value=f"code {number // 20}"),
                *(
                    DraftFact(parameter=f"detail {place}", value=f"kind {number // 20 % choices}")
                    for place, choices in enumerate(range(CHOICES, CHOICES + DETAILS))
                ),
            ),
        )
        parameters = declare_parameters(draft, {})
        return build_item(draft, parameters), parameters


class Known:
    """A predictor that looks its vectors up."""

    name, version = "known", "1"

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        self._vectors = vectors
        self.width = vectors.shape[1]

    def embed(self, items: Sequence[ItemText]) -> NDArray[np.float32]:
        ids = (item.id or "" for item in items)
        return self._vectors[[int(id.partition(":")[2]) if ":" in id else 0 for id in ids]]


def make_catalog(products: int, width: int, seed: int = 7) -> Catalog:
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((CENTRES, width))
    vectors = centres[rng.integers(0, CENTRES, products)]
    vectors = vectors + 0.6 * rng.standard_normal((products, width))
    return Catalog(
        vectors=vectors.astype(np.float32),
        brand=(BRANDS * rng.random(products) ** 2).astype(np.int64),
        price=np.round(rng.uniform(5, 1_500, products), 2),
        stock=rng.random(products) < 0.7,
        size=rng.integers(1, SIZES + 1, products),
    )


def fill(database: Database, catalog: Catalog) -> None:
    writer, now = ItemWriter(database), datetime.now(UTC)
    products = len(catalog.vectors)
    for start in range(0, products, BATCH):
        built = [catalog.item(number) for number in range(start, min(products, start + BATCH))]
        writer.write([item for item, _ in built], parameters=built[0][1], run="bench", now=now)


def filters(catalog: Catalog) -> Mapping[str, tuple[str, NDArray[np.bool_]]]:
    """By name: the expression, and which products pass it."""
    whole = np.ones(len(catalog.vectors), bool)
    return {
        "none": ("", whole),
        "brand": ("brand:brand-3", catalog.brand == 3),
        "rare brand": (f"brand:brand-{BRANDS - 1}", catalog.brand == BRANDS - 1),
        "price and stock": (
            "price:100..200 in_stock:yes",
            (catalog.price >= 100) & (catalog.price <= 200) & catalog.stock,
        ),
        "parameter": ("size:7in", catalog.size == 7),
        "parameter and brand": (
            "size<=3in brand:brand-3",
            (catalog.size <= 3) & (catalog.brand == 3),
        ),
    }


def nearest(catalog: Catalog, number: int, passing: NDArray[np.bool_]) -> set[str]:
    """Ten ids by comparing everything."""
    unit = catalog.vectors / np.linalg.norm(catalog.vectors, axis=1, keepdims=True)
    scores = np.where(passing, unit @ unit[number], -2.0)
    scores[number] = -2.0
    best = np.argsort(-scores)[:10]
    return {f"bench:{one}" for one in best if scores[one] > -2.0}


async def timed(
    calls: Mapping[str, Callable[[int], Awaitable[Any]]], numbers: Sequence[int]
) -> dict[str, dict[str, float]]:
    """Milliseconds of each call for each number, in turns."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for number in numbers:
        for name, call in calls.items():
            started = time.perf_counter()
            await call(number)
            taken[name].append((time.perf_counter() - started) * 1e3)
    return {
        name: {"p50_ms": round(statistics.median(ms), 2), "p99_ms": round(_p99(ms), 2)}
        for name, ms in taken.items()
    }


def _p99(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


async def ask(connection: Connection, catalog: Catalog, queries: int) -> dict[str, Any]:
    async with AsyncDatabase(connection) as database:
        service, similar = service_over(database), Similar(database)
        rng = np.random.default_rng(1)
        numbers = rng.choice(len(catalog.vectors), queries, replace=False).tolist()

        async def by_vectors(number: int) -> Any:  # noqa: ANN401
            return await service.to_stored(f"bench:{number}", Wanted(limit=10))

        async def by_facts(number: int) -> Any:  # noqa: ANN401
            stored = await similar.stored(f"bench:{number}")
            assert stored is not None
            return await similar.sharing(
                stored.text, kind="product", filter=Filter(), rows=COMPARED
            )

        async def bare(number: int) -> Any:  # noqa: ANN401
            return await database.read(BARE, vector=catalog.vectors[number].tolist())

        calls = {"vectors": by_vectors, "bare": bare, "shared_facts": by_facts}
        await timed(calls, numbers[:30])  # warm caches, pools and the JVM
        latency = await timed(calls, numbers)
        recall = {
            name: await _recall(service, catalog, numbers[:100], expression, passing)
            for name, (expression, passing) in filters(catalog).items()
        }
    return {"latency": latency, "recall@10": recall}


async def _recall(
    service: Similarity,
    catalog: Catalog,
    numbers: Sequence[int],
    expression: str,
    passing: NDArray[np.bool_],
) -> float:
    shares = []
    for number in numbers:
        found = await service.to_stored(f"bench:{number}", Wanted(limit=10, filter=expression))
        wanted = nearest(catalog, number, passing)
        shares.append(len(wanted & {one.item.id for one in found.items}) / max(1, len(wanted)))
    return round(statistics.mean(shares), 4)


def service_over(database: AsyncDatabase) -> Similarity:
    """The service as it is wired, without a predictor: what is asked for has its vector."""
    vocabulary = Vocabulary(database)
    browsing = Browsing(
        Products(database),
        vocabulary,
        history=History(database),
        conflicts=Conflicts(database),
        page_items_max=100,
    )
    return Similarity(
        Similar(database),
        browsing,
        parameters=vocabulary.parameters_for_filters,
        brands=vocabulary.known_brands,
        predictor=lambda: None,
        threads=Threads(1),
    )


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    catalog = make_catalog(arguments.products, arguments.width)
    options = ServerOptions(bolt_port=0, http_port=0)
    with (
        tempfile.TemporaryDirectory(prefix="catalograph-") as folder,
        EmbeddedServer(Path(folder), options) as server,
    ):
        found = server.endpoint
        # A busy machine takes seconds to plan a query for the first time.
        connection = Connection(found.uri, found.username, found.password, query_timeout_s=120.0)
        with Database(connection) as database:
            migrate(database)
            fill(database, catalog)
            started = time.perf_counter()
            embed_all(database, Known(catalog.vectors), lambda done, whole: None)
            seconds = time.perf_counter() - started
        measured = asyncio.run(ask(connection, catalog, arguments.queries))
    per_second = round(arguments.products / seconds)
    return {"products": arguments.products, "written_per_s": per_second, **measured}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--width", type=int, default=WIDTH)
    parser.add_argument("--json", action="store_true", help="print one JSON object and no more")
    arguments = parser.parse_args()
    found = measure(arguments)
    if arguments.json:
        print(json.dumps(found))
        return
    print(f"{found['products']:,} products, {found['written_per_s']:,} vectors written per second")
    for name, latency in found["latency"].items():
        print(f"{name}: p50 {latency['p50_ms']} ms, p99 {latency['p99_ms']} ms")
    for name, share in found["recall@10"].items():
        print(f"recall@10, filter {name}: {share:.3f}")


if __name__ == "__main__":
    main()
