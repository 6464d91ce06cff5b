"""How well a service without a trained search model orders offers: NDCG@10 of products' names.

    python -m benchmarks.search_order [--offers FILE] [--every 12] [--json]

Loads offers with their categories into a Neo4j of its own and asks the service, in its process, for
every n-th product by its name, by its name without the first word, with its kind behind it, and
between two words that say nothing. Gains are those of `catalograph evaluate search`. Beside it
stands BM25 over split words of all titles. Two checkouts compared tell what a change is worth.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import os
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np

from app.main import create_app
from app.settings import load_settings
from benchmarks.example_catalog import catalograph, started
from benchmarks.offers import data_folder
from ml.evaluation.gains import ndcg
from ml.linking.offers import CATEGORY, LABEL, TITLE, rows_of
from ml.search.judgements import Judged, judged_by_names
from ml.search.matrices import Bm25
from ml.search.statistics import Frequencies
from ml.search.words import split_words

MAPPING = """version = 1
target = "product"
id = { column = "sku" }
[fields]
title = { column = "title" }
category = { column = "category" }
"""
SHOWN = 10


@dataclass(frozen=True)
class Asked:
    """A product by one of its wordings, and what offers gain by their position."""

    wording: str
    query: str
    gains: dict[int, int]


def asked_of(judged: Judged, kinds: Sequence[str], every: int) -> Iterator[Asked]:
    """Of every n-th product that two offers or more are of."""
    several = [n for n, gains in enumerate(judged.gains) if sum(g == 2 for g in gains.values()) > 1]
    for n in several[::every]:
        name, gains = judged.queries[n], judged.gains[n]
        _, _, rest = name.partition(" ")
        kind = kinds[next(place for place, gain in gains.items() if gain == 2)]
        yield Asked("name", name, gains)
        yield Asked("without its first word", rest or name, gains)
        yield Asked("with its kind", f"{name} {kind.lower().removesuffix('s')}", gains)
        yield Asked("between idle words", f"best {rest or name} deal".lower(), gains)


def load(environment: dict[str, str], folder: Path, rows: Sequence[dict[str, str]]) -> None:
    file, mapping = folder / "offers.csv", folder / "offers.toml"
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(("sku", "title", "category"))
        writer.writerows((n, row[TITLE], row[CATEGORY]) for n, row in enumerate(rows))
    mapping.write_text(MAPPING, encoding="utf-8")
    catalograph(environment, "import", str(file), "--source", "shop", "--mapping", str(mapping))


async def found_by_service(queries: Sequence[str]) -> list[list[int]]:
    """Positions of the first ten offers of each."""
    app = create_app(load_settings())
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=120) as client,
    ):
        while (await client.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.5)
        return [await _first(client, query) for query in queries]


async def _first(client: httpx.AsyncClient, query: str) -> list[int]:
    params = {"q": query, "limit": str(SHOWN), "facets": "false"}
    answer = (await client.get("/v1/search", params=params)).raise_for_status().json()
    return [int(one["item"]["id"].removeprefix("shop:")) for one in answer["items"]]


def found_by_bm25(queries: Sequence[str], titles: Sequence[str]) -> list[list[int]]:
    texts = Bm25(titles, split_words, Frequencies.of(map(split_words, titles)))
    return [np.argsort(-texts.scores(query), kind="stable")[:SHOWN].tolist() for query in queries]


def worth(asked: Sequence[Asked], found: Sequence[Sequence[int]]) -> dict[str, float]:
    """The mean of every wording."""
    by_wording = defaultdict(list)
    for one, places in zip(asked, found, strict=True):
        gains = [one.gains.get(place, 0) for place in places]
        by_wording[one.wording].append(ndcg(gains, one.gains.values()))
    return {wording: round(statistics.mean(all), 4) for wording, all in by_wording.items()}


def measure(offers: Path, every: int) -> dict[str, object]:
    rows = list(rows_of(offers, (TITLE, LABEL, CATEGORY)))
    judged = judged_by_names((row[TITLE], row[LABEL]) for row in rows)
    asked = list(asked_of(judged, [row[CATEGORY] for row in rows], every))
    queries = [one.query for one in asked]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="catalograph-")))
        environment = started(stack, folder / "home")
        load(environment, folder, rows)
        os.environ.update(environment, CATALOGRAPH_DEV="true")
        service = asyncio.run(found_by_service(queries))
    return {
        "offers": len(rows),
        "queries": len(queries),
        "service": worth(asked, service),
        "bm25 on split words": worth(asked, found_by_bm25(queries, [row[TITLE] for row in rows])),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offers", type=Path, help="PriceRunner's, when not given")
    parser.add_argument("--every", type=int, default=12, help="of the products that is asked for")
    parser.add_argument("--json", action="store_true", help="print one JSON object and no more")
    options = parser.parse_args()
    found = measure(options.offers or data_folder() / "pricerunner/offers.csv.gz", options.every)
    print(json.dumps(found, indent=None if options.json else 2))


if __name__ == "__main__":
    main()
