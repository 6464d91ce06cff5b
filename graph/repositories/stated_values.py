"""What was read from the texts of a source, as bare triples: to be held against what is so."""

from __future__ import annotations

from graph.client import Database

STATED = """
MATCH (p:Product {source: $source})-[r:HAS_PARAMETER]->(v)
WHERE r.origin = 'extracted' AND r.status = 'accepted'
RETURN p.id AS item, v.parameter AS parameter, v.id AS value
UNION ALL
MATCH (p:Product {source: $source})-[r:MADE_BY|INSTANCE_OF]->(x)
WHERE r.origin = 'extracted' AND r.status = 'accepted'
RETURN p.id AS item, CASE type(r) WHEN 'MADE_BY' THEN 'brand' ELSE 'model' END AS parameter,
       x.id AS value
"""


def stated_of(database: Database, source: str) -> list[tuple[str, str, str]]:
    """Item, parameter (or `brand`, `model`) and the id of what is stated; accepted facts alone."""
    rows = database.stream(STATED, source=source)
    return [(row["item"], row["parameter"], row["value"]) for row in rows]
