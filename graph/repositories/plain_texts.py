"""Titles in a graph of their own, asked by its full-text index alone: a baseline of search."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graph.client import Database
from graph.text.lucene import Words, lucene

BATCH_TEXTS = 5_000
INDEX = "product_text"  # that of search, with its analyzer

STORE = """
UNWIND range(0, size($texts) - 1) AS n
CREATE (:Product {id: toString($first + n), title: $texts[n]})
"""
SETTLE = "CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()"
# Equal scores in the order of the texts, so that a run can be repeated.
BEST = """
CALL db.index.fulltext.queryNodes($index, $words, {limit: $pool}) YIELD node, score
WITH toInteger(node.id) AS place, score ORDER BY score DESC, place LIMIT $rows
RETURN collect(place) AS places
"""
TIES = 10  # times the rows: how far equal scores are looked at
_WORD = re.compile(r"[^\W_]+")


class PlainTexts:
    """Some texts in an empty, migrated Neo4j that holds nothing else."""

    def __init__(self, database: Database, texts: Sequence[str]) -> None:
        """Stores them, and waits until the index has them.

        Raises:
            DatabaseError: Neo4j failed.
        """
        self._database = database
        for first in range(0, len(texts), BATCH_TEXTS):
            batch = list(texts[first : first + BATCH_TEXTS])
            database.run(STORE, texts=batch, first=first)
        database.run(SETTLE)

    def best(self, query: str, rows: int) -> list[int]:
        """Positions of the texts that have any of the query's words, the best first."""
        words = lucene(Words(tuple(_WORD.findall(query))))
        if not words:
            return []
        asked = {"index": INDEX, "words": words, "rows": rows, "pool": TIES * rows}
        places: list[int] = self._database.read(BEST, **asked)[0]["places"]
        return places
