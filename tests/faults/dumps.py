"""Two states of one generated shop: everything an import can meet, the same for the same seed."""

from __future__ import annotations

import csv
import random

HEADER = ("sku", "title", "brand", "aliases", "category", "price", "stock", "size", "colours")
MAPPING = """
version = 1
target = "product"
id = { column = "sku" }

[fields]
title = { column = "title" }
brand = { column = "brand", names = { column = "aliases", split = "|" } }
category = { column = "category" }
price = { column = "price" }
in_stock = { column = "stock" }

[[parameters]]
id = "size"
name = "Size"
kind = "number"
unit = "in"
column = "size"

[[parameters]]
id = "colour"
name = "Colour"
column = "colours"
split = "/"
"""


def first_state(path, count, seed):
    return _write(path, list(_rows(count, seed)))


def later_state(path, count, seed):
    """Prices, facts and stock have changed, rows are gone, new, repeated, and wrong."""
    chance, rows = random.Random(seed + 1), []
    for row in _rows(count + count // 10, seed):
        fate = chance.random()
        if fate < 0.05:
            continue
        if fate < 0.30:
            row[chance.randrange(5, 9)] = row[5] if fate < 0.10 else "9.9"
        if fate > 0.97:
            row[5] = "on request"
        rows.append(row)
        if fate > 0.99:
            rows.append(list(row))
    return _write(path, rows)


def _rows(count, seed):
    pick = random.Random(seed)
    for number in range(count):
        brand = int(300 * pick.random() ** 2)
        yield [
            f"sku-{number:07d}",
            f"Thing {number} of brand {brand}",
            f"Brand {brand}" if pick.random() < 0.9 else f"牌{brand}",
            f"牌{brand}" if pick.random() < 0.05 else "",
            f"Goods > Group {pick.randrange(30)}",
            f"{pick.randrange(500, 90_000) / 100:.2f}",
            pick.choice(("yes", "no", "")),
            f"{pick.randrange(30, 140) / 10:.1f} inches",
            "/".join(f"Colour {pick.randrange(40)}" for _ in range(pick.randrange(4))),
        ]


def _write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows)
    return path
