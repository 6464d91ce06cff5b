"""A generated catalog of any size: the same rows for the same seed, written as CSV."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

HEADER = ("sku", "title", "brand", "category", "price", "size", "mass", "colour", "memory", "maker")
MAPPING = """
version = 1
target = "product"
id = { column = "sku" }

[fields]
title = { column = "title" }
brand = { column = "brand" }
category = { column = "category" }
price = { column = "price" }

[[parameters]]
id = "size"
name = "Size"
kind = "number"
unit = "in"
column = "size"

[[parameters]]
id = "mass"
name = "Mass"
kind = "number"
unit = "g"
column = "mass"

[[parameters]]
id = "colour"
name = "Colour"
column = "colour"

[[parameters]]
id = "memory"
name = "Memory"
kind = "number"
unit = "GB"
column = "memory"

[[parameters]]
id = "maker-code"
name = "Maker's code"
column = "maker"
"""

_BRANDS, _CATEGORIES, _COLOURS, _CODES = 200, 40, 60, 5_000


def rows(count: int, seed: int = 7) -> Iterator[tuple[str, ...]]:
    """Rows with five facts each, spread as catalogs are: few colours, many codes."""
    pick = random.Random(seed)
    for number in range(count):
        brand = int(_BRANDS * pick.random() ** 2)
        yield (
            f"sku-{number:08d}",
            f"Brand{brand} thing {number} in colour {number % _COLOURS}",
            f"Brand{brand}",
            f"Goods > Group {pick.randrange(_CATEGORIES)}",
            f"{pick.randrange(500, 150_000) / 100:.2f}",
            f"{pick.randrange(30, 140) / 10:.1f} inches",
            f"{pick.randrange(80, 4_000)} g",
            f"Colour {pick.randrange(_COLOURS)}",
            f"{2 ** pick.randrange(0, 11)} GB",
            f"C-{pick.randrange(_CODES)}",
        )


def rows_between(first: int, end: int, seed: int = 7) -> Iterator[tuple[str, ...]]:
    """A part of a larger catalog."""
    return islice(rows(end, seed), first, end)


def write_csv(path: Path, count: int, seed: int = 7) -> Path:
    return write_rows(path, rows(count, seed))


def write_rows(path: Path, lines: Iterable[tuple[str, ...]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(lines)
    return path
