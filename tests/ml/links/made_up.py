"""Made-up graphs: shelves of goods whose edges follow rules that can be learnt."""

from __future__ import annotations

import random

GOODS = ("lamp", "chair", "kettle", "tent", "drill", "scarf")
SHOPS = 4
PER_SHOP = 6


def triples(seed: int = 0) -> list[tuple[str, str, str]]:
    """A good is of a kind, stands in a shop, and fits the same kind of good in the next shop."""
    found = []
    for shop in range(SHOPS):
        for good in GOODS:
            for number in range(PER_SHOP):
                name = f"{good} {shop}.{number}"
                found.append((name, "is a", good))
                found.append((name, "sold by", f"shop {shop}"))
                found.append((name, "fits", f"{good} {(shop + 1) % SHOPS}.{number}"))
    random.Random(seed).shuffle(found)
    return found


def split(seed: int = 0) -> tuple[list[tuple[str, str, str]], ...]:
    """80 % to learn from, 10 % to watch, 10 % to score."""
    every = triples(seed)
    tenth = len(every) // 10
    return every[2 * tenth :], every[:tenth], every[tenth : 2 * tenth]


def as_text(rows: list[tuple[str, str, str]]) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)
