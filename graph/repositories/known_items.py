"""Items with what catalogs and persons say of them: whom to ask about others."""

from __future__ import annotations

from collections.abc import Iterator

from graph.client import Database
from graph.records import ItemKind, ItemText
from graph.repositories.item_texts import COLUMNS, FACT, item_text
from graph.repositories.selection import LABELS

PAGE_ITEMS = 2_000

# What was read from a text is left out: it would confirm itself.
_SAID = "r.status = 'accepted' AND r.origin IN ['catalog', 'reviewed']"
SAMPLE = """
MATCH (n:{label}) WHERE n.closed_at IS NULL
  AND EXISTS {{ MATCH (n)-[r:HAS_PARAMETER]->() WHERE {said} }}
WITH n ORDER BY coalesce(n.content_hash, n.content_hashes[0]), n.id LIMIT $limit
RETURN n.id AS id ORDER BY id
"""
KNOWN = """
UNWIND $ids AS id
MATCH (n:{label} {{id: id}})
CALL (n) {{
  MATCH (n)-[r:HAS_PARAMETER]->(v)-[:VALUE_OF]->(p) WHERE {said}
  RETURN collect(DISTINCT {fact}) AS own
}}
WITH n, own, [] AS inherited
RETURN {columns} ORDER BY id
"""


def known_items(database: Database, *, limit: int) -> list[ItemText]:
    """Open models and products with facts of their own, models first, at most `limit` of them.

    Of more than that a sample by the hash of their content, so that it is not of one source alone.
    """
    found: list[ItemText] = []
    for kind in ("model", "product"):
        found += _of(database, kind, limit - len(found))
    return found


def _of(database: Database, kind: ItemKind, limit: int) -> Iterator[ItemText]:
    named = {"label": LABELS[kind], "said": _SAID, "columns": COLUMNS, "fact": FACT}
    ids = [row["id"] for row in database.read(SAMPLE.format(**named), limit=limit)]
    for first in range(0, len(ids), PAGE_ITEMS):
        rows = database.read(KNOWN.format(**named), ids=ids[first : first + PAGE_ITEMS])
        yield from (item_text(kind, row) for row in rows)
