"""Each kind of question over a generated catalog: the median of its answers in milliseconds.

`python -m benchmarks.asking` loads products and models into a server of its own and asks each
question a few times, the first of them not counted. Two checkouts compared in turns, on one
machine, tell what a change is worth; what was refused is marked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from app.services.asking import Asking
from app.services.asking_lexicon import load_lexicon
from app.services.threads import Threads
from benchmarks.catalog_rows import MAPPING, rows, write_rows
from benchmarks.example_catalog import catalograph, connection, started
from graph.client import AsyncDatabase, Connection, Database
from graph.repositories.answers import Answers

OF_MODELS = MAPPING.replace('"product"', '"model"').replace('price = { column = "price" }\n', "")
QUESTIONS = {
    "lookup": "How heavy is the {model}?",
    "lookup of a product": "How much is the {product}?",
    "comparison": "Which is heavier, the {model} or the {other}?",
    "superlative": "Which product is the heaviest?",
    "cheapest": "Which product is the cheapest?",
    "count": "How many products have memory over 100 GB?",
    "ranges": "products with memory between 100 and 300 GB heavier than 1 kg",
    "negation": "products that are not Colour 5",
    "negation of models": "models not made by Brand5 that are not Colour 5",
    "average": "What is the average mass of products?",
    "groups": "Which brand has the most products?",
    "two hops": "Which models have the same memory as the {model}?",
    "two hops of products": "Which products have the same memory as the {product}?",
    "beyond": "products heavier than the {product}",
    "similarity": "models similar to the {model}",
    "refusal": "Will it rain tomorrow?",
    "refusal with names": "How heavy is the {misspelt}?",
}


def filled(environment: dict[str, str], folder: Path, products: int, models: int) -> dict[str, str]:
    """Loads both kinds, and says what questions may name."""
    of_models = [
        (f"m-{row[0]}", f"{row[2]} Unit {row[0][4:]}", *row[2:]) for row in rows(models, 11)
    ]
    of_products = list(rows(products))
    for source, mapping, lines in (
        ("shop", MAPPING, of_products),
        ("specs", OF_MODELS, of_models),
    ):
        file = write_rows(folder / f"{source}.csv", lines)
        (folder / f"{source}.toml").write_text(mapping, encoding="utf-8")
        catalograph(
            environment, "import", str(file), "--source", source,
            "--mapping", str(folder / f"{source}.toml"),
        )  # fmt: skip
    model = of_models[1][1]
    return {
        "model": model,
        "other": of_models[2][1],
        "product": of_products[1][1],
        "misspelt": model.replace("Brand", "Brnd"),
    }


async def measured(to: Connection, names: dict[str, str], times: int) -> dict[str, str | float]:
    """By kind of question the median in milliseconds, and `refused` where it was."""
    with Database(to) as database:
        lexicon = load_lexicon(database)
    found: dict[str, str | float] = {}
    async with AsyncDatabase(to) as database_read:
        asking = Asking(Answers(database_read), lambda: lexicon, Threads(2), timeout_s=60.0)
        for kind, question in QUESTIONS.items():
            took = []
            for _ in range(times + 1):
                began = time.perf_counter()
                answer = await asking.ask(question.format(**names))
                took.append((time.perf_counter() - began) * 1_000)
            median = round(statistics.median(took[1:]), 1)
            found[kind] = f"{median} (refused)" if answer.refused else median
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=42_000)
    parser.add_argument("--models", type=int, default=12_000)
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = started(stack, folder / "home")
        names = filled(environment, folder, asked.products, asked.models)
        print(
            json.dumps(asyncio.run(measured(connection(environment), names, asked.times)), indent=1)
        )


if __name__ == "__main__":
    main()
