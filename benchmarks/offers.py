"""Real shop offers for the benchmarks of texts, in parts that share no product and no title."""

from __future__ import annotations

import csv
import gzip
import os
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# What variants of one product differ in: they stay in one part.
_VARIANT = re.compile(
    r"\b\d+\s?(gb|tb|mb)\b|\b(black|white|silver|gr[ae]y|blue|red|green|gold|rose|pink|purple"
    r"|yellow|orange|brown|beige|stainless steel|steel|inox|space|jet|dual sim|matte)\b"
)
SHARES = {"train": 0.45, "choice": 0.25, "held-out": 0.30}


@dataclass(frozen=True, slots=True)
class Offers:
    """Titles, the thing that each offers, and its category."""

    titles: list[str]
    things: list[int]
    categories: list[str]

    def __add__(self, other: Offers) -> Offers:
        return Offers(
            self.titles + other.titles,
            self.things + other.things,
            self.categories + other.categories,
        )


def data_folder() -> Path:
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("CATALOGRAPH_DATA", beside))


def read_parts(path: Path, seed: int = 0) -> dict[str, Offers]:
    """PriceRunner's offers by the names of `SHARES`, as `rows_of_parts` divides them."""
    return {
        name: Offers(
            titles=[row["product_title"] for row in rows],
            things=[int(row["cluster_id"]) for row in rows],
            categories=[row["category_label"] for row in rows],
        )
        for name, rows in rows_of_parts(path, seed).items()
    }


def rows_of_parts(path: Path, seed: int = 0) -> dict[str, list[dict[str, str]]]:
    """The rows of a file of offers by the names of `SHARES`, whole groups drawn at random.

    A group holds whatever is joined by cluster, title, label, or label without its variant.
    """
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    group = _groups([_joins(row) for row in rows])
    names = np.unique(group)
    np.random.default_rng(seed).shuffle(names)
    place = dict(zip(names.tolist(), np.arange(len(names)) / len(names), strict=True))
    ends = np.cumsum(list(SHARES.values()))
    part = np.searchsorted(ends[:-1], [place[name] for name in group.tolist()], side="right")
    return {
        name: [rows[at] for at in np.flatnonzero(part == number).tolist()]
        for number, name in enumerate(SHARES)
    }


def _joins(row: dict[str, str]) -> list[Hashable]:
    label = row["cluster_label"].lower()
    variant = " ".join(_VARIANT.sub(" ", label).split())
    return [
        ("cluster", row["cluster_id"]),
        ("title", row["product_title"]),
        ("label", label),
        ("variant", row["category_id"], variant),
    ]


def _groups(joins: Sequence[Sequence[Hashable]]) -> np.ndarray:
    """Union-find: which rows hang together by any join that they share."""
    parent = list(range(len(joins)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    first: dict[Hashable, int] = {}
    for row, keys in enumerate(joins):
        for key in keys:
            parent[root(row)] = root(first.setdefault(key, row))
    return np.array([root(row) for row in range(len(joins))])
