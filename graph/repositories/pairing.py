"""Which stored products may be the same one: near in words, near in vectors, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from graph.client import Database, Row
from graph.records import Record
from graph.repositories.vectors import INDEX, serving_of
from graph.repositories.vectors import SERVING as SERVING_QUERY
from graph.text.numbers import format_number

# Only open products have their words compared; a closed one is found by the index all the same.
NEAR_IN_WORDS = """
UNWIND $asked AS one
CALL (one) {
  CALL db.index.fulltext.queryNodes('product_text', one.words, {limit: $limit + 1})
  YIELD node, score
  WITH node, score WHERE node.id <> one.id AND node.closed_at IS NULL
  ORDER BY score DESC, node.id
  RETURN collect(node.id) AS near
}
RETURN one.id AS id, near
"""
NEAR_IN_VECTORS = """
CYPHER 25
UNWIND $ids AS id
MATCH (self:Product {{id: id}}) WHERE self.{slot}_model = $model
CALL (self) {{
  MATCH (n:Product)
  SEARCH n IN (VECTOR INDEX {index} FOR self.{slot} LIMIT $limit) SCORE AS score
  WITH n, score WHERE n <> self AND n.{slot}_model = $model AND n.closed_at IS NULL
  ORDER BY score DESC, n.id
  RETURN collect(n.id) AS near
}}
RETURN id, near
"""
COUNT = """
MATCH (n:Product) WHERE n.closed_at IS NULL AND ($source IS NULL OR n.source = $source)
RETURN count(n) AS items
"""
# Behind what a catalog or a person says, a link read from a text counts for nothing here.
SAYINGS = """
UNWIND $ids AS id
MATCH (n:Product {id: id}) WHERE n.closed_at IS NULL
CALL (n) {
  MATCH (n)-[r:HAS_PARAMETER]->(v)-[:VALUE_OF]->(p) WHERE r.status = 'accepted'
  RETURN collect(DISTINCT [p.name, v.text]) AS facts
}
RETURN n.id AS id, n.title AS title, n.description AS description, n.gtin AS gtin, n.mpn AS mpn,
  n.price AS price, facts,
  [(n)-[r:MADE_BY]->(x) WHERE r.status <> 'rejected' | x.name][0] AS brand,
  [(n)-[r:BELONGS_TO]->(x) WHERE r.status <> 'rejected' | x.name][0] AS category,
  [(n)-[r:INSTANCE_OF]->(x)
   WHERE r.origin IN ['catalog', 'reviewed'] AND r.status = 'accepted' | x.id][0] AS model,
  EXISTS { (n)-[:INSTANCE_OF]->() } AS linked
ORDER BY id
"""


class Saying(Record, frozen=True):
    """What a stored product says of itself.

    Attributes:
        fields: text by name: title, brand, category, price, and each parameter that it has.
        model: id of the model that a catalog or a person says it is.
        linked: whether anything says of which model it is, a text included.
    """

    id: str
    fields: Mapping[str, str]
    model: str | None
    linked: bool


def count(database: Database, source: str | None) -> int:
    """How many open products a source has, or all have."""
    items: int = database.read(COUNT, source=source)[0]["items"]
    return items


def near(database: Database, words: Mapping[str, str], *, limit: int) -> dict[str, tuple[str, ...]]:
    """For each of these products the ids of at most `2 * limit` others, the nearest first.

    Args:
        words: by the id of a product what its words are, with spaces between, and no sign that the
            syntax of the index knows.

    Half of them are near in words, half in vectors, as far as there are vectors.
    """
    asked = [{"id": id, "words": text} for id, text in words.items() if text]
    found: dict[str, dict[str, None]] = {id: {} for id in words}
    for row in database.read(NEAR_IN_WORDS, asked=asked, limit=limit):
        found[row["id"]].update(dict.fromkeys(row["near"][:limit]))
    serving = serving_of(database.read(SERVING_QUERY))
    if serving is not None:
        query = NEAR_IN_VECTORS.format(slot=serving.slot, index=INDEX["product", serving.slot])
        rows = database.read(query, ids=list(words), model=serving.model.key, limit=limit + 1)
        for row in rows:
            found[row["id"]].update(dict.fromkeys(row["near"][:limit]))
    return {id: tuple(others) for id, others in found.items()}


def sayings(database: Database, ids: Sequence[str]) -> dict[str, Saying]:
    """What open products say, by id; closed and unknown ones are left out."""
    return {row["id"]: _saying(dict(row)) for row in database.read(SAYINGS, ids=list(ids))}


def said_fields(
    *,
    title: str,
    description: str | None,
    gtin: str | None,
    mpn: str | None,
    price: float | None,
    brand: str | None,
    category: str | None,
    facts: Iterable[tuple[str, str]],
) -> dict[str, str]:
    """Text by name: of the item's own, and of each parameter that `facts` name with a value."""
    own = {
        "title": title,
        "description": description,
        "gtin": gtin,
        "mpn": mpn,
        "price": None if price is None else format_number(price),
        "brand": brand,
        "category": category,
    }
    fields = {name: text for name, text in own.items() if text}
    for name, text in sorted(set(facts)):
        fields[name] = f"{fields[name]}, {text}" if name in fields else text
    return fields


def _saying(row: Row) -> Saying:
    id, model, linked = row.pop("id"), row.pop("model"), row.pop("linked")
    facts = [(name, text) for name, text in row.pop("facts")]
    return Saying(id, said_fields(facts=facts, **row), model, linked)
