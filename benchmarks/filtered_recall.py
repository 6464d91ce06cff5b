"""Similar products behind filters that keep a tenth: what the index finds of what is there.

    python -m benchmarks.filtered_recall [--steps N] [--queries 100] [--json]

The catalog of `examples/phones`, with the vectors that `catalograph pretrain` has made of it. Of
each kind of filter the one that keeps nearest to a tenth of the products is taken: inside the index
brand and price, behind it a parameter. Exact is the comparison with every product that passes,
found without any index; recall@10 is the share of the exact ten that the service answers. Equally
near ones count as found.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.services.similarity import Similarity, Wanted
from benchmarks import example_catalog
from benchmarks.similar import service_over
from graph.client import AsyncDatabase, Connection

SHARE = 0.1
TEN = 10
ALIKE = 1e-5  # cosines that the index, which keeps single precision, cannot tell apart
ITEMS = """
MATCH (p:Product) WHERE p.closed_at IS NULL
RETURN p.id AS id, p.embedding AS vector, p.brand_id AS brand, p.price AS price,
  COLLECT { MATCH (p)-[r:HAS_PARAMETER]->(v) WHERE r.status = 'accepted' RETURN v.id } AS own,
  COLLECT { MATCH (p)-[:INSTANCE_OF]->()-[r:HAS_PARAMETER]->(v) WHERE r.status = 'accepted'
            RETURN v.id } AS inherited
ORDER BY id
"""


@dataclass(frozen=True)
class Catalog:
    """Products by position."""

    ids: list[str]
    unit: NDArray[np.float64]  # [products, width], each of length 1
    rows: list[dict[str, Any]]

    @classmethod
    def of(cls, rows: list[dict[str, Any]]) -> Catalog:
        vectors = np.array([row.pop("vector") for row in rows])
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return cls([row["id"] for row in rows], unit, rows)

    def filters(self) -> Mapping[str, tuple[str, NDArray[np.bool_]]]:
        """By kind: the expression, and which products pass it."""
        prices = np.array([row["price"] for row in self.rows], float)
        low, high = np.nanquantile(prices, (0.45, 0.45 + SHARE))
        brand = self._nearest_share([{row["brand"]} for row in self.rows])
        held = [_values(row) for row in self.rows]
        value = self._nearest_share(held)
        parameter, _, text = value.partition("=")
        return {
            "none": ("", np.ones(len(self.ids), bool)),
            "brand": (f"brand:{brand}", np.array([row["brand"] == brand for row in self.rows])),
            "price": (f"price:{low}..{high}", (prices >= low) & (prices <= high)),
            "parameter": (f'{parameter}:"{text}"', np.array([value in one for one in held])),
        }

    def _nearest_share(self, held: list[set[str]]) -> str:
        counted: dict[str, int] = {}
        for one in (value for values in held for value in values if value is not None):
            counted[one] = counted.get(one, 0) + 1
        wanted = SHARE * len(self.ids)
        return min(counted, key=lambda value: (abs(counted[value] - wanted), value))

    def exact(self, at: int, passing: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
        """The cosines of all, and that of the tenth best that passes."""
        cosines = self.unit @ self.unit[at]
        among = np.sort(np.delete(np.where(passing, cosines, -2.0), at))[::-1]
        return cosines, float(among[:TEN][among[:TEN] > -2.0].min())


def _values(row: dict[str, Any]) -> set[str]:
    """What a product says, and what its model says of the rest."""
    stated = {value.partition("=")[0] for value in row["own"]}
    inherited = (value for value in row["inherited"] if value.partition("=")[0] not in stated)
    return {*row["own"], *inherited}


async def recall(
    service: Similarity, catalog: Catalog, expression: str, passing: NDArray[np.bool_], queries: int
) -> float:
    position = {id: at for at, id in enumerate(catalog.ids)}
    asked = np.random.default_rng(1).choice(len(catalog.ids), queries, replace=False)
    shares: list[float] = []
    for at in asked.tolist():
        found = await service.to_stored(catalog.ids[at], Wanted(limit=TEN, filter=expression))
        assert found.method == "vectors"
        cosines, tenth = catalog.exact(at, passing)
        places = [position[one.item.id] for one in found.items]
        assert all(passing[place] for place in places)
        near = sum(cosines[place] >= tenth - ALIKE for place in places)
        shares.append(near / min(TEN, int(passing.sum()) - int(passing[at])))
    return round(statistics.mean(shares), 4)


async def ask(connection: Connection, queries: int) -> dict[str, Any]:
    async with AsyncDatabase(connection) as database:
        catalog = Catalog.of(await database.read(ITEMS))
        service = service_over(database)
        found: dict[str, Any] = {}
        for kind, (expression, passing) in catalog.filters().items():
            found[kind] = {
                "filter": expression,
                "keeps": round(float(passing.mean()), 3),
                "recall@10": await recall(service, catalog, expression, passing, queries),
            }
        return {"products": len(catalog.ids), "width": catalog.unit.shape[1], "filters": found}


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="catalograph-")))
        environment = example_catalog.started(stack, folder)
        example_catalog.filled(environment)
        example_catalog.learnt(environment, arguments.steps)
        return asyncio.run(ask(example_catalog.connection(environment), arguments.queries))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--steps", type=int, help="of training, instead of the recipe's")
    parser.add_argument("--json", action="store_true", help="print one JSON object and no more")
    arguments = parser.parse_args()
    found = measure(arguments)
    print(json.dumps(found) if arguments.json else "\n".join(_lines(found)))


def _lines(found: dict[str, Any]) -> Iterable[str]:
    yield f"{found['products']:,} products, vectors of {found['width']} numbers"
    for kind, one in found["filters"].items():
        kept = f"{one['filter']!r} keeps {one['keeps']:.1%}"
        yield f"{kind}: {kept}, recall@10 {one['recall@10']:.3f}"


if __name__ == "__main__":
    main()
