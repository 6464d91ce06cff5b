"""Items with what catalogs and persons say of them: whom to ask about others."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from graph.client import Database
from graph.records import ItemKind, ItemText
from graph.repositories.item_texts import COLUMNS, item_text
from graph.repositories.selection import LABELS

PAGE_ITEMS = 2_000

# What was read from a text is left out: it would confirm itself.
_SAID = "r.status = 'accepted' AND r.origin IN ['catalog', 'reviewed']"
KNOWN = """
MATCH (n:{label}) WHERE n.id > $after AND n.closed_at IS NULL
WITH n ORDER BY n.id LIMIT $limit
CALL (n) {{
  MATCH (n)-[r:HAS_PARAMETER]->(v)-[:VALUE_OF]->(p) WHERE {said}
  RETURN collect(DISTINCT [v.parameter, p.name, v.id, v.text, v.number, v.unit]) AS own
}}
WITH n, own, [] AS inherited
RETURN {columns}
"""


def known_items(database: Database, *, limit: int) -> list[ItemText]:
    """Open models and products with facts of their own, models first, at most `limit` of them."""
    found = chain(_of(database, "model"), _of(database, "product"))
    return list(islice((item for item in found if item.facts), limit))


def _of(database: Database, kind: ItemKind) -> Iterator[ItemText]:
    query, after = KNOWN.format(label=LABELS[kind], said=_SAID, columns=COLUMNS), ""
    while rows := database.read(query, after=after, limit=PAGE_ITEMS):
        after = max(row["id"] for row in rows)
        yield from (item_text(kind, row) for row in rows)
